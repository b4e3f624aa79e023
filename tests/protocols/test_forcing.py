"""When a forcing puts the state back to the data, how strongly and which part, and the forcings that configs name."""

import jax
import jax.numpy as jnp
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.protocols import (
    AdaptiveForcing,
    AnnealedInterval,
    Around,
    ComposedForcing,
    Exponential,
    Following,
    Forcing,
    FreeRunning,
    GeneralizedForcing,
    Linear,
    RandomInterval,
    SparseForcing,
    TeacherForcing,
    TruncatedBackpropagation,
    Windowed,
)

OWN, DATA, SEEN = jnp.zeros(2), jnp.ones(2), jnp.array([0.0, 0.25])
KEY = jax.random.key(0)


def forced(forcing, t):
    return forcing.force(OWN, DATA, SEEN, jnp.asarray(t))


def at(progress, forcing, key=KEY):
    return forcing.at_step(jnp.asarray(progress), key=key)


@pytest.mark.parametrize(
    ("forcing", "times"),
    [(Forcing(None), []), (Forcing(3, cut=True), []), (Forcing(3), [3, 6, 9]), (Forcing(1), list(range(1, 10))),
     (at(0.0, Forcing(Around(4, 0))), [4, 8]), (at(0.5, Forcing(Linear(1, 5))), [3, 6, 9]),
     (Forcing(Linear(1, 5)), [5])],
)  # fmt: skip
def test_steps_at_which_the_state_is_replaced(forcing, times):
    assert [t for t in range(1, 10) if forced(forcing, t)[0] == 1] == times


def test_partial_forcing_replaces_what_is_observed():
    assert forced(Forcing(3, partial=True), 3).tolist() == [1.0, 0.75]
    assert forced(Forcing(3, 0.5, partial=True), 3).tolist() == [0.5, 0.375]


def test_a_share_of_the_data_is_blended_into_the_state():
    assert forced(Forcing(1, 0.25), 1).tolist() == [0.25, 0.25]
    annealed = Forcing(1, Exponential(1.0, 0.01))
    assert forced(at(0.5, annealed), 1).tolist() == pytest.approx([0.1, 0.1])
    assert float(at(0.5, annealed).trace()["alpha"]) == pytest.approx(0.1)
    # As diagnostics see it: at the end of training.
    assert forced(annealed, 1).tolist() == pytest.approx([0.01, 0.01])


def test_when_and_how_strongly_change_together():
    forcing = at(0.5, Forcing(Linear(1, 5), Exponential(1.0, 0.01), partial=True))
    assert forced(forcing, 2).tolist() == [0, 0]
    assert forced(forcing, 3).tolist() == pytest.approx([0.1, 0.075])
    assert set(forcing.trace()) == {"tau", "alpha"}


def test_intervals_are_drawn_evenly_around_tau():
    keys = jax.random.split(KEY, 500)
    drawn = [int(at(0.0, Forcing(Around(6, 2)), key).trace()["tau"]) for key in keys]
    assert set(drawn) == {4, 5, 6, 7, 8}
    assert min(int(at(0.0, Forcing(Around(2, 5)), key).tau) for key in keys) == 1


def test_an_annealed_interval_grows_linearly():
    taus = [int(at(progress, Forcing(Linear(1, 47))).tau) for progress in (0.0, 0.25, 0.5, 1.0)]
    assert taus == [1, 12, 24, 47]


def test_a_share_follows_the_jacobians():
    forcing = Forcing(1, Following(jnp.asarray(0.1), every=5, decay=0.9))

    def after(sigma_max):
        return float(forcing.adapt(jnp.asarray(sigma_max)).alpha.value)

    assert forcing.adapts_every == 5
    assert after(2.0) == 0.5  # 1 - 1/2, at once
    assert after(1.0) == pytest.approx(0.09)  # towards 0, slowly
    assert after(0.5) == pytest.approx(0.09)  # never below
    assert after(jnp.nan) == pytest.approx(0.1)
    assert float(forcing.adapt(jnp.asarray(2.0)).trace()["sigma_max"]) == 2


def test_a_window_starts_from_the_data_or_from_nothing():
    assert Forcing(None, from_zero=True).start(DATA).tolist() == [0, 0]
    assert Forcing(None).start(DATA).tolist() == [1, 1]


