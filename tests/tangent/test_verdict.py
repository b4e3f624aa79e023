"""Slopes with their errors, and the sentence that a user reads last."""

import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.tangent import Slope, fit_slope, jacobian_norms, lyapunov_spectrum, theorem_verdict

LAGS = np.arange(10, 1_010, 10)


def test_exact_line():
    found = fit_slope(LAGS, np.stack([0.5 * LAGS + 3, 0.5 * LAGS + 5]))
    assert found.value == pytest.approx(0.5, abs=1e-13)
    assert found.standard_error < 1e-13
    assert found.intercept == pytest.approx(4)


def test_early_lags_do_not_count():
    """The transient of the first tenth is left out."""
    norms = np.where(LAGS < 100, 50.0, -0.2 * LAGS)
    assert fit_slope(LAGS, norms[None]).value == pytest.approx(-0.2)


@pytest.mark.parametrize("starts", [1, 8])
def test_error_covers_the_spread(starts):
    """Random walks with drift .3: the stated error is the actual spread of slopes, within its own noise."""
    rng = np.random.default_rng(0)
    walks = 0.3 * LAGS + np.cumsum(rng.standard_normal((400, starts, len(LAGS))), axis=-1)
    found = [fit_slope(LAGS, walk) for walk in walks]
    spread = np.std([slope.value for slope in found])
    stated = np.sqrt(np.mean([slope.standard_error**2 for slope in found]))
    assert stated == pytest.approx(
        spread, rel=0.15
    )  # 400 trials give either to 4 %, the tail of T - 0.9 T the rest
    assert np.mean([slope.value for slope in found]) == pytest.approx(0.3, abs=4 * spread / 20)


@pytest.mark.parametrize("starts", [1, 3])
@pytest.mark.parametrize("known", [True, False])
def test_error_covers_where_short_lags_are_noise(starts, known):
    """As on a flow: what is bounded outweighs the walk from lag to lag, and says nothing of the slope."""
    rng = np.random.default_rng(1)
    shape = (200, starts, len(LAGS))
    walks = (
        0.3 * LAGS + np.cumsum(0.1 * rng.standard_normal(shape), axis=-1) + 0.5 * rng.standard_normal(shape)
    )
    diffusion = 0.1**2 / 10 if known else None
    found = [fit_slope(LAGS, walk, diffusion=diffusion) for walk in walks]
    apart = np.abs([slope.value - 0.3 for slope in found])
    stated = np.array([slope.standard_error for slope in found])
    # What one start has to be told from itself is known from few of its bends, to some 30 %.
    assert (0.91 if known else 0.87) <= np.mean(apart < 2 * stated) <= 0.99
    assert np.sqrt(np.mean(stated**2)) == pytest.approx(
        np.sqrt(np.mean(apart**2)), rel=0.15 if known else 0.3
    )


def test_vanished_product():
    norms = np.stack([-0.1 * LAGS, np.where(LAGS > 500, -np.inf, -0.1 * LAGS)])
    assert fit_slope(LAGS, norms) == Slope(-np.inf, 0.0, 0.0)


def test_too_few_lags():
    with pytest.raises(ConfigError) as caught:
        fit_slope([1, 50, 100], np.zeros((1, 3)))
    assert str(caught.value) == "lags must hold at least 3 from 0.1 of the longest on, got [1, 50, 100]"


def test_diverging():
    found = theorem_verdict(exponent=0.0091, exponent_error=0.0001, slope=Slope(0.0090, 0.0002, 0.0))
    assert (found.name, found.theorem) == ("diverging", 2)
    assert found.sentence == (
        "diverging: chaotic orbit, gradients grow as exp(0.00910 T) (Theorem 2); "
        "slope 0.00900 ± 0.00020, λ_max 0.00910 ± 0.00010 per step, difference 0.4 standard errors"
    )


def test_bounded_and_exactly_known():
    found = theorem_verdict(exponent=-0.16, exponent_error=0.0, slope=Slope(-0.16, 0.0, 0.0))
    assert (found.name, found.theorem) == ("bounded", 1)
    assert found.sentence == (
        "bounded: stable fixed point or cycle, dz_T/dz_1 falls as exp(-0.16 T) "
        "and gradients of the loss stay bounded (Theorem 1); "
        "slope -0.16, λ_max -0.16 per step, difference 0"
    )


