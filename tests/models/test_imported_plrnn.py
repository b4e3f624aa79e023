"""Piecewise-linear networks from elsewhere, under the names of their papers: against the papers' equations."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.models import ImportedKind, network_from_arrays
from rnnchaos.models.foreign.plrnn import _FAMILIES, PLRNNKind

M, L, BASES, K = 5, 7, 3, 2
RANDOM = np.random.default_rng(0)
A, W, H0 = RANDOM.uniform(0.3, 0.9, M), RANDOM.standard_normal((M, M)), RANDOM.standard_normal(M)
W1, W2 = RANDOM.standard_normal((M, L)), RANDOM.standard_normal((L, M))
H1, H2 = RANDOM.standard_normal(M), RANDOM.standard_normal(L)
ALPHA, THRESHOLDS = RANDOM.standard_normal(BASES), RANDOM.standard_normal((M, BASES))
C, B = RANDOM.standard_normal((M, K)), RANDOM.standard_normal((3, M))

VANILLA = {"A": A, "W": W, "h": H0}
SHALLOW = {"A": A, "W1": W1, "W2": W2, "h1": H1, "h2": H2}
DENDRITIC = {**VANILLA, "alpha": ALPHA, "H": THRESHOLDS}


def relu(x):
    return np.maximum(x, 0)


def spline(z, thresholds=THRESHOLDS):
    return relu(z[:, None] - thresholds) @ ALPHA


# As they are published, W with its diagonal.
EQUATIONS = {
    "plrnn": (VANILLA, lambda z: A * z + W @ relu(z) + H0),
    "mcplrnn": (VANILLA, lambda z: A * z + W @ relu(z - z.mean()) + H0),
    "alrnn": (VANILLA, lambda z: A * z + W @ np.concatenate([z[:3], relu(z[3:])]) + H0),
    "shplrnn": (SHALLOW, lambda z: A * z + W1 @ relu(W2 @ z + H2) + H1),
    "clipped_shplrnn": (SHALLOW, lambda z: A * z + W1 @ (relu(W2 @ z + H2) - relu(W2 @ z)) + H1),
    "shrnn": (SHALLOW, lambda z: A * z + W1 @ softplus(W2 @ z + H2) + H1),
    "bounded_shrnn": (SHALLOW, lambda z: A * z + W1 @ (softplus(W2 @ z + H2) - softplus(W2 @ z)) + H1),
    "dendplrnn": (DENDRITIC, lambda z: A * z + W @ spline(z) + H0),
    "clipped_dendplrnn": (DENDRITIC, lambda z: A * z + W @ (spline(z) - ALPHA.sum() * relu(z)) + H0),
}


def softplus(x):
    return np.log1p(np.exp(x))


RECTIFIED = {
    "alrnn": {"rectified": 2},
    "shrnn": {"activation": "softplus"},
    "bounded_shrnn": {"activation": "softplus"},
}


def network(given, **options):
    return network_from_arrays(given, origin="file.npz", **options)


def of_kind(kind, given=None, **options):
    return network(
        EQUATIONS[kind][0] if given is None else given, kind=kind, **RECTIFIED.get(kind, {}), **options
    )


def states(count=20, size=M):
    return 2 * np.random.default_rng(1).standard_normal((count, size))


def stepped(found, z):
    return np.asarray(found.step(jnp.asarray(z)))


def test_every_kind_has_its_equation():
    assert (
        set(EQUATIONS) == {kind for kinds in _FAMILIES.values() for kind in kinds} == set(PLRNNKind.__args__)
    )


@pytest.mark.parametrize("kind", EQUATIONS)
def test_a_step_is_the_papers(kind):
    found, equation = of_kind(kind), EQUATIONS[kind][1]
    linear = found.piecewise_linear()
    assert (linear is None) == kind.endswith("shrnn")
    for z in states():
        np.testing.assert_allclose(stepped(found, z), equation(z), rtol=1e-12, atol=1e-12)
        if linear is None:
            continue
        units = relu(linear.gate @ z + linear.threshold)
        np.testing.assert_allclose(
            linear.linear @ z + linear.output @ units + linear.bias, equation(z), atol=1e-12
        )


@pytest.mark.parametrize("kind", EQUATIONS)
def test_inputs_are_added_and_what_is_observed_is_read_off(kind):
    given = EQUATIONS[kind][0] | {"C": C, "B": B, "b": np.array([1.0, 2.0, 3.0])}
    found, (z,), s = of_kind(kind, given), states(1), np.array([0.3, -1.0])
    assert (found.num_inputs, found.output_size) == (K, 3)
    with jax.enable_x64(True):
        np.testing.assert_allclose(
            found.step(jnp.asarray(z), jnp.asarray(s)), EQUATIONS[kind][1](z) + C @ s, rtol=1e-12, atol=1e-12
        )
        np.testing.assert_allclose(found.observe(jnp.asarray(z)), B @ z + [1, 2, 3], rtol=1e-12)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("plrnn", {"A": np.diag(A), "W": W, "h": H0}),
        ("plrnn", {"A": A[:, None], "W": W, "h": H0[None]}),
        ("plrnn", {f"model.latent_step.{name}": array for name, array in VANILLA.items()}),
        ("shplrnn", {"A": A, "W₁": W1, "W₂": W2, "h₁": H1, "h₂": H2}),
        ("shplrnn", {"A": A, "W_1": W1, "W_2": W2, "h_1": H1, "h_2": H2}),
        ("dendplrnn", {**VANILLA, "α": ALPHA, "H": THRESHOLDS}),
        ("dendplrnn", {**VANILLA, "alphas": ALPHA, "D": THRESHOLDS.T}),
        ("dendplrnn", {**VANILLA, "alphas": ALPHA, "thetas": -THRESHOLDS}),  # the published code adds them
        ("clipped_dendplrnn", {**VANILLA, "alpha": ALPHA[None], "h_d": THRESHOLDS}),
    ],
)
def test_other_spellings(kind, given):
    for z in states():
        np.testing.assert_allclose(
            stepped(of_kind(kind, given), z), EQUATIONS[kind][1](z), rtol=1e-12, atol=1e-12
        )


def test_a_and_w_in_one_matrix():
    found, off = network({"latent_step.AW": W, "latent_step.h": H0}, kind="plrnn"), W - np.diag(np.diag(W))
    for z in states():
        np.testing.assert_allclose(
            stepped(found, z), np.diag(W) * z + off @ relu(z) + H0, rtol=1e-12, atol=1e-12
        )


@pytest.mark.parametrize("kind", EQUATIONS)
def test_transposed_weights(kind):
    turned = {name: array.T for name, array in EQUATIONS[kind][0].items()} | {"B": B.T, "C": C.T}
    found = of_kind(kind, turned, weights_order="in_out")
    for z in states(5):
        np.testing.assert_allclose(stepped(found, z), EQUATIONS[kind][1](z), rtol=1e-12, atol=1e-12)
    assert (found.num_inputs, found.output_size) == (K, 3)


def test_a_linear_layer_that_reads_the_state_is_the_observation():
    given = VANILLA | {"output_layer.weight": B}
    (z,) = states(1)
    with jax.enable_x64(True):
        np.testing.assert_allclose(of_kind("plrnn", given).observe(jnp.asarray(z)), B @ z, rtol=1e-12)


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        (
            VANILLA,
            {},
            "model must be given: A, W, h of file.npz may be those of model=plrnn or model=mcplrnn or model=alrnn",
        ),
        (
            SHALLOW,
            {"kind": "lstm"},
            "model=lstm does not fit file.npz: A, W1, W2, h1, h2 are those of model=shplrnn or model=clipped_shplrnn "
            "or model=shrnn or model=bounded_shrnn",
        ),
        (
            SHALLOW | {"W1": W1.T},
            {"kind": "shplrnn"},
            "file.npz: W1 must have shape (5, 7), got (7, 5); weights_order= takes matrices the other way round",
        ),
        (
            {name: array for name, array in SHALLOW.items() if name != "h2"},
            {"kind": "shplrnn"},
            "file.npz must hold h2 beside A, W1, W2, h1",
        ),
        (
            VANILLA | {"L": W, "z0": H0},
            {"kind": "plrnn"},
            "file.npz holds what the network would be measured without: L, z0; ignore=[L,z0] if it does not take part "
            "in the steps",
        ),
        (
            VANILLA | {"C": C.T},
            {"kind": "plrnn"},
            "file.npz: C must have shape (5, 2), got (2, 5); weights_order= takes matrices the other way round",
        ),
        (
            VANILLA,
            {"kind": "alrnn", "rectified": 6},
            "model.rectified must be from 1 to the 5 units of file.npz, got 6",
        ),
        (
            VANILLA | {"h": np.full(M, np.inf)},
            {"kind": "plrnn"},
            "file.npz: h must hold finite numbers",
        ),
        (
            VANILLA | {"other.h": H0},
            {"kind": "plrnn"},
            "weights must hold one h, but file.npz has h, other.h; ignore= leaves one out",
        ),
    ],
)
def test_what_is_no_plrnn_is_refused(given, options, message):
    with pytest.raises(ConfigError) as refused:
        network(given, **options)
    assert str(refused.value) == message


def test_all_kinds_are_listed():
    assert set(EQUATIONS) < {name for group in ImportedKind.__args__ for name in group.__args__}
