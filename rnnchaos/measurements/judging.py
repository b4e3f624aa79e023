"""rnnchaos judge: any models, side by side, against one truth."""

import contextlib
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console

from rnnchaos.data import Scaling, read_table
from rnnchaos.diagnostics import Findings
from rnnchaos.diagnostics.any_model import seen_by
from rnnchaos.diagnostics.imported_model import subject_of_weights
from rnnchaos.diagnostics.judged import (
    Judged,
    floor_of,
    judged_all,
    judged_network,
    judged_parrot,
    judged_trajectory,
)
from rnnchaos.diagnostics.side_by_side import columns, rows_table
from rnnchaos.diagnostics.subjects import TrainedNetwork
from rnnchaos.diagnostics.trajectory import Trajectory, in_units_of, oddity
from rnnchaos.diagnostics.yardstick import Yardstick, check_step, is_step_of
from rnnchaos.errors import ConfigError
from rnnchaos.measurements.recording import record
from rnnchaos.measurements.stored_run import open_run
from rnnchaos.measurements.trajectory_files import files_of, read_generated
from rnnchaos.measurements.weights_file import read_network
from rnnchaos.measurements.weights_reading import read_weights
from rnnchaos.measurements.yardsticks import Opened, open_yardstick
from rnnchaos.outcome import Outcome
from rnnchaos.pieces import Pieces
from rnnchaos.runs import check_writable
from rnnchaos.setting import SettingError
from rnnchaos.settings.schema import JudgingSettings

Model = Trajectory | tuple[str, TrainedNetwork]


def judge_models(settings: JudgingSettings, overrides: Sequence[str], console: Console) -> Outcome:
    """Judge the subjects of the settings, and store what is found as a run; `overrides` are the typed diagnostics.*.

    Everything is read and checked before anything is computed.
    """
    started = time.process_time()
    check_writable(settings.outputs, settings.name)
    truth = open_yardstick(settings, overrides)
    names = names_of(settings.subjects)
    models = [_open(word, name, settings, truth) for word, name in zip(settings.subjects, names, strict=True)]
    said = [truth.said, *truth.odd]
    if settings.weights is not None:
        weights, network, told = _of_weights(settings, truth.yardstick)
        models.append((weights, network))
        said += told
    for model in models:
        if not isinstance(model, Trajectory):
            check_network(*model)
    for line in said:
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    for model in models:
        for line in model.said if isinstance(model, Trajectory) else ():
            console.print(line, style="yellow", highlight=False, soft_wrap=True, markup=False)
    rows = judged_models(models, truth.yardstick, console)
    if settings.weights is not None and (odd := _oddity(rows[-1], settings, truth.yardstick)):
        console.print(odd, style="yellow", highlight=False, soft_wrap=True, markup=False)
    outcome = record(
        findings_of_rows(rows, rivals_beside(rows, truth.yardstick) if settings.rivals else []),
        settings,
        console,
        outputs=settings.outputs,
        name=settings.name,
        kind="judge",
        started=started,
        parent=None if truth.run is None else truth.run.folder.path,
    )
    return outcome._replace(exit_code=1) if any(row.failed for row in rows) else outcome


def _oddity(row: Judged, settings: JudgingSettings, yardstick: Yardstick) -> str:
    """What is odd about the units of a network's free run; nothing of one that could not be judged."""
    if "free_run" not in row.findings.arrays:
        return ""
    rows = np.asarray(row.findings.arrays["free_run"]["generated"])
    if settings.scaled:
        rows = yardstick.dataset.scaling.apply(rows)
    bounded = rows[np.isfinite(rows).all(axis=1)]
    said = oddity(Pieces.of(bounded), yardstick, scaled=settings.scaled) if len(bounded) > 1 else ""
    return f"{settings.weights}: {said}" if said else ""


def judged_models(models: Sequence[Model], yardstick: Yardstick, console: Console) -> list[Judged]:
    """Each of the models, in their order, under names of their own; one that fails is a row that says why."""

    def judged(name: str, model: Model) -> Judged:
        with console.status(name):
            if isinstance(model, Trajectory):
                return judged_trajectory(model, yardstick)
            return judged_network(*model)

    names = [model.name if isinstance(model, Trajectory) else model[0] for model in models]
    return judged_all(
        [(name, partial(judged, name, model)) for name, model in zip(names, models, strict=True)]
    )


def rivals_beside(rows: Sequence[Judged], yardstick: Yardstick) -> list[Judged]:
    """A copy of the past, where the truth is long enough for it, and the floors."""
    found = []
    with contextlib.suppress(ConfigError):
        found.append(judged_parrot(yardstick))
    metrics = {metric.name: metric for row in [*found, *rows] for metric in row.metrics}
    return [*found, floor_of(metrics, yardstick)]


