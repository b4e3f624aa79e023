"""Observation maps x = B h, and the inverse by which data is put into the latent state.

With at least as many hidden units as observed dimensions, every observation has a hidden state that shows it: B B⁺ = 1.
With fewer, B⁺B = 1, and B B⁺ projects onto what the units can show: B⁺x is the least-squares fit of x.
"""

from abc import abstractmethod
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.scipy.linalg import solve_triangular
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models.base import uniform_weights
from rnnchaos.setting import SettingError


class Delays(NamedTuple):
    """The rows (x_t, x_{t-lag}, …, x_{t-(number-1) lag}), in the older ones only some of the axes."""

    number: int = 1
    lag: int = 1
    axes: tuple[int, ...] | None = None
    """Of the older observations; None takes all."""

    @property
    def past(self) -> int:
        """Steps from the oldest observation to the newest."""
        return (self.number - 1) * self.lag

    def columns(self, dimension: int) -> list[int]:
        """Which numbers of the rows with all axes these are."""
        axes = range(dimension) if self.axes is None else self.axes
        older = [k * dimension + axis for k in range(1, self.number) for axis in axes]
        return [*range(dimension), *older]

    def __str__(self) -> str:
        which = "" if self.axes is None else f" of axes {', '.join(map(str, self.axes))}"
        if self.axes is not None and len(self.axes) == 1:
            which = f" of axis {self.axes[0]}"
        return f"{self.number} delays{which}, {self.lag} step{'s' * (self.lag > 1)} apart"


class AbstractObservation(eqx.Module):
    """A linear map from the hidden units to the observed dimensions."""

    @abstractmethod
    def matrix(self) -> Float[Array, "dimension hidden"]:
        """The observation matrix B."""

    @abstractmethod
    def inverse(self) -> Float[Array, "hidden dimension"]:
        """The Moore–Penrose pseudo-inverse B⁺: B B⁺ = 1, or B⁺B = 1 with fewer hidden units than dimensions."""

    @property
    def delays(self) -> Delays:
        """The earlier observations that the hidden units stand for beside the newest."""
        return Delays()

    def hidden(self, history: Float[Array, "time dimension"]) -> Float[Array, "found hidden"]:
        """B⁺x, the hidden units at each row of a history that has enough rows before it."""
        return history @ self.inverse().astype(history.dtype).T

    def unfolded(self) -> "AbstractObservation":
        """The map to all observations that the hidden units stand for, the newest first."""
        return self

    def prepared(self) -> "AbstractObservation":
        """The same map with both matrices at hand."""
        return PreparedObservation(self.matrix(), self.inverse())


class PreparedObservation(AbstractObservation):
    """A matrix and its pseudo-inverse, worked out before a loop that needs them at every step."""

    weight: Float[Array, "dimension hidden"]
    pseudo_inverse: Float[Array, "hidden dimension"]

    def matrix(self) -> Float[Array, "dimension hidden"]:
        return self.weight

    def inverse(self) -> Float[Array, "hidden dimension"]:
        return self.pseudo_inverse

    def prepared(self) -> "PreparedObservation":
        return self


class LinearObservation(AbstractObservation):
    """A trained observation matrix B without bias, of any shape; gradients flow through B⁺."""

    weight: Float[Array, "dimension hidden"]

    def __init__(self, dimension: int, hidden_size: int, *, key: PRNGKeyArray):
        self.weight = uniform_weights(key, (dimension, hidden_size), hidden_size)

    @classmethod
    def of(cls, weight: Float[Array, "dimension hidden"]) -> "LinearObservation":
        """The map of a given matrix."""
        template = eqx.filter_eval_shape(cls, *weight.shape, key=jax.random.key(0))
        return eqx.tree_at(lambda observation: observation.weight, template, weight)

    def matrix(self) -> Float[Array, "dimension hidden"]:
        return self.weight

    def inverse(self) -> Float[Array, "hidden dimension"]:
        # With Bᵀ = QR, B⁺ = Q R⁻ᵀ: no product B Bᵀ, which would square the condition number in float32.
        dimension, hidden_size = self.weight.shape
        if hidden_size < dimension:  # B = QR, B⁺ = R⁻¹ Qᵀ
            q, r = jnp.linalg.qr(self.weight)
            return solve_triangular(r, q.T)
        q, r = jnp.linalg.qr(self.weight.T)
        return solve_triangular(r, q.T).T


class IdentityObservation(AbstractObservation):
    """The first `dimension` hidden units are the observations; nothing is trained."""

    dimension: int = eqx.field(static=True)
    hidden_size: int = eqx.field(static=True)

    def __check_init__(self) -> None:
        check_carries(
            self.dimension, self.hidden_size, "{group}observation=linear takes fewer units than dimensions"
        )

    def matrix(self) -> Float[Array, "dimension hidden"]:
        return jnp.eye(self.dimension, self.hidden_size)

    def inverse(self) -> Float[Array, "hidden dimension"]:
        return jnp.eye(self.hidden_size, self.dimension)


class DelayObservation(AbstractObservation):
    """The newest of several observations x_t, x_{t-lag}, … that the hidden units stand for together.

    What one observation leaves open of the state of a system, earlier ones tell (Takens 1981): a state is found from
    them all, and shows the newest.
    """

    of_all: AbstractObservation
    """To all of them, one after the other."""
    dimension: int = eqx.field(static=True)
    """Of the newest."""
    older: Delays = eqx.field(static=True)

    @property
    def delays(self) -> Delays:
        return self.older

    def matrix(self) -> Float[Array, "dimension hidden"]:
        return self.of_all.matrix()[: self.dimension]

    def inverse(self) -> Float[Array, "hidden dimension"]:
        return LinearObservation.of(self.matrix()).inverse()

    def hidden(self, history: Float[Array, "time dimension"]) -> Float[Array, "found hidden"]:
        number, lag, _ = self.older
        found = len(history) - self.older.past
        rows = [history[(number - 1 - k) * lag :][:found] for k in range(number)]
        columns = self.older.columns(self.dimension)
        return self.of_all.hidden(jnp.concatenate(rows, axis=1)[:, jnp.array(columns)])

    def unfolded(self) -> AbstractObservation:
        return self.of_all

    def prepared(self) -> "DelayObservation":
        return DelayObservation(self.of_all.prepared(), self.dimension, self.older)


def check_carries(dimension: int, hidden_size: int, hint: str = "") -> None:
    """Raise SettingError unless the hidden units can carry every observed dimension."""
    if hidden_size < dimension:
        raise SettingError(
            "hidden_size", f"be at least the {dimension} observed dimensions", hidden_size, hint
        )
