"""The exponents of what generated the data: the yardstick for τ and for the trained network."""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data import Dataset, Source
from rnnchaos.diagnostics.settings import DiagnosticsSettings
from rnnchaos.diagnostics.spectra import spectrum_of_system
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.series import (
    DataExponent,
    autocorrelation_time,
    better_of,
    choose_lag,
    lyapunov_by_kantz,
    lyapunov_from_data,
)
from rnnchaos.systems import AbstractSystem
from rnnchaos.tangent import ROUNDING, LyapunovSpectrum

# More points than these do not change how long a series is found to remember itself.
_POINTS_FOR_MEMORY = 20_000


class Truth(NamedTuple):
    """Exponents of the true dynamics in nats per time unit, largest first, with their standard errors."""

    exponents: Float[np.ndarray, " k"]
    standard_error: Float[np.ndarray, " k"]
    time_per_step: float
    origin: str
    """`tangent dynamics` of the equations, or `series` where there are none."""
    kaplan_yorke: float | None = None
    """Kaplan–Yorke dimension, None where too few exponents are known."""

    @property
    def chaotic(self) -> bool:
        """Whether λ_max lies more than three standard errors, and rounding, above zero."""
        floor = max(3 * self.standard_error[0], ROUNDING / self.time_per_step)
        return bool(self.exponents[0] > floor)

    @property
    def predictability_steps(self) -> float | None:
        """τ_pred = ln 2 / λ_max in sampling steps (arXiv:2110.07238), None where nothing is chaotic."""
        return self.growth_steps(2.0)

    def growth_steps(self, growth: float) -> float | None:
        """ln(growth) / λ_max: the sampling steps in which errors grow by that factor; None where nothing is chaotic."""
        return math.log(growth) / (self.exponents[0] * self.time_per_step) if self.chaotic else None


def truth_of_system(spectrum: LyapunovSpectrum) -> Truth:
    """The yardstick that a system's own spectrum is."""
    return Truth(
        spectrum.exponents,
        spectrum.standard_error,
        spectrum.time_per_step,
        "tangent dynamics",
        spectrum.kaplan_yorke,
    )


def truth_of_series(dataset: Dataset) -> Truth | None:
    """λ_max from the training series itself, by Rosenstein or Kantz (`better_of`), None where it shows none."""
    try:
        found = exponents_of_series(dataset)[0]
    except (ConfigError, RunError):
        return None
    return Truth(
        np.array([found.exponent]), np.array([found.standard_error]), dataset.time_per_step, "series"
    )


def exponents_of_series(dataset: Dataset) -> list[DataExponent]:
    """λ_max of the training series by Rosenstein's method and, where enough points have neighbours, by Kantz's.

    The one to quote comes first (`better_of`). Raises ConfigError and RunError as `lyapunov_from_data` does.
    """
    rosenstein = lyapunov_from_data(dataset.train, dt=dataset.time_per_step)
    try:
        kantz = lyapunov_by_kantz(dataset.train, dt=dataset.time_per_step)
    except RunError:
        return [rosenstein]
    return [kantz, rosenstein] if better_of(rosenstein, kantz) is kantz else [rosenstein, kantz]


def truth_of(
    source: Source, dataset: Dataset, settings: DiagnosticsSettings, *, transient: int
) -> Truth | None:
    """The yardstick for `dataset`: from the equations of `source` where it has them."""
    if not isinstance(source, AbstractSystem):
        return truth_of_series(dataset)
    found = spectrum_of_system(
        source, settings.lyapunov, transient=transient, target_stderr=settings.target_stderr
    )
    return truth_of_system(found)


def forcing_interval(rule: str, truth: Truth | None, dataset: Dataset, *, growth: float) -> int:
    """The τ that a rule stands for, in steps, at least 1: of `auto`, ln(growth) / λ_max rounded to whole steps.

    The other rules ask how long the training series remembers itself: up to the first minimum of its mutual
    information, or until its autocorrelation has fallen to 1/e.
    Raises ConfigError where nothing is chaotic, since the data then sets no predictability time.
    """
    if rule == "mutual_information":
        return choose_lag(dataset.train[:_POINTS_FOR_MEMORY]).lag
    if rule == "autocorrelation":
        return autocorrelation_time(dataset.train[:_POINTS_FOR_MEMORY])
    if truth is None:
        raise ConfigError("protocol.tau=auto found no exponent in the series; give protocol.tau in steps")
    steps = truth.growth_steps(growth)
    if steps is None:
        raise ConfigError(
            "protocol.tau=auto needs a positive Lyapunov exponent, got "
            f"{truth.exponents[0]:.4g} ± {truth.standard_error[0]:.2g} per time unit; "
            "give protocol.tau in steps, or protocol=free"
        )
    return max(1, round(steps))
