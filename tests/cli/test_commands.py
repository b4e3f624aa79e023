"""What each command does with its words, what it prints, and how it exits."""

import json
import shlex
import shutil
from pathlib import Path

import pytest

from rnnchaos import diagnostics
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder

MODELS = ", ".join(ConfigFolders((builtin_folder(),)).choices("model"))


def test_train_with_its_defaults(rnnchaos):
    result = rnnchaos("train")
    assert result.exit_code == 0
    assert result.out == "training\na stray print\n"
    assert list(Path().iterdir()) == []  # Hydra leaves nothing behind


def test_overrides_reach_the_workflow(rnnchaos):
    words = ["dataset=rossler", "model=plrnn", "protocol=sparse_forcing", "protocol.tau=30", "seed=3"]
    record = rnnchaos("train", *words, "--json").record()
    assert record == {
        "exit_code": 0,
        "name": "rossler-plrnn-sparse_forcing",
        "seed": 3,
        "tau": 30,
        "loss": None,  # NaN is no JSON
    }


@pytest.mark.parametrize("place", range(3))
def test_json_may_stand_anywhere_and_keeps_stdout_to_itself(rnnchaos, place):
    words = ["seed=3", "model=gru"]
    words.insert(place, "--json")
    result = rnnchaos("train", *words)
    assert result.record()["seed"] == 3
    assert "a stray print" in result.err


@pytest.mark.parametrize(
    "words",
    [
        ["seed=4", "-m", "dataset=rossler,thomas"],
        ["-m", "seed=4", "dataset=rossler,thomas"],
        ["seed=4", "dataset=rossler,thomas", "--multirun"],
        ["dataset=rossler,thomas", "--multirun", "seed=4"],
    ],
)
def test_flags_of_hydra_may_stand_anywhere(rnnchaos, words):
    record = rnnchaos("lyapunov", "--json", *words).record()
    assert [job["name"] for job in record["jobs"]] == ["lyapunov-rossler", "lyapunov-thomas"]
    assert [job["seed"] for job in record["jobs"]] == [4, 4]


def test_the_config_is_shown(rnnchaos):
    result = rnnchaos("train", "seed=4", "--cfg", "job", "protocol.tau=7", "--package", "protocol")
    assert result.out.startswith("# @package protocol\n")
    assert "_target_: rnnchaos.protocols.SparseForcing\ntau: 7\nwashout: 2\npartial: false\n" in result.out
    assert "  model=shrnn\n" in rnnchaos("train", "--info", "defaults").out
    assert "  protocol=free\n" in rnnchaos("train", "protocol=free", "--info").out
    resolved = rnnchaos("train", "--resolve", "name=a-${seed}", "--cfg", "job").out
    assert "name: a-0\n" in resolved


def test_a_users_own_folder(rnnchaos):
    Path("mine/dataset").mkdir(parents=True)
    Path("mine/dataset/hot.yaml").write_text("defaults: [lorenz63]\nrho: 60\n")
    record = rnnchaos("lyapunov", "dataset=hot", "--config-dir", "mine", "--json").record()
    assert record["name"] == "lyapunov-hot"
    assert record["parameters"]["rho"] == 60


def test_every_job_runs_and_the_worst_exit_code_counts(rnnchaos):
    result = rnnchaos("lyapunov", "-m", "dataset.dt=0,0.01", "name=good,diverges", "--json")
    assert result.exit_code == 3
    jobs = result.record()["jobs"]
    assert [job["exit_code"] for job in jobs] == [2, 2, 0, 3]
    assert jobs[0]["error"] == "dataset.dt must be greater than 0 time units, got 0.0"
    assert list(Path().iterdir()) == []


def test_no_further_job_starts_after_an_interrupt(rnnchaos):
    result = rnnchaos("lyapunov", "-m", "name=good,interrupted,never", "--json")
    assert result.exit_code == 130
    assert [job["exit_code"] for job in result.record()["jobs"]] == [0, 130]


@pytest.mark.parametrize(
    ("name", "exit_code", "message"),
    [
        ("diverges", 3, None),
        ("full", 1, "outputs: no space left on device"),
        ("breaks", 1, "ZeroDivisionError: division by zero (RNNCHAOS_TRACEBACK=1 shows where)"),
        ("interrupted", 130, "interrupted"),
        ("a/b", 2, "name must be a folder name of letters, digits and _ . = + , -, got 'a/b'"),
    ],
)
def test_exit_codes(rnnchaos, name, exit_code, message):
    result = rnnchaos("train", f"name={name}", "--json")
    assert result.exit_code == result.record()["exit_code"] == exit_code
    assert "Traceback" not in result.err
    if message is not None:
        assert f"rnnchaos: error: {message}\n" in result.err
        assert result.record()["error"] == message


