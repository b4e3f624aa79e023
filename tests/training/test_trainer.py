"""The compiled training program: deterministic, indifferent to how it is cut up, and safe when it diverges."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from rnnchaos.models import LSTM, PLRNN, LinearObservation, Network
from rnnchaos.pieces import Pieces
from rnnchaos.protocols import Forcing
from rnnchaos.training import Trainer, TrainingSeries, draw_windows

# One optimiser for all tests, so that they share one compiled program.
ADAM = optax.adam(1e-2)


def make(cell=LSTM, *, optimizer=ADAM, dtype=jnp.float32):
    network = Network(cell(5, key=jax.random.key(0)), LinearObservation(2, 5, key=jax.random.key(1)))
    trainer = Trainer(Forcing(5), optimizer, batch_size=4, window=10, num_steps=100)
    phase = 0.3 * np.arange(500)
    series = Pieces.of(np.stack([np.sin(phase), np.cos(phase)], axis=1))
    training = TrainingSeries.of(series, window=10, dtype=dtype)
    return trainer, trainer.init(network.astype(dtype), key=jax.random.key(2)), training


def assert_identical(left, right):
    left, right = eqx.filter(left, eqx.is_array), eqx.filter(right, eqx.is_array)
    for a, b in zip(jax.tree.leaves(left), jax.tree.leaves(right), strict=True):
        if jnp.issubdtype(a.dtype, jax.dtypes.prng_key):
            a, b = jax.random.key_data(a), jax.random.key_data(b)
        np.testing.assert_array_equal(a, b)


def test_the_same_state_gives_the_same_weights_bit_for_bit():
    trainer, state, series = make()
    assert_identical(trainer.run(state, series, 10), trainer.run(state, series, 10))


def test_cutting_training_up_changes_nothing():
    trainer, state, series = make()
    whole, records = trainer.run(state, series, 20)
    middle, first = trainer.run(state, series, 10)
    end, second = trainer.run(middle, series, 10)
    assert_identical(end, whole)
    np.testing.assert_array_equal(jnp.concatenate([first.loss, second.loss]), records.loss)


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64])
def test_training_keeps_its_precision(dtype):
    trainer, state, series = make(dtype=dtype)
    state, records = trainer.run(state, series, 10)
    assert {leaf.dtype for leaf in jax.tree.leaves(state.network)} == {jnp.dtype(dtype)}
    assert records.loss.dtype == dtype


def test_training_learns_a_rotation():
    trainer, state, series = make()
    for _ in range(40):
        state, records = trainer.run(state, series, 10)
    # A rotation of the plane fits five units well; an untrained network leaves the variance, 0.5.
    assert np.mean(records.loss) < 0.02
    assert np.all(np.isfinite(records.gradient_norm))


def test_divergence_keeps_the_last_finite_state():
    trainer, state, series = make(PLRNN, optimizer=optax.adam(1e15))
    state, records = trainer.run(state, series, 10)
    assert bool(state.diverged)
    assert all(bool(jnp.all(jnp.isfinite(leaf))) for leaf in jax.tree.leaves(state.network))
    steps = int(state.step)
    assert 0 < steps < 10
    assert np.all(np.isfinite(records.loss[:steps]))
    stuck, _ = trainer.run(state, series, 10)
    assert int(stuck.step) == steps


def test_windows_are_stretches_of_the_series():
    series = TrainingSeries.of(Pieces.of(np.arange(50.0)[:, None]), window=7, dtype=jnp.float64)
    windows = draw_windows(series, 200, 7, key=jax.random.key(0)).values
    assert windows.shape == (200, 8, 1)
    assert jnp.all(jnp.diff(windows[..., 0], axis=1) == 1)
    assert {0, 42} <= set(np.asarray(windows[:, 0, 0], int))  # the first and the last possible start


def test_windows_of_what_is_added_are_drawn_as_often_as_the_share_says():
    own, added = np.arange(50.0)[:, None], 1000 + np.arange(30.0)[:, None]
    key, count = jax.random.key(0), 4000

    def drawn(**beside):
        series = TrainingSeries.of(Pieces.of(own), window=7, dtype=jnp.float64, **beside)
        return np.asarray(draw_windows(series, count, 7, key=key).values)[..., 0]

    pieces = Pieces(added, (20, 10))
    for given, share in ((0.3, 0.3), (None, (13 + 3) / (43 + 13 + 3))):
        windows = drawn(added=pieces, share=given)
        assert np.all(np.diff(windows, axis=1) == 1)
        off = windows[:, 0] >= 1000
        assert {int(row) for row in windows[off, 0]} == {*range(1000, 1013), *range(1020, 1023)}
        assert {int(row) for row in windows[~off, 0]} == {*range(43)}
        # Four standard errors of a share.
        assert abs(off.mean() - share) < 4 * np.sqrt(share * (1 - share) / count)
        # The others are those that are drawn without it.
        np.testing.assert_array_equal(windows[~off], drawn()[~off])
    np.testing.assert_array_equal(drawn(added=Pieces.of(added[:7])), drawn())


def test_no_window_crosses_a_border():
    """Borders are poisoned: between any two pieces lies a value that no window may hold, and short pieces have none."""
    lengths = (20, 5, 9, 30)
    pieces = [np.arange(length, dtype=float) + 1000 * index for index, length in enumerate(lengths)]
    series = TrainingSeries.of(Pieces(np.concatenate(pieces)[:, None], lengths), window=7, dtype=jnp.float64)
    windows = np.asarray(draw_windows(series, 4000, 7, key=jax.random.key(0)).values)[..., 0]
    assert np.all(np.diff(windows, axis=1) == 1)
    first = {int(value) for value in windows[:, 0]}
    assert first == {*range(13), *range(2000, 2002), *range(3000, 3023)}
