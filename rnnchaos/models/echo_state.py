"""The echo state network: a fixed random reservoir with a fitted readout."""

from typing import Annotated, ClassVar, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
from annotated_types import Gt, Le, doc
from jaxtyping import Array, Float, Int, PRNGKeyArray

from rnnchaos.models.activations import tanh
from rnnchaos.models.base import HiddenSize
from rnnchaos.models.network import Network
from rnnchaos.models.observation import LinearObservation, check_carries
from rnnchaos.models.regressed import AbstractRegressedCell, Fit, ridge_regression
from rnnchaos.setting import Count, Positive, SettingError, Steps, checked

# States are summed up in stretches of this many steps, so that a long series needs no memory.
_STRETCH = 1_000


class EchoState(AbstractRegressedCell):
    """z' = (1 - a) z + a tanh(R z + U x + b), x = B z (Jaeger & Haas 2004, Science 304, 78).

    R is sparse with a given spectral radius, U and b are uniform; all three stay as drawn. B is fitted while the
    reservoir listens to the data; running freely it hears its own observation. An input adds C s to b, C drawn as U
    is. Bounded.
    """

    observation: ClassVar[Literal["linear", "identity"]] = "linear"
    hidden_size: int = eqx.field(static=True)
    leak: float = eqx.field(static=True)
    """a."""
    input_scale: float = eqx.field(static=True)
    listening: int = eqx.field(static=True)
    """Steps for which the reservoir listens before its state follows the data."""
    reservoir: Float[Array, "hidden hidden"]
    input: Float[Array, "hidden dimension"]
    bias: Float[Array, " hidden"]
    feedback: Float[Array, "hidden hidden"]
    """U B, so that U x is `feedback` times a state that is observed as x."""

    @checked
    def __init__(
        self,
        hidden_size: HiddenSize = 300,
        spectral_radius: Annotated[Positive, doc("Of R; above 1 its states stay alive without input.")] = 1.2,
        input_scale: Annotated[Positive, doc("Of U, uniform within ± this, and of C.")] = 0.1,
        bias_scale: Annotated[float, doc("Of b, uniform within ± this.")] = 0.5,
        degree: Annotated[Count, doc("Connections of a unit of R, on average.")] = 10,
        leak: Annotated[float, Gt(0), Le(1)] = 1.0,
        listening: Steps = 200,
        *,
        dimension: int,
        key: PRNGKeyArray,
    ):
        # It starts by hearing B B⁺x, and has to hear what it was fitted to.
        check_carries(dimension, hidden_size)
        if degree > hidden_size:
            raise SettingError("degree", f"be at most hidden_size ({hidden_size} units)", degree)
        reservoir_key, mask_key, input_key, bias_key = jax.random.split(key, 4)
        self.hidden_size, self.leak, self.listening = hidden_size, leak, listening
        self.input_scale = input_scale
        shape = (hidden_size, hidden_size)
        kept = jax.random.uniform(mask_key, shape) < degree / hidden_size
        drawn = jnp.where(kept, jax.random.uniform(reservoir_key, shape, jnp.float64, -1, 1), 0)
        self.reservoir = drawn * (spectral_radius / jnp.max(jnp.abs(jnp.linalg.eigvals(drawn))))
        self.input = jax.random.uniform(
            input_key, (hidden_size, dimension), jnp.float64, -input_scale, input_scale
        )
        self.bias = jax.random.uniform(bias_key, (hidden_size,), jnp.float64, -bias_scale, bias_scale)
        self.feedback = jnp.zeros(shape)

    @property
    def history(self) -> int:
        return self.listening + 1

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return self._respond(state, self.feedback @ state)

    def from_history(
        self, hidden: Float[Array, "history hidden"], shifts: Float[Array, "steps shift"] | None = None
    ) -> Float[Array, " state"]:
        def hear(state, row):
            observed, shift = row
            heard = self.feedback @ observed
            return self._respond(state, heard if shift is None else heard + shift), None

        # The state at a time has heard all data up to the step before; the last point is what it is to reproduce.
        return jax.lax.scan(hear, jnp.zeros_like(hidden[0]), (hidden[:-1], shifts))[0]

    def input_matrix(self, num_inputs: int, *, key: PRNGKeyArray) -> Float[Array, "shift input"]:
        shape = self.input_size, num_inputs
        return jax.random.uniform(key, shape, jnp.float64, -self.input_scale, self.input_scale)

    def fit(
        self,
        series: Float[Array, "time dimension"],
        since: Int[Array, " time"],
        *,
        ridge: float,
        shifts: Float[Array, "time shift"] | None = None,
    ) -> Fit:
        stretches = max(1, (len(series) - 1 - self.listening) // _STRETCH)
        length = (len(series) - 1 - self.listening) // stretches
        heard_enough = (since[:-1] >= self.listening) & (since[1:] > 0)

        def hear(state, row):
            x, age, shift = row
            heard = self.input @ x if shift is None else self.input @ x + shift
            state = self._respond(jnp.where(age == 0, 0, state), heard)
            return state, state

        def add(carry, rows):
            state, gram, products, power = carry
            heard, following, counts = rows
            state, states = jax.lax.scan(hear, state, heard)
            states, following = (jnp.where(counts[:, None], part, 0) for part in (states, following))
            power = power + jnp.sum(following**2)
            return (state, gram + states.T @ states, products + states.T @ following, power), None

        first, used = self.listening, self.listening + stretches * length
        # What is heard in the step from each row: the row, its age, and what drives the step.
        heard = series[:-1], since[:-1], None if shifts is None else shifts[1:]
        before = jax.tree.map(lambda rows: rows[:first], heard)
        state, _ = jax.lax.scan(hear, jnp.zeros_like(self.bias), before)
        nothing = jnp.zeros_like(self.reservoir), jnp.zeros_like(self.input), jnp.zeros(())

        def cut(rows):
            return rows[first:used].reshape(stretches, length, *rows.shape[1:])

        rows = jax.tree.map(cut, (heard, series[1:], heard_enough))
        (_, gram, products, power), _ = jax.lax.scan(add, (state, *nothing), rows)
        count = jnp.sum(heard_enough[first:used])
        readout = ridge_regression(gram / count, products / count, ridge)
        cell = eqx.tree_at(lambda cell: cell.feedback, self, self.input @ readout)
        # The mean of |y - B z|², from the sums that are at hand.
        missed = power / count + jnp.sum((readout @ gram / count - 2 * products.T / count) * readout)
        return Fit(Network(cell, LinearObservation.of(readout)), missed / series.shape[1])

    def _respond(
        self, state: Float[Array, " state"], heard: Float[Array, " hidden"]
    ) -> Float[Array, " state"]:
        driven = tanh(self.reservoir @ state + heard + self.bias)
        return (1 - self.leak) * state + self.leak * driven
