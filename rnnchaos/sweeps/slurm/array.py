"""Submitting the missing cells of a sweep as an array of jobs, and following them."""

import time
from collections.abc import Sequence

from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.numbers import counted
from rnnchaos.outcome import Outcome
from rnnchaos.runs import Status
from rnnchaos.sweeps.batches import Batch, batches
from rnnchaos.sweeps.running import missing, report, say
from rnnchaos.sweeps.slurm import submissions
from rnnchaos.sweeps.slurm.job import work
from rnnchaos.sweeps.slurm.options import SlurmOptions, check_plain
from rnnchaos.sweeps.slurm.submissions import Submission
from rnnchaos.sweeps.standing import standings
from rnnchaos.sweeps.sweep import Sweep


def run(
    sweep: Sweep, console: Console, options: SlurmOptions, *, retry_failed: bool = False, detach: bool = False
) -> Outcome:
    """Submit the cells that have no result and no job; follow all jobs of the sweep unless `detach`.

    Raises ConfigError where Slurm does not take the jobs.
    """
    found = standings(sweep)
    wanted = missing(found, retry_failed=retry_failed)
    waiting = submissions.queued(submissions.submissions(sweep))
    left = [index for index in wanted if index not in waiting]
    said = f"{sweep.path}: {counted(len(found), 'cell')}, {len(found) - len(wanted)} done"
    if len(left) < len(wanted):
        said += f", {len(wanted) - len(left)} in the queue already"
    console.print(said, highlight=False, soft_wrap=True)
    if left:
        submission = submit(sweep, left, options, retry_failed=retry_failed)
        count = len(submission.batches)
        array = f", an array of {count}" if count > 1 else ""
        said = f"submitted {counted(len(left), 'cell')} as job {submission.job}{array}"
        console.print(f"{said}; logs in {submissions.folder(sweep)}", highlight=False, soft_wrap=True)
    see = f"rnnchaos sweep status {sweep.path}"
    if detach:
        console.print(f"follow with: {see}", highlight=False, soft_wrap=True)
        jobs = sorted({*waiting.values(), *(submission.job_ids if left else ())})
        return Outcome(0, {"sweep": str(sweep.path), "cells": len(found), "jobs": jobs})
    try:
        _follow(sweep, console, options.poll_s)
    except KeyboardInterrupt:
        console.print(f"the jobs go on without this command; see {see}", highlight=False, soft_wrap=True)
        raise
    return report(sweep, console)


def submit(
    sweep: Sweep, left: Sequence[int], options: SlurmOptions, *, retry_failed: bool = False
) -> Submission:
    """Submit the cells at the places in `left` as one array of jobs. Raises ConfigError where Slurm refuses."""
    import submitit
    from submitit.core.utils import FailedJobError

    jobs = deal(sweep, left, options)
    check_plain("the folder of the sweep", str(sweep.path.resolve()))
    executor = submitit.AutoExecutor(
        folder=submissions.new_folder(sweep).resolve(), cluster="slurm", slurm_python=options.quoted_python
    )
    executor.update_parameters(**options.for_submitit(sweep.study.stem))
    count = len(jobs)
    try:
        made = executor.map_array(
            work, [sweep.path.resolve()] * count, jobs, [retry_failed] * count, [options.max_requeues] * count
        )
    except FailedJobError as error:
        raise ConfigError(f"Slurm refuses the jobs: {_reason(error)}") from error
    submission = Submission(
        made[0].job_id.partition("_")[0],
        tuple(tuple(index for batch in job for index in batch) for job in jobs),
        options,
    )
    submissions.record(sweep, submission)
    return submission


def deal(sweep: Sweep, left: Sequence[int], options: SlurmOptions) -> list[list[Batch]]:
    """The batches of each job: as many cells as `cells_per_job`, or more where there would be too many jobs."""
    size = max(options.cells_per_job, -(-len(left) // options.max_jobs))
    made = batches(sweep, left, gpu=options.has_gpu, largest=size)
    # Where a batch has to be split to fill a job it is: Slurm takes no array of more than `max_jobs`.
    full = len(left) > options.max_jobs * options.cells_per_job
    jobs: list[list[Batch]] = []
    room = 0
    for batch in made:
        if full and 0 < room < len(batch):
            jobs[-1].append(batch[:room])
            batch, room = batch[room:], 0
        if len(batch) > room:
            jobs.append([])
            room = size
        jobs[-1].append(batch)
        room -= len(batch)
    return jobs


def _follow(sweep: Sweep, console: Console, seconds: float) -> None:
    """Tell of each cell that ends, until Slurm has no job of the sweep any more."""
    told = {index for index, standing in enumerate(standings(sweep)) if standing.has_result}
    failed = {index for index, standing in enumerate(standings(sweep)) if standing.status == Status.FAILED}
    known = submissions.submissions(sweep)
    going_on = True
    while going_on:
        going_on = bool(submissions.queued(known))  # first: what ends from here on is seen in the next round
        began = time.monotonic()
        for index, standing in enumerate(standings(sweep)):
            if index not in told and (
                standing.has_result or (standing.status == Status.FAILED and index not in failed)
            ):
                told.add(index)
                say(sweep, index, standing, console, done=len(told))
        if going_on:
            # A large sweep takes seconds to read: most of the time shall be left to others.
            time.sleep(max(seconds, 10 * (time.monotonic() - began)))


def _reason(error: Exception) -> str:
    """sbatch's own words, which submitit puts somewhere in its message."""
    lines = [line.strip() for line in str(error).splitlines() if "error:" in line]
    return " ".join(line.partition("error:")[2].strip() for line in lines) or " ".join(str(error).split())
