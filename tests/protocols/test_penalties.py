"""Penalties: when they are due, what they are not defined for, and that another one is a field and nothing else."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.models import LSTM, PLRNN, RNN, InputTerm, LinearObservation, Network
from rnnchaos.pieces import Pieces
from rnnchaos.protocols import (
    AbstractPenalty,
    Batch,
    Forcing,
    GradientFlossing,
    InvariantMeasure,
    JacobianMatching,
    ManifoldAttractor,
    Regularization,
)
from rnnchaos.training import Trainer, TrainingSeries, Windows


def make(cell=LSTM):
    return Network(cell(5, key=jax.random.key(0)), LinearObservation(2, 5, key=jax.random.key(1)))


def batch(windows, inputs=None):
    """Windows alone, for penalties that see nothing else."""
    length = windows.shape[1]
    series = TrainingSeries.of(Pieces.of(np.asarray(windows[0])), window=length - 1, dtype=jnp.float64)
    return Batch(Windows(windows, inputs), series, jax.random.key(5))


class WeightDecay(AbstractPenalty):
    strength: float = 0.0

    def describe(self):
        return "weight decay"

    def penalty(self, network, batch):
        return self.strength * jnp.sum(network.cell.bias**2)

    def due(self, step):
        return step % 2 == 1


class More(Regularization):
    weight_decay: WeightDecay = WeightDecay()


def test_another_penalty_is_a_field():
    regularization = More(weight_decay=WeightDecay(3.0))
    assert list(regularization.penalties) == ["weight_decay"]  # those without strength are not in the program
    # The loss asks for nothing of a network that is not moved by its gradient.
    trainer = Trainer(Forcing(5), optax.sgd(0.0), 4, 10, 4, regularization)
    assert trainer.describe() == "forced every 5 steps, in windows of 10, with weight decay"
    network = make()
    series = TrainingSeries.of(Pieces.of(np.ones((50, 2))), window=10, dtype=jnp.float64)
    _, records = trainer.run(trainer.init(network, key=jax.random.key(2)), series, 4)
    penalty = 3.0 * float(jnp.sum(network.cell.bias**2))
    np.testing.assert_allclose(records.traces["weight_decay"], [0, penalty, 0, penalty], rtol=1e-6)
    plain = Trainer(Forcing(5), optax.sgd(0.0), 4, 10, 4)
    _, without = plain.run(plain.init(network, key=jax.random.key(2)), series, 4)
    np.testing.assert_array_equal(records.loss, without.loss)
    assert (records.gradient_norm != without.gradient_norm).tolist() == [False, True, False, True]


def test_flossing_is_alone_before_training_and_now_and_then_during_it():
    flossing = GradientFlossing(1.0, before=3, every=4)

    def steps(when):
        return [step for step in range(10) if when(jnp.asarray(step))]

    assert steps(flossing.alone) == [0, 1, 2]
    assert steps(flossing.due) == [0, 1, 2, 4, 8]
    assert steps(GradientFlossing(1.0, before=3, every=0).due) == [0, 1, 2]


def test_the_manifold_attractor_wants_the_last_units_to_keep_their_value():
    network = make(PLRNN)
    cell = network.cell
    nothing = jnp.ones(5), jnp.zeros((5, 5)), jnp.zeros(5)
    kept = eqx.tree_at(lambda c: (c.diagonal, c.weight, c.bias), cell, nothing)
    penalty = ManifoldAttractor(2.0, share=0.4).penalty
    assert penalty(eqx.tree_at(lambda n: n.cell, network, kept), batch(jnp.zeros((1, 2, 2)))) == 0
    apart = eqx.tree_at(lambda c: c.bias, kept, jnp.array([9.0, 9.0, 9.0, 1.0, 2.0]))
    assert penalty(eqx.tree_at(lambda n: n.cell, network, apart), batch(jnp.zeros((1, 2, 2)))) == 2 * (1 + 4)


def test_noise_is_put_on_what_the_network_hears():
    windows = jnp.zeros((100, 10, 2))
    assert Regularization().heard(windows, key=jax.random.key(0)) is windows
    noisy = Regularization(input_noise=0.5).heard(windows, key=jax.random.key(0))
    assert abs(float(jnp.std(noisy)) - 0.5) < 0.03  # four standard errors of 2000 values


@pytest.mark.parametrize(
    ("make_it", "message"),
    [(lambda: Regularization(input_noise=-1.0), "input_noise must be at least 0, got -1.0"),
     (lambda: GradientFlossing(orbits=0), "orbits must be at least 1, got 0"),
     (lambda: GradientFlossing(num_steps=0), "num_steps must be at least 1 step, got 0"),
     (lambda: ManifoldAttractor(share=0.0), "share must be greater than 0 and at most 1, got 0.0"),
     (lambda: JacobianMatching(1.0, perturbation=0.1),
      "perturbation must be 0 with source=data, which knows nothing beside the data, got 0.1"),
     (lambda: JacobianMatching(steps=0), "steps must be at least 1 step, got 0"),
     (lambda: JacobianMatching(directions=0), "directions must be at least 1, got 0"),
     (lambda: JacobianMatching(2.0).penalty(make(), batch(jnp.ones((1, 3, 2)))),
      "strength must be 0 for a training series without tangents, got 2.0"),
     (lambda: InvariantMeasure(num_steps=4), "gradient_steps must be at most num_steps (4 steps), got 5"),
     (lambda: InvariantMeasure(every=0), "every must be at least 1 step, got 0"),
     (lambda: Regularization(invariant_measure=InvariantMeasure(1.0)).check(make(), window=49),
      "invariant_measure.num_steps must be at most training.window (49 steps), got 50"),
     (lambda: Regularization(flossing=GradientFlossing(1.0, 11)).check(make(), window=100),
      "flossing.num_exponents must be at most the state's 10 dimensions, got 11"),
     (lambda: Regularization(manifold_attractor=ManifoldAttractor(1.0)).check(make(), window=100),
      "manifold_attractor.strength must be 0 for LSTM, which is not of the PLRNN family, got 1.0")],
)  # fmt: skip
def test_bad_settings(make_it, message):
    with pytest.raises(ConfigError) as raised:
        make_it()
    assert str(raised.value) == message


def test_what_has_no_strength_is_not_checked():
    Regularization(flossing=GradientFlossing(num_exponents=11)).check(make(), window=100)


def test_flossing_follows_the_inputs_of_the_windows():
    """Of one driven tanh unit by its formula: the mean of log|w (1 - z²)| along the states that the inputs make."""
    network = Network(RNN(1, key=jax.random.key(0)), LinearObservation(1, 1, key=jax.random.key(1)))
    network = Network(network.cell, network.observation, InputTerm(jnp.array([[0.7]])))
    windows = 0.1 * jax.random.normal(jax.random.key(2), (2, 9, 1), jnp.float64)
    inputs = jax.random.normal(jax.random.key(3), (2, 9, 1), jnp.float64)
    flossing = GradientFlossing(2.0, 1, num_steps=8, orbits=2)
    expected = []
    for window, given in zip(windows, inputs, strict=True):
        state, growth = network.force(window[0]), []
        for s in given[1:]:
            state = network.step(state, s)
            growth.append(jnp.log(jnp.abs(network.cell.weight[0, 0] * (1 - state[0] ** 2))))
        expected.append(np.mean(growth) ** 2)
    found = flossing.penalty(network, batch(windows, inputs))
    np.testing.assert_allclose(found, 2.0 * np.mean(expected), rtol=1e-12)
    with pytest.raises(
        ConfigError, match=r"^num_steps must be at most training.window \(7 steps\) of a driven netw"
    ):
        flossing.check(network, window=7)
