"""Training the cells of a sweep, each in its own folder, at most one process at a time on each."""

import os
from functools import cache
from pathlib import Path

from rich.console import Console

from rnnchaos.errors import LostClaimError
from rnnchaos.experiments import stopping
from rnnchaos.runs import Claim, Status
from rnnchaos.sweeps.standing import Journal, Standing, of_cell
from rnnchaos.sweeps.sweep import Cell, Sweep

# Programs that were compiled for cells of other shapes are of no more use.
_CELLS_BETWEEN_CLEANING = 20
_trained = 0


def train_cell(path: Path, index: int, retry_failed: bool) -> Standing:
    """Train the cell at a place of a sweep, or go on with it, unless it has ended or somebody is at it.

    Whatever goes wrong is this cell's failure, and is recorded as such.
    """
    sweep = _sweep(path)
    return train(sweep, sweep.cell(index), retry_failed=retry_failed)


def train(sweep: Sweep, cell: Cell, *, retry_failed: bool = False) -> Standing:
    """The same of a cell that is at hand."""
    folder, journal = sweep.folder(cell.id), _journal(sweep.study)
    before = of_cell(folder)
    if before.has_result or (before.status == Status.FAILED and not retry_failed):
        return before
    folder.mkdir(parents=True, exist_ok=True)
    claim = Claim.take(folder)
    if claim is None:
        return Standing(str(Status.RUNNING))
    try:
        after = of_cell(folder)
        if not after.has_result:  # nobody has ended it between the look and the claim
            journal.began(cell.id)
            after = _train(cell, claim)
        journal.ended(cell.id, after)
        return after
    finally:
        claim.release()
        _clean()


def _train(cell: Cell, claim: Claim) -> Standing:
    from rnnchaos.config.read import read_settings
    from rnnchaos.experiments import train_at  # here, because a sweep is looked at without JAX

    stopping.install()
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        try:
            settings = read_settings(cell.config)
            train_at(claim, settings, Console(file=nowhere))
        except LostClaimError:
            return Standing(str(Status.RUNNING))
        except (Exception, KeyboardInterrupt) as error:
            found = of_cell(claim.folder)
            if found.status in (Status.FAILED, Status.INTERRUPTED, Status.TIMED_OUT):
                return found  # as the run has recorded it
            return Standing(str(Status.FAILED), " ".join(f"{type(error).__name__}: {error}".split()))
    return of_cell(claim.folder)


def _clean() -> None:
    global _trained
    _trained += 1
    if _trained % _CELLS_BETWEEN_CLEANING == 0:
        import jax

        jax.clear_caches()


@cache
def _sweep(path: Path) -> Sweep:
    return Sweep.open(path)


@cache
def _journal(study: Path) -> Journal:
    return Journal(study)
