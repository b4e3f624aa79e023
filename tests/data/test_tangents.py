"""Derivatives behind a series: those of equations, and those of linear fits to data, held against each other."""

import jax
import numpy as np
import pytest

from rnnchaos.data import Preparation, prepare
from rnnchaos.data.tangents import check_equations, tangents_of_data, tangents_of_equations
from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces
from rnnchaos.systems import DoublePendulum, DrivenLorenz, Henon, Lorenz63, MackeyGlass

SHORT = {"train_length": 20_000, "test_length": 10, "validation_length": 10, "transient": 1000}


def test_the_equations_of_a_map_by_hand():
    """x' = 1 - a x² + y, y' = b x: the derivative in scaled units is that in its own between two scales."""
    system = Henon()
    dataset = prepare(system, Preparation(**SHORT))
    found = tangents_of_equations(system, dataset.train, dataset.scaling, steps=1)
    np.testing.assert_array_equal(found.rows, np.arange(19_999))
    x = dataset.scaling.invert(dataset.train.values[:-1])[:, 0]
    own = np.zeros((len(x), 2, 2))
    own[:, 0, 0], own[:, 0, 1], own[:, 1, 0] = -2 * system.a * x, 1.0, system.b
    scale = dataset.scaling.scale
    np.testing.assert_allclose(found.images, own * scale / scale[:, None], rtol=1e-12, atol=1e-14)
    two = tangents_of_equations(system, dataset.train, dataset.scaling, steps=2)
    one = found.images[: len(two.rows)]
    np.testing.assert_allclose(two.images[:-1], one[1:] @ one[:-1], rtol=1e-10, atol=1e-12)


def test_the_order_of_the_axes_is_that_of_the_series():
    system = Lorenz63()
    straight, turned = Preparation(**SHORT), Preparation(**SHORT, axes=(2, 0, 1))
    first, second = (
        tangents_of_equations(system, dataset.train, dataset.scaling, axes, steps=1)
        for dataset, axes in ((prepare(system, straight), None), (prepare(system, turned), (2, 0, 1)))
    )
    np.testing.assert_allclose(
        second.images, first.images[:, [2, 0, 1]][:, :, [2, 0, 1]], rtol=1e-10, atol=1e-12
    )


def test_beside_the_data():
    system = Lorenz63()
    dataset = prepare(system, Preparation(**SHORT))
    found = tangents_of_equations(system, dataset.train, dataset.scaling, steps=1, perturbation=0.2)
    apart = found.points - dataset.train.values[found.rows]
    assert abs(apart.std() - 0.2) < 0.002  # four standard errors of 6e4 numbers
    (here,) = found.points[:1]

    def step(x):
        return dataset.scaling.apply(np.asarray(system.step(jax.numpy.asarray(dataset.scaling.invert(x)))))

    differences = [(step(here + h) - step(here - h)) / 2e-5 for h in 1e-5 * np.eye(3)]
    np.testing.assert_allclose(found.images[0], np.stack(differences, axis=1), atol=1e-8)


@pytest.mark.parametrize(("system", "steps"), [(Lorenz63(), 1), (Lorenz63(), 5), (Henon(), 1)])
def test_the_data_tell_what_the_equations_do(system, steps):
    dataset = prepare(system, Preparation(**SHORT))
    true = tangents_of_equations(system, dataset.train, dataset.scaling, steps=steps)
    found = tangents_of_data(dataset.train, steps=steps)
    assert len(found.rows) > 0.9 * len(true.rows)
    jacobians = true.images[np.searchsorted(true.rows, found.rows)]
    errors = np.linalg.norm(jacobians @ found.directions - found.images, axis=(1, 2))
    sizes = np.linalg.norm(jacobians @ found.directions, axis=(1, 2))
    # 20 000 points: neighbours within some .1 standard deviations, over which second derivatives bend the map.
    assert np.median(errors / sizes) < 0.005
    assert np.quantile(errors / sizes, 0.99) < 0.1
    # Directions are projections; what is left out is across the sheet on which the neighbours lie.
    np.testing.assert_allclose(found.directions @ found.directions, found.directions, atol=1e-12)
    known = np.rint(np.trace(found.directions, axis1=1, axis2=2)).astype(int)
    assert set(known) <= {1, 2, 3}
    assert (known >= 2).mean() > (0.99 if system.dimension == 3 else 0.5)


def linear_pieces(*, driven):
    random = np.random.default_rng(0)
    matrix, weight = np.array([[0.9, -0.5], [0.4, 0.8]]) * 0.95, np.array([[0.5], [-0.3]])
    values, inputs = [], random.standard_normal((5000, 1))
    for length in (3000, 2000):
        x = random.standard_normal(2)
        for _ in range(length):
            push = weight @ inputs[len(values)] if driven else 0.05 * random.standard_normal(2)
            x = matrix @ x + push
            values.append(x)
    return matrix, Pieces(np.stack(values), (3000, 2000), inputs if driven else None)


@pytest.mark.parametrize("steps", [1, 2])
def test_inputs_are_accounted_for_and_pieces_kept_apart(steps):
    """A step from one piece into the next would be no step of the linear map, whose fit is exact."""
    matrix, series = linear_pieces(driven=True)
    found = tangents_of_data(series, steps=steps)
    expected = np.linalg.matrix_power(matrix, steps) @ found.directions
    np.testing.assert_allclose(found.images, expected, atol=1e-9)
    assert not np.isin(found.rows, np.concatenate([np.arange(3000 - steps, 3000), [4999]])).any()


@pytest.mark.parametrize("case", ["noise", "few"])
def test_what_the_data_do_not_tell_is_refused(case):
    if case == "noise":
        series = prepare(Lorenz63(), Preparation(**SHORT, noise=0.05)).train
    else:
        series = Pieces.of(np.random.default_rng(0).standard_normal((50, 6)))
    with pytest.raises(ConfigError) as raised:
        tangents_of_data(series, steps=1)
    told = str(raised.value)
    assert told.startswith(
        "source must be equations, or strength 0, for a training series with good linear fits at "
    )
    assert told.endswith("got 'data'; noise, few points or many dimensions hide its derivatives")


@pytest.mark.parametrize(
    ("system", "settings", "why"),
    [(Lorenz63(), {"axes": (0, 1)}, "that does not show the whole state"),
     (Lorenz63(), {"embedding_dimension": 3}, "that is embedded in delays"),
     (MackeyGlass(), {}, "that does not show the state itself"),
     (DoublePendulum(), {}, "that does not show the state itself"),
     (DrivenLorenz(), {}, "that does not show the state itself")],
)  # fmt: skip
def test_equations_are_refused_where_the_state_is_not_what_is_seen(system, settings, why):
    with pytest.raises(ConfigError) as raised:
        check_equations(system, Preparation(**settings))
    assert str(raised.value) == f"source must be data for a dataset {why}, got 'equations'"
