"""Coordinates that count turns, as a pendulum's angle: states that are whole turns apart are one and the same."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from rnnchaos.typing import Step

# What people call a turn: radians, the unit interval, degrees.
_PERIODS = (2 * np.pi, 1.0, 360.0)
# By so much of a turn rounding may shift what a whole number of turns should.
_ROUNDING = 1e-6
# States that are looked at from either end of the watch, each moved off by so much of the spread of all: one in a
# special place may do by chance what all do of an angle.
_STATES, _OFF = 4, 0.01


class Winding(NamedTuple):
    """Which coordinates count turns, and of how much."""

    period: float
    coordinates: Bool[np.ndarray, " state"]
    """Those of which whole turns change nothing but the turns."""
    angles: Bool[np.ndarray, " state"]
    """Those of them of which parts of a turn do change something; else, as of the place of a wave, no shift does."""

    def unwound(self, states: Float[np.ndarray, "*orbits state"]) -> Float[np.ndarray, "*orbits coordinate"]:
        """The states with a point on a circle in place of each coordinate that counts turns."""
        turned = 2 * np.pi * (states[..., self.coordinates] / self.period % 1.0)
        radius = self.period / (2 * np.pi)
        circles = (radius * np.cos(turned), radius * np.sin(turned))
        return np.concatenate([states[..., ~self.coordinates], *circles], axis=-1)


def winding_of(
    step: Step, starts: Float[np.ndarray, "orbit state"], ends: Float[np.ndarray, "orbit state"]
) -> Winding | None:
    """The coordinates that count turns, by what the step does to states near these; None where none does.

    A turn of one may turn others: of the standard map one of the momentum is one of the angle as well.
    """
    states = np.concatenate([starts[:_STATES], ends[:_STATES]])
    spread = np.ptp(np.concatenate([starts, ends]), axis=0)
    states = states + _OFF * np.where(spread > 0, spread, 1.0) * np.random.default_rng(0).random(states.shape)
    for period in _PERIODS:
        coordinates = _counting(step, states, period)
        if coordinates.any():
            return Winding(period, coordinates, coordinates & ~_counting(step, states, period / np.e))
    return None


def _counting(
    step: Step, states: Float[np.ndarray, "point state"], period: float
) -> Bool[np.ndarray, " state"]:
    """Coordinates whose shift by a period shifts the next state by whole periods, one of its own and any of others."""
    with jax.enable_x64(True), np.errstate(invalid="ignore"):
        moved = np.asarray(_moved(step, *jax.device_put((states, period))))
    whole = np.round(moved)
    own = np.einsum("pii->pi", whole)
    found = (np.abs(moved - whole) <= _ROUNDING).all(axis=(0, 2)) & (own == 1).all(axis=0)
    while (lost := found & (whole[:, :, ~found] != 0).any(axis=(0, 2))).any():
        found &= ~lost
    return found


@eqx.filter_jit
def _moved(
    step: Step, states: Float[Array, "point state"], period: Float[Array, ""]
) -> Float[Array, "point shifted state"]:
    """By how many periods each coordinate of the next state moves, for a shift of each by one period."""
    shifts = period * jnp.eye(states.shape[-1])

    def of_one(state):
        return (jax.vmap(lambda shift: step(state + shift))(shifts) - step(state)) / period

    return jax.vmap(of_one)(states)
