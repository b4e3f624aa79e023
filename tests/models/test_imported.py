"""Networks trained elsewhere: their steps against NumPy and PyTorch, and what a file of weights may not be."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.models import network_from_arrays
from rnnchaos.models.weights import to_arrays
from rnnchaos.tangent import lyapunov_spectrum

HIDDEN, INPUTS = 7, 3
GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def arrays(kind, *, biases=True, readout="fc", seed=0):
    """Random weights under PyTorch's names."""
    random = np.random.default_rng(seed)
    rows = GATES[kind] * HIDDEN
    shapes = {"rnn.weight_ih_l0": (rows, INPUTS), "rnn.weight_hh_l0": (rows, HIDDEN)}
    if biases:
        shapes |= {"rnn.bias_ih_l0": (rows,), "rnn.bias_hh_l0": (rows,)}
    if readout:
        shapes |= {f"{readout}.weight": (INPUTS, HIDDEN), f"{readout}.bias": (INPUTS,)}
    return {name: random.standard_normal(shape) for name, shape in shapes.items()}


def network(given, **options):
    return network_from_arrays(given, origin="file.npz", **options)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def numpy_step(kind, given, state, activation=np.tanh):
    """The textbook equations, gate by gate."""
    h = state[:HIDDEN]
    x = given["fc.weight"] @ h + given["fc.bias"] if "fc.weight" in given else np.zeros(INPUTS)
    w = np.split(given["rnn.weight_ih_l0"], GATES[kind])
    u = np.split(given["rnn.weight_hh_l0"], GATES[kind])
    rows = GATES[kind] * HIDDEN
    b = np.split(given.get("rnn.bias_ih_l0", np.zeros(rows)), GATES[kind])
    d = np.split(given.get("rnn.bias_hh_l0", np.zeros(rows)), GATES[kind])
    if kind == "rnn":
        return activation(w[0] @ x + b[0] + u[0] @ h + d[0])
    if kind == "gru":
        r = sigmoid(w[0] @ x + b[0] + u[0] @ h + d[0])
        z = sigmoid(w[1] @ x + b[1] + u[1] @ h + d[1])
        n = np.tanh(w[2] @ x + b[2] + r * (u[2] @ h + d[2]))
        return (1 - z) * n + z * h
    i, f, g, o = (w[k] @ x + b[k] + u[k] @ h + d[k] for k in range(4))
    c = sigmoid(f) * state[HIDDEN:] + sigmoid(i) * np.tanh(g)
    return np.concatenate([sigmoid(o) * np.tanh(c), c])


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("biases", [True, False])
@pytest.mark.parametrize("readout", ["fc", None])
def test_a_step_is_the_textbooks(kind, biases, readout):
    given = arrays(kind, biases=biases, readout=readout)
    found = network(given)
    assert found.kind == kind
    assert found.state_size == HIDDEN * (2 if kind == "lstm" else 1)
    state = np.random.default_rng(1).uniform(-0.9, 0.9, found.state_size)
    np.testing.assert_allclose(
        found.step(jnp.asarray(state)), numpy_step(kind, given, state), rtol=1e-13, atol=1e-15
    )


def test_relu():
    given = arrays("rnn")
    state = np.random.default_rng(1).uniform(-0.9, 0.9, HIDDEN)
    expected = numpy_step("rnn", given, state, activation=lambda x: np.maximum(x, 0))
    np.testing.assert_allclose(
        network(given, activation="relu").step(jnp.asarray(state)), expected, rtol=1e-13
    )


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_closed_loop_steps_equal_pytorchs(kind):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    layer = getattr(torch.nn, kind)(INPUTS, HIDDEN, dtype=torch.float64)
    readout = torch.nn.Linear(HIDDEN, INPUTS, dtype=torch.float64)
    named = {f"net.{name}": value for name, value in layer.state_dict().items()}
    named |= {f"head.{name}": value for name, value in readout.state_dict().items()}
    found = network({name: value.numpy() for name, value in named.items()})
    hidden = torch.randn(1, HIDDEN, dtype=torch.float64)
    memory = torch.randn(1, HIDDEN, dtype=torch.float64)
    state = jnp.concatenate([hidden[0].numpy(), memory[0].numpy()])[: found.state_size]
    with torch.no_grad():
        for _ in range(5):
            before = (hidden, memory) if kind == "LSTM" else hidden
            _, after = layer(readout(hidden), before)
            hidden, memory = after if kind == "LSTM" else (after, memory)
            state = found.step(state)
    expected = np.concatenate([hidden[0].numpy(), memory[0].numpy()])[: found.state_size]
    np.testing.assert_allclose(state, expected, rtol=1e-12, atol=1e-14)


