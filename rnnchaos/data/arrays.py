"""Arrays as tables of numbers: one table for each piece of the series that they hold."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data.array_oddities import Transpose, parts_said, turned_said
from rnnchaos.data.table import Table
from rnnchaos.dates import Calendar
from rnnchaos.errors import ConfigError
from rnnchaos.setting import SettingError

Content = np.ndarray | Sequence[np.ndarray]
"""What stands under one name: an array, or a list of them, such as a cell array of MATLAB."""

# Files whose arrays of three dimensions begin with any of them, by the habits of their programs.
_ANY_ORDER = (".mat", ".nc")


class Layout(NamedTuple):
    """How the arrays of a file lie."""

    path: Path
    transpose: Transpose = False
    """Whether each row is an axis; of three dimensions, also which stand for (trial, time, channel)."""

    def turned(self, array: np.ndarray) -> np.ndarray:
        """Rows for times, columns for axes. Raises SettingError where it has to be said which is which."""
        if array.ndim == 1:
            array = array[:, None] if self.transpose is not True else array[None]
        if array.ndim == 2:
            if isinstance(self.transpose, tuple):
                raise SettingError(
                    "transpose", f"be true or false, since {self._shape(array)}", list(self.transpose)
                )
            check_turned(array.shape, self.transpose, self.path)
            return array.T if self.transpose is True else array
        if isinstance(self.transpose, tuple):
            if sorted(self.transpose) != [0, 1, 2]:
                must = "be a list of 0, 1 and 2, where trial, time and channel stand"
                raise SettingError(
                    "transpose", must, list(self.transpose), "[2,1,0] reads channel, time, trial"
                )
            return array.transpose(self.transpose)
        unclear = self.path.suffix.lower() in _ANY_ORDER or array.shape[2] > array.shape[1]
        if self.transpose == "auto" and unclear:
            raise SettingError(
                "transpose",
                f"say what the dimensions of {self.path} are, since {self._shape(array)}",
                "auto",
                "{group}transpose=false for trial, time, channel; true for trial, channel, time; a list of where these "
                "three stand for others: [2,1,0] for channel, time, trial",
            )
        return array.swapaxes(1, 2) if self.transpose is True else array

    def _shape(self, array: np.ndarray) -> str:
        return f"it holds an array of shape {array.shape}"


def check_turned(shape: tuple[int, ...], transpose: Transpose, path: Path) -> None:
    """Raise SettingError for more columns than rows unless it is said which of them are axes."""
    rows, columns = shape
    if transpose == "auto" and columns > rows:
        raise SettingError(
            "transpose",
            f"be given, since {path} has {columns} columns and only {rows} row{'s' if rows > 1 else ''}",
            "auto",
            "{group}transpose=true takes each row for an axis, {group}transpose=false each column",
        )


def tables_of(contents: Mapping[str, Content], layout: Layout) -> list[Table]:
    """The arrays of a file as tables, one for each piece.

    One array is a series, or, of three dimensions, pieces of one length. Of several, those of three dimensions stand
    side by side; those of two are pieces; those of one, and of one beside two, are columns where they are equally
    long. Raises ConfigError for what is none of that.
    """
    if len(contents) == 1:
        (content,) = contents.values()
        if not isinstance(content, np.ndarray):
            return _pieces({str(index): array for index, array in enumerate(content)}, layout)
        return _of_one(content, layout)
    arrays = {name: array for name, array in contents.items() if isinstance(array, np.ndarray)}
    dimensions = {array.ndim for array in arrays.values()}
    if (
        len(arrays) < len(contents)
        or not dimensions <= {1, 2, 3}
        or any(_is_text(a) for a in arrays.values())
    ):
        raise _unclear(contents, layout.path)
    if 3 in dimensions:
        return _side_by_side(arrays, layout)
    if dimensions == {2}:
        return _pieces(arrays, layout)
    turned = {name: array if array.ndim == 1 else layout.turned(array) for name, array in arrays.items()}
    if len({len(array) for array in turned.values()}) == 1:
        return [_columns(turned, layout.path)]
    if dimensions == {1}:
        return _pieces(arrays, layout._replace(transpose=False))
    raise _unclear(contents, layout.path)


def _of_one(array: np.ndarray, layout: Layout) -> list[Table]:
    if array.dtype.names:  # a structured array, such as numpy.genfromtxt with names gives
        rows = array.ravel()
        fields = {
            name: rows[name].reshape(len(rows), -1) for name in array.dtype.names
        }  # of one number or several
        return [
            _columns(
                {name: held if held.shape[1] > 1 else held[:, 0] for name, held in fields.items()},
                layout.path,
            )
        ]
    if array.ndim not in (1, 2, 3) and not _is_text(array):
        raise ConfigError(
            f"{layout.path}: must be (time,), (time, dimension) or (trial, time, dimension), got shape {array.shape}"
        )
    if array.dtype.kind == "M":
        raise ConfigError(f"{layout.path}: must hold a series, got nothing but times ({array.dtype})")
    values = layout.turned(real(layout.path, array))
    if values.ndim == 2:
        return [_numbered(values)]
    first, *others = (_numbered(trial) for trial in values)
    return [first._replace(said=turned_said(array, values, layout.transpose)), *others]


def _pieces(arrays: Mapping[str, np.ndarray], layout: Layout) -> list[Table]:
    """Each array as a piece. Raises ConfigError where they have different widths."""
    for name, array in arrays.items():
        if array.ndim not in (1, 2):
            raise ConfigError(
                f"{layout.path}: {name} of several pieces must be (time, dimension), got {array.shape}"
            )
    values = {name: layout.turned(real(layout.path, array)) for name, array in arrays.items()}
    if not values:
        raise ConfigError(f"{layout.path}: holds no array")
    first, *_ = values
    for name, array in values.items():
        if array.shape[1] != values[first].shape[1]:
            raise SettingError(
                "variable",
                f"be given, as pieces need the same columns: in {layout.path} {first} has {values[first].shape[1]} and "
                f"{name} has {array.shape[1]}",
                None,
                "{group}variable=NAME takes one, {group}variable=[NAME,NAME] some",
            )
    first_table, *others = (_numbered(array) for array in values.values())
    return [first_table._replace(said=parts_said(values)), *others]


def _side_by_side(arrays: Mapping[str, np.ndarray], layout: Layout) -> list[Table]:
    """Arrays (trial, time, channel) and (trial, time) as the columns of as many pieces."""
    turned = {
        name: layout.turned(real(layout.path, array)) if array.ndim == 3 else real(layout.path, array)
        for name, array in arrays.items()
    }
    if len({array.shape[:2] for array in turned.values()}) > 1:
        raise _unclear(arrays, layout.path)
    trials = len(next(iter(turned.values())))
    return [
        _columns({name: array[trial] for name, array in turned.items()}, layout.path)
        for trial in range(trials)
    ]


def _columns(arrays: Mapping[str, np.ndarray], path: Path) -> Table:
    """Arrays of as many rows each beside each other; the columns of one that has several are numbered."""
    names, columns = [], []
    for name, array in arrays.items():
        values = real(path, array)
        parts = [values] if values.ndim == 1 else list(values.T)
        names += [name] if len(parts) == 1 else [f"{name}{i}" for i in range(len(parts))]
        columns += parts
    dates = frozenset(name for name, array in arrays.items() if array.dtype.kind == "M")
    local: dict[str, Calendar] = dict.fromkeys(dates, "local")
    return Table(tuple(names), np.stack(columns, axis=1), dates=dates, calendars=local)


def _numbered(values: Float[np.ndarray, "time column"]) -> Table:
    return Table(tuple(f"x{i}" for i in range(values.shape[1])), values)


def real(path: Path, array: np.ndarray) -> np.ndarray:
    """The numbers of an array in double precision, times in seconds. Raises ConfigError where they are none."""
    if array.dtype.kind in "mM":
        return np.where(np.isnat(array), np.nan, array.astype(f"{array.dtype.kind}8[us]").astype(float) / 1e6)
    if array.dtype.kind not in "fiub":
        raise ConfigError(f"{path}: must hold real numbers, got {array.dtype}")
    return array.astype(np.float64)


def _is_text(array: np.ndarray) -> bool:
    return array.dtype.kind not in "fiubmM"


def _unclear(contents: Mapping[str, Content], path: Path) -> SettingError:
    return SettingError(
        "variable",
        f"say which array of {path} is the series: "
        + ", ".join(f"{name} {shape_of(content)}" for name, content in contents.items()),
        None,
        "beside each other stand columns of one length, arrays of as many rows, or of as many trials and times; arrays "
        "of two dimensions and one width are pieces",
    )


def shape_of(content: Content) -> str:
    """In words."""
    return str(content.shape) if isinstance(content, np.ndarray) else f"[{len(content)} arrays]"
