"""The parts of networks under the names of the papers on PLRNNs, taken from a file's arrays as vectors and matrices."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from rnnchaos.errors import ConfigError
from rnnchaos.models.foreign.names import check

# How the papers and their code call each part, below any prefix; AW is A and W in one matrix.
_CALLED: dict[str, tuple[str, ...]] = {
    "A": ("A",),
    "W": ("W",),
    "AW": ("AW",),
    "h": ("h",),
    "W1": ("W1", "W_1", "W₁"),
    "W2": ("W2", "W_2", "W₂"),
    "h1": ("h1", "h_1", "h₁"),
    "h2": ("h2", "h_2", "h₂"),
    "alpha": ("alpha", "alphas", "α", "slopes"),
    "H": ("H", "D", "h_d", "thresholds"),  # relu(z - H)
    "theta": ("theta", "thetas", "θ"),  # relu(z + θ)
    "C": ("C",),
    "B": ("B",),
    "b": ("b",),
}


class Part(NamedTuple):
    """One part of the equations: the array, and how the file calls it."""

    name: str
    array: np.ndarray


class Reader:
    """Takes the parts as vectors and matrices, and remembers which were used."""

    def __init__(self, parts: Mapping[str, Part], origin: str) -> None:
        self.parts, self.origin = parts, origin
        self.used: set[str] = set()

    def vector(self, key: str, size: int | None = None) -> np.ndarray:
        """A vector, also where it is stored as a row or a column."""
        array, said = self._array(key)
        if array.ndim == 2 and 1 in array.shape:
            array = array.ravel()
        check(array, (array.size if size is None else size,), said)
        return array

    def matrix(self, key: str, rows: int, columns: int) -> np.ndarray:
        array, said = self._array(key)
        check(array, (rows, columns), said)
        return array

    def drive(self, size: int) -> np.ndarray:
        """C, of any number of inputs, 0 where there is none."""
        if "C" not in self.parts:
            return np.zeros((size, 0))
        array, said = self._array("C")
        array = array[:, None] if array.ndim == 1 else array
        turned = array.shape[1:] == (size,)
        check(array, (size, array.shape[0] if turned else array.shape[-1]), said)
        return array

    def either_way(self, key: str, rows: int, columns: int) -> np.ndarray:
        """A matrix of which papers store one or the other side first: as it fits, and as it is where both do."""
        array, said = self._array(key)
        if rows != columns and array.shape == (columns, rows):
            array = array.T
        check(array, (rows, columns), said)
        return array

    def linear(self, size: int) -> np.ndarray:
        """A as a matrix, also where its diagonal is stored."""
        array = self.parts["A"].array if "A" in self.parts else None
        if array is not None and array.ndim == 2 and (size == 1 or 1 not in array.shape):
            return self.matrix("A", size, size)
        return np.diag(self.vector("A", size))

    def coupled(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """A and W."""
        if "AW" in self.parts:
            both = self.matrix("AW", size, size)
            return np.diag(np.diag(both)), both - np.diag(np.diag(both))
        return self.linear(size), self.matrix("W", size, size)

    def _array(self, key: str) -> tuple[np.ndarray, str]:
        if key not in self.parts:
            raise ConfigError(
                f"{self.origin} must hold {key} beside {', '.join(p.name for p in self.parts.values())}"
            )
        name, array = self.parts[key]
        self.used.add(name)
        return array, f"{self.origin}: {name}"


def named_parts(arrays: Mapping[str, np.ndarray], origin: str) -> dict[str, Part]:
    """The parts by their keys in `_CALLED`. Raises ConfigError where one is there twice."""
    found: dict[str, Part] = {}
    for key, called in _CALLED.items():
        names = [name for name in arrays if name.rpartition(".")[2] in called]
        if len(names) > 1:
            raise ConfigError(
                f"weights must hold one {key}, but {origin} has {', '.join(names)}; ignore= leaves one out"
            )
        if names:
            found[key] = Part(names[0], arrays[names[0]])
    return found
