"""docs/neutral_direction.md is what its rows say, and what kinks do to exponents, without a network."""

import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import polars as pl
import pytest

import rnnchaos
from rnnchaos.models import IdentityObservation, Network, ShallowPLRNN, ShallowRNN
from rnnchaos.tangent import lyapunov_spectrum

ROOT = Path(rnnchaos.__file__).parents[1]
sys.path.append(str(ROOT / "scripts"))

import neutral_measures  # noqa: E402
import neutral_networks  # noqa: E402
import neutral_page  # noqa: E402
import neutral_variants  # noqa: E402
from neutral_interpolated import Interpolated  # noqa: E402

STATE = np.array([0.3, -0.2, 0.5])


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return neutral_page.read(ROOT / "docs" / "neutral_direction.csv")


@pytest.fixture(scope="module")
def truth() -> neutral_measures.Truth:
    flow, scale = neutral_networks.SYSTEMS["lorenz63"], jnp.array([7.9, 9.0, 8.6])
    return neutral_measures.Truth(flow, jnp.array([0.0, 0.0, 23.5]), scale)


def test_the_page_is_made_of_the_rows(rows):
    assert neutral_page.page(rows) == neutral_page.PAGE.read_text("utf-8"), "run scripts/neutral_direction.py"


def test_every_network_of_the_page_stands_in_the_rows_once(rows):
    own = rows.filter(pl.col("variant") == "own")
    identity = ["system", "model", "hidden_size", "layer_size", "sharpness", "strength", "num_steps", "seed"]
    assert len(own) == len(own.unique(identity))


def test_kinks_raise_lambda_2_by_what_lambda_1_lacks_and_smooth_layers_do_not(rows):
    own = rows.filter(neutral_page.OWN)
    kinked, smooth = own.filter(neutral_page.RELU), own.filter(neutral_page.SILU)
    largest = neutral_page.LARGEST["lorenz63"]
    assert min(len(kinked), len(smooth)) >= 3
    assert (kinked["lambda_2"] > 3 * kinked["lambda_2_error"]).all()
    assert (kinked["lambda_1"] < largest - 3 * kinked["lambda_1_error"]).all()
    assert ((kinked["lambda_1"] + kinked["lambda_2"]) / largest - 1).abs().max() < 0.02
    assert smooth["lambda_2"].abs().max() < 0.005
    assert (smooth["lambda_1"] / largest - 1).abs().max() < 0.02


def test_an_interpolated_flow_is_right_on_its_grid_and_linear_between(truth):
    width = 0.25
    kinked = Interpolated(truth, jnp.asarray(width))
    corners = width * np.array(
        [[1, -2, 3], [1, -1, 3], [2, -1, 3], [2, -1, 4]]
    )  # a simplex: y, then x, then z
    images = np.asarray(jax.jit(jax.vmap(kinked.step))(jnp.asarray(corners)))
    np.testing.assert_allclose(images, jax.jit(jax.vmap(truth.step))(jnp.asarray(corners)), rtol=1e-12)
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    np.testing.assert_allclose(kinked.step(jnp.asarray(shares @ corners)), shares @ images, rtol=1e-12)
    inside = jax.jit(jax.jacfwd(kinked.step))(jnp.asarray(shares @ corners))
    np.testing.assert_allclose(inside @ np.diff(corners, axis=0).T, np.diff(images, axis=0).T, atol=1e-12)


def test_the_direction_of_the_orbit_is_neutral_once_put_right(truth):
    kinked = Interpolated(truth, jnp.asarray(0.4))
    put_right = neutral_variants.NeutralDirection(kinked)
    states = [jnp.asarray(STATE)]
    for _ in range(3):
        states.append(kinked.step(states[-1]))
    here, onwards = ((-3 * states[i] + 4 * states[i + 1] - states[i + 2]) / 2 for i in range(2))
    value, pushed = jax.jvp(put_right.step, (states[0],), (here,))
    np.testing.assert_allclose(value, states[1], rtol=1e-14)
    np.testing.assert_allclose(pushed, onwards, rtol=1e-11)
    across = jnp.cross(here, STATE)
    _, as_before = jax.jvp(kinked.step, (states[0],), (across,))
    np.testing.assert_allclose(jax.jvp(put_right.step, (states[0],), (across,))[1], as_before, rtol=1e-9)


def test_other_jacobians_leave_the_map_alone(truth):
    key = jax.random.key(0)
    network = Network(ShallowPLRNN(3, 8, key=key), IdentityObservation(3, 3)).astype("float64")
    state = jnp.asarray(STATE)
    mixed = neutral_variants.TrueJacobians(network, truth)
    np.testing.assert_array_equal(mixed.step(state), network.step(state))
    np.testing.assert_allclose(
        jax.jit(jax.jacfwd(mixed.step))(state), jax.jit(jax.jacfwd(truth.step))(state), rtol=1e-12
    )
    own = neutral_variants.OwnUnits(network.cell)
    blurred = neutral_variants.Blurred(jnp.full(8, 1e-6))
    layered = neutral_variants.Layered(network.cell, own, blurred)
    np.testing.assert_allclose(layered.step(state), network.step(state), rtol=1e-12)
    np.testing.assert_allclose(jax.jacfwd(layered.step)(state), jax.jacfwd(network.step)(state), rtol=1e-6)


def test_kinks_set_in_a_smooth_unit_are_right_at_their_knots():
    cell = ShallowRNN(3, 4, "silu", key=jax.random.key(0))
    own = neutral_variants.OwnUnits(cell)
    knotted = neutral_variants.Knotted(own, jnp.full(4, 0.5))
    knots = jnp.array([-1.0, 0.0, 0.5, 2.0])
    np.testing.assert_allclose(knotted(knots), own(knots), atol=1e-15)
    np.testing.assert_allclose(knotted(knots + 0.25), (own(knots) + own(knots + 0.5)) / 2, atol=1e-15)


@pytest.mark.slow
def test_kinks_alone_mix_the_neutral_direction_with_the_unstable_one(truth):
    """Lorenz's own map, interpolated linearly, has λ_1 low and λ_2 above 0; put right in one direction it has not."""
    starts = np.asarray(neutral_networks.data("lorenz63").test.values)[::6250]
    kinked = Interpolated(truth, jnp.asarray(0.4))
    measured = {"num_steps": 10_000, "time_per_step": 0.01}
    own = lyapunov_spectrum(kinked.step, starts, **measured)
    put_right = lyapunov_spectrum(neutral_variants.NeutralDirection(kinked).step, starts, **measured)
    assert own.exponents[1] > 3 * own.standard_error[1]
    assert own.exponents[0] < 0.9056 - 3 * own.standard_error[0]
    assert abs(put_right.exponents[1]) < 3 * put_right.standard_error[1] + 0.001
    assert put_right.exponents[0] > own.exponents[0] + 0.02
