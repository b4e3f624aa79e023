"""Settings to objects: forcing intervals, windows, learning rates and clipping, by their numbers."""

import dataclasses
import math

import jax.numpy as jnp
import pytest
from test_stored import RUN

from rnnchaos.errors import ConfigError
from rnnchaos.settings import build
from rnnchaos.settings.groups import OptimizerSettings, ProtocolSettings
from rnnchaos.settings.optimizers import learning_rate
from rnnchaos.settings.optimizers import optimizer as built_optimizer
from rnnchaos.settings.schema import Settings
from rnnchaos.settings.stored import from_yaml


def settings(*, tau=30, window="auto", **optimizer) -> Settings:
    run = from_yaml(RUN)
    return dataclasses.replace(
        run,
        protocol=ProtocolSettings(
            dataclasses.replace(run.protocol.forcing, arguments={"tau": tau}), run.protocol.regularization
        ),
        training=dataclasses.replace(run.training, window=window),
        optimizer=OptimizerSettings(**{"name": "sgd", "learning_rate": 0.5, **optimizer}),
    )


def test_an_automatic_interval_is_the_one_given():
    assert build.trainer(settings(tau="auto"), auto_tau=17).interval == 17
    assert build.trainer(settings(tau=30), auto_tau=17).interval == 30


def test_windows():
    assert build.window(settings(tau=30)) == 120  # four intervals
    assert build.window(settings(tau=5)) == 100  # the shortest
    assert build.window(settings(tau=5, window=7)) == 7
    with pytest.raises(
        ConfigError,
        match=r"^protocol\.tau must be at most training\.window \(7 steps\), got 8; protocol=free",
    ):
        build.trainer(settings(tau="auto", window=7), auto_tau=8)


def test_learning_rates():
    def at(step: int, **given) -> float:
        return float(learning_rate(OptimizerSettings(name="sgd", learning_rate=0.1, **given), 100)(step))

    # Rounding only: schedules compute in the precision of their step counter.
    assert at(70) == pytest.approx(0.1)
    assert at(50, schedule="exponential", final_learning_rate=0.001) == pytest.approx(0.01)
    assert at(100, schedule="exponential", final_learning_rate=0.001) == pytest.approx(0.001)
    half = 0.02 + 0.08 * (1 + math.cos(math.pi / 2)) / 2
    assert at(50, schedule="cosine", final_learning_rate=0.02) == pytest.approx(half)
    assert at(5, warmup_steps=20) == pytest.approx(0.025)
    assert at(20, warmup_steps=20) == pytest.approx(0.1)
    assert at(100, warmup_steps=20, schedule="cosine", final_learning_rate=0.02) == pytest.approx(0.02)


def update(gradient, **given):
    optimizer = built_optimizer(settings(**given))
    weights = jnp.zeros(2)
    return optimizer.update(jnp.asarray(gradient), optimizer.init(weights), weights)[0].tolist()


def test_clipping():
    # The first step of plain gradient descent is -0.5 times the clipped gradient, to the rounding of a norm.
    assert update([3.0, -4.0]) == [-1.5, 2.0]
    assert update([3.0, -4.0], clip_value=1.0) == [-0.5, 0.5]
    assert update([3.0, -4.0], clip_norm=2.5) == pytest.approx([-0.75, 1.0], rel=1e-12)
    assert update([3.0, -4.0], clip_norm=10.0) == [-1.5, 2.0]


def test_weight_decay_and_momentum_reach_the_optimiser():
    def second_step(**given):
        optimizer = built_optimizer(settings(**given))
        weights = jnp.ones(1)
        state = optimizer.update(jnp.ones(1), optimizer.init(weights), weights)[1]
        return float(optimizer.update(jnp.zeros(1), state, weights)[0][0])

    assert second_step(options={"momentum": 0.5}) == -0.25  # -lr · momentum · the first gradient
    decayed, plain = (second_step(name="adamw", options={"weight_decay": decay}) for decay in (0.25, 0.0))
    assert decayed - plain == pytest.approx(-0.5 * 0.25)  # -lr · decay · weight
