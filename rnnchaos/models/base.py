"""What every recurrent cell offers: one step of a flat state vector, and the part of it that is observed."""

from abc import abstractmethod
from typing import Annotated, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from annotated_types import Ge
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.setting import Unit
from rnnchaos.typing import PiecewiseLinearMap

Cell = TypeVar("Cell", bound="AbstractCell")
HiddenSize = Annotated[int, Ge(1), Unit("unit")]


class AbstractCell(eqx.Module):
    """A recurrent cell, z_{t+1} = F(z_t), whose state is one flat vector; an input shifts its bias (`driven`)."""

    hidden_size: eqx.AbstractVar[HiddenSize]
    """Hidden units; fewer than observed dimensions only with observation=linear."""

    @property
    def state_size(self) -> int:
        """Length of the state vector: `hidden_size`, or more where a cell keeps memory that is not observed."""
        return self.hidden_size

    @abstractmethod
    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        """The state one sampling step later."""

    def hidden(self, state: Float[Array, " state"]) -> Float[Array, " hidden"]:
        """The part of the state that the observation matrix reads."""
        return state

    def from_hidden(self, hidden: Float[Array, " hidden"]) -> Float[Array, " state"]:
        """The state whose observed part is `hidden` and whose other memory is zero."""
        return hidden

    def drawn_in(self, share: float, towards: Float[Array, " hidden"]) -> "AbstractCell | None":
        """The cell whose states are nearer to `towards` by a share, z' = m + (1 - share) (F(z) - m).

        None for a cell whose weights cannot be changed so.
        """
        return None

    @property
    def history(self) -> int:
        """Successive observations that a state is made from: 1, or more for a cell that has to listen first."""
        return 1

    def from_history(
        self, hidden: Float[Array, "history hidden"], shifts: Float[Array, "steps shift"] | None = None
    ) -> Float[Array, " state"]:
        """The state after the last of `history` observations, each given as the hidden part B⁺x.

        `shifts`, of a driven cell, are those of the steps from each to the next.
        """
        return self.from_hidden(hidden[-1])

    @property
    def input_size(self) -> int:
        """Numbers that an input shifts, the rows of its matrix C: the bias. 0 for a cell that takes no input."""
        bias = getattr(self, "bias", None)
        return 0 if bias is None else bias.shape[0]

    def driven(self, shift: Float[Array, " shift"]) -> "AbstractCell":
        """The cell under an input, C s = `shift` added to its bias: within its nonlinearity, and in all its gates."""
        shifted = self.bias + shift  # type: ignore[attr-defined] # a cell without one has an input_size of 0
        return eqx.tree_at(lambda cell: cell.bias, self, shifted)

    def input_matrix(self, num_inputs: int, *, key: PRNGKeyArray) -> Float[Array, "shift input"]:
        """C before training."""
        return uniform_weights(key, (self.input_size, num_inputs), self.hidden_size)

    def prepared(self) -> "AbstractCell":
        """The same map, with all that depends on the weights alone worked out: what loops should step with."""
        return self

    def piecewise_linear(self) -> PiecewiseLinearMap | None:
        """The map in the canonical form of piecewise-linear maps, None where it is not one."""
        return None


def affinely_drawn_in(cell: Cell, share: float, towards: Float[Array, " hidden"]) -> Cell:
    """`drawn_in` of a cell z' = A z + W φ(z) + h, by its fields `diagonal`, `weight` and `bias`."""

    def parts(cell):
        return cell.diagonal, cell.weight, cell.bias

    diagonal, weight, bias = ((1 - share) * each for each in parts(cell))
    return eqx.tree_at(parts, cell, (diagonal, weight, bias + share * towards))


def uniform_weights(key: PRNGKeyArray, shape: tuple[int, ...], hidden_size: int) -> Float[Array, "..."]:
    """Draw from U(±1/√M) with M = `hidden_size`, the initialisation of the paper's networks."""
    bound = hidden_size**-0.5
    return jax.random.uniform(key, shape, jnp.float64, -bound, bound)
