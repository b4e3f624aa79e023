"""Norms of products of Jacobians, ‖J_T … J_2‖, in the log domain."""

from collections.abc import Sequence
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Num

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.tangent.functions import check_step
from rnnchaos.tangent.tangent import check_lags, inputs_of, push, states_of, step_of
from rnnchaos.typing import AnyStep, HasStep, Points, Step

_WIDE = 48
"""Products for states of up to so many units keep all columns: to leave some out saves less than it takes."""
_NARROW = 16
"""Products of so few columns are carried as they are."""
_FEWEST = 4
"""Columns that are carried at least."""
_STRETCH = 2
"""Lags after which columns are looked at."""
_NOT_ROUNDING = 1e-10
"""Share of a norm from which on what was left out of the product counts."""


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
        given = None if driven is None else jax.device_put(driven)
        check_step(step, dimension, num_inputs=None if given is None else given.shape[2])
        orbits = starts if given is None else np.broadcast_to(starts, (len(given), dimension))
        norms, finite = _all_norms(step, jax.device_put(orbits), wanted, given)
    if not np.all(finite):
        start, index = np.argwhere(~finite)[0]
        raise RunError(
            f"orbit {start + 1} of {len(orbits)} left every bound by step {wanted[index]}: "
            "its Jacobians have no norm"
        )
    return norms


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

    rows: Float[Array, "*start column state"]
    log_scale: Float[Array, "*start"]


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


class _AtLag(NamedTuple):
    """What is known of a product after a lag, or of several after several."""

    log_norm: Float[Array | np.ndarray, "*start_lag"]
    finite: Bool[Array | np.ndarray, "*start_lag"]
    rank: Int[Array | np.ndarray, "*start_lag"]
    """Singular values that are not rounding of the largest."""
    left_out: Float[Array | np.ndarray, "*start_lag"]
    """Share of the norm that the last row has, which stands for the columns that were left out."""


def _all_norms(
    step: AnyStep,
    starts: Float[Array, "start state"],
    lags: Int[np.ndarray, " lag"],
    inputs: Float[Array, "start time input"] | None,
) -> tuple[Float[np.ndarray, "start lag"], Bool[np.ndarray, "start lag"]]:
    """The norm after each lag, and whether the state was finite there."""
    count, dimension = starts.shape
    identities = np.broadcast_to(np.eye(dimension), (count, dimension, dimension))
    pair = starts, _Product(*jax.device_put((identities, np.zeros(count))))
    found = _narrowing(step, pair, lags, inputs) if dimension > _WIDE else None
    if found is None or np.any(found.finite & (found.left_out >= _NOT_ROUNDING)):
        _, found = _norms(step, pair, lags, np.asarray(0), inputs)
    return np.asarray(found.log_norm), np.asarray(found.finite)


def _narrowing(
    step: AnyStep,
    pair: tuple[Float[Array, "start state"], _Product],
    lags: Int[np.ndarray, " lag"],
    inputs: Float[Array, "start time input"] | None,
) -> _AtLag:
    """As with all columns, in stretches of lags after which those are left out that rounding hides already.

    Nearly all are, soon: singular values part as exponents do. One row stands for what was left out.
    """
    begin, narrowed, found = 0, False, []
    for first in range(0, len(lags), _STRETCH):
        ends = lags[first : first + _STRETCH]
        # Of one length, so that stretches are one program; steps from a lag to itself are none.
        padded = np.pad(ends, (0, _STRETCH - len(ends)), mode="edge")
        pair, told = _norms(step, pair, padded, np.asarray(begin), inputs)
        here = _AtLag(*(np.asarray(each)[:, : len(ends)] for each in told))
        found.append(here if narrowed else here._replace(left_out=np.zeros_like(here.left_out)))
        begin = int(ends[-1])
        columns, wanted = pair[1].rows.shape[1], max(int(here.rank[:, -1].max()), _FEWEST) + 1
        if columns > _NARROW and 2 * wanted <= columns and here.finite.all():
            pair, narrowed = (pair[0], _narrower(pair[1], max(wanted, columns // 4))), True
    return _AtLag(*(np.concatenate(each, axis=1) for each in zip(*found, strict=True)))


def _narrower(product: _Product, columns: int) -> _Product:
    """Products of the same norm with fewer columns, the last a random sum of those that were left out."""
    _, sizes, rows = np.linalg.svd(np.asarray(product.rows), full_matrices=False)
    rows = sizes[..., None] * rows
    kept, left_out = rows[:, : columns - 1], rows[:, columns - 1 :]
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=left_out.shape[1])
    probe = np.einsum("c,...cs->...s", signs, left_out)
    return _Product(jax.device_put(np.concatenate([kept, probe[:, None]], axis=1)), product.log_scale)


@eqx.filter_jit
def _norms(
    step: AnyStep,
    pair: tuple[Float[Array, "start state"], _Product],
    lags: Int[Array | np.ndarray, " lag"],
    begin: Int[Array | np.ndarray, ""],
    inputs: Float[Array, "start time input"] | None,
) -> tuple[tuple[Float[Array, "start state"], _Product], _AtLag]:
    """States and products after the last lag, from those at `begin`, and what is known after each."""
    begins = jnp.concatenate([begin[None], lags[:-1]])

    def along(pair, given):
        def to_next_lag(carry, lag):
            def advance(index, pair):
                return _extend(_under(step, None if given is None else given[index]), *pair)

            state, product = jax.lax.fori_loop(lag[0], lag[1], advance, carry)
            return (state, product), _known(state, product)

        return jax.lax.scan(to_next_lag, pair, (begins, lags))

    return jax.vmap(along)(pair, inputs)


def _known(state: Float[Array, " state"], product: _Product) -> _AtLag:
    sizes = jnp.linalg.svd(product.rows, compute_uv=False)
    return _AtLag(
        log_norm=jnp.log(sizes[0]) + product.log_scale,
        finite=jnp.isfinite(state).all(),
        rank=jnp.sum(sizes > jnp.finfo(sizes.dtype).eps * sizes[0]),
        left_out=jnp.where(sizes[0] > 0, jnp.linalg.norm(product.rows[-1]) / sizes[0], 1.0),
    )