def findings_of_rows(rows: Sequence[Judged], rivals: Sequence[Judged]) -> Findings:
    """One model as a run has it, or several side by side, with the rivals below."""
    table = [*rows, *rivals]
    beside = {row.name: row.summary() for row in rivals}
    if len(rows) == 1:
        (only,) = rows
        own = only.findings
        summary = {**only.summary(), "rivals": beside}
        shown = own.shown
    else:
        own = _several(rows)
        summary = {"models": {row.name: row.summary() for row in rows}, "rivals": beside}
        shown = ()
    sentences = () if len(rows) == 1 else tuple(f"{row.name}: {row.sentence}" for row in rows)
    return Findings(
        summary,
        own.arrays,
        own.figures,
        (*shown, rows_table(table), *sentences),
        {"judge": columns(table)},
    )


def _several(rows: Sequence[Judged]) -> Findings:
    """Arrays and figures of each, under its number."""
    joined = Findings({})
    for index, row in enumerate(rows, start=1):
        own = row.findings
        joined = joined.joined(
            Findings(
                {},
                {f"{name}_{index}": arrays for name, arrays in own.arrays.items()},
                {f"{name}_{index}": draw for name, draw in own.figures.items()},
            )
        )
    return joined


def _open(word: str, name: str, settings: JudgingSettings, truth: Opened) -> Model:
    if Path(word).is_dir():
        return name, network_of_run(Path(word), truth)
    paths, yardstick = files_of(word), truth.yardstick
    found = read_generated(
        paths,
        names=yardstick.axis_names,
        all_names=yardstick.dataset.axis_names,
        time_per_step=yardstick.dataset.time_per_step,
        time_column=None if settings.time_column == "auto" else settings.time_column,
    )
    starts = found.starts if settings.starts is None else _starts(settings)
    return in_units_of(yardstick, name, found.rows, scaled=settings.scaled, starts=starts, origin=word)


def network_of_run(path: Path, truth: Opened) -> TrainedNetwork:
    """The network of a run folder against the truth.

    Raises ConfigError where it has other axes, other delays or another time step.
    """
    run = open_run(path, ())
    if truth.run is not None and truth.run.folder.path == run.folder.path:
        return truth.run.subject
    check_step(path, run.dataset.time_per_step, truth.yardstick.dataset.time_per_step)
    try:
        return seen_by(truth.yardstick, run.network, run.units)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def check_network(name: str, network: TrainedNetwork) -> None:
    """Raise ConfigError, with its name, where the truth is too short for it."""
    try:
        network.check()
    except ConfigError as error:
        raise ConfigError(f"{name}: {error}") from None


def _of_weights(
    settings: JudgingSettings, yardstick: Yardstick
) -> tuple[str, TrainedNetwork, tuple[str, ...]]:
    """The network of the file of weights, and what was read of it in words."""
    assert settings.weights is not None  # as whoever asks has checked
    read, step = read_network(settings), yardstick.dataset.time_per_step
    if settings.time_per_step != "auto" and not is_step_of(step, settings.time_per_step):
        raise SettingError(
            "time_per_step", f"be that of the truth, {step:.6g} time units", settings.time_per_step
        )
    if settings.time_per_step == "auto" and read.own_step is not None:
        check_step(settings.weights, read.own_step, step)
    own = _own_scaling(settings, yardstick.dataset.dimension)
    found = subject_of_weights(
        yardstick,
        read.network,
        scaled=settings.scaled,
        hear=settings.hear,
        origin=str(settings.weights),
        own=own,
    )
    first, *others = read.said
    units = ", in units of the scaling in its file" if own is not None else ""
    return settings.weights.stem, found.network, (f"{first}; {found.said}{units}", *others)


def _own_scaling(settings: JudgingSettings, dimension: int) -> Scaling | None:
    """Of a network that was exported with it; None where the file has none, or `scaled` says that it does not count."""
    assert settings.weights is not None  # as whoever asks has checked
    arrays = {} if settings.scaled else read_weights(settings.weights).arrays
    mean, scale = (np.asarray(arrays.get(f"scaling.{name}", ()), dtype=float) for name in Scaling._fields)
    return Scaling(mean, scale) if mean.shape == scale.shape == (dimension,) else None


def names_of(words: Sequence[str]) -> list[str]:
    """What the models are called: after their files, or by the whole words where these would be the same.

    Raises SettingError for one that is named twice.
    """
    twice = [word for word in words if words.count(word) > 1]
    if twice:
        raise SettingError("subjects", "name each model once", twice[0])
    short = [_name(word) for word in words]
    return [word if short.count(name) > 1 else name for word, name in zip(words, short, strict=True)]


def _name(word: str) -> str:
    """After its file or its run, or the first and the last of several files."""
    if Path(word).is_dir():
        path = Path(word).resolve()
        return f"{path.parent.name}/{path.name}"
    parts = word.split(",") if not Path(word).is_file() else [word]
    stems = [Path(part).stem for part in parts]
    return stems[0] if len(stems) == 1 else f"{stems[0]}…{stems[-1]}"


def _starts(settings: JudgingSettings) -> np.ndarray:
    given = settings.starts
    if not isinstance(given, Path):
        return np.array(given, dtype=int)
    values = read_table(given, least_rows=1, setting="starts").values
    if values.shape[1] != 1 or np.any(values != np.floor(values)) or np.any(values < 0):
        raise SettingError("starts", "be a column of row numbers from 0 on", str(given))
    return values[:, 0].astype(int)
