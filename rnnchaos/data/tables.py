"""Tables out of a file, whatever its format: one for each piece of the series that it holds."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from rnnchaos.data.arrays import Layout, Transpose, check_turned, tables_of
from rnnchaos.data.containers import CONTAINER_ENDINGS, Variable, read_container
from rnnchaos.data.table import Table
from rnnchaos.data.text_format import TEXT_ENDINGS, TextFormat
from rnnchaos.errors import ConfigError, reader_says
from rnnchaos.paths import nearest_file
from rnnchaos.setting import SettingError

if TYPE_CHECKING:
    from rnnchaos.data.cells import Column

FORMATS = (
    ".npy, .npz, .mat, .h5, .hdf5, .nc, .parquet, .csv, .tsv, .txt or .dat file, the last four also as .gz"
)
"""What can be read, in words."""


def read_table(
    path: Path, format: TextFormat | None = None, *, least_rows: int = 2, setting: str = "path"
) -> Table:
    """The columns of a file that holds one piece. Raises ConfigError where it is missing or malformed, holds several
    pieces, or fewer rows."""
    tables = read_tables(path, format, setting=setting)
    if len(tables) > 1:
        raise ConfigError(f"{path}: must hold one piece, got {len(tables)}")
    check_rows(path, tables[0], least_rows)
    return tables[0]


def read_tables(
    path: Path,
    format: TextFormat | None = None,
    *,
    variable: Variable = None,
    transpose: Transpose = False,
    setting: str = "path",
) -> list[Table]:
    """The columns of each piece in a file, which is read by its ending.

    Raises ConfigError where it is missing or malformed.
    """
    ending, format = _ending(path), format or TextFormat()
    if ending not in (*CONTAINER_ENDINGS, *TEXT_ENDINGS, ".npy", ".parquet"):
        raise SettingError(setting, f"be a {FORMATS}", str(path))
    if not path.is_file():
        raise SettingError(setting, "be a file that exists", str(path), nearest_file(path))
    if variable is not None and ending not in CONTAINER_ENDINGS:
        raise SettingError("variable", f"be null for {path}, which has no named arrays", variable)
    try:
        tables = _read(path, ending, format, variable, transpose)
    except ConfigError:
        raise
    except Exception as error:  # every reader has its own ways to fail on a malformed file
        raise ConfigError(f"{path}: not a readable {ending} file: {reader_says(error)}") from error
    return [table._replace(values=_without(table.values, format.null_values)) for table in tables]


def _read(
    path: Path, ending: str, format: TextFormat, variable: Variable, transpose: Transpose
) -> list[Table]:
    layout = Layout(path, transpose)
    if ending == ".npy":
        with path.open("rb") as file:
            return tables_of({"": np.load(file, allow_pickle=False)}, layout)
    if ending in CONTAINER_ENDINGS:
        return tables_of(read_container(path, ending, variable), layout)
    # Tables are read by polars, which a training on known equations shall not wait for.
    if ending == ".parquet":
        import polars

        from rnnchaos.data.cells import read_columns

        frame = polars.read_parquet(path)
        columns = read_columns(frame, format)
        return [_turned(_of_columns(tuple(frame.columns), columns), transpose, path)]
    from rnnchaos.data.text_table import read_text

    text = read_text(_content(path), format, path=path, tabs=ending == ".tsv")
    table = _turned(_of_columns(text.names, text.columns), transpose, path)._replace(said=text.said)
    if transpose is True or not text.breaks:
        return [table]
    return [table.rows(rows) for rows in np.split(np.arange(len(table.values)), text.breaks)]


def _turned(table: Table, transpose: Transpose, path: Path) -> Table:
    if isinstance(transpose, tuple):
        raise SettingError("transpose", f"be true or false for {path}, which is a table", list(transpose))
    check_turned(table.values.shape, transpose, path)
    if transpose is not True:
        return table
    if table.texts:
        raise SettingError("transpose", f"be false: {path} holds not only numbers", True)
    return Table(tuple(f"x{i}" for i in range(len(table.values))), table.values.T)


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


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def _of_columns(names: tuple[str, ...], columns: "list[Column]") -> Table:
    named = list(zip(names, columns, strict=True))
    return Table(
        names,
        np.stack([column.values for column in columns], axis=1),
        {name: column.text for name, column in named if column.text},
        frozenset(name for name, column in named if column.dates),
        {name: column.calendar for name, column in named if column.calendar},
        {name: column.codes for name, column in named if column.codes is not None},
    )
