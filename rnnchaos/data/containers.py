"""Files that hold arrays under names: .npz, MATLAB, HDF5 and netCDF. Nothing in them is unpickled or followed."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rnnchaos.data.arrays import Content, shape_of
from rnnchaos.errors import ConfigError
from rnnchaos.nearest import spelt_like
from rnnchaos.setting import SettingError

Variable = str | tuple[str, ...] | None

HDF5_ENDINGS = (".h5", ".hdf5", ".hdf", ".he5")
# Arrays that a message lists.
_LISTED = 8
CONTAINER_ENDINGS = (".npz", ".mat", *HDF5_ENDINGS, ".nc")


def read_container(path: Path, ending: str, variable: Variable) -> dict[str, Content]:
    """The arrays of a file, or those that `variable` names, each by its path in the file or of all in a group.

    Raises ConfigError where a package is missing that reads it, and SettingError for a name that is not there.
    """
    match ending:
        case ".npz":
            with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
                return _chosen({name: _Entry.lazily(archive, name) for name in archive.files}, variable, path)
        case ".mat" if not _begins(path, b"MATLAB 7.3"):
            from scipy.io import loadmat

            return _chosen(dict(_of_struct(loadmat(path, simplify_cells=True), "")), variable, path)
        case ".nc" if _begins(path, b"CDF"):
            from scipy.io import netcdf_file

            with netcdf_file(path, "r", mmap=False) as file:
                entries = {
                    name: _Entry(str(held.data.shape), _physical(held.data, held._attributes))
                    for name, held in file.variables.items()
                }
                return _chosen(entries, variable, path)
    return _of_hdf5(path, variable)


def _begins(path: Path, signature: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(signature)) == signature


class _Entry(NamedTuple):
    """An array by its shape, read when it is asked for."""

    shape: str
    """In words; empty where it is not known before."""
    read: Callable[[], Content]

    @classmethod
    def lazily(cls, archive: Any, name: str) -> "_Entry":
        return cls("", lambda: archive[name])

    @classmethod
    def of(cls, content: Content) -> "_Entry":
        return cls(shape_of(content), lambda: content)


def _chosen(entries: Mapping[str, _Entry], variable: Variable, path: Path) -> dict[str, Content]:
    """The entries that are named: each by its path, or all below it."""
    if not entries:
        raise ConfigError(f"{path}: holds no array")
    if variable is None:
        nested = [name for name in entries if "/" in name]
        if nested:  # groups are taken where they are named
            raise _not_said(entries, path)
        return {name: entry.read() for name, entry in entries.items()}
    found: dict[str, Content] = {}
    for wanted in (variable,) if isinstance(variable, str) else variable:
        name = wanted.strip("/")
        if name not in entries:
            name = name.replace(".", "/")
        below = [each for each in entries if each == name or each.startswith(f"{name}/")]
        if not below:
            near = spelt_like(name, entries, cutoff=0.3)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {_names(entries)}"
            raise SettingError("variable", f"name an array in {path}", wanted, hint)
        found |= {each: entries[each].read() for each in below}
    return found


def _not_said(entries: Mapping[str, _Entry], path: Path) -> SettingError:
    return SettingError("variable", f"say which array of {path} is the series: {_names(entries)}", None)


def _names(entries: Mapping[str, _Entry]) -> str:
    said = [f"{name} {entry.shape}".strip() for name, entry in entries.items()]
    return ", ".join(said[:_LISTED]) + (", …" if len(said) > _LISTED else "")


def _of_struct(node: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, _Entry]]:
    """The arrays in the variables and structs of a MATLAB file, by their paths."""
    for name, held in node.items():
        if not prefix and name.startswith("__"):
            continue
        if isinstance(held, list) and held and all(isinstance(each, Mapping) for each in held):
            held = {field: [each[field] for each in held] for field in held[0]}  # a struct array
        if isinstance(held, Mapping):
            yield from _of_struct(held, f"{prefix}{name}/")
        elif isinstance(held, list) or (isinstance(held, np.ndarray) and held.dtype == object):
            cells = [np.asarray(cell) for cell in (held if isinstance(held, list) else held.ravel())]
            if all(cell.dtype != object for cell in cells):
                yield f"{prefix}{name}", _Entry.of(cells)
        else:
            yield f"{prefix}{name}", _Entry.of(np.asarray(held))


def _of_hdf5(path: Path, variable: Variable) -> dict[str, Content]:
    try:
        import h5py
    except ImportError:
        raise ConfigError(f"{path} needs the h5py package: pip install 'rnnchaos[hdf5]'") from None
    with h5py.File(path, "r") as file:
        return _chosen(dict(_datasets(file, "", is_matlab=_begins(path, b"MATLAB"))), variable, path)


def _datasets(group: Any, prefix: str, *, is_matlab: bool) -> Iterator[tuple[str, _Entry]]:
    """The datasets of a group and of those below it, by their paths; links to other files are not followed."""
    import h5py

    for name in group:
        if name.startswith("#") or not isinstance(group.get(name, getlink=True), h5py.HardLink):
            continue
        held = group[name]
        if isinstance(held, h5py.Group):
            yield from _datasets(held, f"{prefix}{name}/", is_matlab=is_matlab)
        elif isinstance(held, h5py.Dataset) and _is_stored_here(held):
            shape = held.shape[::-1] if is_matlab else held.shape
            yield f"{prefix}{name}", _Entry(str(shape or ()), _reading(held, is_matlab=is_matlab))


def _is_stored_here(dataset: Any) -> bool:
    """Whether the file itself has numbers for it: it leads to no other file, and is no bare dimension of netCDF."""
    is_dimension = b"not a netCDF variable" in bytes(dataset.attrs.get("NAME", b""))
    return not (is_dimension or dataset.external or dataset.is_virtual)


def _reading(dataset: Any, *, is_matlab: bool) -> Callable[[], Content]:
    def read() -> Content:
        if not is_matlab:
            return _physical(dataset[()], dataset.attrs)()
        array = np.asarray(dataset[()])
        if array.dtype == object:  # a cell array: references to what is in it
            cells = [np.asarray(dataset.file[reference][()]) for reference in array.T.ravel()]
            return [_squeezed(cell.T) for cell in cells]
        return _squeezed(array.T)  # MATLAB counts the dimensions from the other end

    return read


def _squeezed(array: np.ndarray) -> np.ndarray:
    """Without dimensions of length 1, as scipy reads older files."""
    return array.squeeze()


def _physical(stored: Any, attributes: Mapping[str, Any]) -> Callable[[], np.ndarray]:
    """Stored numbers with their scale and offset, and NaN for their fill value, by the conventions of netCDF."""

    def read() -> np.ndarray:
        array = np.asarray(stored)
        marks = [attributes[name] for name in ("_FillValue", "missing_value") if name in attributes]
        if array.dtype.kind not in "fiu" or not (marks or {"scale_factor", "add_offset"} & set(attributes)):
            return array
        missing = np.isin(array, np.concatenate([np.ravel(mark) for mark in marks])) if marks else False
        scale, offset = (np.ravel(attributes.get(name, default))[0] for name, default in _AFFINE.items())
        return np.where(missing, np.nan, array.astype(np.float64) * scale + offset)

    return read


_AFFINE = {"scale_factor": 1.0, "add_offset": 0.0}
