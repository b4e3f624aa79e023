"""Starting points and systems as one has them at hand, and spectra as one reads them."""

import jax.numpy as jnp
import numpy as np
import pytest

import rnnchaos
from rnnchaos.errors import ConfigError
from rnnchaos.systems import Lorenz63
from rnnchaos.tangent import (
    Grade,
    LyapunovSpectrum,
    conditional_spectrum,
    covariant_vectors,
    echo_state,
    finite_time_exponents,
    jacobian_norms,
    lyapunov_spectrum,
)


def henon(x):
    return jnp.array([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])


MEASURES = [
    lambda step, x0: lyapunov_spectrum(step, x0, num_steps=400).exponents,
    lambda step, x0: finite_time_exponents(step, x0, window=10, num_windows=40).mean,
    lambda step, x0: covariant_vectors(step, x0, num_steps=100).exponents,
    lambda step, x0: jacobian_norms(step, x0, lags=[1, 5]),
]


@pytest.mark.parametrize("measure", MEASURES)
def test_lists_numpy_and_jax_arrays_are_alike(measure):
    points = [[0.1, 0.2], [0.3, 0.1]]
    expected = measure(henon, np.array(points))
    for same in (points, tuple(map(tuple, points)), jnp.array(points, dtype=jnp.float64)):
        np.testing.assert_array_equal(measure(henon, same), expected)
    np.testing.assert_array_equal(measure(henon, [0, 0]), measure(henon, np.zeros(2)))


def test_a_system_brings_its_step_and_its_time():
    system = Lorenz63()
    found = lyapunov_spectrum(system, [1.0, 1.0, 20.0], num_steps=2000)
    same = lyapunov_spectrum(system.step, [1.0, 1.0, 20.0], num_steps=2000, time_per_step=system.dt)
    np.testing.assert_array_equal(found.exponents, same.exponents)
    assert lyapunov_spectrum(system, [1.0, 1.0, 20.0], num_steps=40, time_per_step=2.0).time_per_step == 2.0


@pytest.mark.parametrize(
    ("x0", "message"),
    [
        ([], "x0 must be a state of at least one number, got shape (0,)"),
        (["a"], "x0 must be a state, or several of one length: could not convert string to float: 'a'"),
        ([[0.0, 0.1], [0.2]], "x0 must be a state, or several of one length: setting an array element"),
        ([0.0, np.nan], "x0 must be finite, got nan in x0[1]"),
        ([[0.0, 0.1], [-np.inf, 0.1]], "x0 must be finite, got -inf in x0[1, 0]"),
        ([0.0, 0.1j], "x0 must be real numbers, got complex128"),
        (np.zeros(2, np.complex64), "x0 must be real numbers, got complex64"),
    ],
)
@pytest.mark.parametrize("measure", [*MEASURES, rnnchaos.lyapunov_spectrum])
def test_what_is_no_state(measure, x0, message):
    with pytest.raises(ConfigError) as error:
        measure(henon, x0)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_step_that_does_not_take_its_state(measure):
    with pytest.raises(
        ConfigError, match=r"^step must take a state of shape \(2,\), got from it: .*\(3,\)"
    ) as error:
        measure(lambda x: x * jnp.ones(3), [0.0, 0.1])
    assert "\n" not in str(error.value)


@pytest.mark.usefixtures("unchecked_types")
@pytest.mark.parametrize("points", [[0.1, 0.2], [[0.1, 0.2], [0.3, 0.1]]])
def test_counts_may_be_whole_floats(points):
    found = rnnchaos.lyapunov_spectrum(henon, points, num_steps=4e2, num_blocks=np.float64(20), transient=1e2)
    same = rnnchaos.lyapunov_spectrum(henon, points, num_steps=400, num_blocks=20, transient=100)
    np.testing.assert_array_equal(found.blocks, same.blocks)
    with pytest.raises(
        ConfigError, match=r"^num_steps must be a whole number.*, got 400.5; the nearest is 400$"
    ):
        rnnchaos.lyapunov_spectrum(henon, points, num_steps=400.5)


@pytest.mark.usefixtures("unchecked_types")
def test_counts_of_windows_and_records_may_be_whole_floats():
    windows = finite_time_exponents(
        henon, [0.1, 0.2], window=1e1, num_windows=4.0, transient=1e2, qr_every=2.0
    )
    assert windows.values.shape == (1, 4, 2)
    vectors = covariant_vectors(
        henon, [0.1, 0.2], num_steps=1e2, num_vectors=2.0, transient=1e2, record_every=2.0
    )
    assert vectors.growth.shape == (1, 50, 2)
    with pytest.raises(ConfigError, match=r"^window must be a whole number, got 2.5; the nearest is 2$"):
        finite_time_exponents(henon, [0.1, 0.2], window=2.5, num_windows=4)
    with pytest.raises(ConfigError, match=r"^record_every must be a whole number, got '2'$"):
        covariant_vectors(henon, [0.1, 0.2], num_steps=100, record_every="2")


def test_a_spectrum_prints_as_a_short_table():
    found = lyapunov_spectrum(lambda x: x * jnp.array([2.0, 0.25]), [[0.0, 0.0]], num_steps=400)
    assert str(found).splitlines() == [
        "Lyapunov exponents, nats per time unit; digits in brackets are standard errors",
        "  λ_1   0.6931",
        "  λ_2  -1.386",
        "Kaplan–Yorke dimension 1.5, entropy 0.6931",
        f"1 orbit of {found.num_steps} steps, {found.transient_steps} before them dropped",
        f"checks: all {len(found.checks)} pass",
    ]
    assert repr(found) == "<LyapunovSpectrum of 2 exponents, λ_max 0.6931 nats per time unit>"


