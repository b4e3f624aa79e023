"""How far the sliced Wasserstein distance would scatter over other runs, from one run alone."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.metrics.blocks import NUM_BLOCKS, block_of, bootstrap_error, slow_waves, widened_by_degrees

# Of the range of both densities along a line, for their scatter alone: the distance itself has no bins.
_CELLS, _CELLS_OF_BLOCKS = 200, 500
_DRAWS = 60

_Truth = Float[np.ndarray, "time dimension"]
_Run = Float[np.ndarray, "steps dimension"]
_Lines = Float[np.ndarray, "direction dimension"]


def error_over_runs(truth: _Truth, generated: _Run, directions: _Lines) -> float:
    """Standard error of the distance over generated series of the same length, the truth held fixed.

    Along a line the distance is the size of a difference of two distribution functions, which holds the noise of the
    run. How strong that is, the slowest waves along the run say. Other runs are drawn by adding such noise, normal, to
    the difference shrunk by what of its square is noise (James & Stein 1961): added to the difference itself the noise
    would count twice, and near the floor it would make the distance larger in every draw. The error is the root mean
    square of what lies between them and this run: one that came out low by chance must reach the mean, too.
    """
    waves, stretches = slow_waves(len(generated))
    lines = [_Cells.of(truth @ line, generated @ line, stretches, _CELLS) for line in directions]
    noise = [line.noise(waves) for line in lines]
    apart = sum(line.squared(line.difference).item() for line in lines)
    blurred = sum(line.squared(each).mean() for line, each in zip(lines, noise, strict=True))
    share = np.sqrt(max(0.0, 1 - blurred / apart)) if apart > 0 else 0.0
    draws = np.random.default_rng(0).standard_normal((_DRAWS, len(waves))) / len(waves) ** 0.5
    moved = [
        line.size(share * line.difference + draws @ each) - line.size(line.difference)
        for line, each in zip(lines, noise, strict=True)
    ]
    return widened_by_degrees(float(np.sqrt(np.mean(np.mean(moved, axis=0) ** 2))), len(waves))


def spread_of_blocks(truth: _Truth, generated: _Run, directions: _Lines) -> float:
    """Root mean square change of the distance where the blocks of the generated series are drawn anew.

    More than a standard error near the floor, where the noise of the run counts twice: an allowance.
    """
    blocks = block_of(len(generated))
    lines = [_Cells.of(truth @ line, generated @ line, blocks, _CELLS_OF_BLOCKS) for line in directions]

    def resampled(weights):
        return np.mean([line.distance(weights) for line in lines], axis=0)

    (whole,) = resampled(np.ones((1, NUM_BLOCKS)))
    return bootstrap_error(whole, resampled)


class _Cells(NamedTuple):
    """Two distribution functions along a line, at the ends of equal cells."""

    width: float
    truth: Float[np.ndarray, " cell"]
    generated: Float[np.ndarray, "stretch cell"]
    """Points of each stretch up to there, over those of the whole."""

    @classmethod
    def of(
        cls,
        truth: Float[np.ndarray, " time"],
        generated: Float[np.ndarray, " steps"],
        stretches: Int[np.ndarray, " steps"],
        cells: int,
    ) -> "_Cells":
        low, high = min(truth.min(), generated.min()), max(truth.max(), generated.max())
        width = (high - low) / cells
        true_cell, cell = (
            np.minimum((points - low) / width, cells - 1).astype(np.int64) for points in (truth, generated)
        )
        count = int(stretches[-1]) + 1
        counts = np.bincount(stretches * cells + cell, minlength=count * cells).reshape(count, cells)
        return cls(
            width,
            np.cumsum(np.bincount(true_cell, minlength=cells)) / len(truth),
            np.cumsum(counts, axis=1) / len(generated),
        )

    @property
    def difference(self) -> Float[np.ndarray, "1 cell"]:
        """Of the whole from the truth."""
        return (self.generated.sum(axis=0) - self.truth)[None]

    def noise(self, waves: Float[np.ndarray, "wave stretch"]) -> Float[np.ndarray, "wave cell"]:
        """How strong each wave is at the end of each cell."""
        whole, lengths = self.generated.sum(axis=0), self.generated[:, -1:]
        return waves @ (self.generated - lengths * whole)

    def size(self, difference: Float[np.ndarray, "draw cell"]) -> Float[np.ndarray, " draw"]:
        """The area between two distribution functions."""
        return self.width * np.abs(difference).sum(axis=-1)

    def squared(self, difference: Float[np.ndarray, "draw cell"]) -> Float[np.ndarray, " draw"]:
        """The integral of the square of their difference."""
        return self.width * np.square(difference).sum(axis=-1)

    def distance(self, weights: Float[np.ndarray, "resample stretch"]) -> Float[np.ndarray, " resample"]:
        """From the truth to a series that has each stretch so often."""
        reached = weights @ self.generated
        return self.size(reached / reached[:, -1:] - self.truth)
