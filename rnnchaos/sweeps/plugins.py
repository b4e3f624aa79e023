"""Hydra's part in a sweep: its sweeper names the combinations, our launchers make cells of them and run those."""

import contextlib
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, cast

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext
from omegaconf import Container, DictConfig

from rnnchaos.outcome import Outcome
from rnnchaos.sweeps.launchers import LocalLauncher, SlurmLauncher, outcomes
from rnnchaos.sweeps.optuna_sweeper import OptunaSweeper

# Hydra instantiates plugins of the package hydra_plugins alone, so that is where it finds ours.
_TRUSTED = "hydra_plugins.rnnchaos"


class CellSweeper(Sweeper):
    """All combinations of the swept values at once, and no file of Hydra's own.

    `params` are values to sweep that a preset brings; what the command line says of the same setting counts.
    """

    def __init__(self, params: Mapping[str, Any] | None = None) -> None:
        self._params = dict(params or {})

    def setup(
        self, *, hydra_context: HydraContext, task_function: Callable[[Any], Any], config: Container
    ) -> None:
        self._context = hydra_context
        self._launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=cast(DictConfig, config)
        )

    def sweep(self, arguments: list[str]) -> Any:
        from hydra._internal.core_plugins.basic_sweeper import BasicSweeper

        parser = OverridesParser.create(config_loader=self._context.config_loader)
        overrides = parser.parse_overrides(arguments)
        named = {override.get_key_element().lstrip("+") for override in overrides}
        brought = [f"{name}={value}" for name, value in self._params.items() if name not in named]
        overrides = [*parser.parse_overrides(brought), *overrides]
        (combinations,) = BasicSweeper.split_arguments(overrides, None)
        return self._launcher.launch(combinations, initial_job_idx=0)


def register() -> None:
    """Let Hydra know the plugins; configs/hydra names them."""
    known = Plugins.instance()  # first, because it looks for installed plugins under the name that follows
    parent, _, own = _TRUSTED.rpartition(".")
    with contextlib.suppress(ImportError):
        import_module(parent)
    sys.modules[_TRUSTED] = sys.modules[__name__]
    setattr(sys.modules.setdefault(parent, ModuleType(parent)), own, sys.modules[__name__])
    for plugin in (CellSweeper, OptunaSweeper, LocalLauncher, SlurmLauncher):
        plugin.__module__ = _TRUSTED
        known.register(plugin)


def launched(run_jobs: Callable[[], None]) -> Outcome | None:
    """What came of the sweep that `run_jobs` starts; None where Hydra only showed something."""
    register()
    outcomes.clear()
    run_jobs()
    return outcomes[0] if outcomes else None
