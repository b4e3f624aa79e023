"""A damped pendulum under a periodic torque, which turns over now and then."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import PublishedExponents, wrap_angle
from rnnchaos.systems.flows.driven import AbstractDrivenOscillator


class ForcedPendulum(AbstractDrivenOscillator):
    """x'' = -δx' - sin x + A cos ωt for an angle x (Huberman & Crutchfield 1979, Phys. Rev. Lett. 43, 1743).

    Seen are cos x, sin x, x' and cos θ, or θ is the input; the exponents are λ, 0 and -δ - λ.
    """

    damping: float = 0.05
    amplitude: float = 0.6
    """Of the torque."""
    frequency: float = 0.7
    """Of the torque, radians per time unit."""
    dt: float = 0.1
    substeps: int = 2

    published: ClassVar = (
        PublishedExponents(
            {"damping": 0.05, "amplitude": 0.6, "frequency": 0.7},
            (0.1400, 0.0, -0.1900),
            (0.0005, 0.0005, 0.0005),
            "Sprott (2003), Chaos and Time-Series Analysis",
        ),
    )

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.zeros(3, dtype=jnp.float64)

    def acceleration(
        self, x: Float[Array, ""], v: Float[Array, ""], phase: Float[Array, ""]
    ) -> Float[Array, ""]:
        return -self.damping * v - jnp.sin(x) + self.amplitude * jnp.cos(phase)

    def wrap(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, v, phase = state
        return jnp.stack([wrap_angle(x), v, wrap_angle(phase)])

    axes: ClassVar = ("cos x", "sin x", "v")

    def shown(self, x: Float[Array, ""], v: Float[Array, ""]) -> Float[Array, " axis"]:
        return jnp.stack([jnp.cos(x), jnp.sin(x), v])