def test_neither_within_the_errors():
    found = theorem_verdict(exponent=2e-4, exponent_error=1e-4, slope=Slope(1e-3, 2e-4, 0.0))
    assert (found.name, found.theorem) == ("neither", 3)
    assert found.sentence == (
        "neither: λ_max is zero within its error, as on a quasi-periodic orbit, "
        "and gradients neither grow nor fall exponentially (Theorem 3); "
        "slope 0.00100 ± 0.00020, λ_max 0.00020 ± 0.00010 per step, difference 3.6 standard errors"
    )


@pytest.mark.parametrize(
    ("exponent", "name"), [(9e-7, "neither"), (-9e-7, "neither"), (2e-6, "diverging"), (-2e-6, "bounded")]
)
def test_floor_of_an_exponent_without_error(exponent, name):
    assert theorem_verdict(exponent=exponent, exponent_error=0.0, slope=Slope(0.0, 0.0, 0.0)).name == name


def test_what_is_left_of_a_transient_is_no_exponent():
    """On a weakly attracting limit cycle, orbits that begin together would agree far better than they are right."""

    def near_hopf(x):
        turned = jnp.stack(
            [x[0] * jnp.cos(0.1) - x[1] * jnp.sin(0.1), x[0] * jnp.sin(0.1) + x[1] * jnp.cos(0.1)]
        )
        return turned * (1.001 - 0.001 * (x[0] ** 2 + x[1] ** 2))

    starts = jnp.array([0.5, 0.0]) + 1e-6 * jnp.arange(16.0)[:, None]
    spectrum = lyapunov_spectrum(near_hopf, starts, num_steps=5_000, transient=1_000)
    assert spectrum.num_orbits == 1
    exponent, error = float(spectrum.exponents[0]), 1e-9
    assert exponent > 1e-5
    slope = Slope(0.0, 0.0, 0.0)
    for num_steps, name in ((None, "diverging"), (spectrum.num_steps, "neither")):
        found = theorem_verdict(exponent=exponent, exponent_error=error, slope=slope, num_steps=num_steps)
        assert found.name == name
    assert theorem_verdict(exponent=-3e-4, exponent_error=0.0, slope=slope, num_steps=5_000).name == "bounded"


def test_collapsed_directions():
    found = theorem_verdict(exponent=-np.inf, exponent_error=0.0, slope=Slope(-np.inf, 0.0, 0.0))
    assert found.name == "bounded"
    assert "nan" not in found.sentence


def two_cycle(x):
    """The 2-cycle ±(1, 1), whose multiplier over 2 steps is .16."""
    return -x * (1.3 - 0.3 * x**2) + 0.1 * jnp.array([x[0] - x[1], x[1] - x[0]])


def henon(x):
    return jnp.stack([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])


def torus(x):
    """A shear beside a rotation by the golden angle: ‖∏J‖ grows, but no faster than T."""
    return jnp.stack([x[0] + 2.399963229728653 + 0.3 * jnp.sin(x[1]), x[1] + 1.0])


@pytest.mark.parametrize(
    ("step", "theorem", "exponent"), [(two_cycle, 1, np.log(0.4)), (henon, 2, 0.41909), (torus, 3, 0.0)]
)
def test_each_theorem_on_an_orbit_of_its_own(step, theorem, exponent):
    starts = jnp.array([0.1, 0.2]) * jnp.linspace(0.8, 1.2, 3)[:, None]
    spectrum = lyapunov_spectrum(step, starts, num_steps=20_000)
    slope = fit_slope(LAGS, jacobian_norms(step, starts, lags=LAGS))
    found = theorem_verdict(
        exponent=spectrum.max_exponent, exponent_error=spectrum.standard_error[0], slope=slope
    )
    assert found.theorem == theorem
    assert spectrum.max_exponent == pytest.approx(exponent, abs=max(4 * spectrum.standard_error[0], 1e-4))
    # Over 1000 steps the product of a chaotic orbit has a slope to a few per cent; log T adds 1/T to a torus's.
    assert slope.value == pytest.approx(exponent, abs=0.03)
