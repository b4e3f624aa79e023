"""From rows in the data's units to what a network says comes next."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float

from rnnchaos.data import DataUnits, Scaling
from rnnchaos.errors import ConfigError
from rnnchaos.measurements import forecast
from rnnchaos.measurements.continuation import continued
from rnnchaos.models import AbstractCell, EchoState, IdentityObservation, InputTerm, Network


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


@pytest.mark.parametrize(
    ("history", "message"),
    [
        (
            np.ma.masked_array([14.0, 12.0], [False, True]),
            r"^history must be finite, but has masked entries$",
        ),
        (np.array([14.0, 12j]), r"^history must be rows of real numbers, got complex128$"),
    ],
)
def test_rows_that_hide_a_part_are_refused(history, message):
    with pytest.raises(ConfigError, match=message):
        continued(UNITS, HALVES, history, 3)


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


class Driven(Halves):
    """z' = z / 2 + C s: the forecast under an input is known, too."""

    bias: Float[Array, " hidden"] = eqx.field(default_factory=lambda: jnp.zeros(2))

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return state / 2 + self.bias


INPUT = Scaling(np.array([100.0]), np.array([10.0]))
DRIVEN_UNITS = UNITS._replace(input_names=("s",), input_scaling=INPUT)
DRIVEN = Network(Driven(2), IdentityObservation(2, 2), InputTerm(jnp.array([[1.0], [0.5]])))


def test_inputs_are_scaled_and_act_on_the_step_into_their_row():
    found = continued(DRIVEN_UNITS, DRIVEN, [14.0, 12.0], 3, inputs=[110.0, 100.0, 80.0, 1e9])
    # Scaled: (2, -2), then half of it plus (1, .5), (0, 0) and (-2, -1).
    np.testing.assert_allclose(found, [[14.0, 18.0], [12.0, 19.0], [7.0, 15.5]], rtol=1e-12)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (None, r"^inputs must be given for the 3 steps to come: this network is driven by s$"),
        ([1.0, 2.0], r"^inputs must have a row for each of the 3 steps to come, got 2$"),
        ([1.0, np.nan, 2.0], r"^inputs must be finite, got nan in row 1 of s$"),
        ([[1.0, 2.0]] * 3, r"^inputs must be rows of the axis s, got shape \(3, 2\)$"),
        (["a"], r"^inputs must be rows of numbers: "),
    ],
)
def test_inputs_that_do_not_serve(inputs, message):
    with pytest.raises(ConfigError, match=message):
        continued(DRIVEN_UNITS, DRIVEN, [14.0, 12.0], 3, inputs=inputs)


def test_an_input_for_a_network_without_one():
    with pytest.raises(ConfigError, match=r"^inputs must be left out: this network has none$"):
        continued(UNITS, HALVES, [14.0, 12.0], 3, inputs=[1.0, 2.0, 3.0])


def test_a_driven_network_that_listens_hears_the_inputs_of_its_history():
    with jax.enable_x64(True):
        cell = EchoState(12, degree=3, listening=6, dimension=2, key=jax.random.key(0))
        term = InputTerm(cell.input_matrix(1, key=jax.random.key(1)))
        network = Network(cell, IdentityObservation(2, 12), term)
    random = np.random.default_rng(0)
    rows, before, future = random.standard_normal((9, 2)), random.standard_normal((9, 1)), np.zeros((2, 1))
    found = continued(DRIVEN_UNITS, network, rows, 2, inputs=future, history_inputs=before)
    shorter = continued(DRIVEN_UNITS, network, rows[2:], 2, inputs=future, history_inputs=before[2:])
    np.testing.assert_array_equal(found, shorter)
    other = continued(DRIVEN_UNITS, network, rows, 2, inputs=future, history_inputs=before + 50)
    assert np.abs(other - found).max() > 1e-3
    with pytest.raises(
        ConfigError, match=r"^history must have columns of its inputs: .* driven by s, and listens to 6"
    ):
        continued(DRIVEN_UNITS, network, rows, 2, inputs=future)
    with pytest.raises(ConfigError, match=r"^history must have inputs in at least 6 rows, .* got 5$"):
        continued(DRIVEN_UNITS, network, rows, 2, inputs=future, history_inputs=before[:5])


def test_times_are_shown_in_full():
    rows, times = np.array([[1.0], [2.0], [3.0]]), np.array([1773523200.0, 1773523260.0, 0.3])
    found = forecast._Forecast(rows, times - 60, rows, times, ("x",))
    (time, _) = forecast._table(found).columns
    assert list(time.cells) == ["1773523200", "1773523260", "0.3"]


def test_a_newest_row_where_the_training_series_has_never_been_is_told():
    trained = np.random.default_rng(0).uniform([0, -50], [10, 50], (1_000, 2))
    assert forecast._outside(trained, np.array([10.5, 0.0]), ("x", "y")) == ()
    (said,) = forecast._outside(trained, np.array([5.0, -999.0]), ("x", "y"))
    assert said.startswith("y of the newest row is -999, outside the -")
