"""What runs on a node: the cells of one job, and its way back into the queue where it was stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rnnchaos import stopping
from rnnchaos.console import Console
from rnnchaos.errors import TimeUp
from rnnchaos.numbers import counted
from rnnchaos.runs import Status
from rnnchaos.runs.claim import HEARTBEAT, STALE
from rnnchaos.sweeps.batches import Batch
from rnnchaos.sweeps.slurm.options import query, said
from rnnchaos.sweeps.standing import Standing
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.worker import train_batch

# Clocks of file servers and caches of attributes.
_LONGER = 90.0
_STOPPED = (str(Status.INTERRUPTED), str(Status.TIMED_OUT))


def work(path: Path, batches: Sequence[Batch], retry_failed: bool, max_requeues: int) -> None:
    """Train the cells of a job. Exits with 0 where all of them have a result, with 1 where one has none.

    A job that is told to stop saves, and goes back into the queue unless somebody has cancelled it.
    """
    stopping.install()  # in place of submitit's handlers, which cannot wait for the end of a training step
    sweep, found = Sweep.open(path), list[Standing]()
    try:
        for batch in batches:
            for index, standing in zip(batch, train_batch(path, batch, retry_failed), strict=True):
                _say(f"{sweep.cell(index).title}: {standing.status} {standing.reason or ''}".rstrip())
                found.append(standing)
            if any(standing.status in _STOPPED for standing in found):
                break
            stopping.obey()
        else:
            found += _taken_over(path, batches, found, retry_failed) if _restarts() else []
    except KeyboardInterrupt as stop:  # between two cells
        found.append(Standing(str(Status.TIMED_OUT if isinstance(stop, TimeUp) else Status.INTERRUPTED)))
    stopped = [standing.status for standing in found if standing.status in _STOPPED]
    if stopped:
        _requeue(max_requeues, timed_out=str(Status.TIMED_OUT) in stopped)
        sys.exit(1)
    failed = any(standing.status == Status.FAILED for standing in found)
    sys.exit(1 if failed else 0)  # a cell that another process is at is neither


def _taken_over(
    path: Path, batches: Sequence[Batch], found: Sequence[Standing], retry_failed: bool
) -> list[Standing]:
    """How the cells end that the node which this job has lost was at, once its last signs of life are old.

    Slurm puts a job whose node has died back into the queue, and may start it before that.
    """
    held = {
        index
        for index, standing in zip((index for batch in batches for index in batch), found, strict=True)
        if standing.status == Status.RUNNING
    }
    left = [batch for batch in batches if held.intersection(batch)]
    last = time.monotonic() + STALE + _LONGER
    ended: list[Standing] = []
    while left and time.monotonic() < last:
        _say(f"waits for the last sign of life of {counted(len(left), 'cell')} to be {STALE:.0f} s old")
        time.sleep(HEARTBEAT)
        stopping.obey()
        for batch in left.copy():
            standings = train_batch(path, batch, retry_failed)
            if all(standing.status != Status.RUNNING for standing in standings):
                left.remove(batch)
                ended += standings
    return ended


def _restarts() -> int:
    """How often Slurm has put this job back into the queue."""
    return int(os.environ.get("SLURM_RESTART_COUNT", "0"))


def _requeue(max_requeues: int, *, timed_out: bool) -> None:
    """Put this job back into the queue, which ends it; say so where it shall not be.

    A job that is told to stop while Slurm counts it as running is about to lose its node. One that is completing
    already has been cancelled, or is preempted and requeued by Slurm itself; at the time limit the signal came before.
    """
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCONT):
        signal.signal(number, signal.SIG_IGN)  # all is saved
    job = job_id(os.environ)
    count = _restarts()
    try:
        state = _state(job)
        if state == "CANCELLED" or (state != "RUNNING" and not timed_out):
            _say(f"job {job} is {state.lower()}: it was cancelled, or Slurm itself requeues it")
        elif count >= max_requeues:
            _say(f"job {job} was requeued {count} times, which is the most (hydra.launcher.max_requeues)")
        else:
            _say(f"job {job} goes back into the queue")
            query("scontrol", "requeue", job)
    except subprocess.SubprocessError as error:
        _say(f"job {job} cannot be requeued: {said(error)}")


def _say(text: str) -> None:
    Console().print(text, highlight=False, soft_wrap=True, markup=False)


def job_id(environment: Mapping[str, str]) -> str:
    """The number of the job that the environment is of."""
    array = environment.get("SLURM_ARRAY_JOB_ID")
    return f"{array}_{environment['SLURM_ARRAY_TASK_ID']}" if array else environment["SLURM_JOB_ID"]


def _state(job: str) -> str:
    printed = query("scontrol", "--oneliner", "show", "job", job).split()
    return next((word.partition("=")[2] for word in printed if word.startswith("JobState=")), "UNKNOWN")
