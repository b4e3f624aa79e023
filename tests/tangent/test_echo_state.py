"""The echo-state verdict on networks that forget, that have several responses, and that are slow to tell."""

import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.tangent import conditional_spectrum
from rnnchaos.tangent.echo_state import echo_state, far_starts

NOISE = np.random.default_rng(0).standard_normal((2_000, 1))
WEIGHTS = np.random.default_rng(1).standard_normal((30, 30)) / np.sqrt(30)
STARTS = np.random.default_rng(2).uniform(-3, 3, (8, 30))


def network(gain, drive=1.0):
    return lambda z, s: jnp.tanh(gain * jnp.asarray(WEIGHTS) @ z + drive * s[0])


def test_far_starts_that_come_together_are_consistent_and_no_more():
    found = echo_state(network(0.6), STARTS, NOISE)
    assert (found.verdict, found.responses, found.bound) == ("consistent", 1, None)
    assert 10 < found.forgotten < 300
    assert found.distance < 1e-10
    assert "proves nothing of other inputs" in found.sentence


def test_two_basins_are_two_responses():
    """Each unit keeps its sign under a weak input: a negative exponent, and yet two responses."""

    def step(z, s):
        return jnp.tanh(2.0 * z + 0.05 * s)

    assert conditional_spectrum(step, [0.5], NOISE).exponents[0] < -0.5
    found = echo_state(step, [[-2.0], [-0.3], [0.4], [2.0]], NOISE)
    assert (found.verdict, found.responses, found.forgotten) == ("refuted", 2, None)
    assert "refuted: 4 far starts under this input of 2000 steps end in 2 responses" in found.sentence


def test_a_chaotic_response_is_one_for_each_start():
    found = echo_state(network(3.0, drive=0.1), STARTS, NOISE)
    assert (found.verdict, found.responses) == ("refuted", 8)


def test_a_strong_input_quenches_what_a_weak_one_leaves_chaotic():
    """Rajan, Abbott & Sompolinsky (2010), Phys. Rev. E 82, 011903."""
    assert echo_state(network(1.8, drive=0.05), STARTS, NOISE).verdict == "refuted"
    assert echo_state(network(1.8, drive=6.0), STARTS, NOISE).verdict == "consistent"


@pytest.mark.parametrize("power", [2, 0.25])
def test_what_still_falls_is_undecided(power):
    """z' = z - z^(1+1/p) falls as t^-p; and an input too short for an exponential."""
    found = echo_state(lambda z, s: z - 0.3 * z * jnp.abs(z) ** (1 / power), [[0.9], [0.3]], NOISE)
    assert found.verdict == "undecided"
    short = echo_state(lambda z, s: 0.99 * z + s, [[-1.0], [1.0]], NOISE[:400])
    assert short.verdict == "undecided"
    assert short.distance > 1e-3


def test_a_bound_below_one_is_proof_and_one_above_says_nothing():
    assert echo_state(network(0.2), STARTS, NOISE, bound=0.8).verdict == "proven"
    found = echo_state(network(0.6), STARTS, NOISE, bound=1.2)
    assert (found.verdict, found.bound) == ("consistent", 1.2)


def test_a_start_that_leaves_every_bound_is_a_response_of_its_own():
    found = echo_state(lambda z, s: 0.5 * z + 0.4 * z**3 + 0.1 * s, [[0.1], [-0.2], [5.0]], NOISE[:600])
    assert (found.verdict, found.responses) == ("refuted", 2)
    assert "1 of them beyond every bound" in found.sentence


def test_a_memory_without_a_leak_never_forgets():
    assert echo_state(lambda z, s: z + 0.01 * s, [[0.0], [1.0]], NOISE).verdict == "refuted"


def test_far_starts_lie_beyond_the_response():
    found = far_starts(network(0.6), NOISE, 30, count=12)
    assert found.shape == (12, 30)
    np.testing.assert_array_equal(found[0], 0)
    assert np.abs(found).max() > 1.5
    np.testing.assert_array_equal(found, far_starts(network(0.6), NOISE, 30, count=12))


