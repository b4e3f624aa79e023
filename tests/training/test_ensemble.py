"""Members of an ensemble come out as if they had been trained alone, on one device or on eight."""

import os
import subprocess
import sys

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from composed import settings

from rnnchaos.models import LSTM, LinearObservation, Network
from rnnchaos.pieces import Pieces
from rnnchaos.protocols import AdaptiveForcing, Forcing
from rnnchaos.settings import build
from rnnchaos.training import Trainer, TrainingSeries, members, run_ensemble, stacked

SEEDS = 4
STEPS = 20


def make(forcing):
    networks = [
        Network(LSTM(5, key=jax.random.key(seed)), LinearObservation(2, 5, key=jax.random.key(seed)))
        for seed in range(SEEDS)
    ]
    trainer = Trainer(forcing, optax.adam(1e-2), batch_size=4, window=10, num_steps=STEPS)
    states = [trainer.init(network, key=jax.random.key(seed)) for seed, network in enumerate(networks)]
    phase = 0.3 * np.arange(500.0)
    series = Pieces.of(np.stack([np.sin(phase), np.cos(phase)], axis=1))
    return trainer, states, TrainingSeries.of(series, window=10, dtype=jnp.float64)


def of_settings(rate):
    words = ["model=lstm", "optimizer=adamw", "protocol.tau=5", "training.batch_size=4", "training.window=10"]
    return build.trainer(settings(*words, f"training.num_steps={STEPS}", f"optimizer.learning_rate={rate}"))


def assert_close(state, alone):
    """float64, 20 steps: rounding of products taken together, 1e-16 a step, grown a little by the training."""
    for left, right in zip(
        jax.tree.leaves(eqx.filter(state.network, eqx.is_array)),
        jax.tree.leaves(eqx.filter(alone.network, eqx.is_array)),
        strict=True,
    ):
        np.testing.assert_allclose(left, right, rtol=1e-10, atol=1e-12)


def check_members_equal_single_runs(forcing):
    trainer, states, series = make(forcing)
    together, records = run_ensemble(trainer, stacked(states), series, STEPS)
    for start, state, taken in zip(states, members(together), members(records), strict=True):
        alone, expected = trainer.run(start, series, STEPS)
        assert_close(state, alone)
        np.testing.assert_allclose(taken.loss, expected.loss, rtol=1e-10)
        assert int(state.step) == STEPS


def test_members_equal_single_runs():
    check_members_equal_single_runs(Forcing(5))


def test_members_adapt_by_themselves():
    check_members_equal_single_runs(AdaptiveForcing().forcing())


def test_a_diverged_member_hurts_no_other():
    trainer, states, series = make(Forcing(5))
    broken = eqx.tree_at(lambda s: s.network.cell.bias, states[1], jnp.full(20, jnp.nan))
    together, _ = run_ensemble(trainer, stacked([states[0], broken, *states[2:]]), series, STEPS)
    found = members(together)
    assert [bool(state.diverged) for state in found] == [False, True, False, False]
    assert [int(state.step) for state in found] == [STEPS, 0, STEPS, STEPS]
    assert_close(found[0], trainer.run(states[0], series, STEPS)[0])


EIGHT_DEVICES = """
import jax
import numpy as np
from test_ensemble import SEEDS, check_members_equal_single_runs, make, of_settings
from rnnchaos.protocols import Forcing
from rnnchaos.training import run_ensemble, stacked
from rnnchaos.training.trainer import AbstractForcedTrainer
assert jax.local_device_count() == 8
trainer, states, series = make(Forcing(5))
together, _ = run_ensemble(trainer, stacked(states), series, 1)
assert len(together.step.sharding.device_set) == SEEDS  # four members on four of the eight
together, _ = run_ensemble(trainer, stacked(states + states), series, 1)
assert len(together.step.sharding.device_set) == 8
check_members_equal_single_runs(Forcing(5))

# Later stretches take nothing from the host and trace nothing anew, whatever the learning rate.
traced, step = [], AbstractForcedTrainer._step
AbstractForcedTrainer._step = lambda *given: traced.append(given) or step(*given)
starts, losses, programs = stacked([of_settings(0.1).init(state.network, key=state.key) for state in states]), [], []
for trainer in (of_settings(rate).as_data(starts.network) for rate in (0.1, 0.2)):
    together, _ = run_ensemble(trainer, starts, series, 2)
    with jax.transfer_guard_host_to_device("disallow"), jax.transfer_guard_device_to_host("disallow"):
        together, records = run_ensemble(trainer, together, series, 2)
    losses.append(records.loss)
    programs.append(len(traced))
assert not np.array_equal(*losses)
assert programs[0] == programs[1] > 0
"""


def test_members_are_spread_over_devices():
    environment = {
        **os.environ,
        "XLA_FLAGS": "--xla_force_host_platform_device_count=8 --xla_cpu_multi_thread_eigen=false",
        "PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), *sys.path]),
    }
    done = subprocess.run(
        [sys.executable, "-c", EIGHT_DEVICES],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
