"""Networks from elsewhere of several layers, with inputs from outside: against textbook equations and PyTorch."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.models import network_from_arrays
from rnnchaos.tangent import lyapunov_spectrum

GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def network(given, **options):
    return network_from_arrays(given, origin="file.npz", **options)


def layers(kind, sizes, inputs, *, names="net.{part}_l{k}", seed=0, scale=0.5):
    """Random weights of stacked layers."""
    random = np.random.default_rng(seed)
    found = {}
    for k, size in enumerate(sizes):
        rows, below = GATES[kind] * size, [inputs, *sizes][k]
        for part, shape in (
            ("weight_ih", (rows, below)),
            ("weight_hh", (rows, size)),
            ("bias_ih", (rows,)),
            ("bias_hh", (rows,)),
        ):
            found[names.format(part=part, k=k)] = scale * random.standard_normal(shape)
    return found


def readout(outputs, hidden, *, seed=9):
    random = np.random.default_rng(seed)
    return {
        "fc.weight": random.standard_normal((outputs, hidden)),
        "fc.bias": random.standard_normal(outputs),
    }


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def textbook(kind, given, sizes, state, x, *, activation=np.tanh, names="net.{part}_l{k}"):
    """One step of stacked layers, gate by gate; the state is [h_1, …, h_L] and then [c_1, …, c_L]."""
    parts = np.split(state, np.cumsum([*sizes, *(sizes if kind == "lstm" else [])])[:-1])
    hidden, memory = parts[: len(sizes)], parts[len(sizes) :]
    after, kept = [], []
    for k in range(len(sizes)):
        w, u, b, d = (
            np.split(given[names.format(part=part, k=k)], GATES[kind])
            for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        h = hidden[k]
        if kind == "rnn":
            x = activation(w[0] @ x + b[0] + u[0] @ h + d[0])
        elif kind == "gru":
            r, z = (sigmoid(w[i] @ x + b[i] + u[i] @ h + d[i]) for i in range(2))
            x = (1 - z) * np.tanh(w[2] @ x + b[2] + r * (u[2] @ h + d[2])) + z * h
        else:
            i, f, g, o = (w[j] @ x + b[j] + u[j] @ h + d[j] for j in range(4))
            kept.append(sigmoid(f) * memory[k] + sigmoid(i) * np.tanh(g))
            x = sigmoid(o) * np.tanh(kept[-1])
        after.append(x)
    return np.concatenate([*after, *kept])


@pytest.mark.parametrize("kind", GATES)
@pytest.mark.parametrize("sizes", [(4,), (4, 4), (4, 4, 4)])
def test_steps_of_stacked_layers_are_the_textbooks(kind, sizes):
    given = layers(kind, sizes, 2) | readout(2, 4)
    found = network(given)
    assert (found.num_inputs, found.output_size) == (0, 2)
    state = np.random.default_rng(1).uniform(-0.9, 0.9, found.state_size)
    for _ in range(5):
        top = state[4 * (len(sizes) - 1) : 4 * len(sizes)]
        fed = given["fc.weight"] @ top + given["fc.bias"]
        np.testing.assert_allclose(found.observe(jnp.asarray(state)), fed, rtol=1e-14)
        expected = textbook(kind, given, sizes, state, fed)
        state = np.asarray(found.step(jnp.asarray(state)))
        np.testing.assert_allclose(state, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("kind", GATES)
def test_inputs_from_outside_are_those_that_the_readout_leaves(kind):
    given = layers(kind, (4, 4), 5) | readout(2, 4)
    s, random = np.array([0.3, -1.2, 0.7]), np.random.default_rng(1)
    for feedback, order in (("first", (0, 1)), ("last", (1, 0))):
        found = network(given, feedback=feedback)
        assert found.num_inputs == 3
        state = random.uniform(-0.9, 0.9, found.state_size)
        fed = given["fc.weight"] @ state[4:8] + given["fc.bias"]
        for outside in (s, np.zeros(3)):
            x = np.concatenate([(fed, outside)[i] for i in order])
            inputs = jnp.asarray(outside) if outside.any() else None  # inputs that are not given are 0
            np.testing.assert_allclose(
                found.step(jnp.asarray(state), inputs), textbook(kind, given, (4, 4), state, x), rtol=1e-12
            )


def test_a_readout_may_be_observed_alone():
    given = layers("gru", (4,), 3) | readout(2, 4)
    for found in (network(given, readout=None), network(given, readout="fc", feedback="none")):
        assert (found.num_inputs, found.output_size) == (3, 2)
        state, s = jnp.linspace(-0.5, 0.5, 4), jnp.array([1.0, -2.0, 0.5])
        np.testing.assert_allclose(
            found.step(state, s), textbook("gru", given, (4,), np.asarray(state), np.asarray(s)), rtol=1e-12
        )
        np.testing.assert_allclose(
            found.observe(state), given["fc.weight"] @ state + given["fc.bias"], rtol=1e-13
        )


def test_cells_of_several_sizes_are_stacked_by_their_numbers():
    names, sizes = "cells.{k}.{part}", (3, 5, 4)
    given = layers("lstm", sizes, 2, names=names) | readout(2, 4)
    found = network(dict(reversed(given.items())))
    layered = "LSTM of 3 layers of 3 + 5 + 4 units (cells.0, cells.1, cells.2)"
    assert found.described() == f"{layered}, its readout fed back to its 2 inputs"
    state = np.random.default_rng(1).uniform(-0.9, 0.9, 24)
    fed = given["fc.weight"] @ state[8:12] + given["fc.bias"]
    expected = textbook("lstm", given, sizes, state, fed, names=names)
    np.testing.assert_allclose(found.step(jnp.asarray(state)), expected, rtol=1e-12, atol=1e-14)


def test_ten_layers_are_in_order():
    given = layers("rnn", (2,) * 11, 2)
    found, state = network(given, readout=None), np.random.default_rng(1).uniform(-0.9, 0.9, 22)
    s = np.array([0.1, 0.2])
    np.testing.assert_allclose(
        found.step(jnp.asarray(state), jnp.asarray(s)),
        textbook("rnn", given, (2,) * 11, state, s),
        rtol=1e-12,
    )


def test_transposed_weights():
    given = layers("lstm", (4, 4), 2) | readout(2, 4)
    turned = {name: array.T for name, array in given.items()}
    with pytest.raises(ConfigError) as refused:
        network(turned)
    assert str(refused.value) == (
        "file.npz: net.weight_hh_l0 must have 1 (RNN), 3 (GRU) or 4 (LSTM) times as many rows as columns, got shape "
        "(4, 16); weights_order=in_out takes matrices the other way round"
    )
    state = jnp.linspace(-0.5, 0.5, 16)
    np.testing.assert_array_equal(
        network(turned, weights_order="in_out").step(state), network(given).step(state)
    )


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        (
            {name: array for name, array in layers("gru", (4, 4, 4), 2).items() if "_l1" not in name},
            {},
            "file.npz must hold net.weight_hh_l1 below net.weight_hh_l2",
        ),
        (
            layers("gru", (4,), 3) | layers("gru", (4,), 3, names="net.{part}_l1"),
            {},
            "file.npz: net.weight_ih_l1 must have shape (12, 4), got (12, 3)",
        ),
        (
            layers("gru", (4, 4), 3) | {"net.weight_hh_l1": np.zeros((16, 4))},
            {},
            "file.npz must hold layers of one kind: net.weight_hh_l0 is gru, but net.weight_hh_l1 of shape (16, 4) is "
            "that of model=lstm",
        ),
        (
            layers("gru", (4,), 2) | readout(2, 4),
            {"feedback": "first"},
            "feedback=first must leave inputs to come from outside, but readout fc of file.npz has 2 outputs for 2 "
            "inputs; feedback=all feeds back to all",
        ),
    ],
)
def test_what_does_not_stack_is_refused(given, options, message):
    with pytest.raises(ConfigError) as refused:
        network(given, **options)
    assert str(refused.value) == message


def test_a_relu_layer_is_piecewise_linear_with_its_readout():
    given = layers("rnn", (4,), 2) | readout(2, 4)
    found = network(given, activation="relu")
    linear = found.piecewise_linear()
    state = np.random.default_rng(2).standard_normal(4)
    units = np.maximum(linear.gate @ state + linear.threshold, 0)
    np.testing.assert_allclose(
        linear.linear @ state + linear.output @ units + linear.bias,
        found.step(jnp.asarray(state)),
        rtol=1e-12,
    )
    assert network(given).piecewise_linear() is None


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_two_trained_layers_have_pytorchs_orbit_and_its_spectrum(kind):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    net = torch.nn.ModuleDict(
        {"rnn": getattr(torch.nn, kind)(2, 5, num_layers=2), "out": torch.nn.Linear(5, 2)}
    ).double()
    series = torch.stack(
        [torch.sin(0.3 * torch.arange(300.0)), torch.cos(0.3 * torch.arange(300.0))], 1
    ).double()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    for _ in range(30):
        optimizer.zero_grad()
        torch.mean((net["out"](net["rnn"](series[:-1])[0]) - series[1:]) ** 2).backward()
        optimizer.step()
    found = network({name: array.detach().numpy() for name, array in net.state_dict().items()})
    parts = 2 if kind == "LSTM" else 1

    def torch_step(z):
        before = tuple(part.reshape(2, 5) for part in z.reshape(parts, 10))
        fed = net["out"](before[0][1])[None]
        _, after = net["rnn"](fed, before if kind == "LSTM" else before[0])
        return torch.cat([part.reshape(-1) for part in (after if kind == "LSTM" else [after])])

    start = torch.rand(10 * parts, dtype=torch.float64) - 0.5
    state, z = jnp.asarray(start.numpy()), start
    for _ in range(200):
        z, state = torch_step(z).detach(), found.step(state)
    np.testing.assert_allclose(state, z.numpy(), atol=1e-10)

    def torchs(function, *given):
        shape = (len(start),) * (1 if function is torch_step else 2)
        shaped = jax.ShapeDtypeStruct(shape, jnp.float64)
        return jax.pure_callback(
            lambda z: function(torch.tensor(np.array(z))).detach().numpy(),
            shaped,
            *given,
            vmap_method="sequential",
        )

    @jax.custom_jvp
    def step(z):
        return torchs(torch_step, z)

    @step.defjvp
    def _(primals, tangents):
        jacobian = torchs(lambda z: torch.autograd.functional.jacobian(torch_step, z), *primals)
        return step(*primals), jacobian @ tangents[0]

    own, theirs = (
        lyapunov_spectrum(each, start.numpy(), num_steps=80, transient=20) for each in (found.step, step)
    )
    np.testing.assert_allclose(own.exponents, theirs.exponents, atol=1e-9)


def test_float32_and_integers_are_read():
    given = {name: array.astype(np.float32) for name, array in layers("rnn", (3,), 2).items()}
    with jax.enable_x64(True):
        assert network(given, readout=None).step(jnp.zeros(3)).dtype == jnp.float64
    given["net.bias_ih_l0"] = np.array([1, 0, -1])
    np.testing.assert_allclose(network(given, readout=None).layers[0].from_input.bias, [1, 0, -1])
