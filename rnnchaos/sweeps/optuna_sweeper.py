"""hydra/sweeper=optuna: a search instead of all combinations. optuna itself is imported where one is started."""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, cast

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext
from omegaconf import Container, DictConfig
from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome
from rnnchaos.runs.process import usable_cores
from rnnchaos.settings.compose import COMPOSITION_ERRORS
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder, did_you_mean
from rnnchaos.settings.messages import explain
from rnnchaos.sweeps.launchers import composed, outcomes

_DIRECTIONS = ("minimize", "maximize")
_SHORT = {"d_stsp": "d_stsp_paper", "d_h": "d_h_gtf"}  # as in `sweep plot`


class OptunaSweeper(Sweeper):
    """Trials drawn by one of optuna's samplers; each is a cell of a sweep."""

    def __init__(
        self, metric: Any, direction: Any, n_trials: Any, sampler: Any, seed: Any, n_jobs: Any
    ) -> None:
        # They are checked in `sweep`: Hydra would wrap what is raised here.
        self._metric, self._direction, self._sampler = metric, direction, sampler
        self._n_trials, self._seed, self._n_jobs = n_trials, seed, n_jobs

    def setup(
        self, *, hydra_context: HydraContext, task_function: Callable[[Any], Any], config: Container
    ) -> None:
        self._context, self._config = hydra_context, cast(DictConfig, config)

    def sweep(self, arguments: list[str]) -> None:
        outcomes.append(self._search(arguments))

    def _search(self, arguments: list[str]) -> Outcome:
        self._check()
        from rnnchaos.sweeps import running, searching
        from rnnchaos.sweeps.search import Goal, Search, plan
        from rnnchaos.sweeps.space import read_space
        from rnnchaos.sweeps.sweep import Sweep

        parser = OverridesParser.create(config_loader=self._context.config_loader)
        space = read_space(parser.parse_overrides(arguments))
        goal = Goal(_SHORT.get(self._metric, self._metric), self._direction, self._sampler, self._seed)
        planned, console = plan(space, goal, self._compose), Console()
        if self._config.hydra.launcher.dry_run:
            return searching.show(planned, console, n_trials=self._n_trials)

        def say(line: str) -> None:
            console.print(line, highlight=False, soft_wrap=True, markup=False)

        search = Search(planned, self._compose, n_trials=self._n_trials, command=sys.argv, say=say)
        n_jobs = self._n_jobs or self._config.hydra.launcher.n_jobs or min(usable_cores(), self._n_trials)
        say(f"{search.sweep.path}: {goal.direction} {goal.metric} by {goal.sampler}, {n_jobs} at a time")
        searching.run(search, n_jobs=n_jobs)
        return running.report(Sweep.open(search.sweep.path), console)

    def _compose(self, words: Any) -> dict[str, Any]:
        try:
            return composed(self._context, self._config, words)
        except COMPOSITION_ERRORS as error:
            catalog = ConfigFolders((builtin_folder(),))
            raise explain(error, catalog=catalog, config_name="train", overrides=words) from error

    def _check(self) -> None:
        """Raise ConfigError for a setting of the search itself."""
        if find_spec("optuna") is None:
            raise ConfigError("hydra/sweeper=optuna needs the optuna package: pip install 'rnnchaos[search]'")
        from rnnchaos.sweeps.optuna_study import SAMPLERS

        launcher = self._config.hydra.launcher
        if not launcher._target_.endswith(".LocalLauncher"):
            raise ConfigError(
                "hydra/sweeper=optuna trains on the machine it is started on (hydra/launcher=local); "
                "on a cluster, let each job of an array start the same command"
            )
        if launcher.retry_failed:
            raise ConfigError(
                "hydra.launcher.retry_failed has no meaning in a search: "
                "rnnchaos sweep run SWEEP --retry-failed trains its failed trials again"
            )
        _check_name("metric", self._metric)
        _check_name("direction", self._direction, _DIRECTIONS)
        _check_name("sampler", self._sampler, tuple(SAMPLERS))
        _check_whole("hydra.sweeper.n_trials", self._n_trials, 1)
        _check_whole("hydra.sweeper.seed", self._seed, 0)
        for where, n_jobs in {"sweeper": self._n_jobs, "launcher": launcher.n_jobs}.items():
            if n_jobs is not None:
                _check_whole(f"hydra.{where}.n_jobs", n_jobs, 1)


def _check_name(setting: str, value: Any, names: tuple[str, ...] | None = None) -> None:
    if names is None and (not isinstance(value, str) or not value):
        raise ConfigError(
            f"hydra.sweeper.{setting} must be the name of a number of the results, got {value!r}"
        )
    if names is not None and value not in names:
        near = did_you_mean(str(value), names)
        raise ConfigError(f"hydra.sweeper.{setting} must be one of {', '.join(names)}, got {value!r}{near}")


def _check_whole(setting: str, value: Any, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ConfigError(f"{setting} must be a whole number of at least {least}, got {value!r}")
