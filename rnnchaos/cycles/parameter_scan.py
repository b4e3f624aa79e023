"""What the orbits of a family of maps do in the long run, against the family's parameter."""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from rnnchaos.errors import ConfigError
from rnnchaos.given import as_numbers
from rnnchaos.setting import whole
from rnnchaos.tangent.averages import end_effects
from rnnchaos.tangent.functions import check_number, check_step
from rnnchaos.tangent.plan import count_of
from rnnchaos.tangent.spectrum import ROUNDING
from rnnchaos.tangent.tangent import orthonormalise, push, random_basis, states_of
from rnnchaos.typing import Step

Family = Callable[[Float[Array, ""]], Step]
"""The map at a value of the parameter; what depends on the parameter alone is worked out once, not at every step."""
Observe = Callable[[Float[Array, " state"]], Float[Array, ""]]

# The standard error of an exponent is told from as many long blocks of its orbit.
_BLOCKS = 8
# An orbit that varies less than this, relative to its size, is at a fixed point.
_AT_REST = 1e-6
# An orbit so many times as far out as its start, or as 1, is on its way to infinity: a piecewise-linear map takes long.
_FAR = 1e4


class Bifurcation(NamedTuple):
    """The orbit at each value of the parameter, after the transient."""

    parameters: Float[np.ndarray, " value"]
    series: Float[np.ndarray, "value time"]
    """What was observed at each step; of no meaning where the orbit escaped."""
    blocks: Float[np.ndarray, "value block k"]
    """The mean growth of each tangent direction within each block: local exponents, nats per step."""
    escaped: Bool[np.ndarray, " value"]
    """Where the orbit leaves every bound, or its Jacobian does."""

    @property
    def exponents(self) -> Float[np.ndarray, "value k"]:
        """The leading Lyapunov exponents in nats per step; NaN where the orbit escaped."""
        return np.where(self.escaped[:, None], np.nan, self.blocks.mean(axis=1))

    @property
    def standard_error(self) -> Float[np.ndarray, "value k"]:
        """Standard deviation over the blocks by the root of their number; 0 for an exponent of -inf, which is exact.

        With what growth as a power of time may add, which is no exponent (`end_effects`).
        """
        finite = np.isfinite(self.blocks).all(axis=1)
        spread = np.where(finite[:, None], self.blocks, 0.0).std(axis=1, ddof=1) / np.sqrt(_BLOCKS)
        steps = self.series.shape[1] / _BLOCKS
        ends = [end_effects(blocks[None], block_time=steps, passed=steps) for blocks in self.blocks]
        return np.where(self.escaped[:, None], np.nan, np.hypot(spread, ends))

    @property
    def chaotic(self) -> Bool[np.ndarray, " value"]:
        """Where λ_max lies more than 3 standard errors, and rounding, above zero."""
        return self.exponents[:, 0] > np.maximum(3 * self.standard_error[:, 0], ROUNDING)

    def points(self, *, maxima: bool) -> list[Float[np.ndarray, " _"]]:
        """The points to draw above each value: the observed values, or their local maxima; none where it escaped."""
        select = local_maxima if maxima else np.asarray
        return [
            np.empty(0) if gone else select(series)
            for series, gone in zip(self.series, self.escaped, strict=True)
        ]


