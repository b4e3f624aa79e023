"""rnnchaos sweep run: which launcher goes on with a sweep."""

import pytest
from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome
from rnnchaos.sweeps import launchers
from rnnchaos.sweeps.slurm.options import SlurmOptions
from rnnchaos.sweeps.slurm.submissions import Submission, record


@pytest.fixture
def launched(monkeypatch):
    """The launcher that was built, its settings, and whether it was to train failed cells again."""
    seen = []

    def stand_in(name):
        class Launcher(launchers.CellLauncher):
            def __init__(self, **settings):
                self.settings = settings

            def check(self):
                pass

            def run(self, sweep, console, *, retry_failed):
                seen.append((name, self.settings, retry_failed))
                return Outcome(0, {})

        return Launcher

    for name in launchers._LAUNCHERS:
        monkeypatch.setitem(launchers._LAUNCHERS, name, stand_in(name))
    return seen


def go_on(sweep, *words, n_jobs=None, retry_failed=False, detach=False):
    launchers.go_on(
        sweep, words, Console(quiet=True), n_jobs=n_jobs, retry_failed=retry_failed, detach=detach
    )


def test_without_words_as_the_sweep_was_trained_last(sweep, launched):
    go_on(sweep)
    record(sweep, Submission("7", ((0,),), SlurmOptions(partition="gpu")))
    go_on(sweep, detach=True)
    go_on(sweep, n_jobs=3)
    assert [name for name, *_ in launched] == ["LocalLauncher", "SlurmLauncher", "LocalLauncher"]
    assert launched[1][1]["partition"] == "gpu"
    assert launched[1][1]["detach"] is True
    assert launched[2][1] == {"n_jobs": 3}


def test_words_choose_the_launcher_and_its_settings(sweep, launched):
    go_on(
        sweep, "hydra/launcher=slurm_gpu", "hydra.launcher.retry_failed=true", "hydra.launcher.timeout_min=7"
    )
    ((name, settings, retry_failed),) = launched
    assert (name, retry_failed, settings["timeout_min"], settings["gpus_per_node"]) == (
        "SlurmLauncher",
        True,
        7,
        1,
    )


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
