"""A cell with its observation map, and what drives it: the whole model of a run."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.models.base import AbstractCell
from rnnchaos.models.observation import AbstractObservation, DelayObservation, Delays
from rnnchaos.setting import SettingError


class InputTerm(eqx.Module):
    """C s, what an input s adds to the bias of a cell."""

    weight: Float[Array, "shift input"]
    """C."""

    def __call__(self, inputs: Float[Array, "*steps input"]) -> Float[Array, "*steps shift"]:
        """The shifts that inputs make."""
        return inputs.astype(self.weight.dtype) @ self.weight.T


class Network(eqx.Module):
    """z_t = F(z_{t-1}, s_t), x_t = B h(z_t); without `drive` the map is autonomous."""

    cell: AbstractCell
    observation: AbstractObservation
    drive: InputTerm | None = None

    @property
    def state_size(self) -> int:
        """Length of the latent state."""
        return self.cell.state_size

    @property
    def num_inputs(self) -> int:
        """Numbers of an input s; 0 for an autonomous network."""
        return 0 if self.drive is None else self.drive.weight.shape[1]

    @property
    def history(self) -> int:
        """Successive observations that `start` needs."""
        return self.cell.history + self.observation.delays.past

    def step(
        self, state: Float[Array, " state"], inputs: Float[Array, " input"] | None = None
    ) -> Float[Array, " state"]:
        """The latent state one sampling step later, under the input that acts on this step.

        Raises SettingError where an input is missing, or is of another length than the network's.
        """
        return self.held(inputs).cell.step(state)

    def held(self, inputs: Float[Array, " input"] | None) -> "Network":
        """The autonomous network that this one is while its input stays the same.

        Raises SettingError as `step` does.
        """
        self.check_inputs(inputs)
        if self.drive is None or inputs is None:
            return self
        return Network(self.cell.driven(self.drive(inputs)), self.observation)

    def check_inputs(self, inputs: Float[Array, "*steps input"] | None, *steps: int) -> None:
        """Raise SettingError unless these are the inputs of so many steps: of one where none are counted."""
        shape = None if inputs is None else inputs.shape
        if self.drive is None and inputs is not None:
            raise SettingError("inputs", "be None for a network without inputs", shape)
        if self.drive is not None and shape != (*steps, self.num_inputs):
            must = f"be of shape {(*steps, self.num_inputs)} for a network that is driven at every step"
            raise SettingError("inputs", must, shape)

    def observe(self, state: Float[Array, " state"]) -> Float[Array, " dimension"]:
        """The observation x = B h of a latent state."""
        hidden = self.cell.hidden(state)
        return self.observation.matrix().astype(hidden.dtype) @ hidden

    def force(self, x: Float[Array, " dimension"]) -> Float[Array, " state"]:
        """The latent state z̃ = B⁺x that teacher forcing puts in place of the network's own.

        It shows x itself, or with fewer hidden units than dimensions the projection B B⁺x. Of a network with delays
        that is done as it is `unfolded`.
        """
        return self.cell.from_hidden(self.observation.inverse().astype(x.dtype) @ x)

    def start(
        self,
        history: Float[Array, "history dimension"],
        inputs: Float[Array, "steps input"] | None = None,
    ) -> Float[Array, " state"]:
        """The latent state after the last of `history` observations: z̃ = B⁺x, unless the cell has to listen first.

        `inputs`, of a driven network that listens, are those of the steps from each observation to the next. Raises
        SettingError where they are missing.
        """
        hidden = self.observation.hidden(history)
        if len(history) > 1:
            self.check_inputs(inputs, len(history) - 1)
        if self.drive is None or inputs is None:
            return self.cell.from_history(hidden)
        return self.cell.from_history(hidden, self.drive(inputs[self.observation.delays.past :]))

    def drawn_in(self, share: float, towards: Float[np.ndarray, " dimension"]) -> "Network | None":
        """The network whose states are nearer, by a share, to the one that shows `towards`.

        None for a cell that cannot be changed so, and for a network with delays.
        """
        if self.observation.delays.number > 1:
            return None
        cell = self.cell.drawn_in(share, self.force(jnp.asarray(towards)))
        return None if cell is None else Network(cell, self.observation, self.drive)

    def folded(self, delays: Delays, dimension: int) -> "Network":
        """The network that shows, of the observations of `dimension` numbers that this one shows, the newest."""
        if delays.number == 1:
            return self
        return Network(self.cell, DelayObservation(self.observation, dimension, delays), self.drive)

    def unfolded(self) -> "Network":
        """The network that shows all observations that its hidden units stand for: as it is trained."""
        return Network(self.cell, self.observation.unfolded(), self.drive)

    def prepared(self) -> "Network":
        """The same network with all that depends on the weights alone worked out, such as B⁺."""
        return Network(self.cell.prepared(), self.observation.prepared(), self.drive)

    def astype(self, dtype: jnp.dtype | type | str) -> "Network":
        """The same network with every weight in another precision."""
        return jax.tree.map(lambda leaf: leaf.astype(dtype) if eqx.is_inexact_array(leaf) else leaf, self)
