"""rnnchaos sweep run: what is missing of a sweep, in the way that is asked for, or in which it was begun."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console

from rnnchaos.config.compose import launcher_settings
from rnnchaos.experiments import Outcome
from rnnchaos.sweeps.launchers import CellLauncher, LocalLauncher, SlurmLauncher
from rnnchaos.sweeps.slurm.submissions import submissions
from rnnchaos.sweeps.sweep import Sweep

_LAUNCHERS: dict[str, Callable[..., CellLauncher]] = {
    "LocalLauncher": LocalLauncher,
    "SlurmLauncher": SlurmLauncher,
}


def go_on(
    sweep: Sweep,
    words: Sequence[str],
    console: Console,
    *,
    n_jobs: int | None,
    retry_failed: bool,
    detach: bool,
) -> Outcome:
    """Train what is missing of a sweep. `words` choose the launcher; without any the last one of the sweep is taken.

    Raises ConfigError for words that are no settings of a launcher.
    """
    launcher = _launcher(sweep, words, n_jobs=n_jobs, detach=detach)
    launcher.check()
    return launcher.run(sweep, console, retry_failed=retry_failed)


def _launcher(sweep: Sweep, words: Sequence[str], *, n_jobs: int | None, detach: bool) -> CellLauncher:
    own = {"detach": True} if detach else {}
    if words:
        settings: dict[str, Any] = launcher_settings(words) | own
        kind = settings.pop("_target_").rpartition(".")[2]
        if n_jobs is not None:
            settings["n_jobs"] = n_jobs
        return _LAUNCHERS[kind](**settings)
    submitted = submissions(sweep) if n_jobs is None else []
    if submitted:
        return SlurmLauncher(**submitted[-1].options.to_json(), **own)
    return LocalLauncher(n_jobs=n_jobs, detach=detach)
