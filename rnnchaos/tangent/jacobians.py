"""Norms of products of Jacobians, ‖J_T … J_2‖, in the log domain."""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from rnnchaos.errors import RunError
from rnnchaos.tangent.tangent import check_lags, check_step, push, states_of, step_of
from rnnchaos.typing import HasStep, Points, Step


def jacobian_norms(
    step: Step | HasStep,
    x0: Points,
    *,
    lags: Sequence[int] | Int[np.ndarray, " lag"],
) -> Float[np.ndarray, "start lag"]:
    """log‖dz_{1+T}/dz_1‖₂ in nats for each T in `lags`, along the orbit of `step` from each z_1 in `x0`.

    `step` is a function or has one; `x0` is a state or several, as lists, NumPy or JAX arrays.

    Computed in float64. A lag is the number of steps, hence of Jacobians, between the two states. -inf where
    the product is exactly 0. The product is rescaled at every step, so no lag overflows. The quantity of the
    theorems of arXiv:2110.07238.

    Raises ConfigError for lags that are not increasing from 1 on and for a step that does not map float64
    states to such states; RunError where an orbit escapes to infinity.
    """
    wanted = np.asarray(lags)
    check_lags(wanted)
    step, starts = step_of(step), states_of(x0)
    dimension = starts.shape[-1]
    with jax.enable_x64(True):
        check_step(step, dimension)
        orbits = jnp.asarray(starts).reshape(-1, dimension)
        norms, finite = _norms(step, orbits, jnp.asarray(np.diff(wanted, prepend=0)))
    if not np.all(finite):
        start, index = np.argwhere(~np.asarray(finite))[0]
        raise RunError(
            f"orbit {start + 1} of {len(orbits)} left every bound by step {wanted[index]}: "
            "its Jacobians have no norm"
        )
    return np.asarray(norms)


def log_jacobian_product(
    step: Step, states: Float[Array, "time state"], *, resets: Bool[Array, " time"] | None = None
) -> Float[Array, ""]:
    """log‖J(z_T) … J(z_1)‖₂ in nats of the Jacobians of `step` at given states z_t, in the states' precision.

    Where `resets` is true the state was put in place by the data, through which nothing flows: the product
    begins anew with that state's Jacobian. May be compiled and vectorised as part of a larger function.
    """

    def advance(product, inputs):
        state, reset = inputs
        product = jax.tree.map(lambda new, old: jnp.where(reset, new, old), _identity(states), product)
        return _extend(step, state, product)[1], None

    resets = jnp.zeros(states.shape[0], dtype=bool) if resets is None else resets
    product, _ = jax.lax.scan(advance, _identity(states), (states, resets))
    return _log_norm(product)


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
    step: Step, starts: Float[Array, "start state"], gaps: Int[Array, " lag"]
) -> tuple[Float[Array, "start lag"], Bool[Array, "start lag"]]:
    """The norm after each further `gaps` steps, and whether the state was finite there."""

    def to_next_lag(carry, gap):
        state, product = jax.lax.fori_loop(0, gap, lambda _, pair: _extend(step, *pair), carry)
        return (state, product), (_log_norm(product), jnp.isfinite(state).all())

    def along(start):
        return jax.lax.scan(to_next_lag, (start, _identity(start)), gaps)[1]

    return jax.vmap(along)(starts)