def test_a_cut_keeps_the_state_and_stops_its_gradient():
    def gradient(t):
        return jax.grad(lambda state: Forcing(3, cut=True).force(state, DATA, SEEN, jnp.asarray(t)).sum())(
            OWN
        )

    assert gradient(3).tolist() == [0, 0]
    assert gradient(4).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("protocol", "forcing", "segments", "words"),
    [(FreeRunning(), Forcing(None), 50, "not forced"),
     (Windowed(), Forcing(None, from_zero=True), 50, "not forced, from the state 0"),
     (TeacherForcing(), Forcing(1), 1, "forced at every step"),
     (SparseForcing(30), Forcing(30, washout=2), 30, "forced every 30 steps"),
     (SparseForcing(30, 0, partial=True), Forcing(30, partial=True), None, "forced every 30 steps in part"),
     (RandomInterval(30, spread=5), Forcing(Around(30, 5), washout=2), None, "forced every 30 ± 5 steps"),
     (AnnealedInterval(30), Forcing(Linear(1, 30)), None, "forced every 1 to 30 steps"),
     (GeneralizedForcing(), Forcing(1, 0.1), None, "forced at every step by a share α = 0.1"),
     (GeneralizedForcing(1.0, 0.02, partial=True), Forcing(1, Exponential(1.0, 0.02), partial=True), None,
      "forced at every step by a share α = 1 to 0.02 in part"),
     (ComposedForcing(30), Forcing(30), 30, "forced every 30 steps"),
     (ComposedForcing(30, 5, 0.5, partial=True), Forcing(Around(30, 5), 0.5, partial=True), None,
      "forced every 30 ± 5 steps by a share α = 0.5 in part"),
     (TruncatedBackpropagation(5), Forcing(5, cut=True), None, "not forced, gradients cut every 5 steps")],
)  # fmt: skip
def test_what_configs_name_is_composed(protocol, forcing, segments, words):
    assert protocol.forcing() == forcing
    assert forcing.reset_interval(50) == segments
    assert forcing.describe() == words


def test_an_adaptive_forcing_runs_step_by_step():
    forcing = AdaptiveForcing(0.5).forcing()
    assert forcing.reset_interval(50) is None
    assert forced(forcing, 1).tolist() == [0.5, 0.5]
    assert forcing.describe() == "forced at every step by a share α = 1 - 1/σ_max"


@pytest.mark.parametrize(
    ("make", "message"),
    [(lambda: SparseForcing(0), "tau must be at least 1 step, got 0"),
     (lambda: SparseForcing(5, washout=-1), "washout must be at least 0 steps, got -1"),
     (lambda: RandomInterval(5, spread=-1), "spread must be at least 0 steps, got -1"),
     (lambda: AnnealedInterval(5, initial_tau=6), "initial_tau must be at most tau (5 steps), got 6"),
     (lambda: TruncatedBackpropagation(0), "length must be at least 1 step, got 0"),
     (lambda: GeneralizedForcing(1.5), "alpha must be from 0 to 1, got 1.5"),
     (lambda: GeneralizedForcing(0.0, final_alpha=0.1),
      "alpha must be greater than 0 where it falls to final_alpha, got 0.0"),
     (lambda: ComposedForcing(5, alpha=0.0, final_alpha=0.1),
      "alpha must be greater than 0 where it falls to final_alpha, got 0.0"),
     (lambda: GeneralizedForcing(final_alpha=0.0), "final_alpha must be greater than 0 and at most 1, got 0.0"),
     (lambda: AdaptiveForcing(every=0), "every must be at least 1 step, got 0"),
     (lambda: Forcing(60).reset_interval(50),
      "tau must be at most training.window (50 steps), got 60; protocol=free trains without forcing"),
     (lambda: Forcing(Linear(1, 60)).reset_interval(50),
      "tau must be at most training.window (50 steps), got 1 to 60; protocol=free trains without forcing"),
     (lambda: Forcing(Around(40, 20)).reset_interval(50),
      "tau must be at most training.window (50 steps), got 40 ± 20; protocol=free trains without forcing")],
)  # fmt: skip
def test_bad_settings(make, message):
    with pytest.raises(ConfigError) as raised:
        make()
    assert str(raised.value) == message
