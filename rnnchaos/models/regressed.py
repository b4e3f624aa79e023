"""Networks whose trained part is linear, and found by ridge regression on one-step predictions."""

from abc import abstractmethod
from typing import ClassVar, Literal, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from rnnchaos.models.base import AbstractCell
from rnnchaos.models.network import Network


class Fit(NamedTuple):
    """A fitted network, and the mean squared error of its one-step predictions of what it was fitted to."""

    network: Network
    error: Float[Array, ""]


class AbstractRegressedCell(AbstractCell):
    """A cell that is fitted in closed form instead of by gradient descent."""

    observation: ClassVar[Literal["linear", "identity"]]
    """How the fitted network is observed."""
    drawn: ClassVar[bool] = True
    """Whether any of its weights is drawn at random: otherwise no seed makes another network."""
    richer: ClassVar[str] = "more units (model.hidden_size)"
    """What lets it fit more, by its settings, for advice."""
    simpler: ClassVar[str] = "fewer units (model.hidden_size)"
    """What leaves its state fewer dimensions."""

    @abstractmethod
    def fit(
        self,
        series: Float[Array, "time dimension"],
        since: Int[Array, " time"],
        *,
        ridge: float,
        shifts: Float[Array, "time shift"] | None = None,
    ) -> Fit:
        """The network whose free run continues `series` best, in mean squared error plus `ridge` times its weights'.

        `since` counts the rows of the same piece that lie before each: nothing is learned from one piece to the next.
        `shifts`, of a driven cell, are those of the step into each row.
        """


def ridge_regression(
    gram: Float[Array, "feature feature"], products: Float[Array, "feature dimension"], ridge: float
) -> Float[Array, "dimension feature"]:
    """The matrix W that minimises the mean of |W f - y|² + ridge ‖W‖², from the means of f fᵀ and of f yᵀ."""
    return jnp.linalg.solve(gram + ridge * jnp.eye(len(gram), dtype=gram.dtype), products).T
