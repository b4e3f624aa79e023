"""Norms of products of Jacobians, ‖J_T … J_2‖, in the log domain."""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Num

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.tangent.tangent import check_lags, check_step, inputs_of, push, states_of, step_of
from rnnchaos.typing import AnyStep, HasStep, Points, Step


def jacobian_norms(
    step: AnyStep | HasStep,
    x0: Points,
    *,
    lags: Sequence[int] | Int[np.ndarray, " lag"],
    inputs: Num[Array | np.ndarray, "*start time input"] | Points | None = None,
) -> Float[np.ndarray, "start lag"]:
    """log‖dz_{1+T}/dz_1‖₂ in nats for each T in `lags`, along the orbit of `step` from each z_1 in `x0`.

    `step` is a function or has one; `x0` is a state or several, as lists, NumPy or JAX arrays. A driven step, a
    function of a state and an input, is taken along `inputs`, a row a step: one series for all starts, or one for each.

    Computed in float64. A lag is the number of steps, hence of Jacobians, between the two states. -inf where
    the product is exactly 0. The product is rescaled at every step, so no lag overflows. The quantity of the
    theorems of arXiv:2110.07238.

    Raises ConfigError for lags that are not increasing from 1 on, for inputs that are fewer than the longest lag, and
    for a step that does not map float64 states to such states; RunError where an orbit escapes to infinity.
    """
    wanted = check_lags(lags)
    step, starts = step_of(step), states_of(x0)
    dimension = starts.shape[-1]
    starts = starts.reshape(-1, dimension)
    driven = None if inputs is None else inputs_of(inputs, len(starts))
    if driven is not None and driven.shape[1] < wanted[-1]:
        raise ConfigError(f"lags must be at most the {driven.shape[1]} steps of the inputs, got {wanted[-1]}")
    with jax.enable_x64(True):
        given = None if driven is None else jnp.asarray(driven)
        check_step(step, dimension, num_inputs=None if given is None else given.shape[2])
        orbits = jnp.asarray(starts if given is None else np.broadcast_to(starts, (len(given), dimension)))
        norms, finite = _norms(step, orbits, jnp.asarray(np.diff(wanted, prepend=0)), given)
    if not np.all(finite):
        start, index = np.argwhere(~np.asarray(finite))[0]
        raise RunError(
            f"orbit {start + 1} of {len(orbits)} left every bound by step {wanted[index]}: "
            "its Jacobians have no norm"
        )
    return np.asarray(norms)


def log_jacobian_product(
    step: AnyStep,
    states: Float[Array, "time state"],
    inputs: Float[Array, "time input"] | None = None,
    *,
    resets: Bool[Array, " time"] | None = None,
) -> Float[Array, ""]:
    """log‖J(z_T) … J(z_1)‖₂ in nats of the Jacobians of `step` at given states z_t, in the states' precision.

    Where `resets` is true the state was put in place by the data, through which nothing flows: the product
    begins anew with that state's Jacobian. Of a driven step, `inputs` are those of the step from each state. May be
    compiled and vectorised as part of a larger function.
    """

    def advance(product, row):
        state, given, reset = row
        product = jax.tree.map(lambda new, old: jnp.where(reset, new, old), _identity(states), product)
        return _extend(_under(step, given), state, product)[1], None

    resets = jnp.zeros(states.shape[0], dtype=bool) if resets is None else resets
    product, _ = jax.lax.scan(advance, _identity(states), (states, inputs, resets))
    return _log_norm(product)


def _under(step: AnyStep, given: Float[Array, " input"] | None) -> Step:
    """The step under an input, or as it is where there is none."""
    return step if given is None else lambda state: step(state, given)


class _Product(eqx.Module):
    """A matrix as exp(log_scale) · rows, transposed, with entries up to 1."""

    rows: Float[Array, "state state"]
    log_scale: Float[Array, ""]


def _identity(like: Float[Array, "... state"]) -> _Product:
    return _Product(jnp.eye(like.shape[-1], dtype=like.dtype), jnp.zeros((), like.dtype))


def _extend(
    step: Step, state: Float[Array, " state"], product: _Product
) -> tuple[Float[Array, " state"], _Product]:
    """The next state, and the product with this state's Jacobian to its left."""
    state, rows = push(step, state, product.rows)
    largest = jnp.max(jnp.abs(rows))
    scale = jnp.where(largest > 0, largest, 1.0)
    return state, _Product(rows / scale, product.log_scale + jnp.log(scale))


def _log_norm(product: _Product) -> Float[Array, ""]:
    return jnp.log(jnp.linalg.norm(product.rows, ord=2)) + product.log_scale


@eqx.filter_jit
def _norms(
    step: AnyStep,
    starts: Float[Array, "start state"],
    gaps: Int[Array, " lag"],
    inputs: Float[Array, "start time input"] | None,
) -> tuple[Float[Array, "start lag"], Bool[Array, "start lag"]]:
    """The norm after each further `gaps` steps, and whether the state was finite there."""

    def along(start, given):
        def to_next_lag(carry, lag):
            def advance(index, pair):
                return _extend(_under(step, None if given is None else given[index]), *pair)

            state, product = jax.lax.fori_loop(lag[0], lag[1], advance, carry)
            return (state, product), (_log_norm(product), jnp.isfinite(state).all())

        lags = jnp.cumsum(gaps)
        return jax.lax.scan(to_next_lag, (start, _identity(start)), (lags - gaps, lags))[1]

    return jax.vmap(along)(starts, inputs)
