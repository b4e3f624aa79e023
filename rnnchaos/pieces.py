"""A series in pieces: trials, sessions, files, the stretches between gaps."""

import dataclasses
from collections.abc import Callable, Iterable
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int


@dataclasses.dataclass(frozen=True, eq=False)
class Pieces:
    """A series in pieces, each sampled regularly; nothing reaches from one into the next."""

    values: Float[np.ndarray, "time dimension"]
    """The pieces end to end."""
    lengths: tuple[int, ...]
    """Points of each."""
    inputs: Float[np.ndarray, "time input"] | None = None
    """What drives the dynamics: row t acts on the step that leads to row t of the values. None where nothing does."""

    @classmethod
    def of(
        cls,
        values: Float[np.ndarray, "time dimension"],
        inputs: Float[np.ndarray, "time input"] | None = None,
    ) -> "Pieces":
        """One piece."""
        return cls(values, (len(values),), inputs)

    @classmethod
    def joined(cls, parts: Iterable["Pieces"]) -> "Pieces":
        """All pieces of several series, at least one, with inputs where the first has them."""
        parts = tuple(parts)
        inputs = [part.inputs for part in parts if part.inputs is not None]
        return cls(
            np.concatenate([part.values for part in parts]),
            tuple(length for part in parts for length in part.lengths),
            np.concatenate(inputs) if inputs else None,
        )

    def __len__(self) -> int:
        """Points of all pieces."""
        return len(self.values)

    @property
    def dimension(self) -> int:
        """Numbers of a point."""
        return self.values.shape[1]

    @property
    def longest(self) -> int:
        """Points of the longest piece."""
        return max(self.lengths, default=0)

    @property
    def typical_length(self) -> int:
        """Half of all points lie in pieces that are at least so long."""
        descending = np.sort(self.lengths)[::-1]
        return int(descending[np.searchsorted(np.cumsum(descending), len(self) / 2)])

    @cached_property
    def firsts(self) -> Int[np.ndarray, " piece"]:
        """The first row of each piece."""
        return np.cumsum((0, *self.lengths[:-1])) if self.lengths else np.zeros(0, dtype=int)

    @cached_property
    def since(self) -> Int[np.ndarray, " time"]:
        """How many rows of its own piece lie before each row."""
        return np.arange(len(self)) - np.repeat(self.firsts, self.lengths)

    def parts(self) -> tuple["Pieces", ...]:
        """Each piece by itself."""
        return tuple(
            self._rows(slice(first, first + length), (length,))
            for first, length in zip(self.firsts.tolist(), self.lengths, strict=True)
        )

    def head(self, num_points: int) -> "Pieces":
        """The first points, as many as there are up to `num_points`; the last piece may be cut."""
        if num_points >= len(self):
            return self
        left = np.clip(num_points - self.firsts, 0, self.lengths)
        return self._rows(slice(0, num_points), tuple(int(length) for length in left if length > 0))

    def at_least(self, num_points: int) -> "Pieces":
        """The pieces of at least so many points; there may be none."""
        if min(self.lengths, default=num_points) >= num_points:
            return self
        kept = np.repeat(np.asarray(self.lengths) >= num_points, self.lengths)
        return self._rows(kept, tuple(length for length in self.lengths if length >= num_points))

    def map(self, change: Callable[[np.ndarray], np.ndarray]) -> "Pieces":
        """The values changed point by point."""
        return dataclasses.replace(self, values=change(self.values))

    def ends(self, *, before: int = 0, after: int = 0) -> Int[np.ndarray, " row"]:
        """The rows that have at least `before` rows before them and `after` after them in their own piece."""
        following = np.repeat(self.lengths, self.lengths) - 1 - self.since
        return np.flatnonzero((self.since >= before) & (following >= after))

    def spread(self, count: int, *, before: int = 0, after: int = 0) -> Int[np.ndarray, " row"]:
        """`count` of these rows, evenly; some more than once where there are fewer. None where there are none."""
        possible = self.ends(before=before, after=after)
        if len(possible) == 0:
            return possible
        return possible[np.linspace(0, len(possible) - 1, count).astype(int)]

    def standstill(self) -> tuple[int, int]:
        """The first row and the length of the longest stretch of equal points within a piece."""
        moves = np.any(self.values[1:] != self.values[:-1], axis=1) | (self.since[1:] == 0)
        firsts = np.concatenate([[0], 1 + np.flatnonzero(moves)])
        lengths = np.diff(firsts, append=len(self))
        longest = int(np.argmax(lengths))
        return int(firsts[longest]), int(lengths[longest])

    def windows(
        self, rows: Int[np.ndarray, " row"], length: int
    ) -> Float[np.ndarray, "row length dimension"]:
        """The `length` points from each of `rows` on, which have to lie in its piece."""
        return self.values[rows[:, None] + np.arange(length)]

    def input_windows(
        self, rows: Int[np.ndarray, " row"], length: int
    ) -> Float[np.ndarray, "row length input"] | None:
        """The inputs of the `length` points from each of `rows` on; None where nothing drives the series."""
        return None if self.inputs is None else self.inputs[rows[:, None] + np.arange(length)]

    def segments(self, length: int) -> Float[np.ndarray, "segment length dimension"]:
        """As many stretches of `length` points as fit into the pieces, from the beginning of each."""
        first = np.concatenate(
            [
                start + length * np.arange(points // length)
                for start, points in zip(self.firsts, self.lengths, strict=True)
            ]
        )
        return self.windows(first.astype(int), length)

    def _rows(self, rows: slice | np.ndarray, lengths: tuple[int, ...]) -> "Pieces":
        return Pieces(self.values[rows], lengths, None if self.inputs is None else self.inputs[rows])