def test_what_is_wrong_with_a_spectrum_is_printed():
    # Two equal exponents but for 1e-3: a short run cannot part their vectors, and one of 400 steps not even itself.
    nearly_equal = lambda x: x * jnp.array([0.5, 0.4995])  # noqa: E731
    short = lyapunov_spectrum(nearly_equal, [1.0, 1.0], num_steps=400)
    assert "transient" in {check.name for check in short.checks if check.grade is not Grade.PASS}
    found = lyapunov_spectrum(nearly_equal, [1.0, 1.0], num_steps=2_000)
    wrong = [check for check in found.checks if check.grade is not Grade.PASS]
    assert "alignment" in {check.name for check in wrong}
    assert [line for line in str(found).splitlines() if line.startswith("check")] == [
        f"check {check.name}: {check.grade}, {check.figure:.2g} ({check.meaning})" for check in wrong
    ]


def test_only_the_leading_exponents_are_printed():
    found = lyapunov_spectrum(lambda x: x * jnp.linspace(0.5, 0.1, 9), [1.0] * 9, num_steps=400)
    assert "  … 3 more in .exponents" in str(found).splitlines()


def leaky(z, s):
    return jnp.tanh(0.5 * z + s)


def test_inputs_of_jacobian_norms_are_lists_and_one_series_for_all_or_one_for_each():
    series = np.array([0.1, 0.2, 0.3])
    # Slopes are ½ sech²(½ z + s), of states 0 and what follows.
    states, expected = 0.0, []
    for value in series:
        states = np.tanh(0.5 * states + value)
        expected.append(np.log(0.5 * (1 - states**2)))
    expected = np.cumsum(expected)
    for inputs in (series.tolist(), series[:, None], series[None, :, None].tolist(), jnp.asarray(series)):
        np.testing.assert_allclose(
            jacobian_norms(leaky, [0.0], lags=[1, 2, 3], inputs=inputs)[0], expected, rtol=1e-6
        )
    assert jacobian_norms(leaky, [0.0], lags=[1, 2], inputs=np.ones((3, 4, 1))).shape == (3, 2)


CONFIDENCE = LyapunovSpectrum(np.zeros((2, 8, 1)), 80, 1, 1.0, 1, None).confidence_interval


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: jacobian_norms(leaky, [[0.0], [1.0]], lags=[1], inputs=np.ones((3, 4, 1))),
            "inputs must be one series or one for each of the 2 starts, got 3",
        ),
        (
            lambda: jacobian_norms(leaky, [0.0], lags=[1], inputs=[[1j], [2.0]]),
            "inputs must be real numbers, got complex128",
        ),
        (
            lambda: conditional_spectrum(leaky, [0.0], np.ones((900, 1)) * 1j),
            "inputs must be real numbers, got complex128",
        ),
        (
            lambda: conditional_spectrum(leaky, [0.0], np.ones((900, 1)), time_per_step=np.inf),
            "time_per_step must be greater than 0 time units, got inf",
        ),
        (
            lambda: echo_state(leaky, [[0.0], [1.0]], np.ones((2, 90, 1))),
            "inputs must be one series, under which all starts are followed, got 2",
        ),
        (
            lambda: finite_time_exponents(henon, [0, 0], window=5, num_windows=5, time_per_step=-1.0),
            "time_per_step must be greater than 0 time units, got -1.0",
        ),
        (
            lambda: covariant_vectors(henon, [0, 0], num_steps=5, time_per_step=np.nan),
            "time_per_step must be greater than 0 time units, got nan",
        ),
        (
            lambda: finite_time_exponents(henon, [0, 0], window=5, num_windows=5).rate_function(2),
            "index must be from 0 to 1, got 2",
        ),
        (
            lambda: lyapunov_spectrum(henon, [0, 0], num_steps=400, target_stderr=np.nan),
            "target_stderr must be greater than 0 nats per time unit, got nan",
        ),
        (lambda: CONFIDENCE(95.0), "level must be greater than 0 and less than 1, got 95.0"),
        (
            lambda: rnnchaos.find_attractors(henon, np.zeros((2, 2, 2)), num_steps=400),
            "x0 must be a state, or several in rows, got shape (2, 2, 2)",
        ),
    ],
)
def test_what_does_not_fit_is_one_line(call, message):
    with pytest.raises(ConfigError) as refused:
        call()
    assert str(refused.value) == message


def test_one_start_is_watched_as_several_are():
    assert rnnchaos.lyapunov_spectrum(henon, [0, 0], num_steps=1000, watch_steps=100).chaotic


def test_no_steps_are_named_by_their_setting():
    with pytest.raises(ConfigError, match=r"^num_steps must be at least 1 step, got 0$"):
        lyapunov_spectrum(henon, [0.0, 0.0], num_steps=0)


def masked(values):
    """The numbers with the last one hidden."""
    values = np.asarray(values, dtype=float)
    hidden = np.zeros(values.shape, dtype=bool)
    hidden[(-1,) * values.ndim] = True
    return np.ma.masked_array(values, hidden)


@pytest.mark.usefixtures("unchecked_types")
def test_masked_entries_are_no_numbers():
    """As an array without a mask they would be what lies below it."""
    with pytest.raises(ConfigError, match=r"^x0 must be finite, but has masked entries$"):
        lyapunov_spectrum(jnp.cos, masked([0.0, 0.0]), num_steps=100)
    with pytest.raises(ConfigError, match=r"^inputs must be finite, but has masked entries$"):
        conditional_spectrum(lambda x, s: jnp.tanh(x + s), [0.0], masked(np.zeros((100, 1))))