def test_a_relu_network_at_rest_among_positive_units_has_the_exponents_of_its_matrix():
    rotation, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((4, 4)))
    weight = rotation @ np.diag([0.9, 0.7, 0.5, 0.3]) @ rotation.T
    rest = np.ones(4)
    given = {"weight_hh_l0": weight, "weight_ih_l0": np.zeros((4, 1)), "bias_hh_l0": rest - weight @ rest}
    found = network(given, activation="relu")
    np.testing.assert_allclose(found.step(jnp.asarray(rest)), rest, rtol=1e-14)
    spectrum = lyapunov_spectrum(found.step, rest, num_steps=1000, transient=500)
    np.testing.assert_allclose(spectrum.exponents, np.log([0.9, 0.7, 0.5, 0.3]), atol=1e-10)


def test_the_readout_can_be_named_or_left_out():
    given = arrays("gru") | {"other.weight": np.zeros((INPUTS, HIDDEN))}
    with pytest.raises(ConfigError) as refused:
        network(given)
    assert str(refused.value) == "readout must name the layer that is fed back, one of fc, other of file.npz"
    found = network(given, readout=None)
    assert (found.num_inputs, found.output_size) == (INPUTS, 0)  # two layers could be the output
    np.testing.assert_array_equal(
        network(given, readout="other").observation.weight, np.zeros((INPUTS, HIDDEN))
    )


def without(given, name):
    return {key: value for key, value in given.items() if key != name}


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        (
            {"a": np.zeros(2)},
            {},
            "weights must hold weight_hh_l0 or weight_hh, as PyTorch and equinox name them, or A, W, h (PLRNN), "
            "A, W1, W2, h1, h2 (shallow) or A, W, h, alpha, H (dendritic), under any prefix; file.npz holds a",
        ),
        (
            {"cell.weight": np.zeros((2, 2))},
            {},
            "weights must hold weight_hh_l0 or weight_hh, as PyTorch and equinox name them, or A, W, h (PLRNN), "
            "A, W1, W2, h1, h2 (shallow) or A, W, h, alpha, H (dendritic), under any prefix; file.npz holds "
            "cell.weight; measure the run itself by naming its folder",
        ),
        (
            arrays("gru"),
            {"kind": "lstm"},
            "model=lstm does not fit file.npz: rnn.weight_hh_l0 of shape (21, 7) is that of model=gru",
        ),
        (
            arrays("gru") | {"rnn.weight_hh_l0": np.zeros((20, 7))},
            {},
            "file.npz: rnn.weight_hh_l0 must have 1 (RNN), 3 (GRU) or 4 (LSTM) times as many rows as columns, "
            "got shape (20, 7)",
        ),
        (
            without(arrays("rnn"), "rnn.weight_ih_l0"),
            {},
            "file.npz must hold rnn.weight_ih_l0 beside rnn.weight_hh_l0",
        ),
        (
            arrays("rnn") | {"rnn.weight_hh_l1": np.zeros((7, 7))},
            {},
            "file.npz must hold rnn.weight_ih_l1 beside rnn.weight_hh_l1",
        ),
        (
            arrays("rnn") | {"rnn.bias_ih_l0": np.zeros(6)},
            {},
            "file.npz: rnn.bias_ih_l0 must have shape (7,), got (6,)",
        ),
        (
            arrays("rnn") | {"rnn.bias_ih_l0": np.full(7, np.nan)},
            {},
            "file.npz: rnn.bias_ih_l0 must hold finite numbers",
        ),
        (
            arrays("rnn") | {"fc.weight": np.zeros((2, 7))},
            {},
            "readout fc of file.npz has 2 outputs for 3 inputs of the network, so it cannot be fed back; "
            "feedback=first or feedback=last says which inputs take them, and the others come from outside; "
            "readout=null takes all inputs from outside",
        ),
        (
            arrays("rnn"),
            {"readout": "head"},
            "readout must be auto, null or a linear layer of file.npz (fc), got head",
        ),
    ],
)
def test_what_does_not_fit_is_refused(given, options, message):
    with pytest.raises(ConfigError) as refused:
        network(given, **options)
    assert str(refused.value) == message


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_the_jacobian_is_that_of_the_textbooks_step(kind):
    given = arrays(kind)
    found = network(given)
    state = np.random.default_rng(2).uniform(-0.5, 0.5, found.state_size)
    jacobian = jax.jacfwd(found.step)(jnp.asarray(state))
    h = 1e-6
    columns = [
        (numpy_step(kind, given, state + h * e) - numpy_step(kind, given, state - h * e)) / (2 * h)
        for e in np.eye(len(state))
    ]
    # Central differences: rounding of 1e-16 / h, and h² times third derivatives.
    np.testing.assert_allclose(jacobian, np.stack(columns, axis=1), atol=2e-8)


