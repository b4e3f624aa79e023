"""What every metric asks of the series it is given."""

import numpy as np
from jaxtyping import Float

from rnnchaos.errors import ConfigError

# Beyond this, squares come near the end of float64: such an orbit has diverged although it is finite.
OVERFLOW = 1e100


def diverged_at(series: Float[np.ndarray, "time dimension"]) -> int | None:
    """The first step at which a series is not finite or beyond 1e100 in size; None if there is none."""
    bounded = np.all(np.abs(series) <= OVERFLOW, axis=1)
    return None if bounded.all() else int(np.argmin(bounded))


def check_series(name: str, series: Float[np.ndarray, "..."]) -> Float[np.ndarray, "time dimension"]:
    """The series in float64.

    Raises:
        ConfigError: it is not (time, dimension), it is empty, or it diverges.
    """
    if series.ndim != 2 or series.size == 0:
        raise ConfigError(f"the {name} must be (time, dimension) and not empty, got shape {series.shape}")
    step = diverged_at(series)
    if step is not None:
        raise ConfigError(f"the {name} must be finite, but diverges at step {step} of {len(series)}")
    return np.asarray(series, np.float64)


def check_dimensions(
    truth: Float[np.ndarray, "time dimension"], generated: Float[np.ndarray, "steps generated_dimension"]
) -> None:
    """Raise ConfigError unless both series have the same dimension."""
    if truth.shape[1] != generated.shape[1]:
        raise ConfigError(
            f"generated series must have the truth's {truth.shape[1]} dimensions, got {generated.shape[1]}"
        )


def standard_error(values: Float[np.ndarray, " sample"]) -> float:
    """Of the mean of independent values, at least two."""
    # Orbits that explode give values without squares in float64; a power of two changes no digit.
    scale = np.exp2(np.frexp(np.abs(values).max())[1] - 1)
    return float(scale * ((values / scale).std(ddof=1) / np.sqrt(len(values))))
