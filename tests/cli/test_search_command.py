"""The command line of a search: what it says and refuses, and that optuna is imported for it alone."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib import util
from pathlib import Path
from typing import get_args

import pytest

from rnnchaos import trainings
from rnnchaos.runs import Kind, RunWriter, Status
from rnnchaos.settings import stored
from rnnchaos.sweeps import worker

SEARCH = ("train", "-m", "hydra/sweeper=optuna", "experiment=smoke")
SPACE = (
    "protocol.tau=range(5,100)",
    "optimizer.learning_rate=tag(log,interval(1e-4,1e-2))",
    "model=lstm,gru",
)


@pytest.fixture(autouse=True)
def _trained(monkeypatch):
    def train_at(claims, settings, console, titles):
        (claim,), (chosen,) = claims, settings
        text = stored.to_yaml(chosen)
        run = RunWriter.create_at(claim, name=chosen.name, kind=Kind.TRAIN, config_text=text, provenance={})
        with run:
            run.finish(Status.FINISHED, {"d_stsp_paper": float(chosen.tau), "verdict": "chaotic"})

    monkeypatch.setitem(vars(trainings), "train_at", train_at)
    worker._journal.cache_clear()  # of a process, which never goes to another folder but in these tests


def test_a_search_ends_with_its_best_and_goes_on_where_it_ended(rnnchaos):
    words = (*SEARCH, *SPACE, "hydra.sweeper.n_jobs=1", "--json")
    first = rnnchaos(*words, "hydra.sweeper.n_trials=2")
    assert first.exit_code == 0, first.err
    lines = first.err.splitlines()
    assert lines[0] == "outputs/smoke.sweep/v0001: minimize d_stsp_paper by tpe, 1 at a time"
    assert lines[1].startswith("1/2  protocol.tau=")
    assert lines[-1].startswith("best of 2: d_stsp_paper ")
    longer = rnnchaos(*words, "hydra.sweeper.n_trials=4")
    assert [line[:3] for line in longer.err.splitlines()[1:3]] == ["3/4", "4/4"]
    record = longer.record()
    best = record["best"]
    assert record["counts"] == {"finished": 4}
    assert record["search"]["results"] == 4
    assert best["value"] == best["settings"]["protocol.tau"]
    assert best["settings"]["model"] in ("lstm", "gru")
    assert Path(best["run"], "run.json").is_file()
    status = rnnchaos("sweep", "status", "outputs/smoke.sweep", "--json")
    assert (status.exit_code, status.record()["best"]) == (0, best)
    table = rnnchaos("sweep", "table", "outputs/smoke.sweep", "--by", "model", "--json")
    assert sum(row["cells"] for row in table.record()["rows"]) == 4
    drawn = rnnchaos("sweep", "plot", "outputs/smoke.sweep")
    assert drawn.exit_code == 0, drawn.err


def test_a_dry_run_shows_the_space_and_what_is_left_and_writes_nothing(rnnchaos):
    shown = rnnchaos(*SEARCH, *SPACE, "--dry-run", "hydra.sweeper.n_trials=9")
    assert shown.out.splitlines() == [
        "protocol.tau: integers from 5 to 99",
        "optimizer.learning_rate: numbers from 0.0001 to 0.01, logarithmic",
        "model: lstm, gru",
        "minimize d_stsp_paper by tpe: 9 of 9 trials left in outputs/smoke.sweep; nothing was started",
    ]
    assert os.listdir() == []
    rnnchaos(*SEARCH, *SPACE, "hydra.sweeper.n_jobs=1", "hydra.sweeper.n_trials=2")
    left = rnnchaos(*SEARCH, *SPACE, "--dry-run", "hydra.sweeper.n_trials=9", "--json")
    assert (left.record()["trials_left"], left.record()["results"]) == (7, 2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["hydra.sweeper.metrc=x"], "hydra.sweeper.metrc is not a setting; did you mean hydra.sweeper.metric?"),
        (["hydra.sweeper.metric="], "hydra.sweeper.metric must be the name of a number of the results, got ''"),
        (["hydra.sweeper.direction=minimise"], 'hydra.sweeper.direction must be "auto", "minimize" or "maximize", got'),
        (["hydra.sweeper.sampler=tpee"], 'hydra.sweeper.sampler must be "nsgaii", "qmc", "random" or "tpe", got'),
        (["hydra.sweeper.n_trials=0"], "hydra.sweeper.n_trials must be at least 1, got 0"),
        (["hydra.sweeper.seed=-1"], "hydra.sweeper.seed must be at least 0, got -1"),
        (["hydra.launcher.n_jobs=0"], "hydra.launcher.n_jobs must be at least 1, got 0"),
        (["hydra.launcher.retry_failed=true"], "hydra.launcher.retry_failed has no meaning in a search"),
        (["hydra.launcher.n_jobs=many"], "hydra.launcher.n_jobs must be a whole number or null, got 'many'"),
        (["+hydra.launcher.n=1"], "hydra.launcher.n is not a setting"),
        (["--detach"], "--detach needs jobs that go on by themselves"),
        (["hydra/launcher=slurm"], "hydra/sweeper=optuna trains on the machine it is started on"),
        (["hydra/sweeper=optnua"], "hydra/sweeper=optnua: no such hydra/sweeper; did you mean optuna?"),
        (["protocol.tua=range(2,9)"], "protocol.tua is not a setting; did you mean protocol.tau?"),
        (["dataset=lorenz63,rosler"], "dataset=rosler: no such dataset; did you mean rossler?"),
        (["protocol=sparse_forcing,~x"], "cannot read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line_and_nothing_is_written(rnnchaos, words, message):
    refused = rnnchaos(*SEARCH, *SPACE, *words)
    assert (refused.exit_code, refused.out) == (2, "")
    assert refused.err.startswith(f"rnnchaos: error: {message}")
    assert len(refused.err.splitlines()) == 1
    assert os.listdir() == []


def test_a_metric_that_the_first_result_lacks_is_a_failure(rnnchaos):
    wrong = rnnchaos(*SEARCH, *SPACE, "hydra.sweeper.n_jobs=1", "hydra.sweeper.metric=verdict")
    assert wrong.exit_code == 1
    assert "rnnchaos: error: hydra.sweeper.metric=verdict: no such number among the results in " in wrong.err


def test_a_missing_optuna_is_named_with_what_to_install(rnnchaos, monkeypatch):
    found = util.find_spec
    monkeypatch.setattr(
        "rnnchaos.search.begin.find_spec", lambda name: None if name == "optuna" else found(name)
    )
    refused = rnnchaos(*SEARCH, *SPACE)
    assert refused.exit_code == 2
    assert refused.err == (
        "rnnchaos: error: hydra/sweeper=optuna needs the optuna package: pip install 'rnnchaos[search]'\n"
    )


def test_the_samplers_are_those_that_are_declared():
    from rnnchaos.search.goal import Sampler
    from rnnchaos.search.study import SAMPLERS

    assert set(SAMPLERS) == set(get_args(Sampler))


def test_a_plain_sweep_does_not_import_optuna():
    code = (
        "import sys; from rnnchaos import trainings; from rnnchaos.cli import main\n"
        "sys.argv = ['rnnchaos', 'train', '-m', 'experiment=smoke', 'seed=1,2', '--dry-run']\n"
        "try: main()\n"
        "except SystemExit as ended: sys.exit(ended.code or 'optuna' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


@pytest.mark.slow
def test_a_real_search_that_is_killed_ends_with_as_many_trials(tmp_path):
    """Killed with -9, its processes too, and started again; then started twice at once."""
    command = [sys.executable, "-c", "from rnnchaos.cli import main; main()", *SEARCH]
    command += ["model=rnn", "protocol.tau=range(5,30)", "diagnostics.figures=false", f"outputs={tmp_path}"]
    command += ["hydra.sweeper.sampler=random", "hydra.sweeper.n_trials=4", "hydra.sweeper.n_jobs=2"]
    sweep = tmp_path / "smoke.sweep"
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE) as first:
        while not list(sweep.glob("cells/*/*/run.json")):
            assert first.poll() is None, first.stderr.read().decode()
            time.sleep(0.1)
        os.killpg(first.pid, signal.SIGKILL)
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    said = [(*process.communicate(), process.returncode) for process in both]
    assert 0 in [code for *_, code in said], said
    lines = [json.loads(line) for line in (sweep / "v0001" / "cells.jsonl").read_text().splitlines()]
    assert len(lines) == 4
    journal = [
        json.loads(line) for file in (sweep / "journal").iterdir() for line in file.read_text().splitlines()
    ]
    ended = [line["cell"] for line in journal if line["status"] == "finished"]
    assert sorted(ended) == sorted({line["cell"] for line in lines})
    assert len(list(sweep.glob("v*"))) == 1


@pytest.mark.slow
def test_a_search_that_is_interrupted_in_a_terminal_saves_the_state_of_its_trials(tmp_path):
    command = [sys.executable, "-c", "from rnnchaos.cli import main; main()", *SEARCH, f"outputs={tmp_path}"]
    command += [
        "model=rnn",
        "protocol.tau=range(5,30)",
        "training.num_steps=300000",
        "training.record_every=20",
    ]
    command += ["hydra.sweeper.n_jobs=2", "diagnostics.figures=false"]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE) as search:
        while len(list(tmp_path.glob("*.sweep/cells/*/*/checkpoints"))) < 2:
            assert search.poll() is None, search.stderr.read().decode()
            time.sleep(0.1)
        os.killpg(search.pid, signal.SIGINT)  # as Ctrl-C does
        assert search.wait(timeout=60) == 130
    for cell in tmp_path.glob("*.sweep/cells/*/*"):
        assert json.loads((cell / "run.json").read_text())["status"] == "interrupted"
        assert json.loads((cell / ".claim-0001").read_text()) == {"released": True}
