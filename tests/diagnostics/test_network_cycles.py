"""Cycles of networks whose weights are set by hand: numbers, arrays, sentences and the figure."""

import dataclasses
import os

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.data import Preparation, prepare
from rnnchaos.diagnostics import FreeRunSettings
from rnnchaos.diagnostics.cycles import CyclesSettings
from rnnchaos.diagnostics.network_cycles import _stdout_on_stderr, cycles_of_network
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.models import PLRNN, RNN, IdentityObservation, Network
from rnnchaos.systems import Henon


@pytest.fixture(scope="module")
def dataset():
    return prepare(Henon(), Preparation(train_length=200, test_length=100, transient=50))


def piecewise_linear(diagonal, weight, bias):
    cell = PLRNN(2, key=jax.random.key(0))
    parts = tuple(jnp.asarray(part, dtype=jnp.float64) for part in (diagonal, weight, bias))
    cell = eqx.tree_at(lambda cell: (cell.diagonal, cell.weight, cell.bias), cell, parts)
    return Network(cell, IdentityObservation(2, 2))


def findings(network, dataset, **settings):
    wanted = CyclesSettings(**{"num_starts": 20} | settings)
    return cycles_of_network(network, dataset, wanted, FreeRunSettings(), seed=0)


def settled(dataset):
    """One unit above 0 drives the other: z_1* = 2, z_2* = (1 - 2)/(1 - 0.25), without a kink between."""
    return findings(piecewise_linear([0.5, 0.25], [[0, 0], [-1, 0]], [1, 1]), dataset)


def test_the_fixed_point_of_a_piecewise_linear_network(dataset):
    found = settled(dataset)
    (record,) = found.summary["cycles"]["found"]
    assert (record["period"], record["kind"], record["unstable_directions"]) == (1, "stable node", 0)
    np.testing.assert_allclose(record["largest_exponent_per_step"], np.log(0.5), rtol=1e-9)
    # Observed in the units of the data.
    expected = dataset.scaling.invert(np.array([[2, -4 / 3]]))
    np.testing.assert_allclose(record["observed"], expected, rtol=1e-9)
    arrays = found.arrays["cycles"]
    np.testing.assert_allclose(arrays["points"], [[2, -4 / 3]], rtol=1e-9)
    np.testing.assert_allclose(arrays["multipliers_real"], [[0.5, 0.25]], rtol=1e-9)
    assert arrays["region_counts"].tolist() == [100]
    assert arrays["region_patterns"].tolist() == [[True, False]]
    assert found.summary["cycles"]["by_period"][2] == {
        "number": 0,
        "stable": 0,
        "complete_within_bound": True,
        "degenerate_regions": 0,
    }


def test_sentences_say_how_complete_the_list_is(dataset):
    assert settled(dataset).shown[1:] == (
        "1 fixed point: complete for |z_i| ≤ 3, by enumeration of the linear regions",
        "no 2-cycles: complete for |z_i| ≤ 3, by enumeration of the linear regions",
        "the free run of 100 steps visits 1 linear region, with an entropy of 0 nats",
    )


def test_what_the_search_finds_beyond_the_box_is_told_apart(dataset):
    network = piecewise_linear([0.5, 0.25], [[0, 0], [-1, 0]], [1, 1])
    found = findings(network, dataset, bound=1.0, max_period=1)
    assert str(found.shown[1]).startswith("1 fixed point, 1 of them beyond: complete for |z_i| ≤ 1, by")


def test_time_up_is_said(dataset):
    network = piecewise_linear([0.5, 0.25], [[0, 0], [-1, 0]], [1, 1])
    found = findings(network, dataset, time_limit=1e-9, max_period=1)
    assert found.shown[1] == (
        "1 fixed point, found by search from 20 starts; enumeration was not done after 1e-09 s; there may be more"
    )


def test_a_network_that_is_not_piecewise_linear_is_searched(dataset):
    cell = RNN(2, key=jax.random.key(0))
    parts = (jnp.array([[2.0, 0.0], [0.0, -2.0]]), jnp.zeros(2))
    cell = eqx.tree_at(lambda cell: (cell.weight, cell.bias), cell, parts)
    found = findings(Network(cell, IdentityObservation(2, 2)), dataset)
    # tanh(2 a) = a has the solutions 0 and ±a; -tanh(2 a) = a only 0, but the cycle ±a.
    by_period = found.summary["cycles"]["by_period"]
    assert (by_period[1]["number"], by_period[2]["number"]) == (3, 3)
    assert by_period[2]["stable"] == 2
    assert found.shown[1] == "3 fixed points, found by search from 20 starts; there may be more"
    assert "region_counts" not in found.arrays["cycles"]
    assert len(found.figures["cycles"]().axes) == 1


def test_a_free_run_that_escapes_has_no_attractor(dataset):
    with pytest.raises(RunError, match=r"^the free run left every bound by step 1100: it has no attractor$"):
        findings(piecewise_linear([3.0, 3.0], np.zeros((2, 2)), [1, 1]), dataset)


def test_what_compiled_code_prints_goes_to_stderr(capfd):
    with _stdout_on_stderr():
        os.write(1, b"stray")
    os.write(1, b"wanted")
    assert capfd.readouterr() == ("wanted", "stray")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_period": 0}, "max_period must be at least 1 step, got 0"),
        ({"num_starts": 0}, "num_starts must be at least 1 start, got 0"),
        ({"bound": 0.0}, "bound must be greater than 0, got 0.0"),
        ({"time_limit": -1.0}, "time_limit must be greater than 0, got -1.0"),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ConfigError) as caught:
        dataclasses.replace(CyclesSettings(), **settings)
    assert str(caught.value) == message
