"""Forward along orbits with every QR decomposition, and back again through the triangular matrices."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import solve_triangular
from jaxtyping import Array, Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.tangent.finite_time import check_finite
from rnnchaos.tangent.propagation import Orbits
from rnnchaos.tangent.spectrum import RESOLVED_SHARE
from rnnchaos.tangent.tangent import orthonormalise, push
from rnnchaos.typing import Step


class Records(NamedTuple):
    """Records of a stretch; growth in nats."""

    states: Float[np.ndarray, "orbit record state"]
    vectors: Float[np.ndarray, "orbit record k state"]
    growth: Float[np.ndarray, "orbit record k"]


def records_backward(
    step: Step, orbits: Orbits, *, records: int, intervals: int, interval: int, settling: int
) -> Iterator[Records]:
    """The covariant vectors of `records` records along orbits, stretch by stretch from the last to the first.

    A record comes every `intervals` QR intervals of `interval` steps. The way back begins `settling` intervals beyond
    the last; the orbits are taken to have come through as many before the first, which only error messages count.
    Only one stretch is held in memory, and where each begins; the last one yielded first may go beyond `records`.
    """
    total = records * intervals + settling
    # Stretches of about the root of the length, in whole records.
    length = -(-math.isqrt(total) // intervals) * intervals
    starts = [orbits]
    while len(starts) * length < total:
        starts.append(_forward(step, starts[-1], length, jax.device_put(interval))[0])
    num_orbits, count, _ = orbits.basis.shape
    columns = jnp.broadcast_to(jnp.eye(count), (num_orbits, count, count))
    for index in reversed(range(len(starts))):
        # The very program of the way forward: another would round otherwise, and chaos would leave the orbit.
        _, stretch = _forward(step, starts[index], length, jax.device_put(interval))
        _check(stretch, (settling + (index + 1) * length) * interval)
        columns, vectors, growth = _backward(stretch, columns)
        if index * length < records * intervals:
            yield Records(
                np.asarray(stretch.states[:, ::intervals]),
                np.asarray(vectors[:, ::intervals]),
                np.asarray(growth).reshape(num_orbits, -1, intervals, count).sum(axis=2),
            )


class _Stretch(NamedTuple):
    """What a stretch of an orbit leaves for the way back, before each of its QR intervals."""

    states: Float[Array, "*orbits interval state"]
    bases: Float[Array, "*orbits interval k state"]
    triangles: Float[Array, "*orbits interval k k"]
    """R of the QR decomposition after the interval: basis · Jacobians = Rᵀ · next basis, in rows."""
    remainder: Float[Array, "*orbits interval k"]
    """Share of a vector's length that was left without its part along the vectors before it."""


@eqx.filter_jit
def _forward(step: Step, orbits: Orbits, length: int, interval: Int[Array, ""]) -> tuple[Orbits, _Stretch]:
    """Follow orbits for `length` QR intervals of `interval` steps each, keeping every decomposition."""

    def qr_interval(orbit, _):
        state, tangents = jax.lax.fori_loop(
            0, interval, lambda _, pair: push(step, *pair), (orbit.state, orbit.basis)
        )
        basis, lengths, shares = orthonormalise(tangents)
        triangle = jnp.triu(basis @ tangents.T)
        left = jnp.where(lengths > 0, jnp.sqrt(shares), 0.0)
        return orbit._replace(state=state, basis=basis), _Stretch(orbit.state, orbit.basis, triangle, left)

    return jax.vmap(lambda orbit: jax.lax.scan(qr_interval, orbit, None, length))(orbits)


@eqx.filter_jit
def _backward(
    stretch: _Stretch, columns: Float[Array, "orbit k k"]
) -> tuple[
    Float[Array, "orbit k k"], Float[Array, "orbit interval k state"], Float[Array, "orbit interval k"]
]:
    """C before the stretch, given C after it, and the vectors and their log growth over each of its intervals."""

    def back(columns, inputs):
        triangle, basis = inputs
        columns = solve_triangular(triangle, columns)
        shrunk = jnp.sqrt(jnp.sum(columns**2, axis=0))
        columns = columns / shrunk
        return columns, (columns.T @ basis, -jnp.log(shrunk))

    def along(triangles, bases, columns):
        columns, (vectors, growth) = jax.lax.scan(back, columns, (triangles, bases), reverse=True)
        return columns, vectors, growth

    return jax.vmap(along)(stretch.triangles, stretch.bases, columns)


def _check(stretch: _Stretch, steps: int) -> None:
    check_finite(np.asarray(stretch.states), steps)
    left = np.asarray(stretch.remainder).min(axis=(0, 1))
    if not np.all(left >= RESOLVED_SHARE):
        lost = int(np.argmin(left >= RESOLVED_SHARE))
        raise ConfigError(
            f"num_vectors must be at most {lost} here, or qr_every shorter: between QR decompositions the step "
            f"collapses direction {lost + 1} beyond what float64 resolves, got {len(left)}"
        )
