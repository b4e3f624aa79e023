"""Which of several orbits are news: one that goes where another has been adds nothing to an average."""

from functools import reduce
from operator import add, mul

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
# In single precision, where its rounding is this share of what is near, nothing is that is so many times further.
_FINE, _SURELY = 0.1, 2.0
# Local exponents of orbits that a symmetry maps on each other differ by less than this share of their spread.
# They do in at least half of the blocks: of slopes that are few, as a tent's, some blocks are equal by chance.
_ALIKE, _MIRRORED = 1e-3, 0.5
# Orbits have parted when so many standard deviations have come between them.
_PARTED = 0.5
# Distances are taken along so many random directions, which tell states apart; a first look takes fewer.
_DIRECTIONS, _FEW_DIRECTIONS = 3, 2
# Float64 has no squares of small distances between states below this.
_SMALLEST = 1e-100
# Projections of states of so many dimensions are written out.
_UNROLLED = 8
# Of states with starts, all together: they take a second at most.
_MOST_COMPARISONS = 10**8

_Axes = list[Float[Array, " orbit"]]


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
    overlap = _overlap(*_with_squares(step, starts), num_steps=num_steps, growth=growth)
    shared = (overlap >= _SHARED * num_steps) | alike_orbits(blocks)
    np.fill_diagonal(shared, False)
    return shared


def _with_squares(
    step: Step, starts: Float[Array, "orbit state"]
) -> tuple[Step, Float[Array, "orbit state"]]:
    """The step in a unit in which squares of distances are numbers; as it is where they are already."""
    size = float(np.abs(np.asarray(starts)).max())
    if not 0 < size < _SMALLEST:
        return step, starts
    unit = np.ldexp(1.0, np.frexp(size)[1])  # a power of 2, which rounds nothing
    return lambda state: step(state * unit) / unit, starts / unit


def alike_orbits(blocks: Float[np.ndarray, "orbit block k"]) -> Bool[np.ndarray, "orbit orbit"]:
    """Which orbits have equal growth in half of their blocks: one is the other, or its mirror image.

    None where nothing varies at all.
    """
    count = len(blocks)
    if count == 1 or _nothing_varies(blocks):
        return np.zeros((count, count), dtype=bool)
    finite, scale = _finite(blocks), float(np.abs(_finite(blocks)).max(initial=0.0))
    near = _ALIKE * finite.std(axis=(0, 1)) + _SAME * scale
    alike = np.ones((count, count, blocks.shape[1]), dtype=bool)
    for values, bound in zip(np.moveaxis(finite, 2, 0), near, strict=True):
        alike &= np.abs(values[:, None] - values) <= bound
        mirrored = (alike.sum(axis=2) >= _MIRRORED * blocks.shape[1]) & ~np.eye(count, dtype=bool)
        if not mirrored.any():  # mostly by the first exponent
            break
    return mirrored


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
    # Mostly none comes near any other: that takes a fraction of the time to see.
    nearest = np.asarray(_nearest(step, starts, jax.device_put(steps)))
    if np.all(nearest > _SURELY * _NEAR):
        return np.zeros((len(starts), len(starts)))
    distance, when = (np.asarray(part) for part in _approaches(step, starts, jax.device_put(steps)))
    with np.errstate(divide="ignore"):
        while_near = -np.log(distance) / growth if growth > 0 else np.zeros_like(distance)
    together = np.where(distance <= _SAME, np.inf, np.where(distance <= _NEAR, while_near, 0.0))
    overlap = np.minimum(together, num_steps - when)
    return np.maximum(overlap, overlap.T)


def _seen_from(dimension: int) -> Float[np.ndarray, "state direction"]:
    """Random directions, enough of them to tell states apart."""
    # Drawn by NumPy: JAX's generator would be most of a program to load.
    return np.random.default_rng(0).standard_normal((dimension, min(dimension, _DIRECTIONS)))


def _squares(points: _Axes, seen: _Axes) -> Float[Array, "orbit orbit"]:
    # Axis by axis: a sum over three numbers in a row takes ten times as long.
    return reduce(add, ((axis[:, None] - there) ** 2 for axis, there in zip(points, seen, strict=True)))


