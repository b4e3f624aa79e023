"""Hydra's launchers, which get all combinations of a sweep at once: on this machine, or on a Slurm cluster."""

import sys
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, cast

from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext
from omegaconf import Container, DictConfig, OmegaConf, open_dict
from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome
from rnnchaos.sweeps.planning import Planned, create, show
from rnnchaos.sweeps.sweep import Sweep

outcomes: list[Outcome] = []
"""Of the launches of this process: Hydra's main function hands nothing back."""


class CellLauncher(Launcher):
    """All configs are composed and checked before the first cell starts."""

    def __init__(self, *, dry_run: bool, retry_failed: bool) -> None:
        self._dry_run, self._retry_failed = dry_run, retry_failed

    @abstractmethod
    def check(self) -> None:
        """Raise ConfigError where this launcher cannot work here; nothing has been written yet."""

    @abstractmethod
    def run(self, sweep: Sweep, console: Console, *, retry_failed: bool) -> Outcome:
        """Train what is missing of a sweep."""

    def setup(
        self, *, hydra_context: HydraContext, task_function: Callable[[Any], Any], config: Container
    ) -> None:
        self._context, self._config = hydra_context, config

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        planned = [
            Planned(tuple(word.lstrip("+") for word in words), composed(self._context, self._config, words))
            for words in job_overrides
        ]
        console = Console()
        if self._dry_run:
            outcomes.append(show(planned, console))
            return []
        self.check()
        sweep = create(planned, command=sys.argv)
        outcomes.append(self.run(sweep, console, retry_failed=self._retry_failed))
        return []


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
        plain = {
            name: OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value
            for name, value in options.items()
        }
        self._options, self._detach = SlurmOptions.read(plain), detach

    def check(self) -> None:
        self._options.check_cluster()

    def run(self, sweep: Sweep, console: Console, *, retry_failed: bool) -> Outcome:
        from rnnchaos.sweeps.slurm.launching import run

        return run(sweep, console, self._options, retry_failed=retry_failed, detach=self._detach)


def composed(context: HydraContext, config: Container, words: Sequence[str]) -> dict[str, Any]:
    """The plain config that overrides make of a master config. Raises ConfigError with these words."""
    own = context.config_loader.load_sweep_config(cast(DictConfig, config), list(words))
    HydraConfig.instance().set_config(own)
    with open_dict(own):
        del own["hydra"]
    return resolved(own, words)


def resolved(config: Container, words: Sequence[str]) -> dict[str, Any]:
    """The plain values of one composed config."""
    from rnnchaos.settings.compose import resolve

    try:
        return resolve(config)
    except ConfigError as error:
        raise ConfigError(f"{' '.join(words)}: {error}") from error
