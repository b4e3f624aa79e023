"""Lyapunov exponents over windows of finite length: how they are distributed along an orbit."""

from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Float

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.setting import SettingError, whole
from rnnchaos.tangent.averages import deviation, long_pieces
from rnnchaos.tangent.functions import check_step
from rnnchaos.tangent.grades import Check
from rnnchaos.tangent.likeness import pooled_checks
from rnnchaos.tangent.plan import count_of
from rnnchaos.tangent.propagation import Growth, Orbits, follow, start_orbits
from rnnchaos.tangent.tangent import random_basis, states_of, step_of, time_per_step_of
from rnnchaos.typing import HasStep, Points, Step


class RateFunction(NamedTuple):
    """The large-deviation rate I of a finite-time exponent λ: its density falls as exp(-I(λ) T) with the window T."""

    exponent: Float[np.ndarray, " bin"]
    """Nats per time unit."""
    rate: Float[np.ndarray, " bin"]
    """-(1/T) log(density / largest density), per time unit."""


class FiniteTimeExponents(NamedTuple):
    """Lyapunov exponents of consecutive windows of one length, in nats per time unit."""

    values: Float[np.ndarray, "orbit window k"]
    window_steps: int
    time_per_step: float
    checks: tuple[Check, ...] = ()
    """A warning where orbits have exponents of their own all along, and so are on several attractors."""

    @property
    def window_time(self) -> float:
        """Length T of a window in time units."""
        return self.window_steps * self.time_per_step

    @property
    def mean(self) -> Float[np.ndarray, " k"]:
        """The Lyapunov exponents."""
        return self.values.mean(axis=(0, 1))

    @property
    def diffusion(self) -> Float[np.ndarray, "k k"]:
        """T times the covariance over windows; its limit for long windows is the diffusion matrix of log growth.

        Kuptsov & Politi (2011, Phys. Rev. Lett. 107, 114101). Nats² per time unit; on the diagonal the variance
        times T. nan where one window is all.
        """
        from_mean = self._from_mean
        return self.window_time * np.einsum("owi,owj->ij", from_mean, from_mean) / self._count

    @property
    def variance_times_window(self) -> Float[np.ndarray, " k"]:
        """T times the variance over windows, nats² per time unit."""
        return np.diagonal(self.diffusion)

    @property
    def variance_times_window_error(self) -> Float[np.ndarray, " k"]:
        """Standard error of `variance_times_window`, from long pieces of the orbits."""
        pieces = long_pieces(self.window_time * self._from_mean**2)  # of one, the error is infinite
        return deviation(pieces) / np.sqrt(pieces.shape[0] * pieces.shape[1])

    @property
    def skewness(self) -> Float[np.ndarray, " k"]:
        """Third moment about the mean over the variance to the power 3/2; falls as T^(-1/2).

        0 without spread, nan where one window is all.
        """
        second = np.mean(self._from_mean**2, axis=(0, 1))
        third = np.mean(self._from_mean**3, axis=(0, 1))
        spread = ~(second <= _negligible(self.mean))
        return np.where(spread, third, 0.0) / np.where(spread, second, 1.0) ** 1.5

    @property
    def share_positive(self) -> Float[np.ndarray, " k"]:
        """Share of windows with a positive exponent: between 0 and 1 the number of unstable directions varies.

        Dawson et al. (1994, Phys. Rev. Lett. 73, 1927).
        """
        return np.mean(self.values > 0, axis=(0, 1))

    @property
    def share_out_of_order(self) -> Float[np.ndarray, " gap"]:
        """Share of windows in which an exponent is below the next one.

        For covariant vectors, 0 at some window length is domination of the splitting between the two (Yang & Radons
        2008, Phys. Rev. Lett. 100, 024101).
        """
        return np.mean(self.values[..., :-1] < self.values[..., 1:], axis=(0, 1))

    def over(self, windows: int) -> "FiniteTimeExponents":
        """The same orbits in windows `windows` times as long; what does not fill one is left out at the end.

        Raises ConfigError where an orbit does not fill one.
        """
        windows = whole("windows", windows)
        orbits, count, k = self.values.shape
        longer = count // windows if windows >= 1 else 0
        if longer < 1:
            raise ConfigError(
                f"windows must be from 1 to the {count} that an orbit has to be joined, got {windows}"
            )
        kept = self.values[:, : longer * windows].reshape(orbits, longer, windows, k)
        return self._replace(values=kept.mean(axis=2), window_steps=windows * self.window_steps)

    def rate_function(self, index: int, *, bins: int = 40) -> RateFunction:
        """I(λ) of one exponent from a histogram of `bins` bins over its range, without the empty ones.

        Raises ConfigError for an `index`, from 0 on, of which there is no exponent, and for no bins.
        """
        exponents, bins = self.values.shape[2], whole("bins", bins, least=1)
        if not 0 <= whole("index", index) < exponents:
            raise SettingError("index", f"be from 0 to {exponents - 1}", index)
        values = self.values[..., index]
        counts, edges = np.histogram(values[np.isfinite(values)], bins)
        seen = counts > 0
        middle = (edges[:-1] + edges[1:]) / 2
        return RateFunction(middle[seen], np.log(counts.max() / counts[seen]) / self.window_time)

    @property
    def _from_mean(self) -> Float[np.ndarray, "orbit window k"]:
        """0 for a direction that some window collapses: it has no spread. nan where one window is all."""
        if self._count < 2:
            return np.full_like(self.values, np.nan)
        finite = np.isfinite(self.values).all(axis=(0, 1))
        return np.where(finite, self.values, 0.0) - np.where(finite, self.mean, 0.0)

    @property
    def _count(self) -> int:
        return self.values.shape[0] * self.values.shape[1]


