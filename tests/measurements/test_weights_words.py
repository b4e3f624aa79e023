"""Words about a network from elsewhere that would change nothing or contradict its file, and what is left out of it."""

import json
from pathlib import Path

import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.measurements import torch_checkpoint
from rnnchaos.measurements.weights_file import read_network
from rnnchaos.settings.compose import compose
from rnnchaos.settings.read import read_weights_settings

RNG = np.random.default_rng(0)


def layer(gates=1, inputs=2, units=5, prefix="rnn."):
    return {
        f"{prefix}weight_ih_l0": RNG.normal(size=(gates * units, inputs)),
        f"{prefix}weight_hh_l0": RNG.normal(size=(gates * units, units)),
    }


SHALLOW = {
    "A": np.full(3, 0.5),
    "W1": np.ones((3, 4)),
    "W2": np.ones((4, 3)),
    "h1": np.zeros(3),
    "h2": np.zeros(4),
}
ALMOST_LINEAR = {"A": np.full(5, 0.5), "W": np.ones((5, 5)) / 9, "h": np.ones(5)}
READOUT = {"fc.weight": np.ones((2, 5)) / 9}


@pytest.fixture
def read(tmp_path):
    def read(arrays, *words, **metadata):
        said = {"metadata": json.dumps(metadata)} if metadata else {}
        np.savez(tmp_path / "w.npz", **arrays, **said)
        return read_network(read_weights_settings(compose("weights", [f"weights={tmp_path}/w.npz", *words])))

    return read


@pytest.mark.parametrize("gates", [3, 4])
def test_an_activation_is_of_vanilla_units_alone(read, gates):
    with pytest.raises(ConfigError, match=r"^activation must be auto for (GRU|LSTM), .* got 'relu'"):
        read(layer(gates) | READOUT, "activation=relu")
    with pytest.raises(ConfigError, match=r"^activation must be auto for shallow PLRNN"):
        read(SHALLOW, "model=shplrnn", "activation=tanh")


def test_a_readout_is_of_layers_alone(read):
    with pytest.raises(ConfigError, match=r"^readout must be auto for shallow PLRNN, .* got 'decoder'"):
        read(SHALLOW, "model=shplrnn", "readout=decoder")
    with pytest.raises(ConfigError, match=r"^feedback must be all for shallow PLRNN"):
        read(SHALLOW, "model=shplrnn", "feedback=first")
    assert read(SHALLOW, "model=shplrnn", "readout=null", "feedback=none").network.state_size == 3


def test_words_that_contradict_the_file_are_refused(read):
    with pytest.raises(
        ConfigError, match=r"model.rectified=3 does not fit .*: it says that its rectified is 2"
    ):
        read(ALMOST_LINEAR, "model=alrnn", "model.rectified=3", model="alrnn", rectified="2")
    with pytest.raises(
        ConfigError, match=r"^activation=tanh does not fit .*: it says that its activation is relu"
    ):
        read(layer() | READOUT, "activation=tanh", model="rnn", activation="relu")
    with pytest.raises(ConfigError, match=r"^model.activation=relu does not fit .*: it says .* is tanh"):
        read(layer() | READOUT, "model=rnn", "model.activation=relu", model="rnn", activation="tanh")
    for words in ([], ["model=alrnn"], ["model=alrnn", "model.rectified=2"]):
        found = read(ALMOST_LINEAR, *words, model="alrnn", rectified="2").network
        assert found.described().startswith("AL-RNN of 5 units, the last 2 rectified")


def test_a_default_that_the_file_overrules_is_told(read):
    file = {"model": "alrnn", "rectified": "2"}
    for words in (["model=alrnn"], ["model=alrnn", "model.rectified=4"]):
        assert read(ALMOST_LINEAR, *words, **file).said[1:] == (
            "its rectified is 2, as the file says; model.rectified=4, the default, does not count",
        )
    assert len(read(ALMOST_LINEAR, "model=alrnn", "model.rectified=2", **file).said) == 1
    smooth = read(SHALLOW, "model=shrnn", "model.activation=silu", model="shrnn", activation="tanh").said
    assert smooth[1].startswith(
        "its activation is tanh, as the file says; model.activation=silu, the default,"
    )


def test_the_units_of_an_rnn_are_told_and_what_is_assumed_of_them(read):
    first, second = read(layer() | READOUT).said
    assert ": RNN of 5 units, tanh, its readout" in first
    assert second.startswith("its units are taken for tanh")
    for words in (["activation=tanh"], ["activation=relu"], ["model=rnn"]):
        assert len(read(layer() | READOUT, *words).said) == 1
    assert len(read(layer() | READOUT, model="rnn", activation="tanh").said) == 1


def test_a_layer_before_the_readout_that_takes_no_part_is_told(read):
    heads = {"fc1.weight": np.ones((5, 5)), "fc2.weight": np.ones((2, 5))}
    (said,) = read(layer(4) | heads, "readout=fc2").said
    assert said.endswith("its readout fed back to its 2 inputs; without fc1, which reads its units, too")
    (said,) = read(layer(4) | READOUT).said
    assert "without" not in said


def test_layers_of_several_modules_are_told(read):
    ensemble = layer(3, 5, 5, "models.0.rnn.") | layer(3, 5, 5, "models.1.rnn.")
    assert "GRU of 2 layers of 5 units (models.0.rnn, models.1.rnn)" in read(ensemble).said[0]


def test_quantised_weights_are_refused(read):
    for kind in (np.int8, np.uint8):
        quantised = {name: (50 * abs(array)).astype(kind) for name, array in layer().items()}
        with pytest.raises(ConfigError, match="must hold weights, got numbers of 8 bits"):
            read(quantised)
    whole = {name: np.sign(array).astype(int) for name, array in layer().items()}
    assert read(whole).network.state_size == 5


def test_tensors_beside_the_weights_of_a_checkpoint_hide_none_of_them():
    weights = {"rnn.weight_hh_l0": np.ones((5, 5))}
    mean = {"mean": np.ones(2)}
    for content, found in (
        (weights | mean, weights | mean),
        ({"model": weights, "epoch": np.array(3)}, weights),
        ({"model": weights, **mean}, mean | weights),
        ({"mine": weights, "optimizer": {"step": np.array(3)}, **mean}, mean | weights),
    ):
        assert [*torch_checkpoint._state_dict(content, np.ndarray, Path("a.pt"))] == [*found]
    with pytest.raises(
        ConfigError, match=r"must hold one dict of weights, .* but it holds first, second, mean$"
    ):
        torch_checkpoint._state_dict({"first": weights, "second": weights, **mean}, np.ndarray, Path("a.pt"))
