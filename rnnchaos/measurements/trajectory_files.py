"""A model's series in files: arrays, tables, and what runs of this package store."""

import glob
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.data import check_measured, read_history
from rnnchaos.diagnostics.yardstick import check_step
from rnnchaos.errors import ConfigError, reader_says
from rnnchaos.pieces import Pieces
from rnnchaos.setting import at_home


class Generated(NamedTuple):
    """A model's series as it stands in its files."""

    rows: Pieces
    starts: Int[np.ndarray, " piece"] | None = None
    """Rows of the truth after which the pieces begin, where the file says so."""


def files_of(word: str) -> list[Path]:
    """The files that a word names: one, several with commas between them, or all that a pattern fits.

    Raises ConfigError for one that is not there.
    """
    whole = at_home(word)
    if whole.is_file():
        return [whole]
    found = [Path(entry) for entry in sorted(glob.glob(str(whole)))] if glob.has_magic(word) else []
    parts = found or [at_home(part) for part in word.split(",") if part]
    for part in parts:
        if not part.is_file():
            raise ConfigError(f"there is no file or run folder {part} to judge")
    return parts


def read_generated(
    paths: Sequence[Path],
    *,
    names: Sequence[str],
    all_names: Sequence[str],
    time_per_step: float,
    time_column: str | int | None,
) -> Generated:
    """The pieces in files: (time, axis) or (piece, time, axis) arrays, tables, `free_run.npz` and `forecasts.npz`.

    `names` are the truth's axes, `all_names` those with their delays. Raises ConfigError for a file that is malformed
    or has other axes, or other times between its rows than `time_per_step`.
    """
    read = [_read(path, names, all_names, time_per_step, time_column) for path in paths]
    for path, each in zip(paths, read, strict=True):
        if each.rows.dimension != read[0].rows.dimension:
            raise ConfigError(
                f"{path} must have as many axes as {paths[0]} ({read[0].rows.dimension}), got {each.rows.dimension}"
            )
    starts = [each.starts for each in read if each.starts is not None]
    return Generated(
        Pieces.joined(each.rows for each in read),
        np.concatenate(starts) if len(starts) == len(read) else None,
    )


def _read(
    path: Path,
    names: Sequence[str],
    all_names: Sequence[str],
    time_per_step: float,
    time_column: str | int | None,
) -> Generated:
    ending = path.suffix.lower()
    if ending == ".npz" and (own := _of_a_run(path, _arrays(path), time_per_step)) is not None:
        return own
    if ending == ".npy" and (pieces := of_array(_arrays(path)[""], str(path))) is not None:
        return Generated(pieces)

    def rows(columns: Sequence[str]) -> Float[np.ndarray, "time axis"]:
        return read_history(
            path,
            names=columns,
            time_column=time_column,
            time_per_step=time_per_step,
            setting="a trajectory",
            like="the truth's",
        ).rows

    try:
        found = rows(names)
    except ConfigError:
        if len(all_names) == len(names):
            raise
        found = rows(all_names)
    return Generated(Pieces.of(found))


def of_array(array: np.ndarray, origin: str) -> Pieces | None:
    """An array of numbers in pieces; None where it is none of (time,), (time, axis), (piece, time, axis).

    Raises ConfigError for one without rows, and for a number that stands for missing ones.
    """
    if array.dtype.kind not in "fiub" or array.ndim not in (1, 2, 3):
        return None
    if 0 in array.shape:
        raise ConfigError(f"{origin} must hold rows, got shape {array.shape}")
    values = np.asarray(array, dtype=np.float64)
    rows = values.reshape(-1, 1 if array.ndim == 1 else array.shape[-1])
    check_measured(rows, origin)
    if array.ndim == 3:
        return Pieces(rows, (array.shape[1],) * array.shape[0])
    return Pieces.of(rows)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    """Those of an archive, or the one of a .npy file without a name."""
    try:
        with path.open("rb") as file:
            found = np.load(file, allow_pickle=False)
            return (
                {"": found} if isinstance(found, np.ndarray) else {name: found[name] for name in found.files}
            )
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ConfigError(f"{path}: not a readable {path.suffix} file: {reader_says(error)}") from None


def _of_a_run(path: Path, arrays: Mapping[str, np.ndarray], time_per_step: float) -> Generated | None:
    """What `free_run.npz` or `forecasts.npz` of a run folder holds; of another archive its one array or its pieces."""
    if "generated" in arrays:
        _check_step(path, arrays, time_per_step)
        rows = np.asarray(arrays["generated"], dtype=np.float64)
        lengths = arrays.get("lengths", np.array([len(rows)]))
        return Generated(Pieces(rows, tuple(lengths.tolist())))
    if {"predicted", "start"} <= set(arrays):
        _check_step(path, arrays, time_per_step)
        pieces = of_array(arrays["predicted"], str(path))
        return None if pieces is None else Generated(pieces, arrays["start"].astype(int))
    return _of_archive(path, arrays)


def _of_archive(path: Path, arrays: Mapping[str, Float[np.ndarray, "..."]]) -> Generated | None:
    widths = {array.shape[1] if array.ndim == 2 else None for array in arrays.values()}
    if len(arrays) > 1 and (None in widths or len(widths) > 1):
        return None  # columns of a table
    parts = [of_array(array, f"{path}: {name}") for name, array in arrays.items()]
    return None if None in parts else Generated(Pieces.joined(part for part in parts if part is not None))


def _check_step(path: Path, arrays: Mapping[str, np.ndarray], time_per_step: float) -> None:
    check_step(path, float(arrays.get("time_per_step", time_per_step)), time_per_step)
