"""Hydra's part in a sweep: its sweeper names the combinations, our launcher makes cells of them and runs those."""

import contextlib
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, cast

from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext
from omegaconf import Container, DictConfig, open_dict
from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.experiments import Outcome
from rnnchaos.sweeps.planning import Planned, create, show

# Hydra instantiates plugins of the package hydra_plugins alone, so that is where it finds ours.
_TRUSTED = "hydra_plugins.rnnchaos"

_Task = Callable[[Any], Any]

outcomes: list[Outcome] = []
"""Of the launches of this process: Hydra's main function hands nothing back."""


class CellSweeper(Sweeper):
    """All combinations of the swept values at once, and no file of Hydra's own."""

    def setup(self, *, hydra_context: HydraContext, task_function: _Task, config: Container) -> None:
        self._context = hydra_context
        self._launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=cast(DictConfig, config)
        )

    def sweep(self, arguments: list[str]) -> Any:
        from hydra._internal.core_plugins.basic_sweeper import BasicSweeper

        overrides = OverridesParser.create(config_loader=self._context.config_loader).parse_overrides(
            arguments
        )
        (combinations,) = BasicSweeper.split_arguments(overrides, None)
        return self._launcher.launch(combinations, initial_job_idx=0)


class LocalLauncher(Launcher):
    """The cells on this machine, one process a core."""

    def __init__(self, n_jobs: int | None = None, dry_run: bool = False, retry_failed: bool = False) -> None:
        if n_jobs is not None and n_jobs < 1:
            raise ConfigError(f"hydra.launcher.n_jobs must be at least 1, got {n_jobs}")
        self._n_jobs, self._dry_run, self._retry_failed = n_jobs, dry_run, retry_failed

    def setup(self, *, hydra_context: HydraContext, task_function: _Task, config: Container) -> None:
        self._context, self._config = hydra_context, config

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        planned = [
            Planned(tuple(word.lstrip("+") for word in words), self._resolve(words))
            for words in job_overrides
        ]
        console = Console()
        if self._dry_run:
            outcomes.append(show(planned, console))
            return []
        from rnnchaos.sweeps.running import run

        sweep = create(planned, command=sys.argv)
        outcomes.append(run(sweep, console, n_jobs=self._n_jobs, retry_failed=self._retry_failed))
        return []

    def _resolve(self, words: Sequence[str]) -> dict[str, Any]:
        """The plain config of one combination. Raises ConfigError with the words that lead to it."""
        config = self._context.config_loader.load_sweep_config(cast(DictConfig, self._config), list(words))
        HydraConfig.instance().set_config(config)
        with open_dict(config):
            del config["hydra"]
        return resolved(config, words)


def resolved(config: Container, words: Sequence[str]) -> dict[str, Any]:
    """The plain values of one composed config."""
    from rnnchaos.config.compose import resolve

    try:
        return resolve(config)
    except ConfigError as error:
        raise ConfigError(f"{' '.join(words)}: {error}") from error


def register() -> None:
    """Let Hydra know the plugins; configs/hydra names them."""
    known = Plugins.instance()  # first, because it looks for installed plugins under the name that follows
    parent, _, own = _TRUSTED.rpartition(".")
    with contextlib.suppress(ImportError):
        import_module(parent)
    sys.modules[_TRUSTED] = sys.modules[__name__]
    setattr(sys.modules.setdefault(parent, ModuleType(parent)), own, sys.modules[__name__])
    for plugin in (CellSweeper, LocalLauncher):
        plugin.__module__ = _TRUSTED
        known.register(plugin)


def launched(run_jobs: Callable[[], None]) -> Outcome | None:
    """What came of the sweep that `run_jobs` starts; None where Hydra only showed something."""
    register()
    outcomes.clear()
    run_jobs()
    return outcomes[0] if outcomes else None
