"""Gradient flossing: leading Lyapunov exponents are drawn to zero by differentiating through their QR iteration."""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.errors import ConfigError
from rnnchaos.models import Network


@dataclasses.dataclass(frozen=True)
class GradientFlossing:
    """strength · mean of λ_i² over the leading exponents, in nats per step, of free runs from the data.

    Engelken (2023), NeurIPS, arXiv:2312.17306. Before training, `before` optimiser steps see this penalty alone; during
    training it is added at every `every`-th step.
    """

    strength: float = 0.0
    num_exponents: int = 5
    """The leading ones that are drawn to zero."""
    num_steps: int = 50
    """Steps of the orbit along which they are measured."""
    orbits: int = 4
    """Windows of the batch from which orbits start."""
    before: int = 0
    """Optimiser steps."""
    every: int = 10
    """Optimiser steps between penalties during training; 0 for none."""

    def __post_init__(self) -> None:
        for name, least in (
            ("num_exponents", 1),
            ("num_steps", 1),
            ("orbits", 1),
            ("before", 0),
            ("every", 0),
        ):
            value = getattr(self, name)
            if value < least:
                raise ConfigError(f"protocol.flossing.{name} must be at least {least}, got {value}")
        if not self.strength >= 0:
            raise ConfigError(f"protocol.flossing.strength must be at least 0, got {self.strength:g}")

    def check(self, network: Network) -> None:
        """Raise ConfigError for more exponents than the state has dimensions."""
        if self.strength > 0 and self.num_exponents > network.state_size:
            raise ConfigError(
                f"protocol.flossing.num_exponents must be at most the state's {network.state_size} dimensions, "
                f"got {self.num_exponents}"
            )

    def penalty(self, network: Network, windows: Float[Array, "batch time dimension"]) -> Float[Array, ""]:
        """The term added to the loss."""
        network = network.prepared()
        starts = jax.vmap(network.force)(windows[: self.orbits, 0])
        return self.strength * jnp.mean(jax.vmap(lambda start: self.exponents(network, start))(starts) ** 2)

    def exponents(self, network: Network, start: Float[Array, " state"]) -> Float[Array, " k"]:
        """The leading finite-time exponents of a free run, nats per step."""

        def advance(carry, _):
            state, frame = carry
            following, push = jax.linearize(network.step, state)
            pushed = jax.vmap(push, 1, 1)(frame)
            frame, stretched = jnp.linalg.qr(pushed)
            return (following, frame), jnp.log(jnp.abs(jnp.diagonal(stretched)))

        frame = jnp.eye(network.state_size, self.num_exponents, dtype=start.dtype)
        _, growth = jax.lax.scan(advance, (start, frame), None, self.num_steps)
        return jnp.mean(growth, axis=0)
