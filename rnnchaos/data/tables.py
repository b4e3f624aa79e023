"""Named columns of numbers out of a file, whatever its format."""

import difflib
import gzip
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars
from jaxtyping import Float

from rnnchaos.data.cells import Column, read_column
from rnnchaos.data.text_format import TextFormat
from rnnchaos.data.text_table import TEXT_ENDINGS, read_text
from rnnchaos.errors import ConfigError
from rnnchaos.setting import SettingError

FORMATS = ".npy, .npz, .parquet, .csv, .tsv, .txt or .dat file, the last four also as .gz"
"""What can be read, in words."""


class Table(NamedTuple):
    """Named columns of equal length, as they stand in a file; NaN where an entry is missing or no number."""

    names: tuple[str, ...]
    values: Float[np.ndarray, "time column"]
    texts: Mapping[str, str] = {}
    """Of each column with an entry that is no number, what is said of it."""
    dates: frozenset[str] = frozenset()
    """Columns of dates or times of day, in seconds."""

    def find(self, column: str | int, setting: str) -> int:
        """Where a column stands. Raises SettingError for one that is not there, naming the nearest."""
        if isinstance(column, int):
            if not 0 <= column < len(self.names):
                raise SettingError(setting, f"be within 0 … {len(self.names) - 1}", column)
            named = self.names.index(str(column)) if str(column) in self.names else column
            if named != column:  # as pandas names the columns of an array, beside an index
                other = f"also the name of column {named}; quoted it is the name"
                raise SettingError(setting, "be a name or an index without doubt", column, other)
            return column
        if column not in self.names:
            near = difflib.get_close_matches(column, self.names, n=1, cutoff=0)
            raise SettingError(setting, "name a column of the file", column, f"did you mean {near[0]!r}?")
        return self.names.index(column)

    def typed(self, *indices: int) -> str:
        """Columns as one types them after `columns=` or `time_column=`: by name, by index where that needs quotes."""
        plain = all(re.fullmatch(r"[A-Za-z_][\w.-]*", self.names[i], re.ASCII) for i in indices)
        return ",".join(self.names[i] if plain else str(i) for i in indices)


def read_table(
    path: Path, format: TextFormat | None = None, *, least_rows: int = 2, setting: str = "path"
) -> Table:
    """The columns of a file by its ending. Raises ConfigError where it is missing or malformed, and for fewer rows."""
    ending, format = _ending(path), format or TextFormat()
    readers: dict[str, Callable[[Path], Table]] = {
        ".npy": _read_npy,
        ".npz": _read_npz,
        ".parquet": lambda path: _read_parquet(path, format),
        **dict.fromkeys(TEXT_ENDINGS, lambda path: _read_text(path, format, setting)),
    }
    if ending not in readers:
        raise SettingError(setting, f"be a {FORMATS}", str(path))
    if not path.is_file():
        raise SettingError(setting, "be a file that exists", str(path), _nearest_file(path))
    try:
        table = readers[ending](path)
    except ConfigError:
        raise
    except Exception as error:  # every reader has its own ways to fail on a malformed file
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ConfigError(f"{path}: not a readable {ending} file: {reason}") from error
    check_rows(path, table, least_rows)
    return table._replace(values=_without(table.values, format.null_values))


def check_rows(path: Path, table: Table, least: int) -> None:
    """Raise ConfigError for a table with fewer rows, or without a column."""
    if table.values.shape[0] < least or table.values.shape[1] < 1:
        said = f"{least} row{'s' if least > 1 else ''} and 1 column"
        raise ConfigError(f"{path}: a series needs at least {said}, got {table.values.shape}")


def _without(
    values: Float[np.ndarray, "time column"], null_values: Sequence[str | int | float]
) -> Float[np.ndarray, "time column"]:
    """With NaN for the numbers that stand for missing values."""
    for word in null_values:
        try:
            values = np.where(values == float(word), np.nan, values)
        except ValueError:
            continue  # a word
    return values


def _ending(path: Path) -> str:
    """Of the format, in small letters: `.csv` of DATA.CSV and of data.csv.gz."""
    name = path.name.lower()
    inner = Path(name.removesuffix(".gz")).suffix
    return inner if not name.endswith(".gz") or inner in TEXT_ENDINGS else ".gz"


def _nearest_file(path: Path) -> str:
    beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    near = difflib.get_close_matches(path.name, beside, n=1)
    return f"did you mean {str(path.parent / near[0])!r}?" if near else ""


def _read_text(path: Path, format: TextFormat, setting: str) -> Table:
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    names, columns = read_text(content, format, path=path, setting=setting, tabs=_ending(path) == ".tsv")
    return _of_columns(names, columns)


def _read_npy(path: Path) -> Table:
    with path.open("rb") as file:
        return _of_array(path, np.load(file, allow_pickle=False))


def _read_npz(path: Path) -> Table:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    if len(arrays) == 1:
        return _of_array(path, next(iter(arrays.values())))
    lengths = {array.shape[0] if array.ndim in (1, 2) else None for array in arrays.values()}
    if len(lengths) != 1 or None in lengths:
        shapes = {name: array.shape for name, array in arrays.items()}
        raise ConfigError(f"{path}: must hold one array, or several of as many rows each, got {shapes}")
    names, columns = [], []
    for name, array in arrays.items():
        values = _real(path, array)
        parts = [values] if values.ndim == 1 else list(values.T)
        names += [name] if len(parts) == 1 else [f"{name}{i}" for i in range(len(parts))]
        columns += parts
    dates = frozenset(name for name, array in arrays.items() if array.dtype.kind == "M")
    return Table(tuple(names), np.stack(columns, axis=1), dates=dates)


def _read_parquet(path: Path, format: TextFormat) -> Table:
    frame = polars.read_parquet(path)
    return _of_columns(tuple(frame.columns), [read_column(frame[name], format) for name in frame.columns])


def _of_columns(names: tuple[str, ...], columns: list[Column]) -> Table:
    named = list(zip(names, columns, strict=True))
    return Table(
        names,
        np.stack([column.values for column in columns], axis=1),
        {name: column.text for name, column in named if column.text},
        frozenset(name for name, column in named if column.dates),
    )


def _of_array(path: Path, array: np.ndarray) -> Table:
    if array.dtype.names:  # a structured array, such as numpy.genfromtxt with names gives
        return Table(
            array.dtype.names,
            np.stack([_real(path, array[name].ravel()) for name in array.dtype.names], axis=1),
            dates=frozenset(name for name in array.dtype.names if array.dtype[name].kind == "M"),
        )
    array = _real(path, array)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise ConfigError(f"{path}: must be (time,) or (time, dimension), got shape {array.shape}")
    return Table(tuple(f"x{i}" for i in range(array.shape[1])), array)


def _real(path: Path, array: np.ndarray) -> np.ndarray:
    if array.dtype.kind in "mM":
        return np.where(np.isnat(array), np.nan, array.astype(f"{array.dtype.kind}8[us]").astype(float) / 1e6)
    if array.dtype.kind not in "fiub":
        raise ConfigError(f"{path}: must hold real numbers, got {array.dtype}")
    return array.astype(np.float64)
