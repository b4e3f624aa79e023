"""λ_max of a series with everything that it was held against: one record, for every command that uses it."""

from typing import NamedTuple

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.pieces import Pieces
from rnnchaos.series.breaks import break_checks
from rnnchaos.series.data_checks import better_of, data_checks
from rnnchaos.series.delays import choose_dimension, choose_lag
from rnnchaos.series.determinism import remembered_distance
from rnnchaos.series.divergence_curves import periods_of_a_flow
from rnnchaos.series.from_data import DataExponent, lyapunov_by_kantz, lyapunov_from_data
from rnnchaos.series.in_pieces import Series, as_pieces, one_more_delay, thinned
from rnnchaos.series.map_exponents import MapExponent, maps_of_series
from rnnchaos.series.surrogates import SurrogateTest, surrogate_test
from rnnchaos.series.two_estimates import checks_with_maps, held_against
from rnnchaos.series.zero_one import ZeroOne, zero_one_test
from rnnchaos.tangent import Check, Grade, worst

# Delays beyond what is there already, tried on the points as they are.
_MORE_DELAYS = 2
# More points than these make the checks slower, not better.
_ZERO_ONE_POINTS = 5_000
_POINTS = 50_000


class JudgedExponent(NamedTuple):
    """λ_max of a series by every method that gave one, and what it was held against."""

    methods: tuple[DataExponent, ...]
    """By divergence curves, the better one first."""
    maps: MapExponent | None
    """By fitted maps; None where the series is too short, is driven, or has more than 20 dimensions."""
    deeper: DataExponent | None
    """With one more delay, by the first method; None where the series is too short for it."""
    lag: int
    """Steps after which the first axis tells least about itself."""
    false_share: float | None
    """Share of false neighbours among the points; None where the series is too short to tell."""
    zero_one: ZeroOne | None
    surrogates: SurrogateTest | None
    """None where the series is too short for them."""
    checks: tuple[Check, ...]

    @property
    def found(self) -> DataExponent:
        """The better one of the curves."""
        return self.methods[0]

    @property
    def _quoted(self) -> DataExponent | MapExponent:
        return self.maps if self.maps is not None and self.maps.founded else self.found

    @property
    def method(self) -> str:
        """By which the exponent is quoted: maps where they are well founded, else that of the better curve."""
        return self._quoted.method

    @property
    def exponent(self) -> float:
        """The exponent to quote, nats per time unit."""
        return self._quoted.exponent

    @property
    def standard_error(self) -> float:
        """Of the exponent to quote."""
        return self._quoted.standard_error

    @property
    def grade(self) -> Grade:
        """The worst grade of its checks."""
        return worst(self.checks)


def judged_exponent(series: Series, *, dt: float, delays: int = 1, spacing: int = 1) -> JudgedExponent:
    """λ_max by Rosenstein's method and, where enough points have neighbours, by Kantz's, by maps, and its checks.

    `series` holds the whole state, one sample every `dt` time units; where it is an embedding, of `delays` delays
    `spacing` steps apart, the oldest in the last columns. Raises ConfigError and RunError as `lyapunov_from_data`
    and `choose_lag` do.
    """
    series = as_pieces(series)
    methods = _by_methods(series, dt)
    found, other = methods[0], methods[1] if len(methods) > 1 else None
    part = series.head(_POINTS)
    lag = choose_lag(_axes(part, 1)).lag
    axes = series.dimension // delays
    apart = spacing if delays > 1 else lag
    deeper = _deeper(found, part, axes, apart, dt)
    zero_one, false_share = _zero_one(_axes(part, 1), lag), _false_share(part, lag)
    surrogates = _surrogates(_axes(part, axes), apart, delays)
    checks = data_checks(
        found,
        other,
        deeper=deeper,
        false_share=false_share,
        zero_one=zero_one,
        remembered=remembered_distance(part, found, dt=dt),
        periods=periods_of_a_flow(part, (found.fit_range[1] - found.fit_range[0]) / dt),
        surrogates=surrogates,
    )
    maps = held_against(maps_of_series(part, dt=dt, axes=axes, spacing=apart), found, deeper, checks)
    checks = [*checks_with_maps(checks, found, deeper, maps), *break_checks(series)]
    return JudgedExponent(methods, maps, deeper, lag, false_share, zero_one, surrogates, tuple(checks))


def _axes(series: Pieces, number: int) -> Pieces:
    """The first axes, which are the newest values of an embedding."""
    return series.map(lambda values: values[:, :number])


def _by_methods(series: Pieces, dt: float) -> tuple[DataExponent, ...]:
    rosenstein = lyapunov_from_data(series, dt=dt)
    try:
        kantz = lyapunov_by_kantz(series, dt=dt)
    except RunError:  # too few neighbours
        return (rosenstein,)
    return (kantz, rosenstein) if better_of(rosenstein, kantz) is kantz else (rosenstein, kantz)


def _deeper(
    found: DataExponent,
    series: Pieces,
    axes: int,
    lag: int,
    dt: float,
) -> DataExponent | None:
    """The exponent by the same method with one more delay of each axis; the oldest delay is in the last columns."""
    measure = lyapunov_by_kantz if found.method == "Kantz" else lyapunov_from_data
    try:
        return measure(one_more_delay(series, axes=axes, lag=lag), dt=dt)
    except (ConfigError, RunError):  # too short
        return None


def _zero_one(series: Pieces, lag: int) -> ZeroOne | None:
    try:
        return zero_one_test(thinned(series, lag).head(_ZERO_ONE_POINTS))
    except ConfigError:  # too short
        return None


def _false_share(series: Pieces, lag: int) -> float | None:
    try:
        return float(choose_dimension(series, lag=lag, most=_MORE_DELAYS).false_share[0])
    except ConfigError:  # too short
        return None


def _surrogates(series: Pieces, lag: int, delays: int) -> SurrogateTest | None:
    try:
        return surrogate_test(series, lag=lag, delays=delays)
    except ConfigError:  # too short
        return None
