"""Telling sinks of a run, so that none can hurt it: each has a queue and a thread, and is left out once it fails."""

import queue
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rnnchaos.sinks.base import AbstractSink, Start

_MOST_WAITING = 1000
_LONGEST = 150
PATIENCE = 10.0
"""Seconds that sinks have, all together, after the end of a run."""


class Telling:
    """What a run says to its sinks. No method raises, or waits for a sink, but `end`, for `PATIENCE`."""

    def __init__(self, sinks: Sequence[AbstractSink], warn: Callable[[str], object]) -> None:
        self._lines = [_Line(sink) for sink in sinks]
        self._warn = warn

    def begin(self, start: Start) -> None:
        """Before the first record."""
        self._tell("begin", start)

    def record(self, step: int, values: Mapping[str, Any]) -> None:
        """The numbers of a line of the history; what is not known is left out."""
        numbers = {
            name: float(value)
            for name, value in values.items()
            if isinstance(value, int | float) and name != "step"
        }
        self._tell("record", step, numbers)

    def end(self, status: str, results: Mapping[str, Any]) -> None:
        """Once, when the files of the run are whole; later calls do nothing."""
        self._tell("end", status, dict(results))
        until = time.monotonic() + PATIENCE
        for line in self._lines:
            line.put(None)
        for line in self._lines:
            line.wait(max(0.0, until - time.monotonic()))
        self._say_what_failed()
        self._lines = []

    def _tell(self, name: str, *words: Any) -> None:
        for line in self._lines:
            line.put(partial(_call, name, words))
        self._say_what_failed()

    def _say_what_failed(self) -> None:
        """From the thread of the run, whose log it is."""
        for line in self._lines:
            if line.failure is not None and not line.said:
                line.said = True
                self._warn(
                    f"logging by {line.name} is off: {line.failure}; the run goes on, and its folder has everything"
                )


def name_of(run: Path, title: str = "") -> str:
    """What a run is called in sinks: `NAME/v0001`, and of the cell of a sweep `NAME.sweep/TITLE-ab12cd34`.

    `title` are the words that tell a cell from the others, such as `seed=1 model=lstm`.
    """
    study = next((folder for folder in run.parents if folder.name.endswith(".sweep")), None)
    if study is None:
        return f"{run.parent.name}/{run.name}"
    words = re.sub(r"[^\w.=+,-]+", "_", title.replace(" ", ","))[:_LONGEST].lstrip(".")
    return f"{study.name}/{words}{'-' if words else ''}{run.name[:8]}"


def _call(name: str, words: tuple[Any, ...], sink: AbstractSink) -> None:
    getattr(sink, name)(*words)


class _Line:
    """One sink with what waits for it."""

    failure: str | None = None
    said = False

    def __init__(self, sink: AbstractSink) -> None:
        self.name = type(sink).__name__
        self._sink = sink
        self._waiting: queue.Queue[Callable[[AbstractSink], None] | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._work, name=f"sink {self.name}", daemon=True)
        self._thread.start()

    def put(self, call: Callable[[AbstractSink], None] | None) -> None:
        if self.failure is None:
            try:
                self._waiting.put_nowait(call)
            except queue.Full:
                self.failure = f"{_MOST_WAITING} records wait for it"

    def wait(self, seconds: float) -> None:
        """Until all is handed on, or the time is over."""
        if self.failure is None:
            self._thread.join(seconds)
            if self._thread.is_alive():
                self.failure = f"it took more than {PATIENCE:.0f} s after the end"

    def _work(self) -> None:
        while self.failure is None and (call := self._waiting.get()) is not None:
            try:
                call(self._sink)
            except BaseException as error:  # SystemExit of somebody's package, too: it is theirs
                self.failure = " ".join(f"{type(error).__name__}: {error}".split())
