"""From rows in the data's units to what a network says comes next."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float

from rnnchaos.data import DataUnits, Scaling
from rnnchaos.errors import ConfigError
from rnnchaos.measurements.continuation import continued
from rnnchaos.models import AbstractCell, EchoState, IdentityObservation, Network


class Halves(AbstractCell):
    """z' = z / 2: the forecast is known."""

    hidden_size: int = eqx.field(static=True)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return state / 2


UNITS = DataUnits(Scaling(np.array([10.0, 20.0]), np.array([2.0, 4.0])), ("x", "y"), delays=1, lag=1)
HALVES = Network(Halves(2), IdentityObservation(2, 2))


@pytest.mark.parametrize("history", [[14.0, 12.0], [[14.0, 12.0]], np.array([[0, 0], [14, 12]])])
def test_a_network_that_halves_goes_to_the_mean(history):
    expected = [[12.0, 16.0], [11.0, 18.0], [10.5, 19.0]]
    np.testing.assert_array_equal(continued(UNITS, HALVES, history, 3), expected)


def test_delays_need_more_rows_and_come_out_as_one_axis():
    units = DataUnits(Scaling(np.array([10.0]), np.array([2.0])), ("x",), delays=3, lag=2)
    halves = Network(Halves(3), IdentityObservation(3, 3))
    np.testing.assert_array_equal(
        continued(units, halves, [10.0, 12.0, 14.0, 12.0, 14.0], 2), [[12.0], [11.0]]
    )
    with pytest.raises(ConfigError, match=r"history must have at least 5 rows, .* got 4"):
        continued(units, halves, [10.0, 12.0, 14.0, 12.0], 2)


def test_a_network_that_listens_first_needs_more_rows():
    with jax.enable_x64(True):
        cell = EchoState(12, degree=3, listening=6, dimension=2, key=jax.random.key(0))
        network = Network(cell, IdentityObservation(2, 12))
    needed = network.history
    assert needed > 1
    rows = np.random.default_rng(0).standard_normal((needed + 3, 2))
    np.testing.assert_array_equal(continued(UNITS, network, rows, 2), continued(UNITS, network, rows[3:], 2))
    with pytest.raises(ConfigError, match=rf"history must have at least {needed} rows, .* got {needed - 1}"):
        continued(UNITS, network, rows[4:], 2)


def test_an_escape_is_not_finite_and_no_error():
    class Grows(Halves):
        def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
            return state * jnp.asarray(1e200, state.dtype)

    rows = continued(UNITS, Network(Grows(2), IdentityObservation(2, 2)), [14.0, 12.0], 3)
    assert np.isfinite(rows[0]).all()
    assert not np.isfinite(rows[2]).any()