def _further(reach: Float[Array, " orbit"], points: _Axes, seen: _Axes) -> Float[Array, " orbit"]:
    moved = reduce(add, ((axis - there) ** 2 for axis, there in zip(points, seen, strict=True)))
    return jnp.maximum(reach, moved)


@eqx.filter_jit
def _nearest(
    step: Step, starts: Float[Array, "orbit state"], num_steps: Int[Array, ""]
) -> Float[Array, "orbit orbit"]:
    """No more than the nearest that each orbit comes to each start, as a share of how far it reaches.

    Along two directions, in single precision; 0 where that is too coarse, as for orbits that reach little and start
    far apart.
    """
    directions, middle = _seen_from(starts.shape[1]), starts.mean(axis=0)

    def shown(states):
        return [axis.astype(jnp.float32) for axis in _projected(states - middle, directions)]

    seen = shown(starts)

    def advance(_, carry):
        states, nearest, reach = carry
        states = jax.vmap(step)(states)
        points = shown(states)
        return states, jnp.minimum(nearest, apart(points)), _further(reach, points, seen)

    def apart(points):
        return _squares(points[:_FEW_DIRECTIONS], seen[:_FEW_DIRECTIONS])

    others = jnp.where(jnp.eye(len(starts), dtype=bool), jnp.inf, apart(seen))
    carry = (starts, others, jnp.zeros(len(starts), jnp.float32))
    _, nearest, reach = jax.lax.fori_loop(0, num_steps, advance, carry)
    reach = jnp.sqrt(reach)[:, None]
    fine = jnp.finfo(reach.dtype).eps * jnp.abs(jnp.stack(seen)).max() < _FINE * _NEAR * reach
    return jnp.where(fine, jnp.sqrt(nearest) / jnp.maximum(reach, jnp.finfo(reach.dtype).tiny), 0.0)


def _projected(
    states: Float[Array, "orbit state"], directions: Float[np.ndarray, "state direction"]
) -> _Axes:
    if states.shape[1] > _UNROLLED:
        return list((states @ directions).T)
    # A product of so small matrices takes several times as long.
    return [reduce(add, map(mul, states.T, each)) for each in directions.T]


@eqx.filter_jit
def _approaches(
    step: Step, starts: Float[Array, "orbit state"], num_steps: Int[Array, ""]
) -> tuple[Float[Array, "orbit orbit"], Int[Array, "orbit orbit"]]:
    """The nearest that each orbit comes to each start, as a share of how far it reaches, and after how many steps."""
    directions = _seen_from(starts.shape[1])
    seen = _projected(starts, directions)

    def advance(time, carry):
        states, nearest, when, reach = carry
        states = jax.vmap(step)(states)
        points = _projected(states, directions)
        now = _squares(points, seen)
        nearer = now < nearest
        when = jnp.where(nearer, time + 1, when)
        return states, jnp.where(nearer, now, nearest), when, _further(reach, points, seen)

    first = _squares(seen, seen)
    carry = (starts, first, jnp.zeros(first.shape, dtype=int), jnp.zeros(len(starts)))
    _, nearest, when, reach = jax.lax.fori_loop(0, num_steps, advance, carry)
    return jnp.sqrt(nearest / jnp.maximum(reach, jnp.finfo(reach.dtype).tiny)[:, None]), when


def parted(
    step: Step,
    states: Float[Array | np.ndarray, "orbit state"],
    *,
    push: Float[Array | np.ndarray, "orbit state"],
    scale: Float[Array | np.ndarray, " state"],
    most_steps: int,
) -> Float[Array, "orbit state"]:
    """Where `states` are after a push, and as many steps as it takes to forget them: no longer points of one orbit.

    Each is followed beside the orbit that it was pushed off, until half a `scale` has come between all of them, and as
    long again; for no more than `most_steps`, in which regular motion never parts.
    """
    begin = np.asarray(states), np.asarray(states) + push, scale, np.asarray(most_steps)
    return _parted(step, *jax.device_put(begin))


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
