"""Driven networks along recorded inputs: which input acts on which step, and that nothing crosses a border."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.models import GRU, EchoState, InputTerm, LinearObservation, Network, NextGenerationReservoir
from rnnchaos.models.recorded import free_runs, inputs_from, refuse_driven, steps_along
from rnnchaos.models.simulation import forecasts, histories
from rnnchaos.pieces import Pieces
from rnnchaos.protocols import Forcing
from rnnchaos.training import TrainingSeries, draw_windows, loss_and_gradient

KEY = jax.random.key(0)
LENGTHS = (40, 9, 31)


def driven(cell) -> Network:
    matrix = cell.input_matrix(2, key=KEY)
    return Network(cell, LinearObservation(3, cell.hidden_size, key=KEY), InputTerm(matrix))


def network_of(kind: str) -> Network:
    if kind == "gru":
        return driven(GRU(5, key=KEY))
    network = driven(EchoState(12, degree=4, listening=6, dimension=3, key=KEY))
    feedback = 0.1 * jax.random.normal(KEY, (12, 12), jnp.float64)
    return eqx.tree_at(lambda network: network.cell.feedback, network, feedback)


def poisoned() -> Pieces:
    """The first input of each piece acts on no step: it is not a number."""
    random = np.random.default_rng(3)
    inputs = random.standard_normal((sum(LENGTHS), 2))
    inputs[[0, 40, 49]] = np.nan
    return Pieces(random.standard_normal((sum(LENGTHS), 3)), LENGTHS, inputs)


@pytest.mark.parametrize("kind", ["gru", "esn"])
def test_free_runs_follow_the_inputs_of_each_piece(kind):
    network, series = network_of(kind), poisoned()
    heard = network.history
    runs = free_runs(network, series, transient=2, num_steps=steps_along(network, series, transient=2))
    assert runs.kept.lengths == tuple(length - heard - 2 for length in LENGTHS if length > heard + 2)
    assert np.isfinite(runs.steps).all()
    expected = []
    for piece in series.parts():
        state = network.start(jnp.asarray(piece.values[:heard]), jnp.asarray(piece.inputs[1:heard]))
        seen = []
        for given in piece.inputs[heard:]:
            state = network.step(state, jnp.asarray(given))
            seen.append(network.observe(state))
        if len(seen) > 2:
            expected += seen[2:]
    np.testing.assert_allclose(runs.kept.values, expected, rtol=1e-9, atol=1e-11)
    shorter = free_runs(network, series, transient=0, num_steps=10)
    np.testing.assert_allclose(shorter.steps[2:], runs.kept.values[:8], rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("kind", ["gru", "esn"])
def test_forecasts_have_the_inputs_that_came_after(kind):
    network, series = network_of(kind), poisoned()
    rows = series.ends(before=network.history - 1, after=2)
    inputs = inputs_from(network, series, rows, num_steps=2)
    assert np.isfinite(inputs).all()
    for row, given in zip(rows, inputs, strict=True):
        np.testing.assert_array_equal(given, series.inputs[row - network.history + 2 : row + 3])
    predicted = forecasts(network, histories(network, series, rows), num_steps=2, inputs=inputs)
    assert np.isfinite(predicted).all()


def test_no_window_and_no_fit_hears_an_input_across_a_border():
    series = poisoned()
    window = 7
    drawn = draw_windows(TrainingSeries.of(series, window=window, dtype=jnp.float64), 300, window, key=KEY)
    assert jnp.isfinite(drawn.inputs[:, 1:]).all()
    assert not jnp.isfinite(drawn.inputs[:, 0]).all()  # windows that begin with a piece
    loss, _ = loss_and_gradient(network_of("gru"), Forcing(3), drawn.values, drawn.values, drawn.inputs)
    assert jnp.isfinite(loss)


def responding(steps: int = 400) -> Pieces:
    """x_t = 0.5 x_{t-1} + M s_t in two pieces, exactly; the input of a border is poisoned."""
    random = np.random.default_rng(5)
    inputs = random.standard_normal((2 * steps, 2))
    x = random.standard_normal((2 * steps, 3))
    matrix = np.array([[1.0, 0.0], [0.3, -2.0], [0.0, 0.7]])
    for t in range(1, 2 * steps):
        if t != steps:
            x[t] = 0.5 * x[t - 1] + matrix @ inputs[t]
    inputs[[0, steps]] = 1e3
    return Pieces(x, (steps, steps), inputs)


def test_a_polynomial_of_the_input_finds_a_linear_response_exactly():
    """The wrong row of the inputs, or one step across the border, would leave an error of the input's size."""
    series = responding()
    cell = NextGenerationReservoir(1, 1, 1, dimension=3, num_inputs=2)
    fit = cell.fit(
        jnp.asarray(series.values), jnp.asarray(series.since), ridge=0.0, shifts=jnp.asarray(series.inputs)
    )
    assert fit.error < 1e-24
    # Normal equations: rounding times the squared condition number.
    np.testing.assert_allclose(fit.network.cell.weight[:, 1:4], -0.5 * np.eye(3), atol=1e-10)
    network = Network(fit.network.cell, fit.network.observation, InputTerm(cell.input_matrix(2, key=KEY)))
    runs = free_runs(network, series, transient=0, num_steps=2 * 399)
    expected = np.concatenate([piece.values[1:] for piece in series.parts()])
    np.testing.assert_allclose(runs.steps, expected, atol=1e-9)


def test_a_reservoir_hears_its_input():
    """Its response one step on is as good as the ridge lets it be, and hopeless without the input."""
    series = responding(1500)
    network = driven(EchoState(60, degree=6, listening=20, dimension=3, key=KEY, input_scale=0.3))
    series = Pieces(series.values, series.lengths, np.where(np.abs(series.inputs) > 100, 0, series.inputs))
    since = jnp.asarray(series.since)
    shifts = network.drive(jnp.asarray(series.inputs))
    with_input = network.cell.fit(jnp.asarray(series.values), since, ridge=1e-8, shifts=shifts).error
    without = network.cell.fit(jnp.asarray(series.values), since, ridge=1e-8).error
    assert with_input < 0.05 * without


def test_what_is_refused():
    network, series = network_of("gru"), poisoned()
    with pytest.raises(ConfigError, match=r"^series must have inputs for 40 steps after each start, got 40$"):
        inputs_from(network, series, np.array([0]), num_steps=40)
    with pytest.raises(ConfigError, match=r"^series must have the 2 inputs that drive this network, got 0$"):
        inputs_from(network, Pieces.of(series.values), np.array([0]), num_steps=4)
    with pytest.raises(ConfigError, match=r"^series must have inputs for 78 steps of a free run, got 77$"):
        free_runs(network, series, transient=0, num_steps=78)
    with pytest.raises(
        ConfigError, match=r"^cycles are those of an autonomous network, and this one is driven by 2"
    ):
        refuse_driven(network, "cycles")
    refuse_driven(Network(network.cell, network.observation), "cycles")
