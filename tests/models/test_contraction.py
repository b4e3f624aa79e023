"""Bounds on contraction: above every Jacobian that there is, and tight where the largest slope is reached."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.models import (
    GRU,
    LSTM,
    PLRNN,
    RNN,
    DendriticPLRNN,
    IdentityObservation,
    Network,
    ShallowPLRNN,
    network_from_arrays,
)
from rnnchaos.models.contraction import factor_of_piecewise_linear, factor_of_units
from rnnchaos.models.contraction_bound import contraction_bound
from rnnchaos.models.network import InputTerm
from rnnchaos.tangent import conditional_spectrum
from rnnchaos.typing import PiecewiseLinearMap

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def _double():
    with jax.enable_x64(True):
        yield


def network(cell_class, scale, *, inputs=2, seed=1, **settings):
    cell = cell_class(4, **settings, key=jax.random.key(seed))
    cell = jax.tree.map(lambda leaf: scale * leaf, cell)
    drive = InputTerm(jax.random.normal(jax.random.key(seed + 1), (cell.input_size, inputs), jnp.float64))
    return Network(cell, IdentityObservation(2, 4), drive)


@pytest.mark.parametrize("leak", [1.0, 0.4])
def test_units_are_bounded_by_the_spectral_norm_and_by_a_triangle_s_radius(leak):
    weights = RNG.standard_normal((5, 5))
    assert factor_of_units(weights, leak=leak) <= 1 - leak + leak * np.linalg.norm(weights, 2) + 1e-12
    # Large above the diagonal: only a scaled norm sees that this contracts.
    triangle = np.array([[0.5, 100.0], [0.0, 0.4]])
    assert factor_of_units(triangle) == pytest.approx(0.5, abs=0.01)
    assert np.linalg.norm(triangle, 2) > 100


def test_of_a_piecewise_linear_map_it_is_above_every_piece():
    for _ in range(20):
        linear, output, gate = RNG.standard_normal((3, 3, 3)) / 4
        bound = factor_of_piecewise_linear(
            PiecewiseLinearMap(*map(jnp.asarray, (linear, output, gate, np.zeros(3), np.zeros(3))))
        )
        radii = [
            np.abs(np.linalg.eigvals(linear + output @ np.diag(slopes) @ gate)).max()
            for slopes in itertools.product([0, 1], repeat=3)
        ]
        assert bound >= max(radii) - 1e-9


@pytest.mark.parametrize("cell", [RNN, PLRNN, ShallowPLRNN, DendriticPLRNN, GRU, LSTM])
@pytest.mark.parametrize("scale", [0.2, 0.5, 1.0])
def test_products_of_jacobians_grow_by_no_more_than_the_bound(cell, scale):
    driven, inputs = network(cell, scale), RNG.standard_normal((300, 2))
    bound = contraction_bound(driven, inputs)
    step = jax.jit(jax.value_and_grad(lambda z, s, v: v @ driven.step(z, s), argnums=0))
    jacobian, state = jax.jit(jax.jacfwd(driven.step)), jnp.zeros(driven.state_size)
    product, log = np.eye(driven.state_size), 0.0
    del step
    for s in jnp.asarray(inputs):
        product = np.asarray(jacobian(state, s)) @ product
        size = max(np.abs(product).max(), 1e-300)
        product, log = product / size, log + np.log(size)
        state = driven.step(state, s)
    # A norm's constant is forgotten over 300 steps.
    assert log / len(inputs) <= np.log(bound.factor) + 0.02


@pytest.mark.parametrize(
    ("cell", "scale"), [(RNN, 0.5), (GRU, 0.3), (LSTM, 0.3), (PLRNN, 0.4), (ShallowPLRNN, 0.3)]
)
def test_a_weak_network_is_proven_to_contract(cell, scale):
    found = contraction_bound(network(cell, scale), 0.1 * RNG.standard_normal((50, 2)))
    assert found.factor < 1
    assert found.holds_for.startswith("inputs within" if cell in (GRU, LSTM) else "any input")


def test_the_bound_of_gates_grows_with_the_input():
    driven = network(LSTM, 0.3)
    weak, strong = (contraction_bound(driven, np.full((5, 2), size)).factor for size in (0.1, 30.0))
    assert weak < 1 < strong


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("fed", [False, True])
def test_networks_from_elsewhere(kind, layers, fed):
    rows, size = {"rnn": 1, "gru": 3, "lstm": 4}[kind] * 4, 0.08
    arrays = {}
    for layer in range(layers):
        arrays |= {
            f"weight_ih_l{layer}": size * RNG.standard_normal((rows, 4 if layer else 2)),
            f"weight_hh_l{layer}": size * RNG.standard_normal((rows, 4)),
            f"bias_ih_l{layer}": size * RNG.standard_normal(rows),
            f"bias_hh_l{layer}": size * RNG.standard_normal(rows),
        }
    if fed:
        arrays["fc.weight"] = size * RNG.standard_normal((1, 4))
    imported = network_from_arrays(arrays, origin="it", feedback="first" if fed else "all")
    inputs = 0.3 * RNG.standard_normal((300, imported.num_inputs))
    assert imported.num_inputs == (1 if fed else 2)
    found = contraction_bound(imported, inputs)
    if fed and layers > 1:
        assert found is None
        return
    rate = conditional_spectrum(imported.step, np.zeros(imported.state_size), inputs).exponents[0]
    assert rate <= np.log(found.factor) + 0.02
    assert found.factor < 1
