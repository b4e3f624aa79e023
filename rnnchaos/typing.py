"""Types that several rooms share."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Array, Float, Int, Num

Step = Callable[[Float[Array, " state"]], Float[Array, " state"]]
"""One step of a dynamical system, state to state: a flow sampled every dt, a map, or a trained network."""


DrivenStep = Callable[[Float[Array, " state"], Float[Array, " input"]], Float[Array, " state"]]
"""One step under an input, z_t = F(z_{t-1}, s_t): what acts on the step is given with the state before it."""

AnyStep = Callable[..., Float[Array, " state"]]
"""A `Step` or a `DrivenStep`."""


@runtime_checkable
class HasStep(Protocol):
    """What has such a step: a system, a cell, a network."""

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        """The state one step later."""


Points = Num[Array | np.ndarray, "*orbits state"] | Sequence[Any]
"""States, one or several, as an array of NumPy or JAX or as lists of numbers."""


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


class Tangents(NamedTuple):
    """What is known of the derivatives D of the map x_t ↦ x_{t+k} at points of a series: D e = f for some vectors e."""

    rows: Int[Array | np.ndarray, " known"]
    """The rows t of the series; what drives the map acts after them."""
    points: Float[Array | np.ndarray, "known dimension"]
    """Where the derivative is taken: x_t, or beside it."""
    directions: Float[Array | np.ndarray, "known dimension dimension"]
    """The vectors e, as columns; where fewer than all directions are known, others are 0."""
    images: Float[Array | np.ndarray, "known dimension dimension"]
    """The vectors f, as columns."""
