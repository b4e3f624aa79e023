"""rnnchaos sweep run: what is missing of a sweep, in the way that is asked for, or in which it was begun."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console

from rnnchaos import plugins
from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome
from rnnchaos.settings.compose import launcher_settings
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

    Raises ConfigError for words that are no settings of a launcher, and for plugins that are not what they were.
    """
    plugins.check_unchanged(sweep.plugins, of=sweep.path)
    settings = _settings(sweep, words, n_jobs=n_jobs) | ({"detach": True} if detach else {})
    if settings.pop("dry_run", False):
        raise ConfigError(
            f"hydra.launcher.dry_run is for train: rnnchaos sweep status {sweep.path} says what is missing"
        )
    retry_failed |= settings.pop("retry_failed", False)
    kind = settings.pop("_target_").rpartition(".")[2]
    if kind not in _LAUNCHERS:
        raise ConfigError(f"hydra/launcher must be local or slurm to train cells, got {kind}")
    launcher = _LAUNCHERS[kind](**settings)
    launcher.check()
    return launcher.run(sweep, console, retry_failed=retry_failed)


def _settings(sweep: Sweep, words: Sequence[str], *, n_jobs: int | None) -> dict[str, Any]:
    """Of the launcher, with its class as `_target_`."""
    own = {} if n_jobs is None else {"n_jobs": n_jobs}
    if words:
        return launcher_settings(words) | own
    submitted = [] if own else submissions(sweep)
    if submitted:
        return {"_target_": "SlurmLauncher", **submitted[-1].options.to_json()}
    return {"_target_": "LocalLauncher", **own}
