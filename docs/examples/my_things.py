"""A system, a cell, a protocol, a metric and a diagnostic of one's own, in one file.

rnnchaos train --plugin my_things.py dataset=my_flow model=my_cell protocol=my_forcing
rnnchaos reach outputs/my_flow-my_cell-my_forcing/v0001 --plugin my_things.py
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from annotated_types import Ge, Le
from jaxtyping import Array, Float, Int, PRNGKeyArray

from rnnchaos.diagnostics import AbstractDiagnostic, Findings, TrainedNetwork
from rnnchaos.metrics import AbstractMetric
from rnnchaos.models import AbstractCell
from rnnchaos.protocols import AbstractForcing
from rnnchaos.setting import Count, Steps, check_fields, checked
from rnnchaos.systems import AbstractFlow


class MyFlow(AbstractFlow):
    """x' = y, y' = z, z' = -a z + y² - x, Sprott's jerk flow (Sprott 1997, Phys. Lett. A 228, 271)."""

    a: float = 2.017
    dt: float = 0.25
    substeps: int = 5

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([-1.0, 0.0, 0.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z = state
        return jnp.stack([y, z, -self.a * z + y**2 - x])


class MyCell(AbstractCell):
    """z' = (1 - rate) z + rate tanh(W z + h): leaky units (Jaeger et al. 2007, Neural Networks 20, 335)."""

    hidden_size: int = eqx.field(static=True)
    rate: float = eqx.field(static=True)
    weight: Float[Array, "hidden hidden"]
    bias: Float[Array, " hidden"]

    @checked
    def __init__(
        self, hidden_size: Count = 20, rate: Annotated[float, Ge(0), Le(1)] = 0.5, *, key: PRNGKeyArray
    ) -> None:
        self.hidden_size = hidden_size
        self.rate = rate
        scale = hidden_size**-0.5
        self.weight = scale * jax.random.normal(key, (hidden_size, hidden_size), jnp.float64)
        self.bias = jnp.zeros(hidden_size, jnp.float64)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return (1 - self.rate) * state + self.rate * jnp.tanh(self.weight @ state + self.bias)


class MyForcing(AbstractForcing):
    """A share of the state comes from the data, at every step."""

    share: Annotated[float, Ge(0), Le(1)] = 0.5

    def force(
        self,
        state: Float[Array, " state"],
        data_state: Float[Array, " state"],
        seen_state: Float[Array, " state"],
        t: Int[Array, ""],
    ) -> Float[Array, " state"]:
        return (1 - self.share) * state + self.share * data_state

    def reset_interval(self, window: int) -> None:
        return None

    def describe(self) -> str:
        return f"forced by a share of {self.share:g}"


class RangeError(AbstractMetric):
    """Largest difference between the ranges of an axis, in standard deviations of the truth."""

    unit: ClassVar[str] = "s.d."

    def __call__(
        self, truth: Float[np.ndarray, "time dimension"], generated: Float[np.ndarray, "steps dimension"]
    ) -> float:
        difference = np.abs(np.ptp(truth, axis=0) - np.ptp(generated, axis=0))
        return float(np.max(difference / truth.std(axis=0)))


@dataclass(frozen=True)
class ReachSettings:
    """How far the free run of a network goes."""

    num_steps: Steps = 1000
    """Of the free run."""

    def __post_init__(self) -> None:
        check_fields(self)


class Reach(AbstractDiagnostic):
    """Largest distance of a network's free run from the mean of the data, in their standard deviations."""

    name: ClassVar[str] = "reach"
    settings: ClassVar[type | None] = ReachSettings

    def of_run(self, network: TrainedNetwork) -> Findings:
        wanted = network.settings.of(ReachSettings)
        distance = float(np.linalg.norm(network.free_run(wanted.num_steps), axis=1).max())
        return Findings({"reach": distance}, shown=(f"reaches {distance:.3g} standard deviations",))
