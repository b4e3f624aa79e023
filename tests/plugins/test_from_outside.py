"""A module of one's own, followed from the command line to the stored run and back; the package is not touched."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import recipes

from rnnchaos.runs import jsonfile

ROOT = Path(__file__).parents[2]
THINGS = "\n".join(recipes.from_outside().values())
CHOICES = ("dataset=my_flow", "model=my_cell", "protocol=half_forcing")
SMALL = (
    "experiment=smoke", "diagnostics.figures=false", "model.hidden_size=5", "dataset.train_length=1000",
    "diagnostics.lyapunov.num_steps=500", "diagnostics.gradients.max_lag=30",
)  # fmt: skip

pytestmark = pytest.mark.slow


class Result(NamedTuple):
    exit_code: int
    record: dict[str, Any]
    err: str


class Home(NamedTuple):
    """A folder to work in, and what is installed there."""

    folder: Path
    installed: Path

    def rnnchaos(self, *words: str, before: str = "", **environment: str) -> Result:
        """The command in a process of its own, after the program `before`."""
        path = os.pathsep.join(map(str, (ROOT, self.installed)))
        ran = subprocess.run(
            [sys.executable, "-c", f"{before}\nfrom rnnchaos.cli import main; main()", *words, "--json"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1", **environment},
            capture_output=True,
            text=True,
            timeout=600,
        )
        return Result(ran.returncode, json.loads(ran.stdout) if ran.stdout else {}, ran.stderr)

    def ok(self, *words: str, **environment: str) -> dict[str, Any]:
        found = self.rnnchaos(*words, **environment)
        assert found.exit_code == 0, found.err
        return found.record

    def refused(self, *words: str, **environment: str) -> str:
        """What is said of a command that is refused."""
        found = self.rnnchaos(*words, **environment)
        assert found.exit_code == 2, found.err
        assert "Traceback" not in found.err
        return found.record["error"]

    def read(self, run: str, name: str) -> str:
        return (self.folder / run / name).read_text()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder, installed = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("installed")
    (folder / "my_things.py").write_text(THINGS)
    return Home(folder, installed)


@pytest.fixture(scope="module")
def run(home):
    """A run of the things in one file."""
    return home.ok("train", "--plugin", "my_things.py", *CHOICES, *SMALL)


def test_a_run_says_what_it_was_made_with(home, run):
    config = home.read(run["run"], "config.yaml")
    for name in ("MyFlow", "MyCell", "HalfForcing"):
        assert f"_target_: my_things.{name}" in config
    (plugin,) = json.loads(home.read(run["run"], "provenance.json"))["plugins"]
    assert plugin["file"] == str(home.folder / "my_things.py")
    assert len(plugin["sha256"]) == 64
    assert (plugin["name"], plugin["version"]) == ("my_things.py", None)
    assert {"my_things.MyFlow", "my_things.RangeError"} < set(plugin["classes"])


def test_a_metric_has_its_floor_and_its_ceiling(run):
    metric = run["metrics"]["range_error"]
    assert metric["definition"].startswith("Largest difference between the ranges of an axis")
    assert metric["unit"] == "s.d."
    assert run["range_error"] == metric["value"]
    assert 0 < metric["floor"] < 0.5
    assert metric["ceiling"] > 2  # the range of the truth


def test_a_run_opens_once_its_plugin_is_named(home, run):
    said = home.refused("evaluate", run["run"])
    assert said.startswith(f"{run['run']} was made with the plugin my_things.py (my_things.")
    assert said.endswith("); name it with --plugin FILE or install it")
    named = home.ok("evaluate", run["run"], RNNCHAOS_PLUGINS=str(home.folder / "my_things.py"))
    assert named["range_error"] == run["range_error"]
    again = home.ok("lyapunov", run["run"], "--plugin=my_things.py")
    assert again["lyapunov"] == run["lyapunov"]


def test_a_diagnostic_is_a_command(home, run):
    named = ("--plugin", "my_things.py")
    found = home.ok("reach", run["run"], *named, "diagnostics.reach.num_steps=200")
    assert found["run"] == "outputs/smoke.reach/v0001"
    assert 0 < found["reach"] < 10
    assert "num_steps: 200" in home.read(found["run"], "config.yaml")
    (plugin,) = json.loads(home.read(found["run"], "provenance.json"))["plugins"]
    assert "my_things.Reach" in plugin["classes"]
    said = home.refused("reach", run["run"], *named, "diagnostics.reach.num_steps=0")
    assert said == "diagnostics.reach.num_steps must be at least 1 step, got 0"
    assert home.ok("runs")["runs"][0]["kind"] == "reach"


def test_a_plugin_that_has_changed_is_said(home, run):
    changed = home.folder / "changed"
    changed.mkdir()
    (changed / "my_things.py").write_text(THINGS + "\n# changed\n")
    found = home.rnnchaos("evaluate", run["run"], "--plugin", "changed/my_things.py")
    assert found.exit_code == 0, found.err
    assert f"my_things.py is not what {run['run']} was made with: sha256 " in found.err


# The process is stopped once the records of step 20 are written.
CUT_OFF = """
from rnnchaos.errors import TimeUp
from rnnchaos.trainings.recording import Recorder

