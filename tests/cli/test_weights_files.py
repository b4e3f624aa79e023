"""Files of weights from elsewhere: what is read, what is refused, and an example orbit, from the command line on."""

import json
import pickle
import subprocess
import sys
import types
import zipfile

import numpy as np
import pytest
import safetensors.numpy

from rnnchaos.errors import ConfigError
from rnnchaos.measurements import torch_checkpoint, weights_reading
from rnnchaos.measurements.example_orbit import one_step_error
from rnnchaos.measurements.weights_file import read_network
from rnnchaos.measurements.weights_reading import read_weights
from rnnchaos.models import network_from_arrays
from rnnchaos.settings.compose import compose
from rnnchaos.settings.read import read_weights_settings

WEIGHTS = {"rnn.weight_hh_l0": np.eye(3), "rnn.weight_ih_l0": np.ones((3, 2))}


def command(folder, *words, code=0):
    """Run the command; its JSON record, or what it says on stderr where it fails."""
    program = "import sys; sys.argv[0] = 'rnnchaos'; from rnnchaos.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *words, *(["--json"] if code == 0 else [])],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout) | {"said": done.stderr} if code == 0 else done.stderr.strip()


def same(found, expected):
    assert set(found) == set(expected)
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array)


def test_safetensors_and_npz(tmp_path):
    np.savez(tmp_path / "a.npz", **WEIGHTS)
    safetensors.numpy.save_file(WEIGHTS, tmp_path / "a.safetensors", metadata={"model": "rnn"})
    same(read_weights(tmp_path / "a.npz").arrays, WEIGHTS)
    same(read_weights(tmp_path / "a.safetensors").arrays, WEIGHTS)
    assert read_weights(tmp_path / "a.safetensors").metadata == {"model": "rnn"}


def test_what_cannot_be_read_is_refused(tmp_path, monkeypatch):
    def refused(name):
        with pytest.raises(ConfigError) as found:
            read_weights(tmp_path / name)
        return str(found.value)

    assert refused("model.npz") == f"weights: there is no file {tmp_path / 'model.npz'}"
    assert refused("model.pkl") == (
        f"weights must be a file .safetensors, .npz, .pt, .pth, .ckpt, .bin, got {tmp_path / 'model.pkl'}"
    )
    np.savez(tmp_path / "objects.npz", a=np.array([{}], dtype=object))
    assert "cannot be read as npz: it holds Python objects, which are never unpickled; " in refused(
        "objects.npz"
    )
    (tmp_path / "broken.safetensors").write_bytes(b"nothing")
    assert "broken.safetensors cannot be read as safetensors: " in refused("broken.safetensors")
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", bytes(2**22))
    assert (tmp_path / "bomb.npz").stat().st_size < 2**14
    monkeypatch.setattr(weights_reading, "MOST_BYTES", 2**20)
    assert refused("bomb.npz").endswith("bomb.npz holds 0.0 GiB, at most 0.000976562 are read")


class Evil:
    def __reduce__(self):
        return (open, ("/nowhere/at/all", "w"))


def test_without_pytorch_the_line_that_converts_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    (tmp_path / "model.pt").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(ConfigError) as refused:
        read_weights(tmp_path / "model.pt")
    assert str(refused.value) == (
        f"weights: {tmp_path / 'model.pt'} is a checkpoint of PyTorch, which is read by torch ≥ 2.6 (pip install "
        "'rnnchaos[torch]'), which is not there; or where it is: python -c \"import torch, safetensors.torch as s; "
        "s.save_file(torch.load('model.pt', weights_only=True), 'model.safetensors')\""
    )


def test_an_old_pytorch_is_not_asked(tmp_path, monkeypatch):
    def load(*_args, **_options):
        raise AssertionError("it must not be called")

    monkeypatch.setitem(sys.modules, "torch", types.SimpleNamespace(__version__="2.5.1+cpu", load=load))
    (tmp_path / "model.pt").write_bytes(b"anything")
    with pytest.raises(
        ConfigError, match=r"is read by torch ≥ 2\.6, got 2\.5\.1\+cpu; or where it is: python -c"
    ):
        read_weights(tmp_path / "model.pt")


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda weights: weights,
        lambda weights: {"state_dict": weights, "epoch": 3},
        lambda weights: {"model_state_dict": weights, "optimizer_state_dict": {"state": {}}, "loss": 0.5},
        lambda weights: {"epoch": 3, "my_network": weights},
    ],
)
def test_checkpoints_of_pytorch(tmp_path, wrapped):
    torch = pytest.importorskip("torch")
    weights = {name: torch.tensor(array) for name, array in WEIGHTS.items()}
    torch.save(wrapped(weights), tmp_path / "model.pt")
    same(read_weights(tmp_path / "model.pt").arrays, WEIGHTS)


