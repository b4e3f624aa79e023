"""A run folder as figures are drawn from it. It may come from anyone: what it holds is data, and may be wrong."""

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

import numpy as np

from rnnchaos.drawing import Lacking
from rnnchaos.drawing.training import record_arrays
from rnnchaos.runs import RunFolder, layout


class FolderResults:
    """The arrays and the summary of a run folder; of one of several models that were judged, by its `number`."""

    def __init__(self, run: RunFolder, number: int | None = None) -> None:
        self.run = run
        self._number = number
        self._read = cache(self._load)

    @cached_property
    def summary(self) -> Mapping[str, Any]:
        """Empty where the run was cut off before it had any."""
        found = self.run.summary if self.run.holds(layout.SUMMARY) else {}
        models = found.get("models")
        if self._number is None or not isinstance(models, Mapping):
            return found
        return list(models.values())[self._number - 1]

    def holds(self, name: str) -> bool:
        """Whether there are arrays of this name."""
        return self.run.holds(f"{layout.ARRAYS}/{self._named(name)}.npz")

    def arrays(self, name: str) -> Mapping[str, np.ndarray]:
        """Those of a name; of a training with the records of its history. Raises Lacking, or ConfigError for damage."""
        return self._read(name)

    def _load(self, name: str) -> Mapping[str, np.ndarray]:
        if not self.holds(name):
            raise Lacking(f"there is no arrays/{self._named(name)}.npz")
        found = self.run.load_arrays(self._named(name))
        return {**found, **record_arrays(self.run.read_history())} if name == "training" else found

    def _named(self, name: str) -> str:
        return name if self._number is None else f"{name}_{self._number}"
