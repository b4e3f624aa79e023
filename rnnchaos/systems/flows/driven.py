"""What oscillators under a periodic drive share: the phase of the drive is part of their state."""

from abc import abstractmethod
from typing import ClassVar, Literal

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow, wrap_angle


class AbstractDrivenOscillator(AbstractFlow):
    """x'' = acceleration(x, x', θ), where the drive's phase θ grows at the rate `frequency`; the state is (x, x', θ).

    Seen are x, x' and cos θ, as in arXiv:2110.07238, or x and x' with cos θ and sin θ as inputs. One exponent, that of
    the phase, is exactly 0.
    """

    frequency: eqx.AbstractVar[float]
    phase: Literal["observed", "input"] = eqx.field(default="observed", kw_only=True)
    """Of the drive: cos θ is observed, or cos θ and sin θ are the input of the step to where they are taken."""

    @abstractmethod
    def acceleration(
        self, x: Float[Array, ""], v: Float[Array, ""], phase: Float[Array, ""]
    ) -> Float[Array, ""]:
        """The second derivative of x."""

    axes: ClassVar[tuple[str, ...]] = ("x", "v")
    """Names of what is `shown`."""

    @property
    def dimension(self) -> int:
        return 3

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, v, phase = state
        return jnp.stack([v, self.acceleration(x, v, phase), jnp.full_like(phase, self.frequency)])

    def wrap(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return state.at[2].set(wrap_angle(state[2]))

    def shown(self, x: Float[Array, ""], v: Float[Array, ""]) -> Float[Array, " axis"]:
        """What is seen of the oscillator itself."""
        return jnp.stack([x, v])

    def observe(self, state: Float[Array, " state"]) -> Float[Array, " axis"]:
        x, v, phase = state
        seen = self.shown(x, v)
        return seen if self.phase == "input" else jnp.append(seen, jnp.cos(phase))

    @property
    def axis_names(self) -> tuple[str, ...]:
        return self.axes if self.phase == "input" else (*self.axes, "cos θ")

    @property
    def input_names(self) -> tuple[str, ...]:
        return ("cos θ", "sin θ") if self.phase == "input" else ()

    def inputs(self, state: Float[Array, " state"]) -> Float[Array, " input"]:
        # The phase after a step is that before it and a constant: it tells the drive all along the step.
        return jnp.stack([jnp.cos(state[2]), jnp.sin(state[2])]) if self.phase == "input" else state[:0]

    def displaced(
        self, state: Float[Array, " state"], push: Float[Array, " state"]
    ) -> Float[Array, " state"]:
        """The oscillator moved by `push`, at the same phase of the drive."""
        return state.at[:2].add(push[:2])

    @property
    def response_size(self) -> int:
        return 2 if self.phase == "input" else 3
