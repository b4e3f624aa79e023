"""The progress bar of training: loss, gradient norm, speed and remaining time."""

import sys
import time
from importlib import import_module
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from rnnchaos.console import notebook

# Without a terminal there is no bar but a line now and then, for the log of a batch job.
_SECONDS_BETWEEN_LINES = 30.0
# In a notebook each sight of the bar is a message to a browser.
_SECONDS_BETWEEN_SIGHTS = 0.2
_CELLS = 30


class TrainingProgress:
    """Shows how training goes: a bar in a terminal or a notebook, elsewhere a line every half minute.

    Of a training that goes on, `done` steps have been taken before.
    """

    def __init__(self, console: Console, num_steps: int, attempt: int = 1, *, done: int = 0) -> None:
        self._again = f"attempt {attempt} " if attempt > 1 else ""
        self._console = console
        self._num_steps, self._done = num_steps, done
        self._moves = console.is_terminal and not notebook()
        shown = notebook() and console.file is sys.stdout and not console.quiet
        training = f"training {self._again}".rstrip()
        self._notebook = _NotebookBar(training) if shown else None
        self._started = time.monotonic()
        self._last_line = self._started
        self._bar = Progress(
            TextColumn(training),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not self._moves,
        )
        self._task = self._bar.add_task(training, total=num_steps, completed=done, state="compiling")

    def __enter__(self) -> "TrainingProgress":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def update(self, step: int, loss: float, gradient_norm: float | None) -> None:
        """Show the state after `step` optimiser steps; a fit in closed form has no gradient."""
        now = time.monotonic()
        speed = (step - self._done) / (now - self._started)
        norm = "" if gradient_norm is None else f"  gradient norm {gradient_norm:.2e}"
        state = f"loss {loss:.3e}{norm}  {speed:.0f} steps/s"
        self._bar.update(self._task, completed=step, state=state)
        if self._notebook is not None:
            self._notebook.show(step, self._num_steps, state)
            return
        due = now - self._last_line >= _SECONDS_BETWEEN_LINES or step == self._num_steps
        if not self._moves and due:
            self._last_line = now
            self._console.print(f"{self._again}step {step}/{self._num_steps}  {state}", highlight=False)


class _NotebookBar:
    """A line that is replaced as it changes, by the protocol that all front ends of IPython's kernels have."""

    def __init__(self, training: str) -> None:
        display = import_module("IPython.display").display
        self._training = training
        self._handle = display(_plain(f"{training}: compiling"), raw=True, display_id=True)
        self._seen = 0.0

    def show(self, step: int, num_steps: int, state: str) -> None:
        now = time.monotonic()
        if now - self._seen >= _SECONDS_BETWEEN_SIGHTS or step == num_steps:
            self._seen = now
            full = round(_CELLS * step / num_steps)
            bar = "█" * full + "░" * (_CELLS - full)
            self._handle.update(_plain(f"{self._training} {bar} {step}/{num_steps}  {state}"), raw=True)


def _plain(text: str) -> dict[str, str]:
    return {"text/plain": text}