def stopping(self, state, records, record=Recorder.record):
    line = record(self, state, records)
    if line["step"] == 20:
        raise TimeUp
    return line

Recorder.record = stopping
"""


def test_a_run_is_gone_on_with_by_what_it_was_begun_with(home, run):
    named = ("--plugin", "my_things.py")
    cut = home.rnnchaos("train", *named, *CHOICES, *SMALL, "name=cut", before=CUT_OFF)
    assert cut.exit_code == 124, cut.err
    folder = "outputs/cut/v0001"
    said = home.refused("resume", folder)
    assert said.startswith(f"{folder} was made with the plugin my_things.py (my_things.")
    was = (home.folder / "my_things.py").read_text()
    (home.folder / "my_things.py").write_text(f"{was}\n# changed\n")
    said = home.refused("resume", folder, *named)
    assert re.fullmatch(
        rf"my_things\.py is not what {folder} was made with: sha256 \w{{12}} then, \w{{12}} now; "
        "bring back what it was, or train anew",
        said,
    )
    (home.folder / "my_things.py").write_text(was)
    resumed = home.ok("resume", folder, *named)
    whole = {name: value for name, value in run.items() if "cpu_seconds" not in name and name != "run"}
    assert {name: resumed[name] for name in whole} == whole


def test_nothing_that_a_folder_names_is_imported(home, run):
    copied = home.folder / "outputs" / "copied" / "v0001"
    shutil.copytree(home.folder / run["run"], copied)
    (copied / "SHA256SUMS").unlink()
    (home.folder / "trap.py").write_text("from pathlib import Path\n\nPath('sprung').touch()\n")
    for name in ("config.yaml", "provenance.json"):
        text = (copied / name).read_text().replace("my_things", "trap")
        (copied / name).write_text(text)
    assert "provenance.json is damaged" in home.refused("evaluate", str(copied))
    config = hashlib.sha256((copied / "config.yaml").read_bytes()).hexdigest()
    for name, changed in {"provenance.json": {}, "run.json": {"config_sha256": config}}.items():
        values = json.loads((copied / name).read_text()) | changed
        assert values.pop("sha256")
        (copied / name).write_text(jsonfile.to_text(jsonfile.sealed(values)))
    for words in ((), ("--plugin", "my_things.py")):
        assert "trap" in home.refused("evaluate", str(copied), *words)
    assert not (home.folder / "sprung").exists()


def test_the_cells_of_a_sweep(home):
    words = ("train", "-m", "--plugin", "my_things.py", *CHOICES, *SMALL, "model.rate=0.3,0.6")
    sweep = home.ok(*words, "hydra.launcher.n_jobs=2")  # processes of their own
    assert sweep["counts"] == {"finished": 2}
    rows = home.ok("sweep", "table", sweep["sweep"])["rows"]
    assert all(row["range_error"] > 0 for row in rows)
    said = home.refused("sweep", "run", sweep["sweep"])
    assert said.startswith(f"{sweep['sweep']} was made with the plugin my_things.py (my_things.")
    assert home.ok("sweep", "run", sweep["sweep"], "--plugin", "my_things.py")["counts"] == {"finished": 2}


def test_installed_things_need_no_naming(home):
    (home.installed / "a_package").mkdir()
    (home.installed / "a_package" / "things.py").write_text(THINGS)
    (home.installed / "a_package" / "__init__.py").touch()
    info = home.installed / "a_package-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: a-package\nVersion: 1.2\n")
    offered = {
        "dataset": "jerk = a_package.things:MyFlow",
        "model": "leaky = a_package.things:MyCell",
        "protocol": "shared = a_package.things:HalfForcing",
        "metric": "range = a_package.things:RangeError",
        "diagnostic": "reach = a_package.things:Reach",
    }
    lines = [f"[rnnchaos.{group}]\n{line}\n" for group, line in offered.items()]
    (info / "entry_points.txt").write_text("\n".join(lines))
    try:
        run = home.ok("train", "dataset=jerk", "model=leaky", "protocol=shared", *SMALL)
        assert "_target_: a_package.things.MyFlow" in home.read(run["run"], "config.yaml")
        (plugin,) = json.loads(home.read(run["run"], "provenance.json"))["plugins"]
        assert (plugin["name"], plugin["version"]) == ("a-package", "1.2")
        assert run["range"] > 0
        assert home.ok("evaluate", run["run"])["range"] == run["range"]
        assert home.ok("reach", run["run"])["reach"] > 0
        assert "did you mean jerk?" in home.refused("train", "dataset=jerkk")
        assert [row for row in home.ok("systems")["systems"] if row["system"] == "jerk"]
        # Named, too: the choices of the same file under other names
        assert "dataset=" in home.refused("train", "--plugin", "a_package.things", "dataset=no_such")
    finally:
        shutil.rmtree(info)
    assert "was made with the plugin a-package" in home.refused("evaluate", run["run"])
