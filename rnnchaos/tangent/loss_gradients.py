"""Norms of the loss's gradient at single steps, ‖dL_T/dθ‖, in the log domain."""

from collections.abc import Callable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PyTree

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.tangent.functions import check_step
from rnnchaos.tangent.tangent import check_lags

Advance = Callable[..., Float[Array, " state"]]
"""Of parameters and a state, and of the step's input where there are inputs."""
Loss = Callable[[PyTree, Float[Array, " state"], Float[Array, " dimension"]], Float[Array, ""]]

# A matrix of adjoints is pulled back in little more time than one; 256 MiB of them at most.
_LAGS_A_PASS, _NUMBERS_A_PASS = 8, 2**25


def loss_gradient_norms(
    advance: Advance,
    loss: Loss,
    params: PyTree,
    x0: Float[Array | np.ndarray, " state"],
    targets: Float[Array | np.ndarray, "time dimension"],
    *,
    lags: Sequence[int] | Int[np.ndarray, " lag"],
    inputs: Float[Array | np.ndarray, "steps input"] | None = None,
    prepare: Callable[[PyTree], PyTree] = lambda params: params,
) -> Float[np.ndarray, " lag"]:
    """log‖dL_T/dθ‖₂ in nats for each T in `lags`, over all parameters θ = `params`, in float64.

    The orbit is z_0 = `x0`, z_{t+1} = `advance`(θ, z_t), and L_T = `loss`(θ, z_T, `targets`[T]) is the loss
    of step T alone. -inf where the gradient is exactly 0. Adjoints are carried as unit vectors and
    logarithms, so no lag overflows. The quantity of the theorems of arXiv:2110.07238.
    With `prepare`, both functions see `prepare`(θ) in place of θ, worked out once and not at every step. With `inputs`,
    of the steps from each time to the next, z_{t+1} = `advance`(θ, z_t, `inputs`[t]).

    Raises ConfigError for lags that are not increasing from 1 on, for targets or inputs that end before the last lag
    and for an `advance` that does not return float64 states; RunError where the orbit escapes to infinity.
    """
    wanted = np.asarray(lags)
    check_lags(wanted)
    longest = int(wanted[-1])
    if len(targets) <= longest:
        raise ConfigError(f"lags must be below the {len(targets)} steps of the targets, got {longest}")
    if inputs is not None and len(inputs) < longest:
        raise ConfigError(f"lags must be at most the {len(inputs)} steps of the inputs, got {longest}")
    with jax.enable_x64(True):
        params = jax.tree.map(_as_float64, params)
        given = None if inputs is None else jnp.asarray(inputs[:longest], dtype=jnp.float64)
        first = () if given is None else (given[0],)
        check_step(lambda state: advance(prepare(params), state, *first), x0.shape[0])
        states, norms = _norms(
            advance,
            loss,
            params,
            jnp.asarray(x0, dtype=jnp.float64),
            jnp.asarray(targets[: longest + 1], dtype=jnp.float64),
            jnp.asarray(wanted),
            given,
            prepare,
        )
    finite = np.isfinite(states).all(axis=1)
    if not finite.all():
        raise RunError(
            f"the orbit left every bound by step {int(np.argmin(finite))}: its gradients have no norm"
        )
    return np.asarray(norms)


def _as_float64(leaf: Array | np.ndarray | float) -> Array | np.ndarray | float:
    return jnp.asarray(leaf, dtype=jnp.float64) if eqx.is_inexact_array_like(leaf) else leaf


@eqx.filter_jit
def _norms(
    advance: Advance,
    loss: Loss,
    params: PyTree,
    x0: Float[Array, " state"],
    targets: Float[Array, "time dimension"],
    lags: Int[Array, " lag"],
    inputs: Float[Array, "steps input"] | None,
    prepare: Callable[[PyTree], PyTree],
) -> tuple[Float[Array, "time state"], Float[Array, " lag"]]:
    prepared = prepare(params)
    driving = () if inputs is None else (inputs,)

    def forward(state, given):
        after = advance(prepared, state, *given)
        return after, after

    followed = jax.lax.scan(forward, x0, driving, targets.shape[0] - 1)[1]
    states = jnp.concatenate([x0[None], followed])
    times = jnp.arange(targets.shape[0] - 1)

    def advance_all(params):
        ready = prepare(params)
        return jax.vmap(lambda state, *given: advance(ready, state, *given))(states[:-1], *driving)

    def norm(lag):
        direct, last = jax.grad(
            lambda params, state: loss(prepare(params), state, targets[lag]), argnums=(0, 1)
        )(params, states[lag])

        def backward(adjoint, row):
            """From dL/dz_{t+1} to dL/dz_t; an adjoint of time t > T is kept, and has no weight."""
            time, state, given = row
            vector = jax.vjp(lambda z: advance(prepared, z, *given), state)[1](adjoint[0])[0]
            earlier = _rescaled(vector, adjoint[1])
            return jax.tree.map(lambda new, old: jnp.where(time < lag, new, old), earlier, adjoint), adjoint

        _, (adjoints, logs) = jax.lax.scan(
            backward, _rescaled(last, jnp.zeros(())), (times, states[:-1], driving), reverse=True
        )
        logs = jnp.where(times < lag, logs, -jnp.inf)
        # The largest share is scaled to 1: what then underflows is too small to count.
        largest = jnp.maximum(jnp.max(logs), _log_norm(direct))
        scale = jnp.where(jnp.isfinite(largest), largest, 0.0)
        _, pull_back = jax.vjp(advance_all, params)
        (through_states,) = pull_back(jnp.exp(logs - scale)[:, None] * adjoints)
        total = jax.tree.map(lambda a, b: a + jnp.exp(-scale) * b, through_states, direct)
        return _log_norm(total) + scale

    return states, _side_by_side(norm, lags, numbers=targets.shape[0] * x0.shape[0])


def _side_by_side(
    norm: Callable[[Int[Array, ""]], Float[Array, ""]], lags: Int[Array, " lag"], *, numbers: int
) -> Float[Array, " lag"]:
    """`norm` of each lag, of several in one pass: each holds so many `numbers`."""
    count = len(lags)
    batch = max(1, min(_LAGS_A_PASS, count, _NUMBERS_A_PASS // numbers))
    padded = jnp.pad(lags, (0, -count % batch), mode="edge")  # a shorter last pass would be another program
    return jax.lax.map(norm, padded, batch_size=batch)[:count]


def _rescaled(
    vector: Float[Array, " entry"], log_scale: Float[Array, ""]
) -> tuple[Float[Array, " entry"], Float[Array, ""]]:
    """exp(log_scale) · vector with entries up to 1, and its log scale; a vector of zeros keeps its scale."""
    largest = jnp.max(jnp.abs(vector))
    largest = jnp.where(largest > 0, largest, 1.0)
    return vector / largest, log_scale + jnp.log(largest)


def _log_norm(tree: PyTree) -> Float[Array, ""]:
    """log of the 2-norm over all entries, whose squares may underflow; -inf for zeros."""
    entries = jnp.concatenate([jnp.ravel(leaf) for leaf in jax.tree.leaves(tree)])
    scaled, log_scale = _rescaled(entries, jnp.zeros(()))
    return jnp.log(jnp.linalg.norm(scaled)) + log_scale
