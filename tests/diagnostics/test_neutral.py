"""A network that was trained on a flow should have an exponent 0."""

import numpy as np
import pytest

from rnnchaos.data import Preparation, SeriesFile, observed_orbit, prepare
from rnnchaos.diagnostics.neutral import flow_checks, neutral_check
from rnnchaos.diagnostics.truth import EQUATIONS, Truth
from rnnchaos.systems import Henon, Lorenz63, StableFixedPoint
from rnnchaos.tangent import LyapunovSpectrum

SHORT = Preparation(train_length=300, test_length=300, transient=50)


def spectrum(*exponents, error=1e-4):
    """Sixteen orbits whose exponents have these means, and about these standard errors."""
    scatter = np.random.default_rng(0).standard_normal((16, 10, len(exponents)))
    blocks = np.array(exponents) + (scatter - scatter.mean((0, 1))) * error * np.sqrt(160)
    return LyapunovSpectrum(blocks, 100_000, 1, 0.01, len(exponents), None)


@pytest.mark.parametrize(
    ("exponents", "error", "grade", "nearest"),
    [
        ((0.906, 0.0001, -14.5), 1e-4, "pass", 0.0001),
        # What piecewise-linear networks do on Lorenz: .03 to .05, and λ_1 low by as much.
        ((0.866, 0.039, -14.5), 1e-4, "warn", 0.039),
        # Too short a run to tell.
        ((0.866, 0.039, -14.5), 5e-2, "pass", 0.039),
        # Less than 1 % of λ_max is nothing that anyone would notice.
        ((0.900, 0.006, -14.5), 1e-4, "pass", 0.006),
        # At a stable fixed point no direction is neutral.
        ((-0.3, -0.3, -1.0), 1e-4, "warn", -0.3),
    ],
)
def test_the_exponent_nearest_to_zero_is_held_against_it(exponents, error, grade, nearest):
    check = neutral_check(spectrum(*exponents, error=error))
    assert (check.name, check.grade) == ("neutral exponent", grade)
    np.testing.assert_allclose(check.figure, nearest, atol=1e-9)


def test_only_data_of_a_flow_in_motion_have_one(tmp_path):
    np.save(tmp_path / "x.npy", observed_orbit(Lorenz63(), num_steps=500, transient=500))
    own, taken = spectrum(0.87, 0.04, -14.5), Preparation(train_length=None, test_length=None)
    recorded = prepare(SeriesFile(str(tmp_path / "x.npy"), dt=0.01), taken)
    declared = prepare(SeriesFile(str(tmp_path / "x.npy"), dt=0.01, flow=True), taken)
    for dataset, checks in (
        (recorded, 0),
        (declared, 1),
        (prepare(Lorenz63(), SHORT), 1),
        (prepare(Henon(), SHORT), 0),
    ):
        assert len(flow_checks(own, dataset, None)) == checks
    phases = Truth(np.array([0.16, -0.41]), np.full(2, 1e-3), 0.1, EQUATIONS)  # of a drive, a few alone
    assert flow_checks(own, prepare(Lorenz63(), SHORT), phases) == []
    resting = Truth(np.array([-0.01, -0.01]), np.zeros(2), 0.1, EQUATIONS)
    assert flow_checks(own, prepare(StableFixedPoint(), SHORT), resting) == []
