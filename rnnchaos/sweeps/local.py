"""Training on this machine: one process a core, by joblib's; each saves what it has when the whole is stopped."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from rnnchaos import environment, stopping
from rnnchaos.errors import TimeUp
from rnnchaos.runs import Status
from rnnchaos.sweeps.standing import Standing

Work = TypeVar("Work")
_Train = Callable[[Work], list[Standing]]

# Held by a process that trains, while it does.
_training = threading.Lock()


def train_all(
    draw: Callable[[Collection[Work]], Work | None],
    train: _Train[Work],
    *,
    n_jobs: int,
    once_killed: _Train[Work] | None = None,
) -> Iterator[tuple[Work, list[Standing]]]:
    """Do all work, `n_jobs` pieces at a time; each with how its cells stand, as soon as it is done.

    `draw` gives the next piece beside those under way, or None. `train`, a function of a module, does one, and
    `once_killed` in its place one whose process the system has killed. Raises KeyboardInterrupt or TimeUp once a cell
    was stopped so, or this process is; the others have saved then.
    """
    if n_jobs > 1:
        yield from _in_processes(draw, train, once_killed or train, n_jobs)
        return
    while (work := draw(())) is not None:
        standings = train(work)
        yield work, standings
        _stop_where_asked(standings)


def _in_processes(
    draw: Callable[[Collection[Work]], Work | None],
    train: _Train[Work],
    once_killed: _Train[Work],
    n_jobs: int,
) -> Iterator[tuple[Work, list[Standing]]]:
    from joblib.externals.loky import ProcessPoolExecutor

    training: dict[Future, Work] = {}
    drawn: list[tuple[_Train[Work], Work]] = []
    pool = ProcessPoolExecutor(n_jobs, initializer=_begin)
    try:
        while True:
            try:
                while len(training) < n_jobs:
                    if not drawn and (work := draw(list(training.values()))) is not None:
                        drawn.append((train, work))
                    if not drawn:
                        break
                    training[pool.submit(_train_and_rest, *drawn[-1])] = drawn[-1][1]
                    drawn.pop()  # only now: a broken pool takes nothing
                if not training:
                    break
                for future in _ended(training):
                    standings = future.result()
                    yield training.pop(future), standings
                    _stop_where_asked(standings)
            except BrokenProcessPool:  # the system has killed one, and all others with it
                drawn += [(once_killed, work) for work in training.values()]
                training.clear()
                pool = ProcessPoolExecutor(n_jobs, initializer=_begin)
    except BaseException:
        for pid in list(pool._processes):  # each saves its state, so that the whole can go on from there
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        raise
    finally:
        pool.shutdown()


def _ended(training: Collection[Future]) -> set[Future]:
    """Those that are done, once there are any. Looks up each second: not every signal ends a wait without a limit."""
    while not (done := wait(training, timeout=1.0, return_when=FIRST_COMPLETED).done):
        stopping.obey()
    return done


def _begin() -> None:
    """In a process that trains: heed the one that started it alone, which gets the signals of a terminal, too."""
    environment.prepare()
    stopping.heed_only(signal.SIGTERM)
    _rest()
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()


def _leave_with(parent: int) -> None:
    """End once the process that gives out the work is gone, killed perhaps; a training saves its state before."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os.kill(os.getpid(), signal.SIGTERM)
    with _training:
        os._exit(1)


def _train_and_rest(train: Callable[[Work], list[Standing]], work: Work) -> list[Standing]:
    with _training:
        stopping.install()
        try:
            return train(work)
        finally:
            _rest()


def _rest() -> None:
    """Ignore what asks to stop: an idle process that ends is taken for a killed one, and all others with it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _stop_where_asked(standings: Collection[Standing]) -> None:
    """A cell that was interrupted ends the whole, too, and so does a signal that came when its run was at its end."""
    stopping.obey()
    statuses = {standing.status for standing in standings}
    if Status.TIMED_OUT in statuses:
        raise TimeUp
    if Status.INTERRUPTED in statuses:
        raise KeyboardInterrupt
