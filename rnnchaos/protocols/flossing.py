"""Gradient flossing: leading Lyapunov exponents are drawn to zero by differentiating through their QR iteration."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from rnnchaos.models import Network
from rnnchaos.protocols.penalty import AbstractPenalty, Batch
from rnnchaos.setting import AnySteps, Count, NotNegative, SettingError, Steps


class GradientFlossing(AbstractPenalty):
    """strength · mean of λ_i² over the leading exponents, in nats per step, of free runs from the data, and its inputs.

    Engelken (2023), NeurIPS, arXiv:2312.17306. Before training, `before` optimiser steps see this penalty alone; during
    training it is added at every `every`-th step.
    """

    strength: NotNegative = 0.0
    """Of the penalty, strength times the mean squared exponent in nats per step."""
    num_exponents: Count = 5
    """The leading ones that are drawn to zero."""
    num_steps: Steps = 50
    """Steps of the orbits along which they are measured."""
    orbits: Count = 4
    """Windows of the batch from which orbits start."""
    before: AnySteps = 0
    """Optimiser steps before training that see this penalty alone."""
    every: AnySteps = 10
    """Optimiser steps between penalties during training; 0 for none."""

    def describe(self) -> str:
        return "gradient flossing"

    def check(self, network: Network, *, window: int) -> None:
        if self.num_exponents > network.state_size:
            must = f"be at most the state's {network.state_size} dimensions"
            raise SettingError("num_exponents", must, self.num_exponents)
        if network.num_inputs and self.num_steps > window:
            must = f"be at most training.window ({window} steps) of a driven network, whose inputs end there"
            raise SettingError("num_steps", must, self.num_steps)

    def numbers(self, network: Network, dimension: int) -> int:
        return 4 * self.orbits * self.num_steps * network.state_size * self.num_exponents

    def alone(self, step: Int[Array, ""]) -> Bool[Array, ""]:
        return step < self.before

    def due(self, step: Int[Array, ""]) -> Bool[Array, ""]:
        early = self.alone(step)
        return early | (step % self.every == 0) if self.every > 0 else early

    def penalty(self, network: Network, batch: Batch) -> Float[Array, ""]:
        windows, inputs = batch.windows
        network = network.prepared()
        starts = jax.vmap(network.force)(windows[: self.orbits, 0])
        driving = None if inputs is None else inputs[: self.orbits, 1 : self.num_steps + 1]
        found = jax.vmap(lambda start, driving: self.exponents(network, start, driving))(starts, driving)
        return self.strength * jnp.mean(found**2)

    def exponents(
        self,
        network: Network,
        start: Float[Array, " state"],
        inputs: Float[Array, "steps input"] | None = None,
    ) -> Float[Array, " k"]:
        """The leading finite-time exponents of a free run under its inputs, nats per step."""

        def advance(carry, given):
            state, frame = carry
            following, push = jax.linearize(lambda state: network.step(state, given), state)
            pushed = jax.vmap(push, 1, 1)(frame)
            frame, stretched = jnp.linalg.qr(pushed)
            return (following, frame), jnp.log(jnp.abs(jnp.diagonal(stretched)))

        frame = jnp.eye(network.state_size, self.num_exponents, dtype=start.dtype)
        _, growth = jax.lax.scan(advance, (start, frame), inputs, self.num_steps)
        return jnp.mean(growth, axis=0)
