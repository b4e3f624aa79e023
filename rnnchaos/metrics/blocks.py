"""How far a metric would scatter over other series of the same process: standard errors from the blocks of one.

Successive points of an orbit are not independent, long blocks of it nearly are. Every error here is that of Student's
t, divided by 1.96, so that ±1.96 of it make a 95 % interval although there are few blocks.
"""

from collections.abc import Callable

import numpy as np
import scipy
from jaxtyping import Float, Int

NUM_BLOCKS = 20
_RESAMPLES = 60
# The slowest waves along a series: so many in cosine and sine each, read from so many stretches at most.
_WAVES, _STRETCHES = 6, 250
# A block of fewer points is no stretch of an orbit.
_LEAST_POINTS = 10
_NORMAL = 1.96


def are_blocks_long_enough(num_points: int, num_blocks: int = NUM_BLOCKS) -> bool:
    """Whether a series is long enough to be cut into blocks."""
    return num_points >= _LEAST_POINTS * num_blocks


def block_of(num_points: int, num_blocks: int = NUM_BLOCKS) -> Int[np.ndarray, " point"]:
    """The block in which each point of a series lies: equal, one after the other."""
    return np.arange(num_points) * num_blocks // num_points


def block_means(values: Float[np.ndarray, " sample"]) -> Float[np.ndarray, " block"]:
    """Means over at most 20 blocks of values in their order along a series."""
    num_blocks = min(NUM_BLOCKS, len(values))
    blocks = block_of(len(values), num_blocks)
    # From the deviations, which count as the blocks' means do where some blocks are larger by one value.
    mean = values.mean()
    return mean + np.bincount(blocks, values - mean) * (num_blocks / len(values))


def jackknife_error(replicates: Float[np.ndarray, " block"]) -> float:
    """From the values without each block in turn: for what follows from averages along the series.

    It does not state too little in the mean (Efron & Stein 1981, Ann. Statist. 9, 586); where a divergence is at its
    floor, and quadratic in what scatters, it states up to √2 too much.
    """
    deviations = replicates - replicates.mean()
    return _widened((len(replicates) - 1) * deviations)


def error_of_square(root: float, error: float) -> float:
    """Of root², on the side on which the interval of the root is wider.

    A divergence near its floor is quadratic in what scatters: one that came out low has a low error as well, and is
    farther from the mean than one that came out high; its root scatters alike everywhere.
    """
    return 2 * root * error + _NORMAL * error**2


def bootstrap_error(
    value: float, resampled: Callable[[Float[np.ndarray, "resample block"]], Float[np.ndarray, " resample"]]
) -> float:
    """From values of series put together from blocks drawn with replacement, given how often each block is drawn.

    It is their root mean square distance from `value`, not from their mean: a distance that is near 0 by chance has no
    slope there, and its neighbours are all larger.
    """
    rng = np.random.default_rng(0)
    weights = rng.multinomial(NUM_BLOCKS, np.full(NUM_BLOCKS, 1 / NUM_BLOCKS), size=_RESAMPLES)
    distance = resampled(weights.astype(np.float64)) - value
    # Resampling n blocks scatters less than n blocks do, by (n - 1)/n.
    spread = np.sqrt(np.mean(distance**2) * NUM_BLOCKS / (NUM_BLOCKS - 1))
    return float(spread * _stretch(NUM_BLOCKS - 1.0))


def slow_waves(num_points: int) -> tuple[Float[np.ndarray, "wave stretch"], Int[np.ndarray, " point"]]:
    """The slowest waves along a series that is cut into short stretches, and the stretch of each point.

    A mean along the series scatters, over other series, by its spectral density at frequency 0 (the long-run variance),
    which the mean square of these waves estimates. Long blocks that cut a cycle anywhere scatter far more than what
    they make up together, and blocks shorter than the system's memory less.
    """
    count = min(num_points, _STRETCHES)
    phase = 2 * np.pi * np.arange(1, _WAVES + 1)[:, None] * (np.arange(count) + 0.5) / count
    return np.sqrt(2.0) * np.concatenate([np.cos(phase), np.sin(phase)]), block_of(num_points, count)


def widened_by_degrees(error: float, degrees: int) -> float:
    """A standard error by Student's t of so many degrees of freedom."""
    return error * _stretch(float(degrees))


def mean_error(values: Float[np.ndarray, " sample"]) -> float:
    """Of the mean of independent values, at least two."""
    return _widened(values - values.mean())


def _widened(deviations: Float[np.ndarray, " sample"]) -> float:
    """The standard error of a mean from its terms' deviations, with the degrees of freedom of their variance.

    Where few terms make up the variance, it is itself known badly, and the interval has to be wider: the degrees of
    freedom are 2 s⁴ / Var(s²) (Satterthwaite 1946, Biometrics Bull. 2, 110), from the squares' own scatter.
    """
    # Orbits that explode give values without squares in float64; a power of two changes no digit.
    scale = np.exp2(np.frexp(np.abs(deviations).max())[1] - 1)
    if scale == 0 or not np.any(deviations):
        return 0.0
    count, squares = len(deviations), (deviations / scale) ** 2
    scatter = squares.var(ddof=1) / count
    degrees = count - 1.0
    if scatter > 0:
        degrees = float(np.clip(2 * squares.mean() ** 2 / scatter, 1.0, degrees))
    error = np.sqrt(squares.sum() / (count - 1) / count)
    with np.errstate(over="ignore"):
        return float(scale * (error * _stretch(degrees)))


def _stretch(degrees: float) -> float:
    return float(scipy.special.stdtrit(degrees, 0.975)) / _NORMAL