def finite_time_exponents(
    step: Step | HasStep,
    x0: Points,
    *,
    window: int,
    num_windows: int,
    num_exponents: int | None = None,
    transient: int = 1_000,
    qr_every: int = 1,
    time_per_step: float | None = None,
) -> FiniteTimeExponents:
    """The `num_exponents` largest exponents (all by default) over consecutive windows of `window` steps, in float64.

    From QR decompositions every `qr_every` steps along orbits of a step function, or of anything with a `step`, that
    start at `x0` (lists, NumPy or JAX arrays; one state or several) and settle for `transient` steps. All should be on
    one attractor: a warning in `checks` says where their exponents show that they are not, and `find_attractors` tells
    them apart. The tangent vectors are carried over from window to window, so that a longer window's exponents are
    means of shorter windows' (`FiniteTimeExponents.over`).

    Raises ConfigError for a setting out of its bounds and for a step that does not map float64 states to float64
    states; RunError where an orbit escapes to infinity.
    """
    time_per_step = time_per_step_of(step, time_per_step)
    step, starts = step_of(step), states_of(x0)
    dimension = starts.shape[-1]
    count = count_of("num_exponents", num_exponents, dimension=dimension)
    num_windows = whole("num_windows", num_windows, least=1)
    transient = whole("transient", transient, least=0, unit="step")
    qr_every, window = whole("qr_every", qr_every, least=1, unit="step"), whole("window", window)
    if window < 1 or window % qr_every:
        raise ConfigError(f"window must be a multiple of qr_every ({qr_every} steps), got {window}")
    with jax.enable_x64(True):
        check_step(step, dimension)
        lengths = _log_lengths(step, starts, count, transient, num_windows, window, qr_every)
        if not np.isfinite(lengths).all():
            lengths = _log_lengths(step, starts, count, transient, num_windows, window, 1, careful=True)
    values = lengths / (window * time_per_step)
    return FiniteTimeExponents(values, window, time_per_step, pooled_checks(values))


def _log_lengths(
    step: Step,
    starts: Float[np.ndarray, "*orbits state"],
    count: int,
    transient: int,
    num_windows: int,
    window: int,
    qr_every: int,
    *,
    careful: bool = False,
) -> Float[np.ndarray, "orbit window k"]:
    blocks = [-(-transient // qr_every)] + [window // qr_every] * num_windows  # of one program to load
    _, growth = advance(step, orbits_from(starts, count), blocks, qr_every, passed=0, careful=careful)
    return np.asarray(growth.log_lengths)[:, 1:]


def orbits_from(x0: Float[np.ndarray, "*orbits state"], count: int) -> Orbits:
    """Orbits that start at `x0`, with `count` tangent vectors each."""
    states = np.asarray(x0, dtype=np.float64).reshape(-1, x0.shape[-1])
    return start_orbits(states, random_basis(count, x0.shape[-1]))


def advance(
    step: Step,
    orbits: Orbits,
    intervals: list[int],
    interval: int,
    *,
    passed: int,
    careful: bool = False,
) -> tuple[Orbits, Growth]:
    """Follow orbits for blocks of so many `intervals` each, `passed` steps after their start.

    Raises RunError where an orbit escapes to infinity.
    """
    orbits, growth = follow(
        step,
        None,
        orbits.restart(),
        len(intervals),
        jax.device_put(np.array(intervals)),
        jax.device_put(interval),
        careful=careful,
    )
    check_finite(np.asarray(orbits.state), passed + sum(intervals) * interval)
    return orbits, growth


def check_finite(states: Float[np.ndarray, "orbit *times state"], steps: int) -> None:
    """Raise RunError unless all orbits are finite, `steps` steps after their start."""
    bounded = np.isfinite(states).reshape(len(states), -1).all(axis=1)
    if not bounded.all():
        raise RunError(
            f"orbit {int(np.argmin(bounded)) + 1} of {len(bounded)} left every bound by step {steps}: "
            "its tangent vectors do not exist"
        )


def _negligible(mean: Float[np.ndarray, " k"]) -> Float[np.ndarray, " k"]:
    """Variances that are rounding."""
    return (1e-12 * np.maximum(1.0, np.abs(mean))) ** 2
