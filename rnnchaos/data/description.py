"""What was understood of a dataset, in a few lines."""

from collections import Counter
from collections.abc import Sequence

from rnnchaos.data.dataset import Dataset
from rnnchaos.data.oddities import oddities, out_of_range
from rnnchaos.data.off_attractor import OffAttractor
from rnnchaos.data.preparation import Preparation, Source
from rnnchaos.data.series_file import SeriesFile
from rnnchaos.data.told import Recorded
from rnnchaos.numbers import counted
from rnnchaos.pieces import Pieces
from rnnchaos.series.breaks import Breaks

# Names, kinds of lengths and breaks that a line lists.
_LISTED, _KINDS, _BREAKS = 6, 3, 3


def described(source: Source, dataset: Dataset, settings: Preparation) -> list[str]:
    """Pieces, channels, time step, gaps, split, scaling and embedding, and what looks like a fault, a line each."""
    lost = settings.lost_to_embedding
    channels = dataset.dimension // settings.embedding[0]
    recorded = dataset.recorded
    lines = [
        f"series: {_origin(source, recorded)}, {counted(channels, 'channel')} {_named(dataset.axis_names[:channels])}"
        f"{_inputs(dataset)}",
        f"time: {_time(source, dataset)}",
    ]
    if recorded is not None and (gaps := _gaps(source, recorded, lost)):
        lines.append(f"gaps: {gaps}")
    if recorded is not None:
        lines += oddities(recorded.told)
    lines += out_of_range(dataset, channels)
    of_parts = (dataset.train, dataset.validation, dataset.test)
    lengths = "; ".join(
        f"{name} {pieces_in_words(part.lengths)}"
        for name, part in zip(("training", "validation", "test"), of_parts, strict=True)
    )
    how = "stretches of one orbit, apart by the transient" if recorded is None else recorded.split
    after = f", after embedding, which takes {counted(lost, 'step')} of each piece" if lost else ""
    lines += [f"split: {how}", f"parts: {lengths}{after}"]
    if dataset.off_attractor is not None:
        lines.append(f"off the attractor, for training alone: {_off_attractor(dataset.off_attractor)}")
    lines.append(f"scaling: {_scaling(dataset, settings)}")
    lines.append(f"embedding: {_embedding(dataset, settings)}")
    return lines


def pieces_in_words(lengths: Sequence[int]) -> str:
    """`1 piece of 6000 steps`, `12 pieces of 500 steps`, `12 pieces of 300 … 520 steps, 4920 in all`."""
    kinds, total = Counter(lengths), f"{counted(sum(lengths), 'step')} in all"
    if len(kinds) == 1:
        (length,) = kinds
        each = f"{counted(len(lengths), 'piece')} of {counted(length, 'step')}"
        return each if len(lengths) == 1 else f"{each}, {total}"
    return f"{len(lengths)} pieces of {min(lengths)} … {counted(max(lengths), 'step')}, {total}"


def off_attractor_told(off: OffAttractor, *, share: float, of: str, window: int) -> str:
    """A line on what is trained on beside the series on the attractor, and one on what is too short for a window.

    It makes up a `share` of the points or windows, as `of` says.
    """
    line = f"off the attractor: {_off_attractor(off)}; {100 * share:.3g} % of the {of}"
    short = too_short(off.series, window)
    return f"{line}\n{short}" if short else line


def _off_attractor(off: OffAttractor) -> str:
    said = pieces_in_words(off.series.lengths)
    if off.escaped:
        left = "is" if off.escaped == 1 else "are"
        said += f"; {counted(off.escaped, 'other')} went too far or to infinity and {left} left out"
    return said


def too_short(series: Pieces, window: int) -> str:
    """A line on the pieces that have no place for a training window; empty where there are none."""
    short = [length for length in series.lengths if length <= window]
    if not short:
        return ""
    none_fits = len(short) == len(series.lengths)
    return (
        f"{counted(len(short), 'piece')} of {len(series.lengths)} to train on, {counted(sum(short), 'step')}, "
        f"{'is' if len(short) == 1 else 'are'} not longer than the window of {counted(window, 'step')}, "
        f"and {'a training refuses this (training.window)' if none_fits else 'left out of training'}"
    )


def _origin(source: Source, recorded: Recorded | None) -> str:
    if recorded is None:
        return f"an orbit of {getattr(source, 'label', type(source).__name__)}"
    assert isinstance(source, SeriesFile)
    told = recorded.told
    files = source.said if told.files == 1 else f"{told.files} files"
    return f"{pieces_in_words(recorded.lengths)}, from {files}"


def _inputs(dataset: Dataset) -> str:
    if not dataset.input_names:
        return ""
    return f", {counted(len(dataset.input_names), 'input')} {_named(dataset.input_names)}"


def _time(source: Source, dataset: Dataset) -> str:
    if isinstance(source, SeriesFile) and source.counts_steps and source.resample is None:
        return "in steps, as neither times nor dt are given"
    step = f"{dataset.time_per_step:.6g} time unit{'' if dataset.time_per_step == 1 else 's'} per step"
    if isinstance(source, SeriesFile) and source.resample is not None:
        return f"{step}, {source.interpolation} interpolation of the times in the file"
    return step


def _gaps(source: Source, recorded: Recorded, lost: int) -> str:
    assert isinstance(source, SeriesFile)
    told, said = recorded.told, []
    if told.gaps:
        said.append(f"{counted(told.gaps, 'gap')} within trials or files, each the end of a piece")
    if told.filled:
        said.append(f"{counted(told.filled, 'row')} filled in by {source.interpolation} interpolation")
    if told.skipped:
        said.append(
            f"{counted(told.skipped, 'row')} that {'stands' if told.skipped == 1 else 'stand'} alone left out"
        )
    if short := sum(length <= lost for length in recorded.lengths):
        said.append(f"{counted(short, 'piece')} too short for the embedding left out")
    if told.standstill is not None:
        first, rows = told.standstill
        said.append(
            f"rows {first} to {first + rows - 1} are all alike, as of a sensor that hung: if so, leave them empty in "
            "the file"
        )
    if told.breaks is not None:
        said.append(_breaks(told.breaks))
    return ", ".join(said)


def _breaks(found: Breaks) -> str:
    rows, more = found.rows[:_BREAKS], len(found.rows) - _BREAKS
    where = ", ".join(f"{row} and {row + 1}" for row in rows) + (
        f", and at {more} more places" if more > 0 else ""
    )
    return (
        f"between rows {where} it turns {found.times:.2g} times as sharply as anywhere else, as where rows are "
        "missing: if so, leave an empty row there, or give the times"
    )


def _scaling(dataset: Dataset, settings: Preparation) -> str:
    also, own = (" and input", ", each input by its own") if dataset.input_names else ("", "")
    forms = {
        "axis": f"each channel{also} to mean 0 and standard deviation 1 of the training series",
        "global": f"all channels by one mean and standard deviation of the training series{own}",
        "none": "none",
    }
    noise = f", noise of {settings.noise:g} standard deviations added to the training series"
    return forms[settings.scaling] + (noise if settings.noise else "")


def _embedding(dataset: Dataset, settings: Preparation) -> str:
    delays, lag = settings.embedding
    if delays == 1:
        return "none"
    dimensions = counted(dataset.dimension, "dimension")
    return f"{counted(delays, 'delay')} of each channel, {counted(lag, 'step')} apart: {dimensions}"


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
