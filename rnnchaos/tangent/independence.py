"""Which of several orbits are news: one that goes where another has been adds nothing to an average."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from rnnchaos.typing import Step

# Orbits that go the same way for less than this share of their steps count as independent.
_SHARED = 0.1
# Shares of how far the orbits reach: the same state but for rounding, and one nearer than chance brings two orbits.
_SAME, _NEAR = 1e-10, 1e-5
# Local exponents of orbits that a symmetry maps on each other differ by less than this share of their spread.
# They do in at least half of the blocks: of slopes that are few, as a tent's, some blocks are equal by chance.
_ALIKE, _MIRRORED = 1e-3, 0.5
# Orbits have parted when so many standard deviations have come between them.
_PARTED = 0.5
# Distances are taken along so many random directions: enough to tell states apart.
_DIRECTIONS = 3
# Of states with starts, all together: they take a second at most.
_MOST_COMPARISONS = 10**8


def shared_orbits(
    step: Step,
    starts: Float[Array, "orbit state"],
    blocks: Float[np.ndarray, "orbit block k"],
    *,
    num_steps: int,
    growth: float,
) -> Bool[np.ndarray, "orbit orbit"]:
    """Which orbits go the same way for a tenth or more of the `num_steps` steps that `blocks` tell the growth of.

    An orbit that comes to where another one started follows it from there on; one that comes near does so as long as
    neighbours stay together, whose distance grows by `growth` nats a step. Orbits that a symmetry maps on each other
    have equal blocks. Where nothing varies at all, as at a fixed point, each orbit has all that there is to know.
    """
    if len(starts) == 1 or _nothing_varies(blocks):
        return np.zeros((len(starts), len(starts)), dtype=bool)
    overlap = _overlap(step, starts, num_steps=num_steps, growth=growth)
    shared = (overlap >= _SHARED * num_steps) | alike_orbits(blocks)
    np.fill_diagonal(shared, False)
    return shared


def alike_orbits(blocks: Float[np.ndarray, "orbit block k"]) -> Bool[np.ndarray, "orbit orbit"]:
    """Which orbits have equal growth in half of their blocks: one is the other, or its mirror image.

    None where nothing varies at all.
    """
    count = len(blocks)
    if count == 1 or _nothing_varies(blocks):
        return np.zeros((count, count), dtype=bool)
    finite, scale = _finite(blocks), float(np.abs(_finite(blocks)).max(initial=0.0))
    apart = np.abs(finite[:, None] - finite)
    alike = np.all(apart <= _ALIKE * finite.std(axis=(0, 1)) + _SAME * scale, axis=3).sum(axis=2)
    return (alike >= _MIRRORED * blocks.shape[1]) & ~np.eye(count, dtype=bool)


def _nothing_varies(blocks: Float[np.ndarray, "orbit block k"]) -> bool:
    finite = _finite(blocks)
    return bool(np.all(np.abs(finite - finite[:1, :1]) <= _SAME * np.abs(finite).max(initial=0.0)))


def _finite(blocks: Float[np.ndarray, "orbit block k"]) -> Float[np.ndarray, "orbit block k"]:
    return np.where(np.isfinite(blocks), blocks, 0.0)


def independent(shared: Bool[np.ndarray, "orbit orbit"]) -> Bool[np.ndarray, " orbit"]:
    """The first orbit, and each next one that shares nothing with those before it that count."""
    kept = np.zeros(len(shared), dtype=bool)
    for orbit in range(len(shared)):
        kept[orbit] = not (shared[orbit] & kept).any()
    return kept


def _overlap(
    step: Step, starts: Float[Array, "orbit state"], *, num_steps: int, growth: float
) -> Float[np.ndarray, "orbit orbit"]:
    """For how many steps two orbits go the same way, the one behind the other."""
    steps = min(num_steps, max(1, _MOST_COMPARISONS // len(starts) ** 2))
    distance, when = (np.asarray(part) for part in _approaches(step, starts, jnp.asarray(steps)))
    with np.errstate(divide="ignore"):
        while_near = -np.log(distance) / growth if growth > 0 else np.zeros_like(distance)
    together = np.where(distance <= _SAME, np.inf, np.where(distance <= _NEAR, while_near, 0.0))
    overlap = np.minimum(together, num_steps - when)
    return np.maximum(overlap, overlap.T)


@eqx.filter_jit
def _approaches(
    step: Step, starts: Float[Array, "orbit state"], num_steps: Int[Array, ""]
) -> tuple[Float[Array, "orbit orbit"], Int[Array, "orbit orbit"]]:
    """The nearest that each orbit comes to each start, as a share of how far it reaches, and after how many steps."""
    dimension = starts.shape[1]
    directions = jax.random.normal(jax.random.key(0), (dimension, min(dimension, _DIRECTIONS)), starts.dtype)
    seen = starts @ directions

    def squares(points):
        # Axis by axis: a sum over three numbers in a row takes ten times as long.
        return sum((axis[:, None] - there) ** 2 for axis, there in zip(points.T, seen.T, strict=True))

    def advance(time, carry):
        states, nearest, when, reach = carry
        states = jax.vmap(step)(states)
        points = states @ directions
        now = squares(points)
        nearer = now < nearest
        reach = jnp.maximum(reach, jnp.sum((points - seen) ** 2, axis=-1))
        return states, jnp.where(nearer, now, nearest), jnp.where(nearer, time + 1, when), reach

    first = squares(seen)
    carry = (starts, first, jnp.zeros(first.shape, dtype=int), jnp.zeros(len(starts)))
    _, nearest, when, reach = jax.lax.fori_loop(0, num_steps, advance, carry)
    return jnp.sqrt(nearest / jnp.maximum(reach, jnp.finfo(reach.dtype).tiny)[:, None]), when


def parted(
    step: Step,
    states: Float[Array, "orbit state"],
    *,
    push: Float[Array | np.ndarray, "orbit state"],
    scale: Float[Array | np.ndarray, " state"],
    most_steps: int,
) -> Float[Array, "orbit state"]:
    """Where `states` are after a push, and as many steps as it takes to forget them: no longer points of one orbit.

    Each is followed beside the orbit that it was pushed off, until half a `scale` has come between all of them, and as
    long again; for no more than `most_steps`, in which regular motion never parts.
    """
    return _parted(step, states, states + push, jnp.asarray(scale), jnp.asarray(most_steps))


@eqx.filter_jit
def _parted(
    step: Step,
    left: Float[Array, "orbit state"],
    states: Float[Array, "orbit state"],
    scale: Float[Array, " state"],
    most_steps: Int[Array, ""],
) -> Float[Array, "orbit state"]:
    def advance(carry):
        left, states, met, time, end = carry
        left, states = jax.vmap(step)(left), jax.vmap(step)(states)
        distance = jnp.sqrt(jnp.mean(((states - left) / scale) ** 2, axis=1))
        met = met & (distance < _PARTED)
        time = time + 1
        # Twice as long as the last one takes to part.
        return left, states, met, time, jnp.where(met.any(), 2 * time + 1, end)

    def going_on(carry):
        *_, time, end = carry
        return time < jnp.minimum(end, most_steps)

    none = jnp.ones(len(states), dtype=bool)
    time = jnp.zeros_like(most_steps)
    return jax.lax.while_loop(going_on, advance, (left, states, none, time, time + 1))[1]
