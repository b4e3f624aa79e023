"""Training the cells of a sweep, each in its own folder, at most one process at a time on each."""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from rnnchaos import plugins, stopping
from rnnchaos.console import Console
from rnnchaos.errors import ConfigError, LostClaimError, TimeUp
from rnnchaos.runs import Claim, Status
from rnnchaos.runs.folder import read_record
from rnnchaos.runs.process import Process
from rnnchaos.sweeps.batches import Batch
from rnnchaos.sweeps.cells import Cell
from rnnchaos.sweeps.standing import Journal, Standing, of_cell
from rnnchaos.sweeps.sweep import Sweep

# Programs that were compiled for cells of other shapes are of no more use.
_CELLS_BETWEEN_CLEANING = 20
_trained = 0


def train_batch(path: Path, batch: Batch, retry_failed: bool = False) -> list[Standing]:
    """Train the cells at some places of a sweep, as `train` does."""
    sweep = _sweep(path)
    return train(sweep, [sweep.cell(index) for index in batch], retry_failed=retry_failed)


def train(sweep: Sweep, cells: Sequence[Cell], *, retry_failed: bool = False) -> list[Standing]:
    """Train cells, or go on with them, unless they have ended or somebody is at them; how they stand then.

    Several cells are one program, and differ in nothing but their seeds. Whatever goes wrong is the failure of these
    cells, and is recorded as such.
    """
    journal = _journal(sweep.study)
    found = [of_cell(sweep.folder(cell.id)) for cell in cells]
    claims: dict[int, Claim] = {}
    try:
        for place, before in enumerate(found):
            if before.has_result or (before.status == Status.FAILED and not retry_failed):
                continue
            if (strange := _strange(cells[place])) is not None:
                found[place] = strange
                journal.ended(cells[place].id, strange)
                continue
            folder = sweep.folder(cells[place].id)
            folder.mkdir(parents=True, exist_ok=True)
            claim = Claim.take(folder)
            if claim is None:
                found[place] = Standing(str(Status.RUNNING))
                continue
            claims[place] = claim
            found[place] = of_cell(folder)  # somebody may have ended it between the look and the claim
        left = [place for place in claims if not found[place].has_result]
        for place in left:
            journal.began(cells[place].id)
        if left:
            after = _train(sweep, [cells[place] for place in left], [claims[place] for place in left])
            for place, standing in zip(left, after, strict=True):
                found[place] = standing
        for place in claims:
            journal.ended(cells[place].id, found[place])
    finally:
        for claim in claims.values():
            claim.release()
        _clean(len(claims))
    return found


def _strange(cell: Cell) -> Standing | None:
    """The failure of a cell whose settings are not its own; nothing is begun in its folder."""
    try:
        cell.check()
    except ConfigError as error:
        return Standing(str(Status.FAILED), str(error))
    return None


def _train(sweep: Sweep, cells: Sequence[Cell], claims: Sequence[Claim]) -> list[Standing]:
    # Imported here, because a sweep is looked at without JAX.
    from rnnchaos.settings.read import read_settings
    from rnnchaos.trainings import train_at

    stopping.install()
    stopped: Exception | KeyboardInterrupt | None = None
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        try:
            plugins.check_unchanged(sweep.plugins, of=sweep.path)
            settings = [read_settings(cell.config) for cell in cells]
            train_at(claims, settings, Console(file=nowhere), [cell.title for cell in cells])
        except (Exception, KeyboardInterrupt) as error:
            stopped = error
    return [_after(claim.folder, stopped) for claim in claims]


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