def of_cell(kind, *, prefix="cell."):
    """The same weights under the names of PyTorch's cells."""
    return {name.replace("rnn.", prefix).removesuffix("_l0"): array for name, array in arrays(kind).items()}


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("prefix", ["", "cell.", "model.core."])
def test_the_names_of_cells(kind, prefix):
    state = jnp.linspace(-0.9, 0.9, HIDDEN * (2 if kind == "lstm" else 1))
    expected = network(arrays(kind)).step(state)
    np.testing.assert_array_equal(network(of_cell(kind, prefix=prefix)).step(state), expected)


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_a_step_equals_that_of_pytorchs_cell(kind):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    cell = getattr(torch.nn, f"{kind}Cell")(INPUTS, HIDDEN, dtype=torch.float64)
    found = network({name: value.numpy() for name, value in cell.state_dict().items()}, readout=None)
    state = np.random.default_rng(0).uniform(-0.9, 0.9, found.state_size)
    before = [torch.tensor(part)[None] for part in np.split(state, found.state_size // HIDDEN)]
    with torch.no_grad():
        after = cell(
            torch.zeros(1, INPUTS, dtype=torch.float64), tuple(before) if kind == "LSTM" else before[0]
        )
    expected = np.concatenate([part[0].numpy() for part in (after if kind == "LSTM" else [after])])
    np.testing.assert_allclose(found.step(jnp.asarray(state)), expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("kind", [eqx.nn.GRUCell, eqx.nn.LSTMCell])
def test_a_step_equals_that_of_equinoxs_cell(kind):
    with jax.enable_x64(True):
        cell = kind(INPUTS, HIDDEN, key=jax.random.key(0), dtype=jnp.float64)
        found = network({f"cell.{name}": array for name, array in to_arrays(cell).items()}, readout=None)
        state = np.random.default_rng(0).uniform(-0.9, 0.9, found.state_size)
        before = np.split(state, found.state_size // HIDDEN)
        after = cell(jnp.zeros(INPUTS), tuple(before) if len(before) > 1 else before[0])
        expected = jnp.concatenate(after) if len(before) > 1 else after
        np.testing.assert_allclose(found.step(jnp.asarray(state)), expected, rtol=1e-13, atol=1e-15)


def test_a_network_without_inputs():
    given = {"weight_hh_l0": np.array([[3.0]]), "bias_ih_l0": np.array([0.5])}
    np.testing.assert_allclose(network(given).step(jnp.array([0.2])), np.tanh([3 * 0.2 + 0.5]), rtol=1e-15)


NORM = {"norm.weight": np.ones(HIDDEN), "norm.bias": np.zeros(HIDDEN)}
ENCODER = {"encoder.weight": np.ones((INPUTS, 2))}


def test_arrays_that_are_not_used_are_refused_unless_they_are_ignored():
    given = arrays("gru") | NORM | ENCODER
    with pytest.raises(ConfigError) as refused:
        network(given)
    assert str(refused.value) == (
        "file.npz holds what the network would be measured without: encoder.weight, norm.bias, norm.weight; "
        "ignore=[encoder,norm] if it does not take part in the steps"
    )
    with pytest.raises(ConfigError, match=r"measured without: encoder.weight; ignore=\[encoder\] if"):
        network(given, ignore=["norm"])
    state = jnp.linspace(-0.9, 0.9, HIDDEN)
    found = network(given, ignore=["norm", "encoder.weight"])
    np.testing.assert_array_equal(found.step(state), network(arrays("gru")).step(state))
    with pytest.raises(ConfigError) as refused:
        network(given, ignore=["nrm"])
    assert str(refused.value) == (
        "ignore must name arrays of file.npz, or what their names begin with, got 'nrm'; did you mean norm?"
    )


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"rnn.weight_hh_l0_reverse": np.zeros((7, 7))},
            "weights must hold layers in one direction, but file.npz has a second one: rnn.weight_hh_l0_reverse",
        ),
        (
            {"rnn.weight_hr_l0": np.zeros((2, 7))},
            "weights must hold layers without a projection (proj_size), but file.npz has rnn.weight_hr_l0",
        ),
        (
            {"rnn.weight_ih_l1": np.zeros((7, 7))},
            "file.npz holds what the network would be measured without: rnn.weight_ih_l1; ignore=[rnn.weight_ih_l1] if "
            "it does not take part in the steps",
        ),
        (
            {"other.weight_hh": np.zeros((7, 7))},
            "weights must hold one recurrent network, but file.npz has other.weight_hh, rnn.weight_hh_l0; ignore=[rnn] "
            "leaves one out",
        ),
        (
            {"rnn.weight_ci": np.zeros(7)},
            "file.npz holds what the network would be measured without: rnn.weight_ci; ignore=[rnn.weight_ci] if it "
            "does not take part in the steps",
        ),
    ],
)
def test_what_a_network_does_not_have(more, message):
    with pytest.raises(ConfigError) as refused:
        network(arrays("rnn") | more)
    assert str(refused.value) == message


def test_keras_names():
    given = {"lstm/kernel": np.zeros((3, 8)), "lstm/recurrent_kernel": np.zeros((2, 8))}
    with pytest.raises(
        ConfigError, match="kernels of Keras or Flax have to be transposed, put into PyTorch's order"
    ):
        network(given)
