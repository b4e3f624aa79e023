"""The flow's own map with kinks in it and nothing learned: interpolated linearly between points of a grid."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float
from neutral_measures import Truth

Point = Float[Array, " axis"]


class Interpolated(eqx.Module):
    """A map that agrees with the flow's at the points of a grid, and is linear on the simplices between them.

    Each cube of the grid is cut into simplices by the order of the coordinates within it (Kuhn 1960, IBM J. Res. Dev.
    4, 518), so that the map is continuous. Its error falls with the square of the width, that of its Jacobian with the
    width.
    """

    truth: Truth
    width: Float[Array, ""]
    """Of the cubes, in standard deviations of each axis."""

    def step(self, x: Point) -> Point:
        """The point one sampling step later."""
        place = x / self.width
        corner = jnp.floor(place)
        order = jnp.argsort(corner - place)
        falling = (place - corner)[order]
        onwards = jnp.cumsum(jnp.eye(len(x))[order], axis=0)
        corners = corner + jnp.concatenate([jnp.zeros((1, len(x))), onwards])
        shares = -jnp.diff(falling, prepend=1.0, append=0.0)
        return shares @ jax.vmap(self.truth.step)(self.width * corners)

    @property
    def state_size(self) -> int:
        """Axes of the flow."""
        return len(self.truth.mean)

    def observe(self, x: Point) -> Point:
        """The point itself."""
        return x

    def force(self, x: Point) -> Point:
        """The point itself."""
        return x
