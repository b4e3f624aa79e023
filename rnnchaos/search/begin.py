"""hydra/sweeper=optuna: a search instead of all combinations. optuna itself is imported where one is started."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any, NamedTuple

from hydra.core.override_parser.types import Override
from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean
from rnnchaos.outcome import Outcome
from rnnchaos.runs.process import usable_cores
from rnnchaos.search.goal import Goal
from rnnchaos.search.report import conclude, show
from rnnchaos.search.space import read_space
from rnnchaos.search.trials import Compose, Search, draft
from rnnchaos.settings.compose import SweepSettings
from rnnchaos.settings.config_folders import ConfigFolders
from rnnchaos.sweeps import local, running
from rnnchaos.sweeps.standing import Standing
from rnnchaos.sweeps.sweep import Cell, Sweep
from rnnchaos.sweeps.worker import train

_DIRECTIONS = ("minimize", "maximize")
_SHORT = {"d_stsp": "d_stsp_paper", "d_h": "d_h_gtf"}  # as in `sweep plot`


class _Settings(NamedTuple):
    """Those of configs/hydra/sweeper/optuna.yaml."""

    metric: str
    direction: str
    n_trials: int
    sampler: str
    seed: int
    n_jobs: int | None

    @property
    def goal(self) -> Goal:
        return Goal(_SHORT.get(self.metric, self.metric), self.direction, self.sampler, self.seed)


def search(
    overrides: Sequence[Override],
    settings: SweepSettings,
    compose: Compose,
    catalog: ConfigFolders,
    *,
    command: Sequence[str],
) -> Outcome:
    """Train what a sampler draws from the space that overrides span, until there are enough results.

    Raises ConfigError for a setting of the search, or a space that cannot be trained, before anything is written.
    """
    chosen = _read(settings)
    checked, console = draft(read_space(overrides, catalog), chosen.goal, compose), Console()
    if settings.launcher["dry_run"]:
        return show(checked, console, n_trials=chosen.n_trials)

    def say(line: str) -> None:
        console.print(line, highlight=False, soft_wrap=True, markup=False)

    begun = Search(checked, compose, n_trials=chosen.n_trials, command=command, say=say)
    goal, n_jobs = chosen.goal, chosen.n_jobs or min(usable_cores(), chosen.n_trials)
    say(f"{begun.sweep.path}: {goal.direction} {goal.metric} by {goal.sampler}, {n_jobs} at a time")
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


def _read(settings: SweepSettings) -> _Settings:
    """The settings of the search itself. Raises ConfigError for one that is unknown, missing or out of its bounds."""
    if find_spec("optuna") is None:
        raise ConfigError("hydra/sweeper=optuna needs the optuna package: pip install 'rnnchaos[search]'")
    from rnnchaos.search.study import SAMPLERS

    given, launcher = settings.sweeper, settings.launcher
    _check_launcher(launcher)
    for name in given:
        if name not in ("_target_", "params", *_Settings._fields):
            raise ConfigError(f"hydra.sweeper.{name} is not a setting{did_you_mean(name, _Settings._fields)}")
    if not isinstance(given["metric"], str) or not given["metric"]:
        raise ConfigError(
            f"hydra.sweeper.metric must be the name of a number of the results, got {given['metric']!r}"
        )
    _check_name("direction", given["direction"], _DIRECTIONS)
    _check_name("sampler", given["sampler"], tuple(SAMPLERS))
    _check_whole("hydra.sweeper.n_trials", given["n_trials"], 1)
    _check_whole("hydra.sweeper.seed", given["seed"], 0)
    for where, node in {"sweeper": given, "launcher": launcher}.items():
        if node["n_jobs"] is not None:
            _check_whole(f"hydra.{where}.n_jobs", node["n_jobs"], 1)
    known = {name: given[name] for name in _Settings._fields}
    return _Settings(**known | {"n_jobs": given["n_jobs"] or launcher["n_jobs"]})


def _check_launcher(launcher: Mapping[str, Any]) -> None:
    if not launcher["_target_"].endswith(".LocalLauncher"):
        raise ConfigError(
            "hydra/sweeper=optuna trains on the machine it is started on (hydra/launcher=local); "
            "on a cluster, let each job of an array start the same command"
        )
    if launcher["retry_failed"]:
        raise ConfigError(
            "hydra.launcher.retry_failed has no meaning in a search: "
            "rnnchaos sweep run SWEEP --retry-failed trains its failed trials again"
        )


def _check_name(setting: str, value: Any, names: tuple[str, ...]) -> None:
    if value not in names:
        near = did_you_mean(str(value), names)
        raise ConfigError(f"hydra.sweeper.{setting} must be one of {', '.join(names)}, got {value!r}{near}")


def _check_whole(setting: str, value: Any, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ConfigError(f"{setting} must be a whole number of at least {least}, got {value!r}")
