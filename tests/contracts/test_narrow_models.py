"""Every model with fewer hidden units than observed dimensions: the latent state is a projection of the data."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import KEY, MODELS, PROTOCOLS, TAU, fitted_in_closed_form, make, of_model, of_protocol

from rnnchaos.diagnostics.evaluation import evaluate_network
from rnnchaos.errors import ConfigError
from rnnchaos.models import weights
from rnnchaos.models.simulation import forecasts, free_run, histories, latent_orbit
from rnnchaos.pieces import Pieces
from rnnchaos.protocols import Forcing
from rnnchaos.settings import build
from rnnchaos.training import Trainer, TrainingSeries, loss_and_gradient, sequential_loss

CHANNELS = 9
GRADIENT_MODELS = [choice for choice in MODELS if not fitted_in_closed_form(choice)]


def channels(length: int = 200) -> np.ndarray:
    """Nine mixtures of four sines: what six units can show almost entirely once B is fitted, and not before."""
    rng = np.random.default_rng(0)
    time = np.arange(length)[:, None]
    return np.sin(time * [0.11, 0.23, 0.37, 0.5] + [0, 1, 2, 3]) @ rng.standard_normal((4, CHANNELS))


def narrow(choice: str, *words: str):
    return make(of_model(choice, "model.observation=linear", *words), dimension=CHANNELS)


def windows(count: int = 4, steps: int = 13) -> jax.Array:
    return jnp.asarray(channels()[: count * (steps + 1)].reshape(count, steps + 1, CHANNELS))


@pytest.mark.parametrize("choice", GRADIENT_MODELS)
def test_the_state_holds_the_projection(choice):
    network = narrow(choice)
    x = jnp.asarray(channels()[7])
    state = network.force(x)
    assert state.shape == (network.state_size,)
    matrix = np.asarray(network.observation.matrix())
    projected = matrix @ np.linalg.lstsq(matrix, np.asarray(x))[0]
    np.testing.assert_allclose(network.observe(state), projected, atol=1e-12)
    np.testing.assert_allclose(network.start(x[None]), state, atol=1e-14)
    # What is shown is shown again.
    np.testing.assert_allclose(network.force(network.observe(state)), state, atol=1e-12)
    np.testing.assert_allclose(network.prepared().force(x), state, atol=1e-12)


@pytest.mark.parametrize("choice", GRADIENT_MODELS)
@pytest.mark.parametrize("forcing", [Forcing(TAU), Forcing(1, 0.1, partial=True)])
def test_loss_and_gradient_in_both_forms(choice, forcing):
    network = narrow(choice)
    loss, gradient = eqx.filter_jit(loss_and_gradient)(network, forcing, windows())
    expected, wanted = eqx.filter_jit(eqx.filter_value_and_grad(sequential_loss))(network, forcing, windows())
    assert abs(loss - expected) <= 1e-12 * abs(expected)
    for name, leaf in weights.to_arrays(gradient).items():
        assert np.all(np.isfinite(leaf)), name
        other = weights.to_arrays(wanted)[name]
        assert np.max(np.abs(leaf - other)) <= 1e-12 * max(np.max(np.abs(other)), 1e-3), name
    if choice == "shplrnn":
        _check_derivative(network, forcing, gradient)


def _check_derivative(network, forcing, gradient):
    """Along a random direction of B, through B⁺."""
    direction = jax.random.normal(KEY, network.observation.weight.shape, jnp.float64)

    def along(share):
        moved = eqx.tree_at(
            lambda n: n.observation.weight, network, network.observation.weight + share * direction
        )
        return sequential_loss(moved, forcing, windows())

    step = 1e-6
    difference = (along(step) - along(-step)) / (2 * step)
    np.testing.assert_allclose(jnp.sum(gradient.observation.weight * direction), difference, rtol=1e-6)


@pytest.mark.parametrize("choice", GRADIENT_MODELS)
def test_partial_forcing_leaves_nothing_but_hidden_memory(choice):
    """B⁺B = 1: all that is observed is all hidden units, so partial forcing replaces them all, and memory stays."""
    network = narrow(choice)
    state = jax.random.normal(jax.random.key(1), (network.state_size,), jnp.float64)
    x = jnp.asarray(channels()[3])
    seen = network.force(network.observe(state))
    forced = Forcing(1, partial=True).force(state, network.force(x), seen, jnp.asarray(1))
    memory = state - network.cell.from_hidden(network.cell.hidden(state))
    np.testing.assert_allclose(forced, network.force(x) + memory, atol=1e-12)


@pytest.mark.parametrize("choice", GRADIENT_MODELS)
def test_free_runs_start_at_the_projection(choice):
    network, series = narrow(choice), Pieces.of(channels())
    starts = histories(network, series, np.array([5, 50]))
    ahead = forecasts(network, starts, num_steps=3)
    for start, run in zip(starts, ahead, strict=True):
        state = network.start(jnp.asarray(start))
        np.testing.assert_allclose(run[0], network.observe(network.step(state)), rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(free_run(network, start, num_steps=3), run, rtol=1e-10, atol=1e-12)
    orbit = latent_orbit(network, series, transient=2, num_steps=4)
    assert orbit.states.shape == (4, network.state_size)
    assert orbit.observations.shape == (4, CHANNELS)


@pytest.mark.parametrize("choice", MODELS)
def test_identity_needs_a_unit_for_each_dimension(choice):
    if choice == "ngrc":  # has as many as there are dimensions
        assert build.shapes(of_model(choice), CHANNELS).cell.hidden_size == CHANNELS
        return
    # An echo state network has to hear what it was fitted to, so it needs them with its linear readout, too.
    words = ["model.hidden_size=6"] if choice == "esn" else ["model.observation=identity"]
    with pytest.raises(
        ConfigError, match=r"^model\.hidden_size must be at least the 9 observed dimensions, got 6"
    ):
        build.shapes(of_model(choice, *words), CHANNELS)


@pytest.mark.parametrize("choice", [choice for choice in PROTOCOLS if choice != "closed_form"])
def test_every_protocol_trains(choice):
    chosen = of_protocol(choice)
    trainer = build.trainer(chosen)
    assert isinstance(trainer, Trainer)
    network = make(chosen, jnp.float32, CHANNELS)
    start = trainer.init(network, key=KEY)
    state, records = trainer.run(start, _training_series(channels(), trainer), 4)
    assert not bool(state.diverged)
    assert np.all(np.isfinite(records.loss))
    assert np.any(state.network.observation.weight != network.observation.weight)


def _training_series(values, trainer):
    return TrainingSeries.of(Pieces.of(values), window=trainer.window, dtype=jnp.float32)


@pytest.mark.slow
def test_training_finds_the_directions_that_matter():
    """Six units of nine channels that vary in four directions: after training, B holds all four."""
    words = ["protocol=gtf", "protocol.alpha=0.3", "training.window=20", "training.batch_size=8"]
    chosen = of_model("shplrnn", *words, "optimizer.learning_rate=0.01")
    series = channels(400) / channels(400).std(0)
    trainer, network = build.trainer(chosen), make(chosen, jnp.float32, CHANNELS)
    start = trainer.init(network, key=KEY)
    state, _ = trainer.run(start, _training_series(series, trainer), 600)

    def missed(network):
        matrix = np.asarray(network.observation.matrix(), np.float64)
        projected = matrix @ np.linalg.lstsq(matrix, series.T)[0]
        return np.mean((projected.T - series) ** 2)

    assert missed(network) > 0.1
    assert missed(state.network) < 0.02


def test_the_prediction_error_says_what_units_cannot_show(tmp_path):
    np.save(tmp_path / "channels.npy", channels(400))
    words = ["dataset=file", f"dataset.path={tmp_path / 'channels.npy'}", "diagnostics=quick"]
    chosen = of_model("shplrnn", *words)
    dataset = build.dataset(build.source(chosen), chosen.dataset.preparation)

    def note(hidden_size):
        sized = of_model("shplrnn", *words, f"model.hidden_size={hidden_size}")
        network = make(sized, dimension=CHANNELS)
        found = evaluate_network(network, dataset, None, chosen.diagnostics, seed=0)
        (error,) = [metric for metric in found.metrics if metric.name == "n_step_error"]
        return network, error.note

    network, said = note(2)
    matrix = np.asarray(network.observation.matrix())
    series = dataset.test.values
    shown = (matrix @ np.linalg.lstsq(matrix, series.T)[0]).T
    missed = np.mean((series - shown) ** 2)
    assert said.endswith(f"{missed:.3g} of it is what 2 units cannot show of the test series")
    assert "cannot show" not in note(9)[1]
