"""Which jobs were submitted for which cells, and which of them Slurm still has."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rnnchaos.errors import ConfigError
from rnnchaos.runs import opening, records
from rnnchaos.runs.lines import append_line, read_lines
from rnnchaos.sweeps.batches import Batch
from rnnchaos.sweeps.slurm.options import SlurmOptions, query
from rnnchaos.sweeps.sweep import Sweep

FOLDER = "slurm"
"""In the folder of a sweep: scripts, logs and the list of submissions."""
_LIST = "submissions.jsonl"


class Submission(NamedTuple):
    """One array of jobs, or a single job."""

    job: str
    """Its number."""
    batches: tuple[Batch, ...]
    """The cells of each job of the array."""
    options: SlurmOptions | None
    """What was asked of Slurm, to be shown; None where that cannot be read. No job is made of it."""

    def job_id(self, place: int) -> str:
        """The number of one job of the array, as Slurm writes it."""
        return f"{self.job}_{place}" if len(self.batches) > 1 else self.job

    @property
    def job_ids(self) -> list[str]:
        return [self.job_id(place) for place in range(len(self.batches))]


def record(sweep: Sweep, submission: Submission) -> None:
    """Write a submission down in the folder of its sweep."""
    line = {
        "time": records.now().isoformat(),
        "job": submission.job,
        "batches": submission.batches,
        "options": None if submission.options is None else submission.options.to_json(),
    }
    folder(sweep).mkdir(exist_ok=True)
    append_line(folder(sweep) / _LIST, line)


def submissions(sweep: Sweep) -> list[Submission]:
    """The submissions of a sweep, the oldest first."""
    file = folder(sweep) / _LIST
    lines = (
        read_lines(file, _read, instead="its jobs are not known any more") if os.path.lexists(file) else []
    )
    return [_read(line) for line in lines if line is not None]


def queued(known: Sequence[Submission]) -> dict[int, str]:
    """The jobs of these submissions that Slurm has not ended, by the places of their cells; empty without Slurm."""
    states = states_of_jobs() if known else {}
    return {
        index: submission.job_id(place)
        for submission in known
        for place, batch in enumerate(submission.batches)
        if submission.job_id(place) in states
        for index in batch
    }


def states_of_jobs() -> dict[str, str]:
    """`{job: state}` of this user's jobs that wait or run; a job that has ended and will not be requeued is missing."""
    if shutil.which("squeue") is None:
        return {}
    try:
        printed = query("squeue", "--me", "--array", "--noheader", "--format=%i|%T")
    except subprocess.SubprocessError:
        return {}
    return {job: state for job, _, state in (line.strip().partition("|") for line in printed.splitlines())}


def folder(sweep: Sweep) -> Path:
    """Raises ConfigError where it is a link."""
    return opening.inside(sweep.path, FOLDER)


def new_folder(sweep: Sweep) -> Path:
    """One for the scripts, tasks and logs of a submission: nobody else has put anything there that a job could load."""
    folder(sweep).mkdir(exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f"{records.now():%Y-%m-%dT%H-%M-%S}-", dir=folder(sweep)))


def _read(line: dict[str, Any]) -> Submission:
    batches = tuple(tuple(map(int, batch)) for batch in line["batches"])
    return Submission(str(line["job"]), batches, _options(line["options"]))


def _options(values: Any) -> SlurmOptions | None:
    with contextlib.suppress(ConfigError, TypeError, AttributeError):
        return SlurmOptions.read(values)
    return None
