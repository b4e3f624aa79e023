"""Training the cells of a sweep, each in its own folder, at most one process at a time on each."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from rich.console import Console

from rnnchaos.errors import ConfigError, LostClaimError, TimeUp
from rnnchaos.experiments import stopping
from rnnchaos.runs import Claim, Status
from rnnchaos.runs.folder import read_record
from rnnchaos.runs.process import Process
from rnnchaos.sweeps.batches import Batch
from rnnchaos.sweeps.standing import Journal, Standing, of_cell
from rnnchaos.sweeps.sweep import Sweep

# Programs that were compiled for cells of other shapes are of no more use.
_CELLS_BETWEEN_CLEANING = 20
_trained = 0


def train_cell(path: Path, index: int, retry_failed: bool) -> Standing:
    """Train the cell at a place of a sweep, or go on with it, unless it has ended or somebody is at it.

    Whatever goes wrong is this cell's failure, and is recorded as such.
    """
    (standing,) = train_batch(path, (index,), retry_failed)
    return standing


def train_batch(path: Path, batch: Batch, retry_failed: bool) -> list[Standing]:
    """Train cells that differ in nothing but their seeds, in one program, as `train_cell` does one."""
    sweep, journal = _sweep(path), _journal(path.parent)
    found = {index: of_cell(sweep.folder(sweep.ids[index])) for index in batch}
    claims: dict[int, Claim] = {}
    try:
        for index, before in found.items():
            if before.has_result or (before.status == Status.FAILED and not retry_failed):
                continue
            folder = sweep.folder(sweep.ids[index])
            folder.mkdir(parents=True, exist_ok=True)
            claim = Claim.take(folder)
            found[index] = Standing(str(Status.RUNNING)) if claim is None else of_cell(folder)
            if claim is not None:
                claims[index] = claim
        # Nobody has ended them between the look and the claim:
        left = [index for index in claims if not found[index].has_result]
        for index in left:
            journal.began(sweep.ids[index])
        found |= _train(sweep, {index: claims[index] for index in left})
        for index in claims:
            journal.ended(sweep.ids[index], found[index])
    finally:
        for claim in claims.values():
            claim.release()
        if claims:
            _clean(len(claims))
    return [found[index] for index in batch]


def _train(sweep: Sweep, claims: Mapping[int, Claim]) -> dict[int, Standing]:
    if not claims:
        return {}
    from rnnchaos.config.read import read_settings
    from rnnchaos.experiments import (
        train_at,
        train_together_at,
    )  # here, because a sweep is looked at without JAX

    stopping.install()
    stopped: Exception | KeyboardInterrupt | None = None
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        try:
            settings = [read_settings(sweep.cell(index).config) for index in claims]
            if len(claims) == 1:
                train_at(*claims.values(), *settings, Console(file=nowhere))
            else:
                train_together_at(list(claims.values()), settings, Console(file=nowhere))
        except (Exception, KeyboardInterrupt) as error:
            stopped = error
    return {index: _after(claim.folder, stopped) for index, claim in claims.items()}


def _after(folder: Path, stopped: Exception | KeyboardInterrupt | None) -> Standing:
    """How a cell stands after an attempt: as its run has recorded it, or as what stopped it before there was a run."""
    if stopped is None or _is_own(folder):
        return of_cell(folder)
    if isinstance(stopped, LostClaimError):
        return Standing(str(Status.RUNNING))
    if isinstance(stopped, KeyboardInterrupt):
        status = Status.TIMED_OUT if isinstance(stopped, TimeUp) else Status.INTERRUPTED
        return Standing(str(status), status.message)
    return Standing(str(Status.FAILED), " ".join(f"{type(stopped).__name__}: {stopped}".split()))


def _is_own(folder: Path) -> bool:
    """Whether the end that the run folder tells of is that of an attempt by this process."""
    try:
        record = read_record(folder)
    except ConfigError:
        return False
    return record.status.has_ended and record.process == Process.current()


def _clean(trained: int) -> None:
    global _trained
    _trained += trained
    if _trained >= _CELLS_BETWEEN_CLEANING:
        import jax

        jax.clear_caches()
        _trained = 0


@cache
def _sweep(path: Path) -> Sweep:
    return Sweep.open(path)


@cache
def _journal(study: Path) -> Journal:
    return Journal(study)
