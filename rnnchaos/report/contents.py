"""What a run folder holds, read so that a file that is missing or damaged costs its own part of the page."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from rnnchaos import yamltext
from rnnchaos.errors import ConfigError
from rnnchaos.report.values import mapping
from rnnchaos.runs import RunFolder, layout

T = TypeVar("T")


class Contents:
    """A run folder and what could not be read of it."""

    def __init__(self, run: RunFolder) -> None:
        self.run = run
        self.notes: list[str] = []

    @cached_property
    def summary(self) -> Mapping[str, Any]:
        """The results; of a run without any the headline of its record."""
        return mapping(self._of(layout.SUMMARY, lambda: self.run.summary, dict(self.run.record.headline)))

    @cached_property
    def provenance(self) -> Mapping[str, Any]:
        return mapping(self._of(layout.PROVENANCE, lambda: self.run.provenance, dict[str, Any]()))

    @cached_property
    def config_text(self) -> str:
        return self._of(layout.CONFIG, lambda: self.run.config_text, "")

    def settings(self, group: str) -> Mapping[str, Any]:
        """A group of the config, empty where there is none."""
        return mapping(self._config.get(group))

    @cached_property
    def _config(self) -> Mapping[str, Any]:
        return mapping(self.part("config", lambda: yamltext.load(self.config_text), {}))

    @cached_property
    def log(self) -> list[str]:
        """Its lines, without the times in front."""
        text = self._of(layout.LOG, lambda: self.run.log_text, "")
        return [
            line[21:] if line[:4].isdigit() and line[19:21] == "  " else line for line in text.splitlines()
        ]

    @cached_property
    def history(self) -> list[dict[str, Any]]:
        """Its lines, as far as the training has come; none of a run that trains nothing."""
        return self._of(layout.HISTORY, self.run.read_history, [])

    def arrays(self, name: str) -> Mapping[str, np.ndarray] | None:
        """None where there are none."""
        return self._of(f"{layout.ARRAYS}/{name}.npz", lambda: self.run.load_arrays(name), None)

    def figure(self, name: str) -> bytes | None:
        """A PNG, None where there is none."""
        return self._of(f"{layout.FIGURES}/{name}.png", lambda: self.run.read_figure(name), None)

    def part(self, name: str, make: Callable[[], T], default: T) -> T:
        """A part of the page. What a folder from elsewhere has in a form that nobody foresaw is noted and left out."""
        try:
            return make()
        except Exception as error:
            self.notes.append(f"{name}: {' '.join(f'{type(error).__name__}: {error}'.split())}")
            return default

    def _of(self, file: str, read: Callable[[], T], default: T) -> T:
        if not self.run.holds(file):
            return default
        try:
            return read()
        except ConfigError as error:
            self.notes.append(str(error))
            return default
