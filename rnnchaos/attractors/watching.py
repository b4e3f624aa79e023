"""Watching orbits of a step function: their states at irregular times, and which of them leave every bound."""

from typing import NamedTuple

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from rnnchaos.attractors.winding import Winding
from rnnchaos.magnitude import LARGEST
from rnnchaos.typing import Step

# States kept of all orbits together, and of each: enough to tell sets apart, few enough to compare at once.
_TOGETHER, _MOST, _FEWEST = 16_384, 512, 64
# Times are an even, irrational sequence for the most part, so that blocks of states take as long as each other.
_GOLDEN, _RANDOM = (5**0.5 - 1) / 2, 0.3


class Watched(NamedTuple):
    """What was seen of orbits while they were followed without their tangent vectors."""

    starts: Float[np.ndarray, "orbit state"]
    states: Float[np.ndarray, "orbit time state"]
    after: Float[np.ndarray, "orbit time state"]
    """The states one step later."""
    times: Int[np.ndarray, " time"]
    """Steps after the start at which the states were taken: irregular, so that no cycle hides between them."""
    escaped: Int[np.ndarray, " orbit"]
    """The step by which an orbit had left every bound, -1 where it stayed."""
    ends: Float[np.ndarray, "orbit state"]
    """Where the orbits are at the end, or at the step that was asked for."""
    winding: Winding | None = None
    """Which coordinates count turns, where that was looked at and any does."""

    def unwound(self, states: Float[np.ndarray, "*orbits state"]) -> Float[np.ndarray, "*orbits coordinate"]:
        """States as they are compared: those that are whole turns apart are one."""
        return states if self.winding is None else self.winding.unwound(states)

    def of(self, orbits: Bool[np.ndarray, " orbit"]) -> "Watched":
        """Some of the orbits."""
        return self._replace(
            starts=self.starts[orbits],
            states=self.states[orbits],
            after=self.after[orbits],
            escaped=self.escaped[orbits],
            ends=self.ends[orbits],
        )


def watch(
    step: Step, starts: Float[np.ndarray, "orbit state"], *, num_steps: int, end: int | None = None
) -> Watched:
    """Follow orbits for `num_steps` steps; where they are after `end` of them is kept as their ends."""
    end = num_steps if end is None else end
    times = np.union1d(_times(num_steps, len(starts)), [end])
    gaps = np.diff(times, prepend=0)
    with jax.enable_x64(True):
        followed = _follow(step, *jax.device_put((np.asarray(starts, dtype=np.float64), gaps)))
        states, after = (np.asarray(each) for each in followed)
    bounded = (np.abs(states) < LARGEST).all(axis=2) & (np.abs(after) < LARGEST).all(axis=2)
    escaped = np.where(bounded.all(axis=1), -1, times[np.argmin(bounded, axis=1)])
    ends = states[:, np.searchsorted(times, end)]
    return Watched(starts, states, after, times, escaped, ends)


def _times(num_steps: int, orbits: int) -> Int[np.ndarray, " time"]:
    count = min(num_steps, int(np.clip(_TOGETHER // orbits, _FEWEST, _MOST)))
    index, chance = np.arange(count), np.random.default_rng(0).random(count)
    # Partly at random: an orbit on a circle is a lattice at regular times, between whose places another's may lie.
    apart = (1 - _RANDOM) * (index * _GOLDEN % 1.0) + _RANDOM * chance
    jittered = (index + apart) * num_steps / count
    times = np.unique(1 + np.minimum(jittered.astype(int), num_steps - 1))
    return np.append(times[times < num_steps], num_steps)


@eqx.filter_jit
def _follow(
    step: Step, starts: Float[Array, "orbit state"], gaps: Int[Array, " time"]
) -> tuple[Float[Array, "orbit time state"], Float[Array, "orbit time state"]]:
    def onwards(state, gap):
        state = jax.lax.fori_loop(0, gap, lambda _, x: step(x), state)
        return state, (state, step(state))

    return jax.vmap(lambda start: jax.lax.scan(onwards, start, gaps)[1])(starts)
