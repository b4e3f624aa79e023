"""Signals that ask a run to stop: a training saves its state at the end of the stretch under way, and then stops."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from rnnchaos.errors import TimeUp

# Schedulers send USR1 or USR2 some time before the limit, and TERM at the limit or where a job is cancelled.
_STOPS: dict[signal.Signals, type[KeyboardInterrupt]] = {
    signal.SIGINT: KeyboardInterrupt,
    signal.SIGTERM: KeyboardInterrupt,
    signal.SIGUSR1: TimeUp,
    signal.SIGUSR2: TimeUp,
}


class Request:
    """Whether someone has asked to stop, and how."""

    def __init__(self) -> None:
        self._signal: signal.Signals | None = None

    @property
    def received(self) -> bool:
        return self._signal is not None

    def obey(self) -> None:
        """Raise KeyboardInterrupt, or TimeUp, where a signal was received."""
        if self._signal is not None:
            raise _STOPS[self._signal]

    def note(self, number: int, frame: FrameType | None) -> None:
        """The handler: remember the first signal; a second one means now."""
        self.obey()
        self._signal = signal.Signals(number)


def install() -> None:
    """Let each of the signals interrupt at once, as Ctrl-C does."""
    for number in _STOPS:
        signal.signal(number, _interrupt)


def heed_only(signal_number: signal.Signals) -> None:
    """Ignore all others from now on: a second signal that asks for the same would not let the state be saved."""
    for number in set(_STOPS) - {signal_number}:
        signal.signal(number, signal.SIG_IGN)
        del _STOPS[number]


@contextlib.contextmanager
def deferred() -> Iterator[Request]:
    """Within the block a first signal is only noted; threads other than the main one see none."""
    request = Request()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    before = {number: signal.signal(number, request.note) for number in _STOPS}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise _STOPS[signal.Signals(number)]
