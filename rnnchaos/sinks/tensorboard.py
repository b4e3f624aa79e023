"""Event files for TensorBoard, written without TensorFlow."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rnnchaos.errors import ConfigError
from rnnchaos.sinks.base import AbstractSink, Start

_PACKAGE = "tensorboardX"
_SECONDS_UNSEEN = 1


@dataclass
class TensorBoard(AbstractSink):
    """Curves, settings and results for `tensorboard --logdir tensorboard`, by tensorboardX."""

    folder: Path = Path("tensorboard")
    """Where each run has a folder under its own name."""

    def __post_init__(self) -> None:
        if find_spec(_PACKAGE) is None:
            raise ConfigError(
                f"logging=tensorboard needs the {_PACKAGE} package: pip install 'rnnchaos[tensorboard]'"
            )

    def begin(self, start: Start) -> None:
        """Curves that an earlier attempt has drawn further than its last checkpoint end there."""
        from tensorboardX import SummaryWriter

        self._config, self._step = dict(start.config), start.step
        self._writer = SummaryWriter(
            str(self.folder / start.name), purge_step=start.step + 1, flush_secs=_SECONDS_UNSEEN
        )
        if start.step == 0:
            lines = [f"    {name}: {value}" for name, value in self._config.items()]
            self._writer.add_text("config", "\n".join(lines), 0)

    def record(self, step: int, values: Mapping[str, float]) -> None:
        self._step = step
        for name, value in values.items():
            if math.isfinite(value):  # TensorBoard draws no others, and its writer warns of each
                self._writer.add_scalar(f"training/{name}", value, step)

    def end(self, status: str, results: Mapping[str, Any]) -> None:
        """The table of settings and results, and each result as a point of its own."""
        from tensorboardX.summary import hparams

        numbers = {f"result/{name}": float(value) for name, value in results.items() if _is_number(value)}
        settings = {
            name: value if isinstance(value, bool | str) or _is_number(value) else str(value)
            for name, value in {**self._config, "status": status}.items()
        }
        for name, value in numbers.items():
            self._writer.add_scalar(name, value, self._step)
        for summary in hparams(settings, numbers):
            self._writer.file_writer.add_summary(summary)
        self._writer.close()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
