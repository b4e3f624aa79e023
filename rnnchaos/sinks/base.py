"""The one interface of sinks."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Start(NamedTuple):
    """What a sink is told first of a run."""

    name: str
    """Its own, such as `lorenz63-lstm-sparse_forcing/v0001`; the same where it is gone on with. It can be a path."""
    folder: Path
    """Of the run, whose files hold everything; nobody else writes in it."""
    config: Mapping[str, Any]
    """Every setting by its full name, such as `protocol.tau`."""
    step: int
    """Optimiser steps that have been taken: what was recorded of later ones, before a run was cut off, comes again."""


class AbstractSink(ABC):
    """Somewhere that the progress of one run goes to, beside the run's folder.

    The parameters of a class are settings, `logging.NAME`, each with its annotation. It is made before anything is
    written, and raises ConfigError where something that it needs is not installed. Its methods are called one after the
    other in a thread of their own: one that raises, or takes so long that a thousand records wait for it, is left out
    for the rest of the run, with one line that says so. Training does not wait.
    """

    @abstractmethod
    def begin(self, start: Start) -> None:
        """A run begins, or is gone on with."""

    @abstractmethod
    def record(self, step: int, values: Mapping[str, float]) -> None:
        """A line of the history, after `step` optimiser steps: loss, gradient_norm and what else history.jsonl has."""

    def end(self, status: str, results: Mapping[str, Any]) -> None:  # noqa: B027
        """The run has ended, in one of the words of `rnnchaos runs`, with the numbers and words that sum it up.

        Ten seconds are left for what has not been handed on yet.
        """


class Nothing(AbstractSink):
    """The folder of the run alone."""

    def begin(self, start: Start) -> None:
        """Nothing."""

    def record(self, step: int, values: Mapping[str, float]) -> None:
        """Nothing."""
