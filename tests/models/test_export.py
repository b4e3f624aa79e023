"""Networks under the names that others read: read back they are the same map, and PyTorch's layers step as they do."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.models import (
    GRU,
    LSTM,
    PLRNN,
    RNN,
    AlmostLinearRNN,
    AntisymmetricRNN,
    DendriticPLRNN,
    LinearObservation,
    MeanCenteredPLRNN,
    Network,
    OrthogonalRNN,
    ShallowPLRNN,
    ShallowRNN,
    network_from_arrays,
)
from rnnchaos.models.foreign.export import exported
from rnnchaos.models.network import InputTerm

KEY, UNITS, DIMENSION, INPUTS = jax.random.key(0), 6, 2, 3
CELLS = {
    "rnn": lambda: RNN(UNITS, key=KEY),
    "relu": lambda: RNN(UNITS, "relu", key=KEY),
    "orthogonal": lambda: OrthogonalRNN(UNITS, key=KEY),
    "gru": lambda: GRU(UNITS, key=KEY),
    "lstm": lambda: LSTM(UNITS, key=KEY),
    "plrnn": lambda: PLRNN(UNITS, key=KEY),
    "mcplrnn": lambda: MeanCenteredPLRNN(UNITS, key=KEY),
    "alrnn": lambda: AlmostLinearRNN(UNITS, 2, key=KEY),
    "shplrnn": lambda: ShallowPLRNN(UNITS, 9, key=KEY),
    "clipped_shplrnn": lambda: ShallowPLRNN(UNITS, 9, True, key=KEY),
    "shrnn": lambda: ShallowRNN(UNITS, 9, key=KEY),
    "bounded_shrnn": lambda: ShallowRNN(UNITS, 9, "gelu", True, key=KEY),
    "dendplrnn": lambda: DendriticPLRNN(UNITS, 4, key=KEY),
    "clipped_dendplrnn": lambda: DendriticPLRNN(UNITS, 4, True, key=KEY),
}


def network_of(name, *, inputs=0):
    with jax.enable_x64(True):
        cell = CELLS[name]()
        drive = InputTerm(cell.input_matrix(inputs, key=KEY)) if inputs else None
        return Network(cell, LinearObservation(DIMENSION, UNITS, key=KEY), drive)


def read_back(found):
    told = found.metadata
    return network_from_arrays(
        found.arrays,
        origin="export",
        kind=told["model"],
        activation=told.get("activation", "tanh"),
        rectified=int(told.get("rectified", 0)),
    )


@pytest.mark.parametrize("inputs", [0, INPUTS])
@pytest.mark.parametrize("name", CELLS)
def test_what_is_read_back_is_the_same_map(name, inputs):
    with jax.enable_x64(True):
        network = network_of(name, inputs=inputs)
        found = read_back(exported(network))
        assert (found.state_size, found.num_inputs, found.output_size) == (
            network.state_size,
            inputs,
            DIMENSION,
        )
        random = np.random.default_rng(0)
        state = again = jnp.asarray(random.uniform(-0.9, 0.9, network.state_size))
        for _ in range(20):
            given = jnp.asarray(random.standard_normal(inputs)) if inputs else None
            state, again = network.step(state, given), found.step(again, given)
            np.testing.assert_allclose(again, state, rtol=1e-12, atol=1e-14)
            np.testing.assert_allclose(found.observe(again), network.observe(state), rtol=1e-12, atol=1e-14)


def test_published_names():
    names = {name: sorted(exported(network_of(name, inputs=INPUTS)).arrays) for name in CELLS}
    assert names["plrnn"] == ["A", "B", "C", "W", "h"]
    assert names["shplrnn"] == ["A", "B", "C", "W1", "W2", "h1", "h2"]
    assert names["dendplrnn"] == ["A", "B", "C", "H", "W", "alpha", "h"]
    layer = [f"rnn.{part}_l0" for part in ("bias_hh", "bias_ih", "weight_hh", "weight_ih")]
    assert names["lstm"] == names["gru"] == names["rnn"] == ["observation.weight", *layer]


@pytest.mark.parametrize("name", ["rnn", "relu", "gru", "lstm"])
@pytest.mark.parametrize("inputs", [0, INPUTS])
def test_pytorchs_layers_take_the_arrays_and_step_as_ours(name, inputs):
    torch = pytest.importorskip("torch")
    with jax.enable_x64(True):
        network = network_of(name, inputs=inputs)
        arrays, told = exported(network)
        options = {"nonlinearity": told["activation"]} if told["model"] == "rnn" else {}
        layer = getattr(torch.nn, told["model"].upper())(max(inputs, 1), UNITS, **options).double()
        layer.load_state_dict(
            {key[4:]: torch.tensor(array) for key, array in arrays.items() if key.startswith("rnn.")}
        )
        random = np.random.default_rng(0)
        state = random.uniform(-0.9, 0.9, network.state_size)
        given = random.standard_normal(inputs)
        fed = torch.tensor(given if inputs else np.zeros(1))[None]
        before = [torch.tensor(part)[None] for part in np.split(state, network.state_size // UNITS)]
        _, after = layer(fed, tuple(before) if name == "lstm" else before[0])
        after = np.concatenate([part[0].detach().numpy() for part in (after if name == "lstm" else [after])])
        ours = network.step(jnp.asarray(state), jnp.asarray(given) if inputs else None)
        np.testing.assert_allclose(after, ours, rtol=1e-12, atol=1e-14)


def test_a_cell_of_nobody_elses_is_refused():
    network = Network(AntisymmetricRNN(UNITS, key=KEY), LinearObservation(DIMENSION, UNITS, key=KEY))
    with pytest.raises(ConfigError) as refused:
        exported(network)
    assert str(refused.value) == (
        "neither PyTorch nor the papers on PLRNNs have the cell AntisymmetricRNN; export writes RNN, GRU, LSTM, PLRNN, "
        "MeanCenteredPLRNN, AlmostLinearRNN, ShallowPLRNN, ShallowRNN, DendriticPLRNN and OrthogonalRNN, and "
        "weights.safetensors in the run has the arrays of all"
    )
