"""A measured series read from a file, checked before anything is computed from it."""

import dataclasses
import difflib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars
from jaxtyping import Float

from rnnchaos.errors import ConfigError
from rnnchaos.setting import Interval, SettingError, check_fields

TIME_NAMES = ("t", "time", "timestamp", "date", "datetime")


class Table(NamedTuple):
    """Named columns of equal length, as they stand in a file."""

    names: tuple[str, ...]
    values: Float[np.ndarray, "time column"]


@dataclasses.dataclass(frozen=True)
class SeriesFile:
    """A regularly sampled series (time, dimension) in a .npy, .npz, .csv or .parquet file."""

    path: str
    """The file, .npy, .npz, .csv or .parquet."""
    columns: tuple[str | int, ...] | None = None
    """Names or indices of the columns to use; None uses all but the time column."""
    time_column: str | None = None
    """Column of sampling times: its spacing is checked for gaps, and gives dt where that is not set."""
    dt: Interval | None = None
    """Time units per sampling step; None takes it from the time column, or counts in steps."""

    def __post_init__(self) -> None:
        check_fields(self)

    def read(self) -> "MeasuredSeries":
        """Read and check the file. Raises ConfigError where it is missing, malformed, or has gaps."""
        table = read_table(Path(self.path))
        dt = self.dt
        time_index = None
        if self.time_column is not None:
            time_index = _index(table.names, self.time_column, "time_column")
            spacing = uniform_spacing(table.values[:, time_index], self.path)
            if dt is not None and not np.isclose(dt, spacing, rtol=1e-3):
                raise SettingError("dt", f"be the time column's spacing {spacing:.6g}", dt)
            dt = spacing if dt is None else dt
        chosen = self._chosen(table.names, time_index)
        values = table.values[:, chosen]
        bad = np.argwhere(~np.isfinite(values))
        if bad.size:
            row, column = bad[0]
            raise ConfigError(
                f"{self.path}: row {row} of column {table.names[chosen[column]]!r} is missing or not finite "
                f"({len(bad)} such values); fill or cut the gap first"
            )
        return MeasuredSeries(values, 1.0 if dt is None else dt, tuple(table.names[i] for i in chosen))

    def _chosen(self, names: tuple[str, ...], time_index: int | None) -> list[int]:
        if self.columns is not None:
            return [_index(names, column, "columns") for column in self.columns]
        if time_index is None:
            for name in names:
                if name.lower() in TIME_NAMES:
                    raise ConfigError(
                        f"{self.path}: column {name!r} looks like sampling times; "
                        f"give time_column={name} or list the columns to use"
                    )
        return [i for i in range(len(names)) if i != time_index]


class MeasuredSeries(NamedTuple):
    """A checked series with its sampling interval in time units and the names of its axes."""

    values: Float[np.ndarray, "time dimension"]
    dt: float
    names: tuple[str, ...]


def _index(names: tuple[str, ...], column: str | int, setting: str) -> int:
    if isinstance(column, int):
        if not 0 <= column < len(names):
            raise SettingError(setting, f"be within 0 … {len(names) - 1}", column)
        return column
    if column not in names:
        near = difflib.get_close_matches(column, names, n=1, cutoff=0)
        raise SettingError(setting, "name a column of the file", column, f"did you mean {near[0]!r}?")
    return names.index(column)


def uniform_spacing(times: Float[np.ndarray, " time"], path: str) -> float:
    """The sampling interval of `times`, after checking that no step departs from it by more than 1 %."""
    steps = np.diff(times)
    spacing = float(np.median(steps)) if steps.size else float("nan")
    wrong = np.flatnonzero(~(np.abs(steps - spacing) <= 0.01 * abs(spacing)))
    if not spacing > 0 or wrong.size:
        row = int(wrong[0]) if wrong.size else 0
        raise ConfigError(
            f"{path}: sampling times must rise by the same step, got {spacing:.6g} as a rule "
            f"but {steps[row] if steps.size else 'no steps'} after row {row} ({wrong.size} such gaps)"
        )
    return spacing


def read_table(path: Path, *, least_rows: int = 2, setting: str = "path") -> Table:
    """The columns of a file by its ending. Raises ConfigError where it is missing or malformed, and for fewer rows."""
    readers = {".npy": _read_npy, ".npz": _read_npz, ".csv": _read_csv, ".parquet": _read_parquet}
    if path.suffix not in readers:
        raise SettingError(setting, f"end in {', '.join(readers)}", str(path))
    if not path.is_file():
        raise SettingError(setting, "be a file that exists", str(path), _nearest_file(path))
    try:
        table = readers[path.suffix](path)
    except ConfigError:
        raise
    except Exception as error:  # every reader has its own ways to fail on a malformed file
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ConfigError(f"{path}: not a readable {path.suffix} file: {reason}") from error
    if table.values.shape[0] < least_rows or table.values.shape[1] < 1:
        least = f"{least_rows} row{'s' if least_rows > 1 else ''} and 1 column"
        raise ConfigError(f"{path}: a series needs at least {least}, got {table.values.shape}")
    return table


def _nearest_file(path: Path) -> str:
    beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    near = difflib.get_close_matches(path.name, beside, n=1)
    return f"did you mean {str(path.parent / near[0])!r}?" if near else ""


def _read_npy(path: Path) -> Table:
    with path.open("rb") as file:
        return _columns_of(path, np.load(file, allow_pickle=False))


def _read_npz(path: Path) -> Table:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    if len(arrays) == 1:
        return _columns_of(path, next(iter(arrays.values())))
    shapes = {name: array.shape for name, array in arrays.items()}
    if any(len(shape) != 1 for shape in shapes.values()) or len(set(shapes.values())) != 1:
        raise ConfigError(
            f"{path}: must hold one array, or several of one length each a column, got {shapes}"
        )
    return Table(tuple(arrays), np.stack([_real(path, array) for array in arrays.values()], axis=1))


def _read_csv(path: Path) -> Table:
    # A file without a header has numbers in its first line.
    first = path.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0]
    numbers = [_is_number(cell) for cell in first.split(",")]
    return _columns_of_frame(
        path, polars.read_csv(path, has_header=not all(numbers), infer_schema_length=None)
    )


def _read_parquet(path: Path) -> Table:
    return _columns_of_frame(path, polars.read_parquet(path))


def _columns_of_frame(path: Path, frame: "polars.DataFrame") -> Table:
    for name, dtype in frame.schema.items():
        if dtype.is_temporal():
            frame = frame.with_columns(frame[name].dt.epoch("us").cast(float) / 1e6)  # seconds
        elif not (dtype.is_numeric() or dtype in (polars.Boolean, polars.Null)):
            raise ConfigError(f"{path}: column {name!r} must hold numbers, got {dtype}")
    return Table(tuple(frame.columns), frame.cast(polars.Float64).to_numpy().astype(np.float64))


def _columns_of(path: Path, array: np.ndarray) -> Table:
    array = _real(path, array)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise ConfigError(f"{path}: must be (time,) or (time, dimension), got shape {array.shape}")
    return Table(tuple(f"x{i}" for i in range(array.shape[1])), array)


def _real(path: Path, array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in "fiub":
        raise ConfigError(f"{path}: must hold real numbers, got {array.dtype}")
    return array.astype(np.float64)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
