"""Types that several rooms share."""

from collections.abc import Callable

from jaxtyping import Array, Float

Step = Callable[[Float[Array, " state"]], Float[Array, " state"]]
"""One step of a dynamical system, state to state: a flow sampled every dt, a map, or a trained network."""
