"""Cells and systems from outside: what is none of JAX, or no map of states, is said before anything is computed."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from composed import settings

from rnnchaos.errors import ConfigError
from rnnchaos.models import LSTM, AbstractCell
from rnnchaos.protocols import AbstractForcing, AbstractProtocol, Forcing
from rnnchaos.settings import build
from rnnchaos.settings.own_classes import check_cell, check_forcing, check_system
from rnnchaos.systems import AbstractMap, Lorenz63

CHANCE = np.random.default_rng(0)


class Own(AbstractCell):
    """Tanh units."""

    hidden_size: int = eqx.field(static=True)
    weight: jax.Array

    def __init__(self):
        self.hidden_size, self.weight = 3, jax.random.normal(jax.random.key(0), (3, 3), jnp.float32)

    def step(self, state):
        return jnp.tanh(self.weight @ state)


class Noisy(Own):
    def step(self, state):
        return super().step(state) + CHANCE.normal(size=3).astype(state.dtype)


class Branching(Own):
    def step(self, state):
        return state if state[0] > 0 else -state


class Short(Own):
    def step(self, state):
        return state[:-1]


class Single(Own):
    def step(self, state):
        return super().step(state).astype(jnp.float32)


class OfADict(Own):
    def step(self, state):
        return {"h": state["h"]}


class Hidden(Own):
    def hidden(self, state):
        return state[0]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (Noisy, "step of Noisy must give the same state whenever it is given the same one, .*"),
        (Branching, "step of Branching must be written in jax.numpy, with jnp.where for if, .*"),
        (Short, r"step of Short must return a state of shape \(3,\) like the one it got, got .* \(2,\)"),
        (Single, "step of Single must compute in float64 when its state is float64, got float32"),
        (OfADict, r"step of OfADict must take an array of shape \(3,\), got from it: .*"),
        (Hidden, r"hidden of Hidden must return a state of shape \(3,\) .*, got an array of shape \(\)"),
    ],
)
def test_a_cell_that_is_none(cell, message):
    for given in (cell(), eqx.filter_eval_shape(cell)):
        with pytest.raises(ConfigError, match=f"^{message}$"):
            check_cell(given)


def test_cells_that_are_some():
    check_cell(Own())
    check_cell(eqx.filter_eval_shape(Own))
    check_cell(LSTM(3, key=jax.random.key(0)))


class OwnMap(AbstractMap):
    """Hénon's."""

    @property
    def dimension(self):
        return 2

    def initial_state(self):
        return jnp.array([0.1, 0.1])

    def step(self, state):
        return jnp.stack([1 - 1.4 * state[0] ** 2 + state[1], 0.3 * state[0]])


class NoisyMap(OwnMap):
    """It jumps."""

    def step(self, state):
        return super().step(state) + CHANCE.normal(size=2)


class ListMap(OwnMap):
    """It gives a list."""

    def step(self, state):
        return [*super().step(state)]


class StartMap(OwnMap):
    """It begins elsewhere."""

    def initial_state(self):
        return jnp.array([0.1, 0.1, 0.1])


class WholeMap(OwnMap):
    """It begins at whole numbers."""

    def initial_state(self):
        return jnp.array([0, 0])


@pytest.mark.parametrize(
    ("system", "message"),
    [
        (NoisyMap, "step of NoisyMap must give the same state .*"),
        (ListMap, r"step of ListMap must return a state of shape \(2,\) like the one it got, got a list"),
        (
            StartMap,
            r"initial_state of StartMap must give an array of shape \(2,\) .*, got one of shape \(3,\) .*",
        ),
        (WholeMap, r"initial_state of WholeMap must give an array .*, got one of shape \(2,\) of int64"),
    ],
)
def test_a_system_that_is_none(system, message):
    with pytest.raises(ConfigError, match=f"^{message}$"):
        check_system(system())


def test_systems_that_are_some():
    check_system(OwnMap())
    check_system(Lorenz63())


class Resetting(AbstractForcing):
    """Reset every five steps."""

    def force(self, state, data_state, seen_state, t):
        return jnp.where(t % 5 == 0, data_state, state)

    def reset_interval(self, window):
        return 5

    def describe(self):
        return "reset"


class Free(Resetting):
    def force(self, state, data_state, seen_state, t):
        return state

    def reset_interval(self, window):
        return window


class Halving(Resetting):
    def force(self, state, data_state, seen_state, t):
        return (state + data_state) / 2


class Late(Resetting):
    def reset_interval(self, window):
        return 4


class Never(Resetting):
    def reset_interval(self, window):
        return 0


class Uneven(Resetting):
    def reset_interval(self, window):
        return 2.5


class OfANumber(Resetting):
    def force(self, state, data_state, seen_state, t):
        return 0.5


class OfFour(Resetting):
    def force(self, state, data_state):
        return data_state


class When(Resetting):
    def force(self, state, data_state, seen_state, t):
        return data_state if t > 3 else state


class Doubled(Resetting):
    def force(self, state, data_state, seen_state, t):
        return data_state.astype(jnp.float64)


@pytest.mark.parametrize("forcing", [Resetting(), Free(), Forcing(5), Forcing(None)])
def test_a_forcing_that_does_what_it_says(forcing):
    check_forcing(forcing, 3, 20)


@pytest.mark.parametrize(
    ("forcing", "said"),
    [
        (Halving, r"^force of Halving must reset the state to the data every 5 steps and keep it between, as"),
        (Late, r"^force of Late must reset the state to the data every 4 steps and keep it between, as"),
        (Never, r"^reset_interval of Never must give a whole number of steps, at least 1, or None, got 0$"),
        (Uneven, r"^reset_interval of Uneven must give a whole number of steps, at least 1, or None, got 2\.5$"),
        (OfANumber, r"^force of OfANumber must return a state of shape \(3,\) like the one it got, got an array of"),
        (OfFour, r"^force of OfFour must take three states of shape \(3,\) and a step, got from it: "),
        (When, r"^force of When must be written in jax\.numpy, with jnp\.where for if, got from it: "),
        (Doubled, r"^force of Doubled must compute in float32 when its state is float32, got float64$"),
    ],
)  # fmt: skip
def test_a_forcing_that_does_not(forcing, said):
    with pytest.raises(ConfigError, match=said):
        check_forcing(forcing(), 3, 20)


def test_an_interval_is_a_whole_number_of_steps():
    uneven = eqx.tree_at(lambda forcing: forcing.tau, Forcing(5), 2.5)  # types are checked in tests alone
    with pytest.raises(ConfigError, match=r"^tau must be a whole number of steps, got 2\.5$"):
        uneven.__check_init__()


class WithoutForcing(AbstractProtocol):
    """None."""

    def forcing(self):
        return None


def test_a_protocol_gives_a_forcing(monkeypatch):
    monkeypatch.setattr(build, "instance", lambda *words, **given: WithoutForcing())
    with pytest.raises(
        ConfigError, match=r"^forcing of WithoutForcing must give a Forcing, or another .*, got NoneT"
    ):
        build.trainer(settings("protocol.tau=5"))