def bifurcation_diagram(
    family: Family,
    observe: Observe,
    parameters: Float[np.ndarray, " value"],
    starts: Float[np.ndarray, "value state"],
    *,
    num_steps: int,
    transient: int,
    num_exponents: int = 1,
) -> Bifurcation:
    """Follow the map of each parameter from its own start, all in one compiled program and in float64.

    For `transient` steps nothing is recorded while state and tangent vectors settle; then for `num_steps`, rounded
    up to 8 equal blocks, what `observe` sees of each state and the growth of `num_exponents` tangent vectors, which
    are orthonormalised after each step (Benettin et al. 1980, Meccanica 15, 9).

    Raises ConfigError for settings out of their bounds, no values or not as many starts, more exponents than
    dimensions, a map that does not map float64 states to such, and an `observe` that gives more than one number.

    >>> logistic = lambda r: lambda x: r * x * (1 - x)
    >>> r = np.linspace(2.8, 4, 101)
    >>> starts = np.full((101, 1), 0.3)
    >>> bifurcation_diagram(logistic, lambda x: x[0], r, starts, num_steps=2000, transient=1000)
    """
    num_steps = whole("num_steps", num_steps, least=1, unit="step")
    transient = whole("transient", transient, least=0, unit="step")
    given, states = as_numbers("parameters", parameters), states_of(starts, name="starts", finite=False)
    if given.ndim != 1 or given.size == 0:
        raise ConfigError(f"parameters must be one value or more, (value,), got shape {given.shape}")
    if states.ndim != 2 or len(states) != len(given):
        raise ConfigError(
            f"starts must be a state for each of the {len(given)} parameters, got shape {states.shape}"
        )
    dimension = states.shape[1]
    num_exponents = count_of("num_exponents", num_exponents, dimension=dimension)
    with jax.enable_x64(True):
        values = jnp.asarray(given)
        check_step(family(values[0]), dimension)
        check_number("observe", observe, f"a state of shape ({dimension},)", [dimension])
        series, blocks, bounded = _follow(
            family,
            observe,
            values,
            jnp.asarray(states),
            jnp.asarray(random_basis(num_exponents, dimension)),
            jnp.asarray(transient),
            -(-num_steps // _BLOCKS),
        )
    growth = np.asarray(blocks)
    broken = np.isnan(growth) | np.isposinf(growth)
    return Bifurcation(
        np.asarray(values), np.asarray(series), growth, ~np.asarray(bounded) | broken.any(axis=(1, 2))
    )


def local_maxima(series: Float[np.ndarray, " time"]) -> Float[np.ndarray, " maximum"]:
    """Heights of the local maxima, by the parabola through each sample that beats its neighbours and those two.

    The one value of a series that has come to rest counts as its maximum.
    """
    if np.ptp(series) <= _AT_REST * max(1.0, float(np.abs(series).max())):
        return series[-1:]
    before, here, after = series[:-2], series[1:-1], series[2:]
    top = (before < here) & (here >= after)
    before, here, after = before[top], here[top], after[top]
    return here + (after - before) ** 2 / (8 * (2 * here - before - after))


@eqx.filter_jit
def _follow(
    family: Family,
    observe: Observe,
    parameters: Float[Array, " value"],
    starts: Float[Array, "value state"],
    basis: Float[Array, "k state"],
    transient: Array,
    steps_per_block: int,
) -> tuple[Float[Array, "value time"], Float[Array, "value block k"], Bool[Array, " value"]]:
    """What is observed, the mean growth in each block, and whether the orbit stayed bounded."""
    none = jnp.zeros(len(basis))

    def follow(parameter: Float[Array, ""], start: Float[Array, " state"]):
        step = family(parameter)

        def advance(carry, _):
            state, basis, growth = carry
            state, tangents = push(step, state, basis)
            found = orthonormalise(tangents)
            return (state, found.basis, growth + jnp.log(found.lengths)), observe(state)

        def block(carry, _):
            (state, basis, growth), seen = jax.lax.scan(advance, (*carry, none), None, steps_per_block)
            return (state, basis), (seen, growth / steps_per_block)

        state, vectors, _ = jax.lax.fori_loop(
            0, transient, lambda _, carry: advance(carry, None)[0], (start, basis, none)
        )
        (state, _), (seen, growth) = jax.lax.scan(block, (state, vectors), None, _BLOCKS)
        near = jnp.abs(state).max() <= _FAR * jnp.maximum(1.0, jnp.abs(start).max())  # false for NaN
        bounded = near & jnp.isfinite(seen).all()
        return seen.ravel(), growth, bounded

    return jax.vmap(follow)(parameters, starts)
