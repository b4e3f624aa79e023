"""The cells of a sweep on this machine: one process a core, by joblib."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from rnnchaos.sweeps.batches import Batch
from rnnchaos.sweeps.standing import Standing
from rnnchaos.sweeps.worker import train_batch


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def train_batches(
    path: Path, batches: Sequence[Batch], *, n_jobs: int, retry_failed: bool
) -> Iterator[tuple[int, Standing]]:
    """Train cells of the sweep at `path`, `n_jobs` batches at a time; each cell as soon as its batch has ended.

    Where the system kills a process, the batches that it has not ended are begun again by new ones.
    """
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    left = list(batches)
    while left:
        pool = Parallel(n_jobs=n_jobs, return_as="generator_unordered", batch_size=1, pre_dispatch="n_jobs")
        try:
            for batch, standings in pool(
                delayed(_with_places)(path, batch, retry_failed) for batch in list(left)
            ):
                left.remove(batch)
                yield from zip(batch, standings, strict=True)
        except TerminatedWorkerError:
            continue


def _with_places(path: Path, batch: Batch, retry_failed: bool) -> tuple[Batch, list[Standing]]:
    return batch, train_batch(path, batch, retry_failed)
