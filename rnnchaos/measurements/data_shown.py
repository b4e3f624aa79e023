"""rnnchaos data: what a training would see of a dataset, with a picture; nothing is trained."""

import dataclasses
import time

import numpy as np
from rich.console import Console

from rnnchaos.data import Dataset, DataUnits, Preparation, described, too_short
from rnnchaos.diagnostics import Findings
from rnnchaos.diagnostics.findings import with_figures
from rnnchaos.errors import ConfigError
from rnnchaos.figures.braille import braille_plot
from rnnchaos.measurements.automatic_embedding import resolve_embedding
from rnnchaos.measurements.recording import record
from rnnchaos.outcome import Outcome
from rnnchaos.pieces import Pieces
from rnnchaos.runs import check_writable
from rnnchaos.settings import build, checks
from rnnchaos.settings.schema import Settings

_PLOTTED = 1_000


def show_data(settings: Settings, console: Console) -> Outcome:
    """Read or compute the dataset of a training, and say and draw what was understood.

    What only the data show to be too short for a training is said, and drawn all the same.

    Raises ConfigError for a dataset that cannot be prepared.
    """
    started = time.process_time()
    checks.check(settings)
    check_writable(settings.outputs, settings.name)
    source = build.source(settings)
    settings, embedding = resolve_embedding(source, settings)
    preparation = settings.dataset.preparation
    dataset = build.dataset(source, preparation)
    lines = described(source, dataset, preparation)
    if embedding is not None:
        lines[-1] = f"{lines[-1]}; {embedding.removeprefix('embedding: ')}"
    window = settings.training.window
    off = dataset.off_attractor
    for series in (dataset.train,) if off is None else (dataset.train, off.series):
        if isinstance(window, int) and (short := too_short(series, window)):
            lines.append(short)
    try:
        checks.check_prepared(settings, dataset)
    except ConfigError as error:
        lines.append(f"a training refuses this: {error}")
    parts = _in_units(dataset, preparation)
    findings = Findings(
        summary=_summary(dataset, lines),
        arrays={"data": _arrays(dataset, parts, preparation)},
        shown=(*lines, _picture(next(iter(parts.values())), dataset)),
    )
    return record(
        with_figures(findings, ("data", "data")),
        settings,
        console,
        outputs=settings.outputs,
        name=settings.name,
        kind="data",
        started=started,
    )


def _in_units(dataset: Dataset, preparation: Preparation) -> dict[str, Pieces]:
    """Training, validation and test series in the data's own units, without delays."""
    units, scaling = DataUnits.of(dataset, preparation), dataset.input_scaling

    def own(part: Pieces) -> Pieces:
        inputs = part.inputs if part.inputs is None or scaling is None else scaling.invert(part.inputs)
        return dataclasses.replace(part, values=units.observed(part.values), inputs=inputs)

    named = {"training": dataset.train, "validation": dataset.validation, "test": dataset.test}
    if preparation.whole:
        named = {"training and test": dataset.train}
    return {name: own(part) for name, part in named.items()}


def _arrays(dataset: Dataset, parts: dict[str, Pieces], preparation: Preparation) -> dict[str, np.ndarray]:
    """As much as a figure shows."""
    from rnnchaos.figures import recording_arrays

    channels = dataset.dimension // preparation.embedding[0]
    return recording_arrays(
        parts,
        time_per_step=dataset.time_per_step,
        axis_names=dataset.axis_names[:channels],
        input_names=dataset.input_names,
        connected=dataset.continuous,
    )


def _picture(series: Pieces, dataset: Dataset) -> str:
    """The first channel over time, for the terminal."""
    shown = series.values[:_PLOTTED, 0]
    times = dataset.time_per_step * np.arange(len(shown))
    return f"{dataset.axis_names[0]} of the first {len(shown)} training steps\n{braille_plot(times, shown, height=8)}"


def _summary(dataset: Dataset, lines: list[str]) -> dict[str, object]:
    told = None if dataset.recorded is None else dataset.recorded.told._asdict()
    parts = {"train": dataset.train, "validation": dataset.validation, "test": dataset.test}
    if dataset.off_attractor is not None:
        parts["off_attractor"] = dataset.off_attractor.series
    return {
        "understood": lines,
        "pieces": None if dataset.recorded is None else list(dataset.recorded.lengths),
        "found": told,
        "dimension": dataset.dimension,
        "axis_names": list(dataset.axis_names),
        "input_names": list(dataset.input_names),
        "time_per_step": dataset.time_per_step,
        **{f"{name}_lengths": list(part.lengths) for name, part in parts.items()},
    }
