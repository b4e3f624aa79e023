"""What training goes on from, and what it leaves behind."""

from typing import NamedTuple

import equinox as eqx
import jax
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray, PyTree, Shaped

from rnnchaos.models import Network
from rnnchaos.protocols import AbstractForcing


class TrainState(eqx.Module):
    """All that training needs to go on: weights, forcing, optimiser, random key, and the steps taken so far."""

    network: Network
    forcing: AbstractForcing | None
    """None of a training without one."""
    optimizer_state: PyTree
    key: PRNGKeyArray
    step: Int[Array, ""]
    diverged: Bool[Array, ""]

    def bare(self, like: "TrainState | None" = None) -> "TrainState":
        """Without the forcing's numbers that no step changes, which are the trainer's: with the arrays of `like`."""
        kept = (self if like is None else like).forcing
        return self._with(
            jax.tree.map(
                lambda own, found: found if eqx.is_array(own) else None, kept, self.forcing, is_leaf=_is_none
            )
        )

    def clothed(self, forcing: AbstractForcing | None) -> "TrainState":
        """With the numbers of `forcing` in the place of those that are missing."""
        return self._with(eqx.combine(self.forcing, forcing))

    def _with(self, forcing: AbstractForcing | None) -> "TrainState":
        return eqx.tree_at(lambda state: state.forcing, self, forcing, is_leaf=_is_none)


def _is_none(leaf: object) -> bool:
    return leaf is None


class StepRecord(NamedTuple):
    """What each optimiser step of a chunk left behind."""

    loss: Float[Array, " step"]
    gradient_norm: Float[Array, " step"] | None
    """Euclidean norm of the loss gradient, before any clipping; None where there is no gradient."""
    weight_norm: Float[Array, " step"]
    traces: dict[str, Shaped[Array, " step"]]
    """What changes with the step in the protocol: τ, α, σ_max, a penalty."""
