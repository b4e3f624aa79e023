"""hydra/sweeper=optuna: a search instead of all combinations. optuna itself is imported where one is started."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Annotated, Any, Self

from annotated_types import Ge
from hydra.core.override_parser.types import Override

from rnnchaos.console import Console
from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome
from rnnchaos.runs.process import usable_cores
from rnnchaos.search.goal import Direction, Goal, Sampler, resolved
from rnnchaos.search.report import conclude, show
from rnnchaos.search.space import read_space
from rnnchaos.search.trials import Compose, Search, draft
from rnnchaos.setting import Count, SettingError, check_fields
from rnnchaos.settings.coerce import coerce
from rnnchaos.settings.compose import SweepSettings
from rnnchaos.settings.config_folders import ConfigFolders
from rnnchaos.sweeps import local, running
from rnnchaos.sweeps.cells import Cell
from rnnchaos.sweeps.launchers import LocalLauncher, launcher
from rnnchaos.sweeps.standing import Standing
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.worker import train

_SHORT = {"d_stsp": "d_stsp_paper", "d_h": "d_h_gtf"}  # as in `sweep plot`


@dataclass(frozen=True)
class SearchSettings:
    """Those of configs/hydra/sweeper/optuna.yaml."""

    metric: str = "d_stsp"
    """A number of the run's summary; d_stsp and d_h are short for d_stsp_paper and d_h_gtf."""
    direction: Direction = "auto"
    """auto: maximize prediction times and the share of orbits, minimize all else."""
    n_trials: Count = 20
    """Trials with a result, finished, diverged or escaped."""
    sampler: Sampler = "tpe"
    seed: Annotated[int, Ge(0)] = 0
    """Of the sampler."""
    n_jobs: Count | None = None
    """Processes at a time; None takes hydra.launcher.n_jobs, or one a core."""

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.metric:
            raise SettingError("metric", "be the name of a number of the results", self.metric)

    @classmethod
    def read(cls, node: Mapping[str, Any]) -> Self:
        """From the plain settings `hydra.sweeper`. Raises ConfigError for a bad one."""
        own = {name: value for name, value in node.items() if name not in ("_target_", "params")}
        return coerce(own, cls, "hydra.sweeper")

    @property
    def goal(self) -> Goal:
        metric = _SHORT.get(self.metric, self.metric)
        return Goal(metric, resolved(self.direction, metric), self.sampler, self.seed)


def search(
    overrides: Sequence[Override],
    settings: SweepSettings,
    compose: Compose,
    configs: ConfigFolders,
    *,
    command: Sequence[str],
) -> Outcome:
    """Train what a sampler draws from the space that overrides span, until there are enough results.

    Raises ConfigError for a setting of the search, or a space that cannot be trained, before anything is written.
    """
    if find_spec("optuna") is None:
        raise ConfigError("hydra/sweeper=optuna needs the optuna package: pip install 'rnnchaos[search]'")
    chosen, here = SearchSettings.read(settings.sweeper), _launcher(settings.launcher)
    checked, console = draft(read_space(overrides, configs), chosen.goal, compose), Console()
    if here.only_shows:
        return show(checked, console, n_trials=chosen.n_trials)

    def say(line: str) -> None:
        console.print(line, highlight=False, soft_wrap=True, markup=False)

    begun = Search(checked, compose, n_trials=chosen.n_trials, command=command, say=say)
    goal, n_jobs = chosen.goal, chosen.n_jobs or here.n_jobs or min(usable_cores(), chosen.n_trials)
    say(f"{begun.sweep.path}: {goal.direction} {goal.compared} by {goal.sampler}, {n_jobs} at a time")
    run(begun, n_jobs=n_jobs)
    sweep = Sweep.open(begun.sweep.path)
    return conclude(sweep, running.report(sweep, console), console)


def run(begun: Search, *, n_jobs: int) -> None:
    """Train until there are enough results, `n_jobs` cells at a time."""

    def draw(busy: Collection[Cell]) -> Cell | None:
        return begun.next({cell.id for cell in busy})

    for _ in local.train_all(draw, partial(_train, begun.sweep), n_jobs=n_jobs):
        pass  # the search says itself what has ended, by whomever


def _train(sweep: Sweep, cell: Cell) -> list[Standing]:
    return train(sweep, [cell])


def _launcher(node: Mapping[str, Any]) -> LocalLauncher:
    """Raise ConfigError for one that a search has no use for."""
    chosen = launcher(node)
    if not isinstance(chosen, LocalLauncher):
        raise ConfigError(
            "hydra/sweeper=optuna trains on the machine it is started on (hydra/launcher=local); "
            "on a cluster, let each job of an array start the same command"
        )
    if chosen.retry_failed:
        raise ConfigError(
            "hydra.launcher.retry_failed has no meaning in a search: "
            "rnnchaos sweep run SWEEP --retry-failed trains its failed trials again"
        )
    return chosen
