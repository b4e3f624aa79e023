"""Series that are given to Python: arrays, lists of them, or files."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rnnchaos.data import MeasuredSeries, SeriesFile
from rnnchaos.errors import ConfigError
from rnnchaos.given import check_unmasked
from rnnchaos.measurements.trajectory_files import of_array
from rnnchaos.pieces import Pieces
from rnnchaos.setting import SettingError


def named_series(values: Any, name: str) -> tuple[Pieces | None, tuple[str, ...]]:
    """A series, and the names of its axes where a file has them; None where nothing is given."""
    if values is None or not isinstance(values, str | os.PathLike):
        return (None if values is None else series_of(values, name)), ()
    found = _of_file(values, name)
    return found.series, found.names


def _of_file(path: str | os.PathLike, name: str) -> MeasuredSeries:
    if not Path(path).is_file():
        raise SettingError(name, "be a file or a run folder that exists", str(path))
    try:
        return SeriesFile(Path(path)).read()
    except SettingError as error:  # of how files are read, which has no setting here
        raise ConfigError(
            f"{name}: {error}; such a file is to be read first, and given as an array"
        ) from None


def rows_of(starts: ArrayLike) -> np.ndarray:
    """Numbers of rows. Raises ConfigError for what are none."""
    found = np.asarray(starts).ravel()
    if not (
        np.issubdtype(found.dtype, np.number) and np.isrealobj(found) and np.all(found == np.floor(found))
    ):
        raise ConfigError(f"starts must be whole numbers of rows, got {found.tolist()!r:.60}")
    return found.astype(int)


def series_of(values: Any, name: str) -> Pieces:
    """Arrays in pieces. Raises ConfigError for what is no series."""
    if isinstance(values, Pieces):
        return values
    if isinstance(values, str | os.PathLike):
        return _of_file(values, name).series
    parts = values if isinstance(values, list | tuple) and values and np.ndim(values[0]) == 2 else [values]
    for part in parts:
        check_unmasked(name, part)
    try:
        arrays = [np.asarray(part) for part in parts]
    except ValueError as error:
        raise ConfigError(f"{name} must be an array of numbers: {error}") from None
    found = [of_array(array, name) for array in arrays]
    if None in found or not found:
        raise ConfigError(
            f"{name} must be an array (time, axis) or (piece, time, axis), or a list of the first"
        )
    widths = {part.dimension for part in found if part is not None}
    if len(widths) > 1:
        raise ConfigError(f"{name} must have pieces of as many axes each, got {sorted(widths)}")
    return Pieces.joined(part for part in found if part is not None)