def test_far_starts_find_the_other_of_two_responses():
    """From 0 the response goes to one side, far from 0; the box around it must reach the other."""
    step = lambda z, s: jnp.tanh(2.5 * z + 0.2 * s)  # noqa: E731
    inputs = np.sin(np.arange(900.0) / 9)[:, None]
    starts = far_starts(step, inputs, 1, count=16)
    assert starts.min() < -2 < 2 < starts.max()
    found = echo_state(step, starts, inputs)
    assert (found.verdict, found.responses) == ("refuted", 2)


def test_one_start_is_none():
    with pytest.raises(ConfigError, match="starts must be two states or more"):
        echo_state(network(0.6), STARTS[:1], NOISE)
    with pytest.raises(
        ConfigError, match=r"^starts must be far from each other, got 2 times the same state$"
    ):
        echo_state(network(0.6), [STARTS[0], STARTS[0]], NOISE)


def test_a_shrinking_share_of_a_growing_state_is_no_falling_distance():
    found = echo_state(lambda z, s: z + 0 * s + 1, [[0.5], [0.6]], NOISE[:400])
    assert (found.verdict, found.responses, found.forgotten) == ("refuted", 2, None)


def test_a_constant_share_of_a_shrinking_state_is_a_falling_distance():
    """Starts 0.5 and -0.5 of z' = 0.5 z are always as far apart as the state is large, twice."""
    assert echo_state(lambda z, s: 0.5 * z, [[0.5], [-0.5]], NOISE[:400]).verdict == "undecided"
    assert echo_state(lambda z, s: 0.5 * z, [[0.5], [-0.5]], NOISE).verdict == "consistent"


@pytest.mark.parametrize("length", [5, 20, 400])
def test_a_bound_that_orbits_contradict_is_refused(length):
    with pytest.raises(ConfigError) as refused:
        echo_state(lambda z, s: jnp.tanh(3 * z + 0.1 * s), [[0.5], [-0.5]], NOISE[:length], bound=0.9)
    said = str(refused.value)
    assert said.startswith(
        "bound must be at least 1, or None, where orbits stay apart, got 0.9: starts 1 and 2 were 1 "
    )
    assert said.endswith(f"after {length} steps")


def test_a_bound_that_an_escape_contradicts_is_refused():
    with pytest.raises(ConfigError, match=r"starts 1 and 2 were 0\.1 apart and are inf after 1500 steps$"):
        echo_state(lambda z, s: 2 * z + 0 * s, [[0.5], [0.6]], NOISE[:1500], bound=0.9)


@pytest.mark.parametrize("bound", [0.5, 0.99999])
def test_a_bound_that_steps_just_keep_is_proof_at_any_length(bound):
    for length in (3, 30, 2_000):
        found = echo_state(lambda z, s: bound * z + s, [[-3.0], [2.0]], NOISE[:length], bound=bound)
        assert found.verdict == "proven"
    turned = lambda z, s: bound * jnp.array([-10 * z[1], 0.1 * z[0]]) + s  # noqa: E731
    assert echo_state(turned, [[0.0, 0.1], [0.0, 0.2]], NOISE[:3], bound=bound).verdict == "proven"


@pytest.mark.usefixtures("unchecked_types")
@pytest.mark.parametrize("bound", [-1, np.nan])
def test_a_bound_that_is_none(bound):
    with pytest.raises(
        ConfigError, match=rf"^bound must be at least 0, or None where none is known, got {bound}$"
    ):
        echo_state(network(0.6), STARTS, NOISE, bound=bound)


def test_a_step_that_does_not_take_its_input_is_refused():
    with pytest.raises(
        ConfigError, match=r"^step must take a state of shape \(30,\) and an input of shape \(2,\), got"
    ):
        echo_state(lambda z, s: z + jnp.ones((30, 1)) @ s, STARTS, np.zeros((9, 2)))
