"""Conditional exponents against linear networks, quadrature, direct products, and the identity of skew products."""

import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.tangent import Grade, conditional_spectrum, lyapunov_spectrum, worst

NOISE = np.random.default_rng(0).standard_normal((4_000, 2))
WEIGHTS = np.random.default_rng(1).standard_normal((4, 4))
DRIVEN = np.random.default_rng(2).standard_normal((4, 2))


def tanh_network(gain):
    weights = gain * WEIGHTS / np.abs(np.linalg.eigvals(WEIGHTS)).max()
    return lambda z, s: jnp.tanh(weights @ z + DRIVEN @ s)


@pytest.mark.parametrize("inputs", [NOISE, np.zeros((2_000, 2)), 1e3 * NOISE], ids=["noise", "zero", "large"])
def test_a_linear_network_has_its_eigenvalues_under_any_input(inputs):
    matrix = np.array([[0.9, 0.4, 0.0], [0.0, -0.5, 0.3], [0.0, 0.0, 0.1]])
    found = conditional_spectrum(lambda z, s: matrix @ z + DRIVEN[:3] @ s, np.ones(3), inputs)
    np.testing.assert_allclose(found.exponents, np.log([0.9, 0.5, 0.1]), rtol=1e-10)
    assert found.log_volume_rate == pytest.approx(np.log([0.9, 0.5, 0.1]).sum())
    assert worst(found.checks) is Grade.PASS


def test_one_unit_under_independent_inputs_against_quadrature():
    """λ = ⟨ln |w| + ln(1 - z'²)⟩ over the stationary density of z' = tanh(w z + s), by its transfer operator."""
    w, sigma = 1.5, 0.8
    # On densities of y = w z + s, z = tanh y: y' ~ N(w tanh y, σ²).
    y, h = np.linspace(-8, 8, 4001, retstep=True)
    density = np.exp(-(y**2) / 2)
    density /= density.sum() * h
    kernel = np.exp(-((y[:, None] - w * np.tanh(y)[None]) ** 2) / (2 * sigma**2)) / np.sqrt(2 * np.pi) / sigma
    for _ in range(60):
        density = kernel @ density * h
    exact = np.log(w) - 2 * np.sum(np.log(np.cosh(y)) * density) * h
    rng = np.random.default_rng(3)
    found = conditional_spectrum(
        lambda z, s: jnp.tanh(w * z + sigma * s), [0.3], rng.standard_normal((60_000, 1))
    )
    assert abs(found.exponents[0] - exact) < 4 * found.standard_error[0] < 0.1
    assert worst(found.checks) is Grade.PASS


def test_one_unit_under_a_period_of_inputs_against_the_product_along_it():
    w, period = 0.9, np.array([0.7, -0.2, 1.1])
    z = 0.0
    for _ in range(300):
        logs = []
        for s in period:
            z = np.tanh(w * z + s)
            logs.append(np.log(w * (1 - z**2)))
    # Blocks of whole periods, so that no remainder of one is left.
    found = conditional_spectrum(
        lambda z, s: jnp.tanh(w * z + s),
        [0.0],
        np.tile(period, 4_000),
        transient=600,
        num_blocks=38,
        qr_every=3,
    )
    assert found.num_steps % 3 == 0
    assert found.exponents[0] == pytest.approx(np.mean(logs), rel=1e-10)


@pytest.mark.parametrize("inputs", [NOISE, np.zeros((2_000, 2)), 5 * NOISE], ids=["noise", "zero", "large"])
def test_a_contracting_network_is_below_its_bound_under_any_input(inputs):
    bound = 0.6
    weights = bound * WEIGHTS / np.linalg.norm(WEIGHTS, 2)
    found = conditional_spectrum(lambda z, s: jnp.tanh(weights @ z + DRIVEN @ s), np.zeros(4), inputs)
    assert found.exponents[0] <= np.log(bound)


