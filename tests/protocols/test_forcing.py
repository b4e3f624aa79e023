"""When and how each protocol puts the state back to the data."""

import jax
import jax.numpy as jnp
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.protocols import (
    AdaptiveForcing,
    AnnealedInterval,
    ClosedForm,
    FreeRunning,
    GeneralizedForcing,
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


@pytest.mark.parametrize(
    ("forcing", "times"),
    [(FreeRunning(), []), (Windowed(), []), (TruncatedBackpropagation(3), []), (SparseForcing(3), [3, 6, 9]),
     (SparseForcing(1), list(range(1, 10))), (TeacherForcing(), list(range(1, 10))),
     (RandomInterval(4, spread=0).at_step(jnp.asarray(0.0), key=KEY), [4, 8]),
     (AnnealedInterval(5).at_step(jnp.asarray(0.5), key=KEY), [3, 6, 9])],
)  # fmt: skip
def test_steps_at_which_the_state_is_replaced(forcing, times):
    assert [t for t in range(1, 10) if forced(forcing, t)[0] == 1] == times


def test_partial_forcing_replaces_what_is_observed():
    for forcing in (SparseForcing(3, partial=True), GeneralizedForcing(1.0, partial=True)):
        assert forced(forcing, 3).tolist() == [1.0, 0.75]


def test_generalised_forcing_blends():
    assert forced(GeneralizedForcing(0.25), 1).tolist() == [0.25, 0.25]
    annealed = GeneralizedForcing(1.0, final_alpha=0.01)
    assert float(annealed.at_step(jnp.asarray(0.5), key=KEY).trace()["alpha"]) == pytest.approx(0.1)
    # As diagnostics see it: at the end of training.
    assert forced(annealed, 1).tolist() == pytest.approx([0.01, 0.01])


def test_intervals_are_drawn_evenly_around_tau():
    keys = jax.random.split(KEY, 500)
    drawn = [
        int(RandomInterval(6, spread=2).at_step(jnp.asarray(0.0), key=key).trace()["tau"]) for key in keys
    ]
    assert set(drawn) == {4, 5, 6, 7, 8}
    assert min(int(RandomInterval(2, spread=5).at_step(jnp.asarray(0.0), key=key).tau) for key in keys) == 1


def test_an_annealed_interval_grows_linearly():
    forcing = AnnealedInterval(47, initial_tau=1)
    taus = [int(forcing.at_step(jnp.asarray(share), key=KEY).tau) for share in (0.0, 0.25, 0.5, 1.0)]
    assert taus == [1, 12, 24, 47]


def test_adaptive_forcing_follows_the_jacobians():
    forcing = AdaptiveForcing(0.1, decay=0.9)
    assert float(forcing.adapt(jnp.asarray(2.0)).alpha) == 0.5  # 1 - 1/2, at once
    assert float(forcing.adapt(jnp.asarray(1.0)).alpha) == pytest.approx(0.09)  # towards 0, slowly
    assert float(forcing.adapt(jnp.asarray(0.5)).alpha) == pytest.approx(0.09)  # never below
    assert float(forcing.adapt(jnp.asarray(jnp.nan)).alpha) == pytest.approx(0.1)


def test_windowing_starts_from_nothing():
    assert Windowed().start(DATA).tolist() == [0, 0]
    assert FreeRunning().start(DATA).tolist() == [1, 1]


def test_truncation_keeps_the_state_and_cuts_its_gradient():
    forcing = TruncatedBackpropagation(3)

    def at(t):
        return jax.grad(lambda state: forcing.force(state, DATA, SEEN, jnp.asarray(t)).sum())(OWN)

    assert at(3).tolist() == [0, 0]
    assert at(4).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("forcing", "segments"),
    [(FreeRunning(), 50), (Windowed(), 50), (TeacherForcing(), 1), (SparseForcing(30), 30), (ClosedForm(0.0), 1),
     (SparseForcing(30, partial=True), None), (RandomInterval(30, spread=5), None), (AnnealedInterval(30), None),
     (GeneralizedForcing(0.1), None), (AdaptiveForcing(), None), (TruncatedBackpropagation(5), None)],
)  # fmt: skip
def test_which_protocols_run_as_segments(forcing, segments):
    assert forcing.reset_interval(50) == segments


@pytest.mark.parametrize(
    ("make", "message"),
    [(lambda: SparseForcing(0), r"protocol.tau must be at least 1 step, got 0"),
     (lambda: RandomInterval(5, spread=-1), r"protocol.spread must be at least 0 steps, got -1"),
     (lambda: RandomInterval(40, spread=20).reset_interval(50),
      r"protocol.tau \+ protocol.spread must be at most training.window = 50 steps, got 40 \+ 20"),
     (lambda: AnnealedInterval(5, initial_tau=6),
      r"protocol.initial_tau must be from 1 to protocol.tau \(5 steps\), got 6"),
     (lambda: AnnealedInterval(60).reset_interval(50),
      r"protocol.tau must be at most training.window = 50 steps, got 60"),
     (lambda: TruncatedBackpropagation(0), r"protocol.length must be at least 1 step, got 0"),
     (lambda: GeneralizedForcing(1.5), r"protocol.alpha must be from 0 to 1, got 1.5"),
     (lambda: GeneralizedForcing(0.0, final_alpha=0.1),
      r"protocol.alpha and protocol.final_alpha must be greater than 0"),
     (lambda: AdaptiveForcing(every=0), r"protocol.every must be at least 1 step, got 0"),
     (lambda: ClosedForm(-1.0), r"protocol.ridge must be at least 0, got -1")],
)  # fmt: skip
def test_bad_settings(make, message):
    with pytest.raises(ConfigError, match=f"^{message}"):
        make()
