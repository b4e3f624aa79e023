"""λ_max of a measured series with everything that it was held against: one record, for every command that uses it."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data import Dataset, Preparation
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.series import (
    DataExponent,
    ZeroOne,
    better_of,
    choose_dimension,
    choose_lag,
    data_checks,
    lyapunov_by_kantz,
    lyapunov_from_data,
    zero_one_test,
)
from rnnchaos.tangent import Check, Grade, worst

# Delays beyond what is there already, tried on the points as they are.
_MORE_DELAYS = 2
# More points than these make the 0-1 test slower, not better.
_ZERO_ONE_POINTS = 5_000


class SeriesEstimate(NamedTuple):
    """λ_max of a training series by every method that gave one, the one to quote first, and its checks."""

    methods: tuple[DataExponent, ...]
    deeper: DataExponent | None
    """With one more delay, by the first method."""
    lag: int
    """Steps after which the first axis tells least about itself."""
    false_share: float | None
    zero_one: ZeroOne | None
    checks: tuple[Check, ...]

    @property
    def found(self) -> DataExponent:
        """The exponent to quote."""
        return self.methods[0]

    @property
    def grade(self) -> Grade:
        """The worst grade of its checks."""
        return worst(self.checks)


def estimate_of_series(dataset: Dataset, preparation: Preparation) -> SeriesEstimate:
    """λ_max of the training series, by Rosenstein's method and, where enough points have neighbours, by Kantz's.

    `preparation` says which delays the series has already. Raises ConfigError and RunError as `lyapunov_from_data`
    and `choose_lag` do.
    """
    methods = _by_methods(dataset)
    lag = choose_lag(dataset.train[:, :1]).lag
    delays, spacing = preparation.embedding
    deeper = _deeper(methods[0], dataset, dataset.dimension // delays, spacing if delays > 1 else lag)
    zero_one = _zero_one(dataset.train[:, 0], lag)
    false_share = _false_share(dataset.train, lag)
    other = methods[1] if len(methods) > 1 else None
    checks = data_checks(methods[0], other, deeper=deeper, false_share=false_share, zero_one=zero_one)
    return SeriesEstimate(methods, deeper, lag, false_share, zero_one, tuple(checks))


def _by_methods(dataset: Dataset) -> tuple[DataExponent, ...]:
    rosenstein = lyapunov_from_data(dataset.train, dt=dataset.time_per_step)
    try:
        kantz = lyapunov_by_kantz(dataset.train, dt=dataset.time_per_step)
    except RunError:
        return (rosenstein,)
    return (kantz, rosenstein) if better_of(rosenstein, kantz) is kantz else (rosenstein, kantz)


def _deeper(found: DataExponent, dataset: Dataset, axes: int, lag: int) -> DataExponent | None:
    """The exponent by the same method with one more delay of each axis; the oldest delay is in the last columns."""
    series = np.concatenate([dataset.train[lag:], dataset.train[:-lag, -axes:]], axis=1)
    measure = lyapunov_by_kantz if found.method == "Kantz" else lyapunov_from_data
    try:
        return measure(series, dt=dataset.time_per_step)
    except (ConfigError, RunError):  # too short
        return None


def _zero_one(series: Float[np.ndarray, " time"], lag: int) -> ZeroOne | None:
    try:
        return zero_one_test(series[::lag][:_ZERO_ONE_POINTS])
    except ConfigError:  # too short
        return None


def _false_share(series: Float[np.ndarray, "time dimension"], lag: int) -> float | None:
    try:
        return float(choose_dimension(series, lag=lag, most=_MORE_DELAYS).false_share[0])
    except ConfigError:  # too short
        return None
