"""The free run of a small network against one of its weights, as numbers, arrays, a figure and sentences."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.data import Dataset, Scaling
from rnnchaos.diagnostics.bifurcation import BifurcationSettings
from rnnchaos.diagnostics.changed_weight import bifurcation_of_network, changed_step
from rnnchaos.errors import ConfigError
from rnnchaos.models import GRU, PLRNN, RNN, IdentityObservation, LinearObservation, Network
from rnnchaos.pieces import Pieces

KEY = jax.random.key(0)
SHORT = {"num_values": 5, "num_steps": 80, "transient": 200}


def network(cell) -> Network:
    return Network(cell, IdentityObservation(2, cell.hidden_size))


def dataset(*, continuous: bool = False) -> Dataset:
    series = np.random.default_rng(0).standard_normal((50, 2))
    scaling = Scaling(np.array([5.0, 0.0]), np.array([2.0, 1.0]))
    return Dataset(*4 * [Pieces.of(series)], scaling, 0.5, ("x", "y"), continuous)


def linear_network() -> Network:
    """z' = A z + h with A diagonal and no rectified part: eigenvalues 0.5 and 0.25, its fixed point at (2, 0)."""
    arrays = jnp.array([0.5, 0.25]), jnp.zeros((2, 2)), jnp.array([1.0, 0.0])
    cell = eqx.tree_at(lambda cell: (cell.diagonal, cell.weight, cell.bias), PLRNN(2, key=KEY), arrays)
    return network(cell)


def measure(model: Network, **settings):
    return bifurcation_of_network(model, dataset(), BifurcationSettings(**{**SHORT, **settings}))


def test_eigenvalues_of_a_linear_network_are_scaled():
    found = measure(linear_network(), weight="cell.diagonal[0]", lowest=1.0, highest=3.0, num_values=3)
    said = found.summary["bifurcation"]
    assert said["trained_weight"] == 0.5
    # The eigenvalue 0.5 becomes 0.5, 1 and 1.5; two steps a time unit. At 1 the orbit grows by 1 a step, without end.
    np.testing.assert_allclose(said["lambda_max_per_time_unit"][:2], [2 * np.log(0.5), 0.0], atol=1e-12)
    assert np.isnan(said["lambda_max_per_time_unit"][2])
    assert (said["escaped"], said["chaotic"], said["steps"]) == (1, 0, 80)
    arrays = found.arrays["bifurcation"]
    assert arrays["escaped"].tolist() == [False, False, True]
    # In the units of the data, 5 + 2 x; the first fixed point is 1 / (1 - 0.5).
    np.testing.assert_allclose(arrays["point"][arrays["point_value"] == 1.0], 9.0, atol=1e-12)
    assert not np.any(arrays["point_value"] == 3.0)
    assert found.shown[0] == (
        "cell.diagonal[0] scaled by 1 to 3: of 3 values 0 chaotic, 2 not, 1 where the run escapes to infinity"
    )
    assert found.figures["bifurcation"]().axes


def test_a_shift_moves_the_fixed_point():
    found = measure(linear_network(), weight="cell.bias[0]", change="shift", lowest=-1.0, highest=1.0)
    arrays = found.arrays["bifurcation"]
    ends = [arrays["point"][arrays["point_value"] == value][-1] for value in arrays["value"]]
    np.testing.assert_allclose(ends, 5 + 2 * 2 * (1 + arrays["value"]), atol=1e-12)
    assert found.shown[1] == "largest λ_max -1.386 nats per time unit, cell.bias[0] shifted by -1"


def test_a_flow_is_shown_by_its_maxima():
    settings = BifurcationSettings(weight="cell.diagonal", **SHORT)
    arrays = bifurcation_of_network(linear_network(), dataset(continuous=True), settings).arrays[
        "bifurcation"
    ]
    # Fixed points, one maximum each.
    np.testing.assert_array_equal(arrays["point_value"], arrays["value"])


def test_every_value_fails_to_stay_bounded():
    found = measure(linear_network(), weight="cell.diagonal", lowest=4.0, highest=5.0)
    assert found.summary["bifurcation"]["escaped"] == 5
    assert len(found.shown) == 1
    assert found.figures["bifurcation"]().axes


@pytest.mark.parametrize(("change", "trained"), [("scale", 1.0), ("shift", 0.0)])
@pytest.mark.parametrize(
    "weight", ["cell.weight", "cell.weight[2]", "cell.weight[2,1]", "cell.candidate_bias[0]"]
)
def test_only_the_named_weight_changes_and_the_trained_value_changes_nothing(change, trained, weight):
    model = network(GRU(4, key=KEY))
    state = jnp.array([0.1, -0.4, 0.3, 0.2])
    settings = BifurcationSettings(weight=weight, change=change)
    same = changed_step(model, settings, jnp.array(trained))(state)
    np.testing.assert_array_equal(same, model.step(state))
    other = changed_step(model, settings, jnp.array(7.0))(state)
    assert not np.array_equal(other, same)


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ("cell.bais", "the cell has no weight cell.bais; did you mean cell.bias?"),
        ("cell.xyzzy", "the cell has no weight cell.xyzzy; it has cell.weight, cell.bias"),
        ("observation.weight", "the cell has no weight observation.weight; did you mean cell.weight?"),
        ("cell.bias[4]", "index 1 of cell.bias must be at most 3, got 4"),
        ("cell.weight[0,9]", "index 2 of cell.weight must be at most 3, got 9"),
        ("cell.bias[0,1]", "cell.bias takes at most 1 index, got 2"),
        (
            "cell.bias[1]",
            "cell.bias[1] is 0, which no factor changes; diagnostics.bifurcation.change=shift adds to it",
        ),
    ],
)
def test_weights_that_cannot_be_changed(weight, message):
    cell = eqx.tree_at(lambda cell: cell.bias, RNN(4, key=KEY), jnp.array([1.0, 0.0, 1.0, 1.0]))
    model = Network(cell, LinearObservation(2, 4, key=KEY))
    with pytest.raises(ConfigError) as caught:
        measure(model, weight=weight)
    assert str(caught.value) == f"diagnostics.bifurcation.weight: {message}"


def test_more_exponents_than_dimensions():
    expected = "^diagnostics.bifurcation.num_exponents must be from 1 to the state's 2 dimensions, got 3$"
    with pytest.raises(ConfigError, match=expected):
        measure(linear_network(), weight="cell.diagonal", num_exponents=3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"lowest": 2.0}, "lowest must be less than highest (1.5), got 2.0"),
        ({"lowest": 1.5}, "lowest must be less than highest (1.5), got 1.5"),
        ({"num_values": 1}, "num_values must be at least 2 values, got 1"),
        ({"num_steps": 7}, "num_steps must be at least 8 steps, got 7"),
        ({"transient": -1}, "transient must be at least 0 steps, got -1"),
        ({"num_exponents": 0}, "num_exponents must be at least 1 exponent, got 0"),
        (
            {"weight": "cell.bias[-1]"},
            "weight must be a name such as cell.weight, cell.bias[3] or cell.weight[2,5], got 'cell.bias[-1]'",
        ),
    ],
)
def test_settings_out_of_their_bounds(settings, message):
    with pytest.raises(ConfigError) as caught:
        BifurcationSettings(**settings)
    assert str(caught.value) == message


def test_the_parts_of_a_weights_name():
    assert (BifurcationSettings(weight="cell.bias").array, BifurcationSettings().index) == ("cell.bias", ())
    named = BifurcationSettings(weight="cell.weight[2, 15]")
    assert (named.array, named.index) == ("cell.weight", (2, 15))
