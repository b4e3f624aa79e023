"""The sinks of docs/live.md, each the text of the page, told of a training by the command line that the page has."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import rnnchaos
from rnnchaos.plugins.classes import classes_of
from rnnchaos.sinks import Start
from rnnchaos.sinks.telling import Telling

PAGE = (Path(rnnchaos.__file__).parents[1] / "docs" / "live.md").read_text("utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```", PAGE, re.S | re.M)
BLOCKS = {text.partition("\n")[0].removeprefix("# "): text for text in PYTHON}
CALLS = """
CALLS = []
class Recorded:
    def __init__(self, name): self._name = name
    def __getattr__(self, name): return Recorded(f"{self._name}.{name}")
    def __call__(self, *words, **named):
        CALLS.append((self._name, words, named))
        return None if self._name.endswith("get_experiment_by_name") else Recorded(self._name)
    def __repr__(self): return self._name
"""
FAKES = {
    "my_wandb.py": ("wandb", "wandb.py", CALLS + "init = Recorded('init')\n"),
    "my_mlflow.py": ("mlflow.tracking", "mlflow/tracking.py", CALLS + "MlflowClient = Recorded('client')\n"),
}


def written(folder, name):
    """The file of the page, and beside it a module of the tracker's name that keeps what it is called with."""
    _, fake, text = FAKES[name]
    (folder / fake).parent.mkdir(exist_ok=True)
    (folder / fake).write_text(text)
    (folder / name).write_text(BLOCKS[name])


def told(name, folder, monkeypatch):
    """The calls of a tracker, each by its last word, and all of them in order."""
    written(folder, name)
    monkeypatch.syspath_prepend(folder)
    tracker = FAKES[name][0]
    module = __import__(name.removesuffix(".py"))
    try:
        ((group, sink),) = classes_of(module)
        assert group == "logging"
        said = []
        telling = Telling([sink()], said.append)
        telling.begin(Start("demo/v0001", Path("outputs/demo/v0001"), {"protocol.tau": 10}, 0))
        telling.record(100, {"step": 100, "loss": 0.5})
        telling.end("finished", {"lambda_max": 0.9, "learned": "yes"})
        assert said == []
        calls = sys.modules[tracker].CALLS
        return {call.rpartition(".")[2]: (words, named) for call, words, named in calls}, calls
    finally:
        for each in (module.__name__, tracker, tracker.partition(".")[0]):
            sys.modules.pop(each, None)


def test_weights_and_biases(tmp_path, monkeypatch):
    calls, _ = told("my_wandb.py", tmp_path, monkeypatch)
    assert calls["init"][1] == {
        **{"project": "rnnchaos", "resume": "allow", "id": "demo-v0001", "name": "demo/v0001"},
        "config": {"protocol.tau": 10},
    }
    assert calls["log"] == (({"loss": 0.5},), {"step": 100})
    assert calls["update"][0] == ({"status": "finished", "lambda_max": 0.9, "learned": "yes"},)
    assert calls["finish"][1] == {"exit_code": 0}


def test_mlflow(tmp_path, monkeypatch):
    calls, in_order = told("my_mlflow.py", tmp_path, monkeypatch)
    assert calls["create_experiment"][0] == ("rnnchaos",)
    assert calls["create_run"][1] == {"run_name": "demo/v0001"}
    assert calls["log_param"][0][1:] == ("protocol.tau", 10)
    metrics = [(words[1:], named) for call, words, named in in_order if call.endswith("log_metric")]
    assert metrics == [(("loss", 0.5), {"step": 100}), (("lambda_max", 0.9), {})]
    assert calls["set_tag"][0][1:] == ("learned", "yes")
    assert calls["set_terminated"][0][1:] == ("FINISHED",)


def test_the_command_of_the_page(tmp_path):
    (line,) = re.findall("^(rnnchaos train --plugin .+)$", PAGE, re.M)
    written(tmp_path, "my_wandb.py")
    with (tmp_path / "wandb.py").open("a") as file:
        file.write("import atexit\natexit.register(lambda: open('calls', 'w').write(repr(CALLS)))\n")
    small = (
        "experiment=smoke", "model=lstm", "model.hidden_size=3", "protocol.tau=10", "training.num_steps=20",
        "training.record_every=10", "dataset.train_length=500", "diagnostics.figures=false",
    )  # fmt: skip
    code = "import sys; sys.path.insert(0, '.'); from rnnchaos.cli import main; main()"
    words = [sys.executable, "-c", code, *line.split()[1:], *small]
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True, timeout=600)
    calls = (tmp_path / "calls").read_text()
    assert "'project': 'chaos'" in calls
    logged = re.findall(r"'init\.log', \(\{(.*?)\}", calls)
    assert len(logged) == 2
    assert all("'loss': " in each and "'attempt': 1" in each for each in logged)
    assert "'learned': " in calls


@pytest.mark.parametrize("place", range(len(PYTHON)))
def test_blocks_are_python(place):
    compile(PYTHON[place], "live.md", "exec")
