"""Averages along chaotic orbits: when they have begun to be stationary, and how far off they may be."""

import numpy as np
import scipy
from jaxtyping import Bool, Float

# The longer pieces are, the less correlated, and Student's t makes up for their small number.
_INDEPENDENT_PIECES = 8
# A stretch differs from the rest of the run by more than chance brings in 1 of 16 000: by 4 standard errors, or of few
# blocks more.
_DIFFERS = 1 / 16_000
_ROUNDING = 1e-12
# Tangent vectors are aligned once the angles to their limits have shrunk by so many powers of e.
ALIGNED_FOLDS = 4.0
# Without an exponent tangent vectors grow or shrink as a power of time: the first where a shear moves neighbours apart,
# up to the third in a chain of shears, and the second at most on the way to a state at the edge of its stability.
_POWER = 3.0
# By so many nats a vector may be longer at an orbit's end than at its beginning without growing in the long run.
END_EFFECT = 2.0
# A growth that all orbits share shows by chance in 1 of 100 spectra where there is none.
_CHANCE = 0.01
# Growth that is even to this share is that of a fixed point, and no power.
_EVEN = 1e-6
# A sum of exponents below this share of their sizes is what an integration step makes of a volume that is conserved.
_CONSERVES = 1e-3


def long_pieces(
    blocks: Float[np.ndarray, "orbit block k"], *, per_orbit: int = 1
) -> Float[np.ndarray, "orbit piece k"]:
    """Means over the longest equal pieces of the orbits of which there are at least 8, whole orbits if there are.

    Consecutive short blocks of a chaotic orbit are correlated: their spread overstates the error of the mean where
    the quantity is nearly a total derivative, as a flow's zero exponent is, and understates it below the
    correlation time. Whole orbits are independent.
    """
    orbits, count, k = blocks.shape
    size = max(1, min(count // per_orbit, orbits * count // _INDEPENDENT_PIECES))
    pieces = count // size
    return blocks[:, count - pieces * size :].reshape(orbits, pieces, size, k).mean(axis=2)


def deviation(pieces: Float[np.ndarray, "orbit piece k"]) -> Float[np.ndarray, " k"]:
    """Standard deviation over all pieces; 0 for what is -inf, since that is exact, and inf where one piece is all."""
    if pieces.shape[0] * pieces.shape[1] < 2:
        return np.full(pieces.shape[2], np.inf)
    finite = np.isfinite(pieces).all(axis=(0, 1))
    return np.where(finite, pieces, 0.0).std(axis=(0, 1), ddof=1)


def quantile(level: float, pieces: int) -> float:
    """Half-width, in standard errors, of the confidence interval of a mean of so many normal pieces."""
    return float(scipy.special.stdtrit(pieces - 1, (1 + level) / 2))


def end_effects(
    blocks: Float[np.ndarray, "orbit block k"], *, block_time: float, passed: float
) -> Float[np.ndarray, " k"]:
    """What exponents may owe to growth as a power of time, which all orbits share and their spread does not show.

    In regular motion of maps and flows that conserve volume neighbours part in proportion to time, so that their
    exponents are not zero but fall as ln T / T. The logarithm of a power of t + τ, with τ up to the longer of the run
    and the time `passed` before it, bends: it gains less in the second half of a run than in the first. An exponent
    that is no larger than a power makes it, that differs from zero by more than chance, and whose growth is not
    straighter than that, is such a power for all that the run tells, and this is its size; 0 for all others. Beside
    chaos that contracts volumes, where no shear is to be expected, its growth must be seen to bend.
    """
    finite = np.isfinite(blocks).all(axis=(0, 1))
    values, count = np.where(finite, blocks, 0.0), blocks.shape[1]
    run, half = count * block_time, count // 2
    growth = np.abs(values.mean(axis=(0, 1))) * run
    most = _POWER * np.log1p(run / max(passed, block_time)) + END_EFFECT
    chance = quantile(1 - _CHANCE, count_of_pieces(values))
    shown = (growth > chance * error_of_mean(values) * run) | _bends(values, passed / block_time)

    start, middle = max(passed, run), half * block_time
    share = np.log((start + run) / (start + run - middle)) / np.log((start + middle) / start)
    early, late = values[:, :half], values[:, count - half :]
    excess = (late.mean(axis=(0, 1)) - share * early.mean(axis=(0, 1))) * middle
    excess *= np.sign(values.mean(axis=(0, 1)))
    error = np.hypot(error_of_mean(late), share * error_of_mean(early)) * middle
    straight = excess - (1 - share) / 2 * END_EFFECT > chance * error
    straight |= np.ptp(values, axis=(0, 1)) <= _EVEN * np.abs(values).max(axis=(0, 1))
    power = finite & shown & (growth <= most) & ~straight
    if not power[0] and _contracting_chaos(values, chance):
        lost = (early.mean(axis=(0, 1)) - late.mean(axis=(0, 1))) * np.sign(values.mean(axis=(0, 1)))
        power &= lost > chance * np.hypot(error_of_mean(early), error_of_mean(late))
    return np.where(power, growth / run, 0.0)


def powers_seen(
    blocks: Float[np.ndarray, "orbit block k"], *, block_time: float, passed: float
) -> Bool[np.ndarray, " k"]:
    """Which exponents are seen to fall as growth by a power of t + τ does, τ as in `end_effects`, by more than chance.

    Of those that `end_effects` finds, the others are no larger than such a power, and may as well be anything else.
    """
    values, count = np.where(np.isfinite(blocks).all(axis=(0, 1)), blocks, 0.0).mean(axis=0), blocks.shape[1]
    if count < 3:
        return np.zeros(values.shape[1], dtype=bool)
    # What a zero exponent's blocks have at their ends alone averages out over longer ones.
    edges = np.unique(np.linspace(0, count, _INDEPENDENT_PIECES + 1).astype(int))
    sizes = np.diff(edges)
    values = np.add.reduceat(values, edges[:-1], axis=0) / sizes[:, None]
    rates = np.diff(np.log(max(passed / block_time, 1.0) + edges)) / sizes
    rates = (rates - rates.mean()) / np.linalg.norm(rates - rates.mean())
    slopes = rates @ values
    error = np.linalg.norm(values - values.mean(axis=0) - np.outer(rates, slopes), axis=0)
    pieces = len(sizes)
    return slopes * np.sign(values.mean(axis=0)) > quantile(1 - _CHANCE, pieces - 1) * error / np.sqrt(
        pieces - 2
    )


def unparted(exponents: Float[np.ndarray, " k"], *, run: float) -> Float[np.ndarray, " k"]:
    """Half the distance to a neighbour that the vectors of a `run` did not part from by 4 e-folds; 0 for all others.

    Neighbours that are equal, as of a complex pair, read apart by what the ends of the run add: an ellipse that turns,
    which their spread over pieces of one orbit does not show. Their mean is right.
    """
    with np.errstate(invalid="ignore"):  # two that are -inf
        gaps = exponents[:-1] - exponents[1:]
    half = np.where(gaps * run < ALIGNED_FOLDS, np.abs(gaps) / 2, 0.0)
    return np.maximum(np.append(half, 0.0), np.append(0.0, half))


def _contracting_chaos(values: Float[np.ndarray, "orbit block k"], chance: float) -> bool:
    """Whether the first exponent is positive and the sum negative, both by more than chance."""
    total = values.sum(axis=-1, keepdims=True)
    first = values[..., :1]
    contracts = max(chance * error_of_mean(total)[0], _CONSERVES * np.abs(values.mean(axis=(0, 1))).sum())
    return bool(first.mean() > chance * error_of_mean(first)[0] and total.mean() < -contracts)


def _bends(values: Float[np.ndarray, "orbit block k"], passed: float) -> Bool[np.ndarray, " k"]:
    """Whether orbits share a growth along the logarithm of time, `passed` blocks before the first included.

    True of fewer than 8 orbits, too few to tell.
    """
    orbits, count, _ = values.shape
    if orbits < _INDEPENDENT_PIECES:
        return np.ones(values.shape[-1], dtype=bool)
    time = np.log1p(np.arange(1, count + 1) / max(passed, 1.0))
    slopes = np.einsum("b,obk->ok", time - time.mean(), np.cumsum(values, axis=1))
    error = slopes.std(axis=0, ddof=1) / np.sqrt(orbits)
    return np.abs(slopes.mean(axis=0)) > quantile(1 - _CHANCE, orbits) * error


def error_of_mean(blocks: Float[np.ndarray, "orbit block k"]) -> Float[np.ndarray, " k"]:
    """Standard deviation over long pieces of the orbits by the root of their number."""
    pieces = long_pieces(blocks)
    return deviation(pieces) / np.sqrt(pieces.shape[0] * pieces.shape[1])


def count_of_pieces(blocks: Float[np.ndarray, "orbit block k"]) -> int:
    """How many independent pieces there are."""
    pieces = long_pieces(blocks)
    return pieces.shape[0] * pieces.shape[1]


def transient_blocks(blocks: Float[np.ndarray, "orbit block k"]) -> int | None:
    """The first block, of 0, 1, 2, 4, …, from which as long a stretch again is like the second half of the run.

    None where even the last stretch of the first half is unlike it: the transient may not be over.
    """
    finite = np.isfinite(blocks).all(axis=(0, 1))
    values = blocks[..., finite]
    orbits, count = values.shape[:2]
    late = values[:, count // 2 :]
    # Of few blocks the spread may be small by chance.
    bound = quantile(1 - _DIFFERS, late[..., 0].size) * late.std(axis=(0, 1), ddof=1) if late.size else 0.0
    floor = _ROUNDING * np.maximum(1.0, np.abs(values).max(axis=(0, 1), initial=0.0))
    first = 0
    while max(2 * first, 1) <= max(1, count // 2):
        early = values[:, first : max(2 * first, 1)]
        error = bound * np.sqrt((1 / early.shape[1] + 1 / late.shape[1]) / orbits)
        difference = np.abs(early.mean(axis=(0, 1)) - late.mean(axis=(0, 1)))
        if np.all(difference <= error + floor):
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
