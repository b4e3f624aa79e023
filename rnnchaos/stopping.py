"""Signals that ask to stop: noted, and obeyed at once or, while a network is trained, once its state is saved."""

import contextlib
import gc
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from rnnchaos.errors import TimeUp

# Schedulers send USR1 or USR2 some time before the limit, and TERM at the limit or where a job is cancelled; a
# terminal that is closed sends HUP.
_STOPS: dict[signal.Signals, type[KeyboardInterrupt]] = {
    signal.SIGINT: KeyboardInterrupt,
    signal.SIGTERM: KeyboardInterrupt,
    signal.SIGHUP: KeyboardInterrupt,
    signal.SIGUSR1: TimeUp,
    signal.SIGUSR2: TimeUp,
}
_AT_ONCE = (
    b"\nrnnchaos: error: interrupted twice, and ended at once; a training goes on from its last checkpoint\n"
)

_asked: signal.Signals | None = None
_deferrals = 0
_is_ours = False  # whether this process is that of a command, and not somebody's Python


def begin() -> None:
    """Heed the signals for one command, of which none has come yet."""
    global _asked
    _asked = None
    install()


def install() -> None:
    """Let each of the signals interrupt, as Ctrl-C does; HUP unless nohup has switched it off."""
    global _is_ours
    _is_ours = True
    for number in _heeded():
        signal.signal(number, _note)


def heed_only(signal_number: signal.Signals) -> None:
    """Ignore all others from now on: a second signal that asks for the same would not let the state be saved."""
    for number in set(_STOPS) - {signal_number}:
        signal.signal(number, signal.SIG_IGN)
        del _STOPS[number]


def is_asked() -> bool:
    """Whether a signal has come."""
    return _asked is not None


def obey() -> None:
    """Raise KeyboardInterrupt, or TimeUp, where a signal has come.

    To be called between two pieces of work: Python swallows what a handler raises in a callback of its garbage
    collector.
    """
    if _asked is not None:
        raise _STOPS.get(_asked, KeyboardInterrupt)


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Within the block signals are only noted; threads other than the main one see none."""
    global _asked, _deferrals
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _note) for number in _heeded()}
    _deferrals += 1
    try:
        yield
    finally:
        _deferrals -= 1
        for number, handler in before.items():
            signal.signal(number, handler)
        if not _is_ours and not _deferrals:
            _asked = None  # somebody's Python goes on, with handlers of its own


def _heeded() -> list[signal.Signals]:
    return [
        number
        for number in _STOPS
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN
    ]


def _note(number: int, frame: FrameType | None) -> None:
    """The handler. After the first signal only Ctrl-C counts, and means now: others come in pairs."""
    global _asked
    if _asked is not None:
        if number == signal.SIGINT:
            _end_at_once()
        return
    _asked = signal.Signals(number)
    if not _deferrals and not _is_callback(frame):
        obey()


def _end_at_once() -> None:
    """Without another line of Python that could swallow it; every file is whole at every moment."""
    if not _is_ours:
        raise KeyboardInterrupt
    with contextlib.suppress(OSError):
        show_cursor = b"\x1b[?25h" if os.isatty(2) else b""
        os.write(2, show_cursor + _AT_ONCE)
    os._exit(130)


def _is_callback(frame: FrameType | None) -> bool:
    """Whether Python would swallow what is raised here."""
    swallowed = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while frame is not None:
        if frame.f_code in swallowed or frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False