def test_a_traceback_where_it_is_asked_for(rnnchaos, monkeypatch):
    monkeypatch.setenv("RNNCHAOS_TRACEBACK", "1")
    assert "Traceback" in rnnchaos("train", "name=breaks").err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["trian"], "trian is not a command; did you mean rnnchaos train?"),
        (
            ["train", "model=ltsm"],
            f"model=ltsm: no such model; did you mean lstm? (choices: {MODELS})",
        ),
        (["train", "--bogus"], "--bogus is not an option; settings have no dashes, as in seed=3"),
        (["gradients", ".", "--bogus"], "--bogus is not an option of gradients (options: --json)"),
        (
            ["gradients"],
            "rnnchaos gradients needs RUN|SETTING=VALUE, as in rnnchaos gradients outputs/NAME/v0001; "
            "rnnchaos runs lists the runs",
        ),
        (["gradients", "diagnostics.figures=false"], "name one run folder, got none"),
        (["bifurcation", "weights=x.npz"], "name one run folder, got none"),
        (["evaluate", "a", "b"], "name one run folder, got a and b"),
        (["evaluate", "outputs/x"], "there is no run folder outputs/x"),
        (["lyapunov", "lorenz63"], "there is no run folder lorenz63; a system is named by dataset=lorenz63"),
        (["lyapunov", ".", "-m"], "-m has no meaning for a stored run"),
        (["lyapunov", "model=gru"], "model is not a setting"),
        (["runs", "elsewhere"], "runs takes outputs=FOLDER, got 'elsewhere'"),
        (
            ["train", "-m", "seed=0,1", "--detach"],
            "--detach needs jobs that go on by themselves: add hydra/launcher=slurm",
        ),
        (
            ["train", "-m", "seed=0,1", "hydra.launcher.n_jobs=0"],
            "hydra.launcher.n_jobs must be at least 1, got 0",
        ),
        (["completion", "csh"], "Invalid value: no completion for 'csh' (shells: bash, zsh, fish)"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(rnnchaos, words, message):
    result = rnnchaos(*words)
    assert result == (2, "", f"rnnchaos: error: {message}\n")


def test_the_nearest_run_folder(rnnchaos):
    Path("outputs/x/v0001").mkdir(parents=True)
    Path("outputs/x/v0001/run.json").touch()
    expected = "rnnchaos: error: there is no run folder outputs/x/v001; did you mean outputs/x/v0001?\n"
    assert rnnchaos("evaluate", "outputs/x/v001").err == expected


@pytest.mark.parametrize("folder", ["outputs/x/v0001", "outputs/tau=30,lr=0.1/v0001"])
@pytest.mark.parametrize("command", diagnostics.names())
def test_a_stored_run_with_changed_diagnostics(rnnchaos, command, folder):
    Path(folder).mkdir(parents=True)
    override = "diagnostics.gradients.max_lag=9"
    record = rnnchaos(command, override, folder, "--json").record()
    assert record == {"exit_code": 0, "diagnostic": command, "run": folder, "overrides": [override]}


def test_runs(rnnchaos):
    assert rnnchaos("runs", "--json").record() == {"exit_code": 0, "outputs": "outputs"}
    assert rnnchaos("runs", "outputs=there", "--json").record()["outputs"] == "there"


def test_help(rnnchaos):
    text = rnnchaos("--help").out
    for command in ("train", *diagnostics.names(), "runs"):
        assert f"  {command}" in text
    assert rnnchaos().out == text
    text = rnnchaos("train", "--help").out
    assert "shplrnn, shrnn (default)" in " ".join(text.split())
    assert max(len(line) for line in text.splitlines()) <= 120
    assert "    rnnchaos train dataset=rossler model=plrnn protocol.tau=30 seed=3\n" in text
    assert "--json" in text
    for each in diagnostics.at_hand():
        told = rnnchaos(each.name, "--help").out
        assert each.summary() in told
        assert all(f"  {name}=" in told for name in each.defaults())
    assert rnnchaos("--version").out.startswith("rnnchaos 0.")


def test_every_setting_and_example_of_the_help_text_is_real(rnnchaos):
    from rnnchaos.cli.usage import EXAMPLES, most_used

    assert rnnchaos("train", *(word for word, _ in most_used() if "=" in word)) == (
        0,
        "training\na stray print\n",
        "",
    )
    Path("my_series.csv").write_text("x,y\n1,2\n")
    shutil.copy(Path(__file__).parents[2] / "docs" / "equations" / "jerk.yaml", "jerk.yaml")
    for example in EXAMPLES:
        words = shlex.split(example)[1:]
        assert rnnchaos(*words, *(["--dry-run"] if "-m" in words else [])).exit_code == 0, example


def test_json_of_what_json_does_not_know():
    import numpy as np

    from rnnchaos.cli.report import to_json
    from rnnchaos.outcome import Outcome

    record = {
        "path": Path("a"),
        "x": np.float64(0.5),
        "v": np.array([1.0, np.inf]),
        "n": np.int64(3),
        1: (True, None),
    }
    assert json.loads(to_json(Outcome(0, record))) == {
        "exit_code": 0,
        "path": "a",
        "x": 0.5,
        "v": [1.0, None],
        "n": 3,
        "1": [True, None],
    }
