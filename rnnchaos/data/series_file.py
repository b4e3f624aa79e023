"""A measured series read from files, checked before anything is computed from it."""

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data.arrays import Transpose
from rnnchaos.data.columns import Columns, Places, places_like, shown_columns
from rnnchaos.data.containers import Variable
from rnnchaos.data.fillers import filler_row
from rnnchaos.data.sampling import Rows, Sampling, sampled
from rnnchaos.data.table import Table
from rnnchaos.data.tables import check_rows, read_tables
from rnnchaos.data.text_format import TextFormat
from rnnchaos.data.time_columns import midnights_said
from rnnchaos.data.told import Told, faults_of
from rnnchaos.data.trials import labels, rows_of_trials
from rnnchaos.dates import Calendar
from rnnchaos.errors import ConfigError
from rnnchaos.paths import FilePath, at_home_all, files_of
from rnnchaos.pieces import Pieces
from rnnchaos.setting import SettingError, check_fields

# Rows of the shortest piece.
_SHORTEST = 2


class MeasuredSeries(NamedTuple):
    """A checked series in pieces, with its sampling interval in time units and the names of its axes and inputs."""

    series: Pieces
    dt: float
    names: tuple[str, ...]
    input_names: tuple[str, ...]
    told: Told

    @property
    def values(self) -> Float[np.ndarray, "time dimension"]:
        """Its pieces end to end."""
        return self.series.values