def test_checkpoints_that_are_refused(tmp_path):
    torch = pytest.importorskip("torch")

    def refused(content, **options):
        torch.save(content, tmp_path / "model.pt", **options)
        with pytest.raises(ConfigError) as found:
            read_weights(tmp_path / "model.pt")
        return str(found.value)

    origin = f"weights: {tmp_path / 'model.pt'}"
    assert refused(Evil()).startswith(f"{origin} is no checkpoint of weights alone (")
    assert refused(torch.nn.Linear(2, 2)).endswith("torch.save(model.state_dict(), …) writes one")
    assert refused([1, 2]) == f"{origin} holds no dict of weights but list"
    two = {"one": {"a": torch.ones(1)}, "two": {"a": torch.ones(1)}}
    assert refused(two) == (
        f"{origin} must hold one dict of weights, such as state_dict, but it holds one, two"
    )
    vast = {"a": torch.ones(1).expand(2**40)}  # one number in the file
    assert refused(vast) == f"{origin} holds 4096.0 GiB, at most 4 are read"
    torch.save({"a": torch.ones(2, dtype=torch.bfloat16)}, tmp_path / "model.pt")
    assert read_weights(tmp_path / "model.pt").arrays["a"].dtype == np.float32


def test_a_round_trip_through_pytorch(tmp_path):
    pytest.importorskip("torch")
    (tmp_path / "model.pt").write_bytes(torch_checkpoint.to_bytes(WEIGHTS, {"model": "rnn"}))
    found = read_weights(tmp_path / "model.pt")
    same(found.arrays, WEIGHTS)
    assert found.metadata == {"model": "rnn"}


def plrnn_and_orbit(folder, *, steps=30):
    random = np.random.default_rng(3)
    a, w, h = random.uniform(0.3, 0.6, 4), 0.1 * random.standard_normal((4, 4)), random.standard_normal(4)
    np.savez(folder / "plrnn.npz", A=a, W=w, h=h)
    states = [10 * random.standard_normal(4)]
    for _ in range(steps):
        states.append(a * states[-1] + w @ np.maximum(states[-1], 0) + h)
    np.save(folder / "orbit.npy", np.array(states).astype(np.float32))
    return np.array(states)


def read(folder, *words):
    """What is said of the network that words like those of the command name."""
    config = compose(
        "weights", [f"weights={folder / 'plrnn.npz'}", f"example={folder / 'orbit.npy'}", *words]
    )
    return read_network(read_weights_settings(config)).said


def test_an_example_orbit_is_held_against_the_network(tmp_path):
    def refused(*words):
        with pytest.raises(ConfigError) as found:
            read(tmp_path, *words)
        return str(found.value)

    plrnn_and_orbit(tmp_path)
    described, fits = read(tmp_path, "model=plrnn")
    assert described == f"{tmp_path / 'plrnn.npz'}: PLRNN of 4 units, without inputs"
    assert fits.startswith(f"one-step error on {tmp_path / 'orbit.npy'}: ")
    assert fits.endswith("e-08 of a step (root mean square of 30 steps)")
    said = refused("model=plrnn", "weights_order=in_out")
    assert said.startswith(
        f"example must be an orbit of the network: one-step error on {tmp_path / 'orbit.npy'}: "
    )
    assert said.endswith("(root mean square of 30 steps), at most 0.001; it fits with weights_order=out_in")
    assert refused("model=mcplrnn").endswith("at most 0.001; it fits with model=plrnn")
    assert refused("model=alrnn", "model.rectified=1").endswith(
        "; it fits with model.rectified=4 or with model=plrnn"
    )
    np.save(tmp_path / "orbit.npy", np.zeros((5, 3)))
    assert (
        refused("model=plrnn")
        == f"example must have 4 columns of the state, got '3 in {tmp_path / 'orbit.npy'}'"
    )


def test_an_example_orbit_with_inputs(tmp_path):
    given = {"A": np.array([0.5]), "W": np.zeros((1, 1)), "h": np.zeros(1), "C": np.ones((1, 1))}
    network = network_from_arrays(given, origin="here", kind="plrnn")
    inputs = np.random.default_rng(0).standard_normal(20)
    states = [0.0]
    for s in inputs[1:]:
        states.append(0.5 * states[-1] + s)  # the input acts on the step into its row
    assert one_step_error(network, np.column_stack([states, inputs])) < 1e-14
    assert one_step_error(network, np.column_stack([states, np.roll(inputs, 1)])) > 0.1


SHORT = (
    "diagnostics.figures=false",
    "diagnostics.lyapunov.num_steps=400",
    "diagnostics.lyapunov.num_orbits=2",
    "diagnostics.free_run.num_steps=500",
)


@pytest.mark.slow
def test_cycles_of_a_plrnn_are_complete(tmp_path):
    states = plrnn_and_orbit(tmp_path, steps=500)
    found = command(tmp_path, "cycles", "weights=plrnn.npz", "model=plrnn", *SHORT)["cycles"]
    assert found["by_period"]["1"]["complete_within_bound"]
    assert found["linear_regions_visited"] >= 1
    (stable,) = [cycle for cycle in found["found"] if cycle["stable"]]
    np.testing.assert_allclose(np.array(stable["observed"])[0], states[-1], rtol=1e-6)
