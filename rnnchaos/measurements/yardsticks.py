"""The truth that models are judged against, opened: a run folder, a file, or what dataset=… names."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rnnchaos.data import SeriesFile, oddities
from rnnchaos.data.told import Told
from rnnchaos.diagnostics.truth import truth_of
from rnnchaos.diagnostics.yardstick import Yardstick, is_step_of, yardstick_of_dataset, yardstick_of_series
from rnnchaos.errors import ConfigError
from rnnchaos.measurements.automatic_embedding import resolve_embedding
from rnnchaos.measurements.stored_run import StoredRun, open_run
from rnnchaos.pieces import Pieces
from rnnchaos.setting import SettingError
from rnnchaos.settings import build
from rnnchaos.settings.coerce import parameters
from rnnchaos.settings.schema import JudgingSettings, SystemSettings
from rnnchaos.settings.sizes import check_source
from rnnchaos.systems import AbstractSystem


class Opened(NamedTuple):
    """A truth, what was understood of it in words, and the run that it is of, if it is."""

    yardstick: Yardstick
    said: str
    run: StoredRun | None = None
    odd: tuple[str, ...] = ()
    """What looks like a fault of its files, a line each."""


def open_yardstick(settings: JudgingSettings, overrides: Sequence[str] = ()) -> Opened:
    """The truth that the settings name; `overrides` change `diagnostics.*` of a run folder.

    Raises ConfigError for one that cannot be read, or has no data to judge against, and for a time step that is not
    the truth's.
    """
    if settings.against is None:
        opened = _of_source(settings)
    elif settings.against.is_dir():
        opened = yardstick_of_run(open_run(settings.against, overrides))
    else:
        return _of_file(settings.against, settings)
    _check_unused(settings)
    step = opened.yardstick.dataset.time_per_step
    if settings.dt is not None and not is_step_of(step, settings.dt):
        raise SettingError("dt", f"be that of the truth, {step:.6g} time units, or left out", settings.dt)
    return opened


def yardstick_of_run(run: StoredRun) -> Opened:
    """The truth that the data of a run are."""
    preparation = run.settings.dataset.preparation
    yardstick = yardstick_of_dataset(
        run.dataset,
        preparation,
        run.settings.diagnostics,
        seed=run.settings.seed,
        find_truth=run.truth,
    )
    said = f"against the {len(run.dataset.test)} test steps of {run.folder.path}, scaled as it was trained"
    return Opened(yardstick, said, run)


def _of_source(settings: JudgingSettings) -> Opened:
    assert settings.dataset is not None  # as the settings have checked
    chosen = SystemSettings(
        name=settings.name, seed=settings.seed, diagnostics=settings.diagnostics, dataset=settings.dataset
    )
    source = build.source(chosen)
    # What models are judged by is what they show: delays only where they are asked for.
    asked = settings.dataset.preparation.embedding_dimension is not None
    if asked and not isinstance(source, AbstractSystem):
        chosen, _ = resolve_embedding(source, chosen)
    check_source(chosen, source, "evaluate")
    preparation = chosen.dataset.preparation.without_training()
    dataset = build.dataset(source, preparation)
    yardstick = yardstick_of_dataset(
        dataset,
        preparation,
        settings.diagnostics,
        seed=settings.seed,
        find_truth=lambda: truth_of(source, dataset, settings.diagnostics, preparation),
    )
    name = type(source).__name__ if isinstance(source, AbstractSystem) else getattr(source, "path", source)
    return Opened(
        yardstick, f"against {len(dataset.test)} steps of {name}, scaled by {len(dataset.train)} others"
    )


def _of_file(path: Path, settings: JudgingSettings) -> Opened:
    test, dt, names, told = _read_truth(path, settings, "against")
    train, odd = None, oddities(told)
    if settings.train is not None:
        train, train_dt, train_names, told = _read_truth(settings.train, settings, "train")
        odd += oddities(told)
        train = in_order(train, train_names, names, settings.train, path)
        if not is_step_of(dt, train_dt):
            raise SettingError("train", f"have rows {dt:.6g} time units apart", f"{train_dt:.6g}")
    try:
        yardstick = yardstick_of_series(
            test,
            train,
            settings.diagnostics,
            seed=settings.seed,
            axis_names=names,
            time_per_step=dt,
            scaling=settings.scaling,
            flow=settings.flow,
        )
    except ConfigError as error:
        raise ConfigError(f"{path if train is None else settings.train}: {error}") from None
    return Opened(yardstick, _said(path, settings, yardstick), odd=tuple(odd))


def in_order(series: Pieces, own: tuple[str, ...], names: tuple[str, ...], file: Path, of: Path) -> Pieces:
    """The axes in the order of the truth's, where they have its names.

    Raises SettingError for another number of axes, or where some have other names.
    """
    if len(own) != len(names):
        raise SettingError("train", f"have the {len(names)} axes of {of}, not {len(own)}", str(file))
    if set(own) == set(names):
        return series.map(lambda values: values[:, [own.index(name) for name in names]])
    if set(own) & set(names):
        must = f"have the axes {', '.join(names)} of {of}, not {', '.join(own)}"
        raise SettingError("train", must, str(file))
    return series


def _read_truth(
    path: Path, settings: JudgingSettings, setting: str
) -> tuple[Pieces, float, tuple[str, ...], Told]:
    """The series in a file, its time step, the names of its axes, and what was found; checked as a dataset is."""
    if not path.exists():
        raise SettingError(setting, "be a file or a run folder that exists", str(path))
    file = SeriesFile(path, columns=settings.columns, time_column=settings.time_column, dt=settings.dt)
    try:
        found = file.read()
    except SettingError as error:
        if error.name in parameters(JudgingSettings):
            raise
        instead = f"settings of the file need dataset=file dataset.path={path} in place of {setting}"
        raise ConfigError(f"{error.within('dataset')}; {instead}") from None
    return found.series, found.dt, found.names, found.told


def _said(path: Path, settings: JudgingSettings, yardstick: Yardstick) -> str:
    names, step = yardstick.axis_names, yardstick.dataset.time_per_step
    said = f"against {path}: {len(yardstick.rows)} rows of {', '.join(names[:6])}{', …' if len(names) > 6 else ''}"
    said += f", {step:.6g} time units apart" if settings.dt is not None or step != 1.0 else ", times in steps"
    if settings.train is not None:
        return f"{said}; scaling, floors and exponents from {settings.train}"
    return f"{said}; scaled by itself, its first half to judge by, its second for the floors (or train=FILE)"


def _check_unused(settings: JudgingSettings) -> None:
    """Raise SettingError for settings that only a truth from a file has."""
    for name, unset in (("train", None), ("columns", None), ("scaling", "axis"), ("flow", False)):
        value = getattr(settings, name)
        if value != unset:
            raise SettingError(name, "be left out: the truth has its own, and is no file", value)