@dataclasses.dataclass(frozen=True)
class SeriesFile(TextFormat, Columns, Sampling):
    """A series (time, dimension) in pieces, in files of arrays or tables."""

    path: FilePath
    """The file: an array, MATLAB, HDF5, netCDF, parquet or text (docs/files.md); a pattern with wildcards, or a list of
    files, for a series of several."""
    test_path: FilePath | None = None
    """The same for the test series; None takes it from the end of the series."""
    off_attractor_path: FilePath | None = None
    """The same for trials that start off the attractor: training sees them beside the series, and nothing else does."""
    variable: Variable = None
    """Of a file of named arrays, the one that is the series, or several, by their paths in the file."""
    transpose: Transpose = "auto"
    """Whether each row of the file is an axis; of three dimensions, false for (trial, time, channel), true for (trial,
    channel, time), a list of where these three stand for others. auto refuses more channels than times."""
    flow: bool = False
    """Whether it is a recording of a flow, autonomous and in continuous time: a network that is trained on it should
    then have an exponent 0."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", at_home_all(self.path))
        for name in ("test_path", "off_attractor_path"):
            if (path := getattr(self, name)) is not None:
                object.__setattr__(self, name, at_home_all(path))
        check_fields(self)

    @property
    def said(self) -> str:
        """The files, for messages."""
        return ", ".join(map(str, self.path)) if isinstance(self.path, tuple) else str(self.path)

    def read(self) -> MeasuredSeries:
        """Read and check the files, once. Raises ConfigError where one is missing, malformed or unlike the first."""
        return self._series

    @functools.cached_property
    def _series(self) -> MeasuredSeries:
        return self._read(self._files(self.path, "path"))

    def read_test(self) -> MeasuredSeries | None:
        """The test series of its own, None where there is none; raises as `read` does, and for another time step."""
        return self._read_like("test_path")

    def read_off_attractor(self) -> MeasuredSeries | None:
        """The trials that start off the attractor, None where there are none; raises as `read_test` does.

        They are not the files of the series itself, which would have them on the attractor.
        """
        if self.off_attractor_path is not None:
            own = {file.resolve() for file in files_of(self.path, "path")}
            for file in files_of(self.off_attractor_path, "off_attractor_path"):
                if file.resolve() in own:
                    raise SettingError("off_attractor_path", "name other files than path", str(file))
        return self._read_like("off_attractor_path")

    def _read_like(self, setting: str) -> MeasuredSeries | None:
        path = getattr(self, setting)
        if path is None:
            return None
        like = self._files(self.path, "path")[0]
        return self._read(self._files(path, setting), like=like)

    def _files(self, path: FilePath, setting: str) -> "list[_File]":
        files = files_of(path, setting)
        return [_File(file, self._tables(file, setting)) for file in files]

    def _tables(self, path: Path, setting: str) -> list[Table]:
        tables = read_tables(path, self, variable=self.variable, transpose=self.transpose, setting=setting)
        if len(tables) == 1:
            check_rows(path, tables[0], _SHORTEST)
        return tables

    def _read(self, files: "Sequence[_File]", like: "_File | None" = None) -> MeasuredSeries:
        first = like or files[0]
        table = first.tables[0]
        chosen = self.places(table, first.path)
        rows: list[Rows] = []
        for file in files:
            for part in file.tables:
                places = places_like(
                    table, chosen, part, file.path, of=first.path, all_columns=self.columns is None
                )
                self._check_values(part, places, file.path)
                alone = len(files) == 1 and len(file.tables) == 1
                rows += self._trials(part, places, file, alone=alone)
        found = sampled(rows, self)
        stretches = [stretch for stretch in found.stretches if len(stretch) >= _SHORTEST]
        names, input_names = (
            tuple(table.names[i] for i in places) for places in (chosen.data, chosen.inputs)
        )
        if not stretches:
            raise self._none_left(rows, (*names, *input_names), first.path)
        values, split = np.concatenate(stretches), len(chosen.data)
        inputs = values[:, split:] if chosen.inputs else None
        series = Pieces(values[:, :split], tuple(map(len, stretches)), inputs)
        times = None if chosen.time is None else table.names[chosen.time]
        told = Told(
            len(files),
            len(rows),
            found.gaps,
            found.filled,
            len(found.stretches) - len(stretches),
            self.resample is not None,
            *faults_of(series),
            said=tuple(
                f"{file.path}: {said}"
                for file in files
                for part in file.tables
                for said in (*part.said, *midnights_said(part, times))
            ),
            names=names,
        )
        return MeasuredSeries(series, self._time_step(found.dt), names, input_names, told)

    def _none_left(self, rows: Sequence[Rows], names: Sequence[str], path: Path) -> ConfigError:
        for index, name in enumerate(names):
            if all(np.isnan(each.values[:, index]).all() for each in rows):
                return ConfigError(f"{path}: column {name!r} holds no value")
        count = sum(len(each.values) for each in rows)
        return SettingError(
            "bridge",
            f"leave two rows that follow each other in {self.said}",
            self.bridge,
            f"between gaps and trials each of its {count} rows stands alone",
        )

    def _time_step(self, spacing: float | None) -> float:
        if spacing is None or self.dt is None:
            return spacing or self.dt or 1.0
        if not np.isclose(self.dt, spacing, rtol=1e-3):
            hint = "" if spacing != 1 else "a column that counts rows is left out by {group}columns=[…]"
            raise SettingError("dt", f"be the time column's spacing {spacing:.6g}", self.dt, hint)
        return self.dt

    def _trials(self, table: Table, places: Places, file: "_File", *, alone: bool) -> list[Rows]:
        """The rows of each trial, with their times."""
        said = str(file.path)
        values = table.values[:, [*places.data, *places.inputs]]
        times: np.ndarray | None = None
        calendar: Calendar = ""
        if places.time is not None:
            name = table.names[places.time]
            if name in table.texts:
                raise ConfigError(f"{said}: column {name!r} must hold times, got {table.texts[name]}")
            times, calendar = table.values[:, places.time], table.calendars.get(name, "")
        if places.trial is None:
            return [Rows(values, times, said, calendar)]
        of_rows = labels(table, places.trial)
        kinds = np.unique(of_rows[of_rows >= 0])
        if len(kinds) < (2 if alone else 1):
            has = "is the same in every row" if len(kinds) else "has no entry"
            must = f"tell trials of {said} apart"
            raise SettingError(
                "trial_column", must, self.trial_column, f"column {table.names[places.trial]!r} {has}"
            )
        trials = rows_of_trials(of_rows, timed=times is not None)
        return [
            Rows(values[rows], None if times is None else times[rows], f"{said}, trial {index}", calendar)
            for index, rows in enumerate(trials)
        ]

    def _check_values(self, table: Table, places: Places, path: Path) -> None:
        """Raise ConfigError for what is no series of numbers."""
        used = [*places.data, *places.inputs]
        for index in used:
            name, values = table.names[index], table.values[:, index]
            if name in table.texts:
                rest = [i for i in places.data if table.names[i] not in table.texts]
                raise SettingError(
                    "columns",
                    f"be given: column {name!r} of {path} must hold numbers, but has {table.texts[name]}",
                    self.columns,
                    f"{{group}}columns=[{shown_columns(table, rest)}] leaves it out" if rest else "",
                )
            if (bad := np.flatnonzero(np.isinf(values))).size:
                raise ConfigError(
                    f"{path}: row {bad[0]} of column {name!r} is not finite ({bad.size} such values); "
                    "null_values=[inf] takes them for missing"
                )
            if not self.null_values and (row := filler_row(values)) is not None:
                filler = f"{values[row]:g}"
                raise SettingError(
                    "null_values",
                    f"be given: row {row} of column {name!r} of {path} is {filler}, far from all others, "
                    "as what is written for a missing value",
                    [],
                    f"{{group}}null_values=[{filler}] takes it for one, {{group}}null_values=[na] for a number",
                )


class _File(NamedTuple):
    path: Path
    tables: list[Table]


def check_time_step(setting: str, path: FilePath | None, dt: float, *, like: float) -> None:
    """Raise SettingError where the files that a setting names have another time step than the training series."""
    if not np.isclose(dt, like, rtol=1e-3):
        must = f"have the time step {like:.6g} of the training series, got {dt:.6g} in"
        raise SettingError(setting, must, path)
