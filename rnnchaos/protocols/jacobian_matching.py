"""Jacobian matching: the derivatives of what a network predicts against those of the map behind the data."""

from typing import Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.models import Network
from rnnchaos.protocols.penalty import AbstractPenalty, Batch
from rnnchaos.setting import Count, NotNegative, SettingError, Steps

TangentSource = Literal["data", "equations"]
"""Where derivatives come from: local linear fits to the training series, or the equations behind it."""


class JacobianMatching(AbstractPenalty):
    """strength · mean of ‖(∂x̂_{t+k}/∂x_t - D_t) E_t‖² / N over points of the training series, in scaled units.

    x̂_{t+k} is predicted from B⁺x_t in k = `steps` steps, D_t is the derivative of the map behind the data, and E_t has
    the directions in which it is known for its columns: all from equations, those in which the data spread from data.
    It is what the squared error of the forecasts would rise by, were points moved by √strength at random.

    Park, Yang & Chandramoorthy (2024), NeurIPS, arXiv:2411.06311; with a `perturbation`, at points beside the data,
    Kang, Nguyen & Bui-Thanh (2026), arXiv:2606.01596, which is a penalty on second derivatives as well.
    """

    strength: NotNegative = 0.0
    """Of the penalty."""
    source: TangentSource = "data"
    """data: derivatives by local linear fits to the training series; equations: those of the system, whose whole state
    has to be observed."""
    steps: Steps = 4
    """Steps k of a prediction; more than protocol.washout, or what is matched is no part of the loss."""
    points: Count = 32
    """Points of the training series per optimiser step, drawn anew."""
    directions: Count | None = None
    """Random directions at each point along which derivatives are compared; null compares them in all."""
    perturbation: NotNegative = 0.0
    """Standard deviation by which points lie beside the data, in units of the scaled data; for source=equations."""

    def __check_init__(self) -> None:
        if self.perturbation > 0 and self.source == "data":
            must = "be 0 with source=data, which knows nothing beside the data"
            raise SettingError("perturbation", must, self.perturbation)

    def describe(self) -> str:
        return f"Jacobian matching ({self.source})"

    @property
    def uses_equations(self) -> bool:
        return self.source == "equations"

    def numbers(self, network: Network, dimension: int) -> int:
        directions = dimension if self.directions is None else self.directions
        return 4 * self.points * directions * (self.steps * network.state_size + dimension)

    def penalty(self, network: Network, batch: Batch) -> Float[Array, ""]:
        series, known = batch.series, batch.series.tangents
        if known is None:
            raise SettingError("strength", "be 0 for a training series without tangents", self.strength)
        point_key, sign_key = jax.random.split(batch.key)
        chosen = jax.random.randint(point_key, (self.points,), 0, len(known.rows))
        rows, points, directions, images = (part[chosen] for part in known)
        following = rows[:, None] + 1 + jnp.arange(self.steps)
        inputs = None if series.inputs is None else series.inputs[following]
        dimension = points.shape[1]
        if self.directions is not None:
            # Random signs have the identity for their covariance, so the mean over them is that over all directions.
            size = (self.points, dimension, self.directions)
            signs = jax.random.rademacher(sign_key, size, points.dtype) / self.directions**0.5
            directions, images = directions @ signs, images @ signs
        network = network.prepared()
        found = jax.vmap(lambda *given: self.pushed(network, *given))(points, directions, inputs)
        return self.strength * jnp.mean(jnp.sum((found - images) ** 2, axis=2))

    def pushed(
        self,
        network: Network,
        point: Float[Array, " dimension"],
        directions: Float[Array, "dimension k"],
        inputs: Float[Array, "steps input"] | None = None,
    ) -> Float[Array, "dimension k"]:
        """The derivative of x̂_{t+k} by x_t along each column of `directions`."""

        def predict(x: Float[Array, " dimension"]) -> Float[Array, " dimension"]:
            def advance(state, given):
                return network.step(state, given), None

            return network.observe(jax.lax.scan(advance, network.force(x), inputs, self.steps)[0])

        return jax.vmap(jax.linearize(predict, point)[1], 1, 1)(directions)