def test_a_drive_and_its_response_have_the_exponents_of_both():
    """A Hénon map that drives two tanh units: the spectrum of all four is the drive's and the conditional ones."""

    def drive(x):
        return jnp.array([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])

    weights = jnp.array([[1.1, -0.7], [0.6, 0.4]])

    def response(z, s):
        return jnp.tanh(weights @ z + jnp.array([1.0, -0.5]) * s[0])

    def both(x):
        return jnp.concatenate([drive(x[:2]), response(x[2:], x[:1])])

    num_steps = 20_000
    whole = lyapunov_spectrum(both, [0.1, 0.1, 0.0, 0.0], num_steps=num_steps)
    alone = lyapunov_spectrum(drive, [0.1, 0.1], num_steps=num_steps)
    orbit = [np.array([0.1, 0.1])]
    for _ in range(num_steps):
        x = orbit[-1]
        orbit.append(np.array([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]]))
    conditional = conditional_spectrum(response, [0.0, 0.0], np.array(orbit)[:, :1])
    expected = np.sort(np.concatenate([alone.exponents, conditional.exponents]))[::-1]
    error = np.hypot(whole.standard_error, np.append(alone.standard_error, conditional.standard_error).max())
    assert np.all(np.abs(whole.exponents - expected) < 4 * error)
    assert conditional.exponents[0] < 0 < alone.exponents[0]


def test_orbits_that_one_input_brings_together_are_one():
    starts = np.random.default_rng(4).uniform(-1, 1, (5, 4))
    found = conditional_spectrum(tanh_network(0.8), starts, NOISE)
    assert (found.num_orbits, found.retraced) == (1, 4)
    one = conditional_spectrum(tanh_network(0.8), starts[0], NOISE)
    assert found.standard_error[0] == pytest.approx(one.standard_error[0])


def test_stretches_of_the_input_are_independent_orbits():
    long = np.random.default_rng(5).standard_normal((16_000, 2))
    whole = conditional_spectrum(tanh_network(1.2), np.zeros(4), long)
    stretches = conditional_spectrum(tanh_network(1.2), np.zeros(4), long.reshape(8, 2_000, 2))
    assert (stretches.num_orbits, stretches.retraced) == (8, 0)
    error = np.hypot(whole.standard_error, stretches.standard_error)
    assert np.all(np.abs(whole.exponents - stretches.exponents) < 4 * error)
    assert np.all(stretches.standard_error < 3 * whole.standard_error)


def test_no_input_is_taken_twice():
    """A clock that runs backwards at the end would show: the input counts its own steps, and the state checks them."""

    def step(z, s):
        return jnp.where(s[0] == z[0] + 1, jnp.array([0.0, 0.5]) * z + jnp.array([1.0, 0.0]) * s[0], jnp.nan)

    # z_0 is the number of the last input: any other order makes it nan.
    found = conditional_spectrum(step, [0.0, 1.0], np.arange(1.0, 1_235.0))
    assert found.transient_steps + found.num_steps <= 1_234
    np.testing.assert_allclose(found.exponents, [np.log(0.5), -np.inf])


def test_a_reset_is_minus_infinity_and_prints_as_such():
    inputs = np.arange(1_000.0)
    found = conditional_spectrum(lambda z, t: jnp.where(t[0] % 10 == 0, 0.0, 1.1 * z), [0.3, 0.2], inputs)
    assert np.all(np.isneginf(found.exponents))
    assert found.words() == ["-inf", "-inf"]
    assert worst(found.checks) is Grade.PASS


