"""The cells of a sweep on this machine: one process a core, by joblib."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from rnnchaos.sweeps.standing import Standing
from rnnchaos.sweeps.worker import train_cell


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def train_cells(
    path: Path, indices: Sequence[int], *, n_jobs: int, retry_failed: bool
) -> Iterator[tuple[int, Standing]]:
    """Train cells of the sweep at `path`, `n_jobs` at a time; each with its standing as soon as it has ended.

    Where the system kills a process, the cells that it has not ended are begun again by new ones.
    """
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    left = list(indices)
    while left:
        pool = Parallel(n_jobs=n_jobs, return_as="generator_unordered", batch_size=1, pre_dispatch="n_jobs")
        try:
            for index, standing in pool(
                delayed(_numbered)(path, index, retry_failed) for index in list(left)
            ):
                left.remove(index)
                yield index, standing
        except TerminatedWorkerError:
            continue


def _numbered(path: Path, index: int, retry_failed: bool) -> tuple[int, Standing]:
    return index, train_cell(path, index, retry_failed)
