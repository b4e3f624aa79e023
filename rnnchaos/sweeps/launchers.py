"""Where the cells of a sweep are trained, as hydra/launcher= says: on this machine, or on a Slurm cluster."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console

from rnnchaos import plugins
from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome
from rnnchaos.sweeps.planning import Planned, create, show
from rnnchaos.sweeps.slurm.submissions import submissions
from rnnchaos.sweeps.sweep import Sweep


class CellLauncher(ABC):
    """All configs are composed and checked before the first cell starts."""

    def __init__(self, *, dry_run: bool, retry_failed: bool) -> None:
        self._dry_run, self._retry_failed = dry_run, retry_failed

    @abstractmethod
    def check(self) -> None:
        """Raise ConfigError where this launcher cannot work here; nothing has been written yet."""

    @abstractmethod
    def run(self, sweep: Sweep, console: Console, *, retry_failed: bool) -> Outcome:
        """Train what is missing of a sweep."""

    def launch(self, planned: Sequence[Planned], console: Console, *, command: Sequence[str]) -> Outcome:
        """Train a sweep of these combinations, or only show it."""
        if self._dry_run:
            return show(planned, console)
        self.check()
        return self.run(create(planned, command=command), console, retry_failed=self._retry_failed)


class LocalLauncher(CellLauncher):
    """The cells on this machine: one process a core, or all devices for one program."""

    def __init__(
        self,
        n_jobs: int | None = None,
        dry_run: bool = False,
        retry_failed: bool = False,
        detach: bool = False,
    ) -> None:
        super().__init__(dry_run=dry_run, retry_failed=retry_failed)
        if detach:
            raise ConfigError("--detach needs jobs that go on by themselves: add hydra/launcher=slurm")
        if n_jobs is not None and n_jobs < 1:
            raise ConfigError(f"hydra.launcher.n_jobs must be at least 1, got {n_jobs}")
        self._n_jobs = n_jobs

    def check(self) -> None:
        pass

    def run(self, sweep: Sweep, console: Console, *, retry_failed: bool) -> Outcome:
        from rnnchaos.sweeps.running import run

        return run(sweep, console, n_jobs=self._n_jobs, retry_failed=retry_failed)


class SlurmLauncher(CellLauncher):
    """The cells as job arrays of Slurm."""

    def __init__(
        self, dry_run: bool = False, retry_failed: bool = False, detach: bool = False, **options: Any
    ) -> None:
        from rnnchaos.sweeps.slurm.options import SlurmOptions

        super().__init__(dry_run=dry_run, retry_failed=retry_failed)
        self._options, self._detach = SlurmOptions.read(options), detach

    def check(self) -> None:
        self._options.check_cluster()

    def run(self, sweep: Sweep, console: Console, *, retry_failed: bool) -> Outcome:
        from rnnchaos.sweeps.slurm.launching import run

        return run(sweep, console, self._options, retry_failed=retry_failed, detach=self._detach)


_LAUNCHERS: dict[str, Callable[..., CellLauncher]] = {
    "LocalLauncher": LocalLauncher,
    "SlurmLauncher": SlurmLauncher,
}


def launcher(settings: Mapping[str, Any]) -> CellLauncher:
    """The launcher that the node `hydra.launcher` describes.

    Raises ConfigError for a setting out of its bounds, and for a launcher that is none of ours.
    """
    options = dict(settings)
    kind = str(options.pop("_target_", None)).rpartition(".")[2]
    if kind not in _LAUNCHERS:
        raise ConfigError(f"hydra/launcher must be local or slurm to train cells, got {kind}")
    return _LAUNCHERS[kind](**options)


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
    chosen = launcher(settings)
    chosen.check()
    return chosen.run(sweep, console, retry_failed=retry_failed)


def _settings(sweep: Sweep, words: Sequence[str], *, n_jobs: int | None) -> dict[str, Any]:
    """Of the launcher, with its class as `_target_`."""
    own = {} if n_jobs is None else {"n_jobs": n_jobs}
    if words:
        return _named(words) | own
    submitted = [] if own else submissions(sweep)
    if submitted:
        return {"_target_": "SlurmLauncher", **submitted[-1].options.to_json()}
    return {"_target_": "LocalLauncher", **own}


def _named(words: Sequence[str]) -> dict[str, Any]:
    """The settings of the launcher that `words`, hydra/launcher=NAME and hydra.launcher.*, choose."""
    from rnnchaos.settings.compose import Composer

    for word in words:
        if not re.match(r"\+{0,2}hydra[/.]launcher\b", word):
            raise ConfigError(
                f"{word!r} does not belong here: the cells of a sweep keep their settings; "
                "hydra/launcher=slurm and hydra.launcher.* say where they are trained"
            )
    return Composer("train").sweep_settings(words).launcher
