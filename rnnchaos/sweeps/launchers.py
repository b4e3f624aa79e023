"""Where the cells of a sweep are trained, as hydra/launcher= says: on this machine, or on a Slurm cluster."""

import re
import shlex
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from rich.console import Console

from rnnchaos import plugins
from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome
from rnnchaos.setting import Count, check_fields
from rnnchaos.settings.coerce import arguments, coerce, parameters
from rnnchaos.sweeps.planning import Planned, create, show
from rnnchaos.sweeps.slurm.options import SlurmOptions
from rnnchaos.sweeps.slurm.submissions import submissions
from rnnchaos.sweeps.sweep import Sweep


@dataclass(frozen=True)
class CellLauncher(ABC):
    """All configs are composed and checked before the first cell starts."""

    dry_run: bool = False
    """List the cells and train none."""
    estimate: bool = False
    """The same, and say how long they will take, by short trainings."""
    retry_failed: bool = False
    """Train cells again that have failed."""
    detach: bool = False
    """Submit and return; for jobs of Slurm alone."""

    @property
    def only_shows(self) -> bool:
        """Whether nothing is to be started."""
        return self.dry_run or self.estimate

    @classmethod
    @abstractmethod
    def read(cls, node: Mapping[str, Any]) -> Self:
        """From the plain settings `hydra.launcher`. Raises ConfigError for a bad one."""

    @abstractmethod
    def check(self) -> None:
        """Raise ConfigError where this launcher cannot work here; nothing has been written yet."""

    @abstractmethod
    def run(self, sweep: Sweep, console: Console, *, retry_failed: bool) -> Outcome:
        """Train what is missing of a sweep."""

    def launch(self, planned: Sequence[Planned], console: Console, *, command: Sequence[str]) -> Outcome:
        """Train a sweep of these combinations, or only show it."""
        if self.only_shows:
            return show(planned, console, by_trial=self.estimate)
        self.check()
        return self.run(create(planned, command=command), console, retry_failed=self.retry_failed)


@dataclass(frozen=True)
class LocalLauncher(CellLauncher):
    """The cells on this machine: one process a core, or all devices for one program."""

    n_jobs: Count | None = None
    """Processes at a time; None takes one a core."""

    def __post_init__(self) -> None:
        if self.detach:
            raise ConfigError("--detach needs jobs that go on by themselves: add hydra/launcher=slurm")
        check_fields(self)

    @classmethod
    def read(cls, node: Mapping[str, Any]) -> Self:
        return coerce(node, cls, _PREFIX)

    def check(self) -> None:
        pass

    def run(self, sweep: Sweep, console: Console, *, retry_failed: bool) -> Outcome:
        from rnnchaos.sweeps.running import run

        return run(sweep, console, n_jobs=self.n_jobs, retry_failed=retry_failed)


@dataclass(frozen=True)
class SlurmLauncher(CellLauncher):
    """The cells as job arrays of Slurm."""

    options: SlurmOptions = field(default_factory=SlurmOptions)

    @classmethod
    def read(cls, node: Mapping[str, Any]) -> Self:
        shared = {name: value for name, value in node.items() if name in parameters(CellLauncher)}
        options = {name: value for name, value in node.items() if name not in shared}
        read = arguments(shared, parameters(CellLauncher), _PREFIX)
        return cls(**read, options=SlurmOptions.read(options))

    def check(self) -> None:
        self.options.check_cluster()

    def run(self, sweep: Sweep, console: Console, *, retry_failed: bool) -> Outcome:
        from rnnchaos.sweeps.slurm.array import run

        return run(sweep, console, self.options, retry_failed=retry_failed, detach=self.detach)


_PREFIX = "hydra.launcher"
_LAUNCHERS: dict[str, type[CellLauncher]] = {"LocalLauncher": LocalLauncher, "SlurmLauncher": SlurmLauncher}


def launcher(settings: Mapping[str, Any]) -> CellLauncher:
    """The launcher that the node `hydra.launcher` describes.

    Raises ConfigError for an unknown setting or one out of its bounds, and for a launcher that is none of ours.
    """
    options = dict(settings)
    kind = str(options.pop("_target_", None)).rpartition(".")[2]
    if kind not in _LAUNCHERS:
        raise ConfigError(f"hydra/launcher must be local or slurm to train cells, got {kind}")
    return _LAUNCHERS[kind].read(options)


def go_on(
    sweep: Sweep,
    words: Sequence[str],
    console: Console,
    *,
    n_jobs: int | None,
    retry_failed: bool,
    detach: bool,
) -> Outcome:
    """Train what is missing of a sweep. `words` choose the launcher; without any, it is this machine.

    Raises ConfigError for words that are no settings of a launcher, for plugins that are not what they were, and
    without words where Slurm was asked last: what a job script says comes from the command line, never from a folder.
    """
    plugins.check_unchanged(sweep.plugins, of=sweep.path)
    chosen = launcher(_settings(sweep, words, n_jobs=n_jobs) | ({"detach": True} if detach else {}))
    if chosen.only_shows:
        flag = "dry_run" if chosen.dry_run else "estimate"
        raise ConfigError(
            f"hydra.launcher.{flag} is for train: rnnchaos sweep status {sweep.path} says what is missing"
        )
    chosen.check()
    return chosen.run(sweep, console, retry_failed=retry_failed or chosen.retry_failed)


def _settings(sweep: Sweep, words: Sequence[str], *, n_jobs: int | None) -> dict[str, Any]:
    """Of the launcher, with its class as `_target_`."""
    own = {} if n_jobs is None else {"n_jobs": n_jobs}
    if words:
        return _named(words) | own
    submitted = [] if own else submissions(sweep)
    if submitted:
        asked = submitted[-1].options
        again = shlex.join(["rnnchaos", "sweep", "run", str(sweep.path), "hydra/launcher=slurm"])
        raise ConfigError(
            f"{sweep.path} went to Slurm, and what jobs are to say is not taken from its folder; type "
            f"{' '.join([again, *(asked.words() if asked else ())])}, or hydra/launcher=local to train here"
        )
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