@pytest.mark.parametrize("alpha", [0.1, 0.5])
def test_generalised_forcing_of_a_linear_network(alpha):
    matrix = np.array([[1.2, 0.4], [0.0, -0.5]])
    found = conditional_spectrum(lambda z, s: matrix @ ((1 - alpha) * z + alpha * s), np.ones(2), NOISE)
    np.testing.assert_allclose(found.exponents, np.log((1 - alpha) * np.array([1.2, 0.5])), rtol=1e-10)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (
            np.zeros((30, 2)),
            "inputs must be at least 40 here, one a step: 0 of the transient and a step in each ",
        ),
        (np.full((900, 2), np.nan), "inputs must be finite, got nan in row 0"),
        (np.zeros((3, 900, 2)), "inputs must be one series or one for each of the 2 starts, got 3"),
        ([[1.0], [1.0, 2.0]], "inputs must be rows of numbers, all of one length"),
        (np.zeros((0, 2)), r"inputs must have shape \(time, input\) or \(orbit, time, input\), got \(0, 2\)"),
    ],
)
def test_inputs_that_are_none(inputs, message):
    with pytest.raises(ConfigError, match=message):
        conditional_spectrum(tanh_network(0.5), np.zeros((2, 4)), inputs)


def test_escape_to_infinity():
    with pytest.raises(RunError, match="left every bound by step"):
        conditional_spectrum(lambda z, s: z * z + s, [2.0], np.ones(500))


def two_responses(x, s):
    """Chaos, of exponent ln 2 (nearly: off the boundary), above 0, and a fixed point of multiplier .1 below."""
    return jnp.where(x < 0, -0.5 + 0.1 * (x + 0.5) + 0.01 * s, 4 * x * (1 - x) * (1 - 1e-9))


@pytest.mark.parametrize(
    ("starts", "exponent", "share"),
    [
        ([[0.3], [0.7], [0.61], [-0.4], [-0.3]], np.log(2), 3 / 4),  # those below are one orbit in the end
        ([[0.3]], np.log(2), None),
        ([[-0.4]], np.log(0.1), None),
    ],
)
def test_there_is_no_mean_over_several_responses(starts, exponent, share):
    inputs = np.random.default_rng(0).standard_normal((6000, 1))
    found = conditional_spectrum(two_responses, starts, inputs)
    assert abs(found.exponents[0] - exponent) < 4 * found.standard_error[0] + 1e-6
    named = {check.name: check for check in found.checks}
    if share is None:
        assert "responses" not in named
    else:
        assert named["responses"].grade is Grade.WARN
        assert named["responses"].figure == share
        assert "1 of 4 have others all along, λ_1 -2.3" in named["responses"].meaning


def test_orbits_on_stretches_of_their_own_are_told_apart():
    inputs = np.random.default_rng(1).standard_normal((5, 4000, 1))
    found = conditional_spectrum(
        lambda x, s: jnp.tanh(3 * x + 0.5 + 0.1 * s), [[0.9], [0.9], [0.9], [-0.9], [-0.9]], inputs
    )
    alone = conditional_spectrum(
        lambda x, s: jnp.tanh(3 * x + 0.5 + 0.1 * s), [[0.9], [0.9], [0.9]], inputs[:3]
    )
    assert found.exponents[0] == alone.exponents[0]
    assert found.num_orbits == 3


def test_a_step_that_does_not_take_its_input_is_refused():
    with pytest.raises(
        ConfigError, match=r"^step must take a state of shape \(4,\) and an input of shape \(3,\), got "
    ):
        conditional_spectrum(lambda z, s: z + jnp.ones((4, 2)) @ s, np.zeros(4), np.zeros((900, 3)))
    with pytest.raises(ConfigError, match=r"^starts must be finite, got nan in starts\[1\]$"):
        conditional_spectrum(lambda z, s: z + s, [0.0, np.nan], np.zeros((900, 2)))


@pytest.mark.usefixtures("unchecked_types")
def test_counts_may_be_whole_floats():
    step = tanh_network(0.5)
    found = conditional_spectrum(step, np.zeros(4), NOISE, num_blocks=20.0, transient=1e2, qr_every=2.0)
    same = conditional_spectrum(step, np.zeros(4), NOISE, num_blocks=20, transient=100, qr_every=2)
    np.testing.assert_array_equal(found.exponents, same.exponents)
    with pytest.raises(
        ConfigError, match=r"^num_blocks must be a whole number, got 20\.5; the nearest is 20$"
    ):
        conditional_spectrum(step, np.zeros(4), NOISE, num_blocks=20.5)
