"""Trainings that differ in numbers alone are one program, and end as programs of their own would have them end."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from composed import settings

from rnnchaos.models import RNN, LinearObservation, Network
from rnnchaos.pieces import Pieces
from rnnchaos.protocols import (
    Around,
    Exponential,
    Forcing,
    JacobianMatching,
    ManifoldAttractor,
    Regularization,
)
from rnnchaos.settings import build
from rnnchaos.training import GaussNewton, Trainer, TrainingSeries, WindowSolver

WINDOW, STEPS = 8, 3
SGD = optax.sgd(0.1)


def series():
    phase = 0.3 * np.arange(200.0)
    pieces = Pieces.of(np.stack([np.sin(phase), np.cos(phase)], axis=1))
    return TrainingSeries.of(pieces, window=WINDOW, dtype=jnp.float64)


def start(trainer, seed=0):
    network = Network(RNN(3, key=jax.random.key(seed)), LinearObservation(2, 3, key=jax.random.key(1)))
    return trainer.init(network.astype(jnp.float64), key=jax.random.key(seed))


def newton(tau, washout=0):
    return GaussNewton(Forcing(tau, washout=washout), 4, WINDOW, STEPS)


def forced(forcing, *, segments=True, num_steps=STEPS, **regularization):
    solver = WindowSolver(segments=segments)
    return Trainer(forcing, SGD, 4, WINDOW, num_steps, Regularization(**regularization), solver)


def as_data(trainer):
    return trainer.as_data(start(trainer).network)


def of_settings(*words):
    small = ["model=rnn", "protocol.tau=4", f"training.window={WINDOW}", "training.batch_size=4"]
    return build.trainer(settings(*small, f"training.num_steps={STEPS}", *words))


CASES = {
    "the interval and the damping of Gauss–Newton steps": lambda: [newton(2), newton(3, 1)],
    "an interval between forcings of a part": lambda: [
        forced(Forcing(tau, partial=True, washout=tau - 2)) for tau in (2, 3)
    ],
    "an interval between resets, step by step": lambda: [forced(Forcing(tau), segments=False) for tau in (2, 3)],
    "a share, and intervals that are drawn": lambda: [
        forced(Forcing(Around(tau, tau - 1), alpha)) for tau, alpha in ((2, 0.5), (4, 0.25))
    ],
    "a share that falls": lambda: [forced(Forcing(1, Exponential(0.5, last))) for last in (0.1, 0.2)],
    "noise on what is heard": lambda: [forced(Forcing(4), input_noise=noise) for noise in (0.1, 0.3)],
    "a learning rate, its end, and decays": lambda: [
        of_settings(
            "optimizer=adamw", f"optimizer.learning_rate={rate}", "optimizer.schedule=cosine",
            f"optimizer.final_learning_rate={rate / 5}", f"optimizer.weight_decay={rate}",
            f"optimizer.clip_norm={rate}",
        )
        for rate in (0.1, 0.02)
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_one_program_gives_what_two_would(case, traced):
    trainers, data = CASES[case](), series()
    ends = [trainer.run(start(trainer, seed), data, STEPS) for seed in (0, 1) for trainer in trainers]
    assert len(traced) == 1
    assert not np.array_equal(ends[0][1].loss, ends[1][1].loss)  # the numbers are heeded
    for (after, _), trainer in zip(ends, trainers * 2, strict=True):
        assert after.forcing == trainer.forcing  # the state is as it was but for what a step changes
    for trainer, (after, records) in zip(trainers, ends, strict=False):
        alone, expected = trainer._run(start(trainer), data, STEPS)
        assert records.traces.keys() == expected.traces.keys()
        # Rounding of float64 alone: as a constant a number may be multiplied by where it is divided by as data.
        np.testing.assert_allclose(records.loss, expected.loss, rtol=1e-12)
        for left, right in zip(leaves(after), leaves(alone), strict=True):
            np.testing.assert_allclose(left, right, rtol=1e-11, atol=1e-14)
    assert len(traced) == 1 + len(trainers)


def leaves(state):
    return jax.tree.leaves(eqx.filter(state.network, eqx.is_array))


def test_segments_keep_their_length_and_what_is_not_there_stays_so():
    trainer = as_data(forced(Forcing(4, washout=1)))
    assert trainer.forcing.reset_interval(WINDOW) == 4
    assert trainer.regularization.penalties == {}
    assert trainer.regularization.noise == 0.0
    assert as_data(forced(Forcing(4, 0.5))).forcing.reset_interval(WINDOW) is None
    strong = Regularization(
        0.1, manifold_attractor=ManifoldAttractor(0.5), jacobian_matching=JacobianMatching(0.0)
    )
    assert strong.as_data().penalties.keys() == {"manifold_attractor"}


def test_step_by_step_is_what_segments_are():
    ends = [forced(Forcing(3, washout=1), segments=segments) for segments in (True, False)]
    found = [trainer.run(start(trainer), series(), STEPS) for trainer in ends]
    for after, records in found[1:]:
        np.testing.assert_allclose(records.loss, found[0][1].loss, rtol=1e-12)
        for left, right in zip(leaves(after), leaves(found[0][0]), strict=True):
            np.testing.assert_allclose(left, right, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize(("num_steps", "segments"), [(10, False), (100_000, True)])
def test_a_short_training_needs_no_program_for_each_interval(num_steps, segments):
    trainer = forced(Forcing(4), segments="auto", num_steps=num_steps)
    assert (as_data(trainer).forcing.reset_interval(WINDOW) is not None) == segments
    assert trainer.run(start(trainer), series(), 1)[0].forcing == trainer.forcing


OF_ALL = {"learning_rate", "final_learning_rate", "clip_norm"}


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        (["optimizer=adamw", "optimizer.weight_decay=0.1"], {*OF_ALL, "weight_decay"}),
        (["optimizer=sgd", "optimizer.clip_value=1", "optimizer.momentum=0.5"],
         {"learning_rate", "clip_value", "momentum"}),
        # optax looks at how fast this schedule decays.
        (["optimizer=adamw", "optimizer.schedule=exponential"], {"clip_norm", "weight_decay"}),
    ],
)  # fmt: skip
def test_the_numbers_of_an_optimiser_that_are_data(words, taken):
    assert build.trainer(settings("protocol.tau=4", *words)).optimizer.numbers.keys() == taken
