"""Averages along chaotic orbits: when they have begun to be stationary, and how far off they may be."""

import numpy as np
from jaxtyping import Float
from scipy.stats import t

# The longer pieces are, the less correlated, and Student's t makes up for their small number.
_INDEPENDENT_PIECES = 8
# A stretch differs from the rest of the run beyond this many standard errors: by chance in 1 of 16 000.
_DIFFERS = 4.0
_ROUNDING = 1e-12
# Tangent vectors are aligned once the angles to their limits have shrunk by so many powers of e.
ALIGNED_FOLDS = 4.0


def long_pieces(blocks: Float[np.ndarray, "orbit block k"]) -> Float[np.ndarray, "orbit piece k"]:
    """Means over the longest equal pieces of the orbits of which there are at least 8, whole orbits if there are.

    Consecutive short blocks of a chaotic orbit are correlated: their spread overstates the error of the mean where
    the quantity is nearly a total derivative, as a flow's zero exponent is, and understates it below the
    correlation time. Whole orbits are independent.
    """
    orbits, count, k = blocks.shape
    size = min(count, max(1, orbits * count // _INDEPENDENT_PIECES))
    pieces = count // size
    return blocks[:, count - pieces * size :].reshape(orbits, pieces, size, k).mean(axis=2)


def deviation(pieces: Float[np.ndarray, "orbit piece k"]) -> Float[np.ndarray, " k"]:
    """Standard deviation over all pieces; 0 for what is -inf, since that is exact."""
    finite = np.isfinite(pieces).all(axis=(0, 1))
    return np.where(finite, pieces, 0.0).std(axis=(0, 1), ddof=1)


def quantile(level: float, pieces: int) -> float:
    """Half-width, in standard errors, of the confidence interval of a mean of so many normal pieces."""
    return float(t.ppf((1 + level) / 2, pieces - 1))


def transient_blocks(blocks: Float[np.ndarray, "orbit block k"]) -> int | None:
    """The first block, of 0, 1, 2, 4, …, from which as long a stretch again is like the second half of the run.

    None where even the last stretch of the first half is unlike it: the transient may not be over.
    """
    finite = np.isfinite(blocks).all(axis=(0, 1))
    values = blocks[..., finite]
    orbits, count = values.shape[:2]
    late = values[:, count // 2 :]
    spread = late.std(axis=(0, 1))
    floor = _ROUNDING * np.maximum(1.0, np.abs(values).max(axis=(0, 1), initial=0.0))
    first = 0
    while max(2 * first, 1) <= max(1, count // 2):
        early = values[:, first : max(2 * first, 1)]
        error = spread * np.sqrt((1 / early.shape[1] + 1 / late.shape[1]) / orbits)
        difference = np.abs(early.mean(axis=(0, 1)) - late.mean(axis=(0, 1)))
        if np.all(difference <= _DIFFERS * error + floor):
            return first
        first = max(1, 2 * first)
    return None


def aligned_block(exponents: Float[np.ndarray, " k"], *, block_time: float, passed: float, count: int) -> int:
    """The first of `count` blocks by which tangent vectors have forgotten how they began, in the first half of them.

    They do so at the rate of the gaps between the exponents; until then the difference adds nats to an exponent that
    no longer average out. Blocks take `block_time` time units, and `passed` went by before the first. Exponents too
    close together to part in half the run are left to be named by `alignment_folds`.
    """
    finite = exponents[np.isfinite(exponents)]
    gaps = np.maximum(finite[:-1] - finite[1:], ALIGNED_FOLDS / (passed + count * block_time))
    blocks = np.ceil(np.maximum(ALIGNED_FOLDS / gaps - passed, 0.0) / block_time)
    return int(blocks[blocks <= count // 2].max(initial=0))
