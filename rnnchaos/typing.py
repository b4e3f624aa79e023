"""Types that several rooms share."""

from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import Array, Float

Step = Callable[[Float[Array, " state"]], Float[Array, " state"]]
"""One step of a dynamical system, state to state: a flow sampled every dt, a map, or a trained network."""


class PiecewiseLinearMap(NamedTuple):
    """z ↦ C z + D relu(E z + e) + f, affine wherever the signs of the units E z + e stay the same."""

    linear: Float[Array, "state state"]
    """C."""
    output: Float[Array, "state unit"]
    """D."""
    gate: Float[Array, "unit state"]
    """E."""
    threshold: Float[Array, " unit"]
    """e."""
    bias: Float[Array, " state"]
    """f."""
