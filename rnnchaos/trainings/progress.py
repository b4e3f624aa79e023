"""The progress bar of training: loss, gradient norm, speed and remaining time."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

# Without a terminal there is no bar but a line now and then, for the log of a batch job.
_SECONDS_BETWEEN_LINES = 30.0


class TrainingProgress:
    """Shows how training goes: a bar on a terminal or in a notebook, elsewhere a line every half minute."""

    def __init__(self, console: Console, num_steps: int) -> None:
        self._console = console
        self._num_steps = num_steps
        self._moves = console.is_terminal or console.is_jupyter
        self._started = time.monotonic()
        self._last_line = self._started
        self._bar = Progress(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not self._moves,
        )
        self._task = self._bar.add_task("training", total=num_steps, state="compiling")

    def __enter__(self) -> "TrainingProgress":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.refresh()  # a notebook would keep the bar of before
        self._bar.stop()

    def update(self, step: int, loss: float, gradient_norm: float) -> None:
        """Show the state after `step` optimiser steps."""
        now = time.monotonic()
        speed = step / (now - self._started)
        state = f"loss {loss:.3e}  gradient norm {gradient_norm:.2e}  {speed:.0f} steps/s"
        self._bar.update(self._task, completed=step, state=state)
        due = now - self._last_line >= _SECONDS_BETWEEN_LINES or step == self._num_steps
        if not self._moves and due:
            self._last_line = now
            self._console.print(f"step {step}/{self._num_steps}  {state}", highlight=False)
