"""Orbits from off the attractor: of every system of the catalogue, and under every protocol of the config folder."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import KEY, PROTOCOLS, make, of_protocol, series

from rnnchaos.data.off_attractor import OffAttractorSettings, off_attractor_of
from rnnchaos.data.orbits import orbit
from rnnchaos.listings.systems import Entry, entries
from rnnchaos.models import weights
from rnnchaos.pieces import Pieces
from rnnchaos.settings import build
from rnnchaos.training import TrainingSeries

STEPS, ORBITS = 20, 12


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_every_system_has_them(entry: Entry):
    """Finite pieces of its own equations that start elsewhere, with its inputs; what escapes is counted."""
    system = entry.system
    on = orbit(system, num_steps=300, transient=200)
    with jax.enable_x64(True):
        train = Pieces.of(np.asarray(jax.vmap(system.observe)(jnp.asarray(on))))
    wanted = OffAttractorSettings(off_attractor_orbits=ORBITS, off_attractor_steps=STEPS)
    found = off_attractor_of(system, wanted, train, dt=system.time_per_step, transient=200, lost=0)
    pieces = found.series
    assert len(pieces.lengths) + found.escaped == ORBITS
    assert pieces.lengths == (STEPS,) * len(pieces.lengths)
    assert np.all(np.isfinite(pieces.values))
    assert pieces.dimension == system.num_axes
    assert (pieces.inputs is None) == (not system.input_names)
    starts = pieces.values[pieces.firsts]
    nearest = np.linalg.norm(starts[:, None] - train.values[None], axis=2).min(1)
    assert np.all(nearest > 0)
    if not np.array_equal(on, train.values):
        return  # seen is not the state, from which the next one could be computed
    seen = pieces.values.reshape(-1, STEPS, system.num_axes)
    with jax.enable_x64(True):
        last = np.asarray(jax.vmap(system.step)(jnp.asarray(seen[:, -2])))
    # The same step, compiled otherwise.
    np.testing.assert_allclose(seen[:, -1], last, atol=1e-9 * np.abs(seen).max())


@pytest.mark.parametrize("choice", PROTOCOLS)
def test_every_protocol_trains_on_them(choice):
    trainer = build.trainer(of_protocol(choice))
    on = Pieces.of(series())
    apart = Pieces(3 + series()[: 2 * (trainer.window + 5)], (trainer.window + 5,) * 2)

    def trained(added, share=None):
        given = TrainingSeries.of(on, window=trainer.window, dtype=jnp.float32, added=added, share=share)
        state, records = trainer.run(trainer.init(make(of_protocol(choice), jnp.float32), key=KEY), given, 3)
        assert not bool(state.diverged)
        assert np.all(np.isfinite(records.loss))
        return weights.to_arrays(state.network)

    without, beside = trained(None), trained(apart, 0.5)
    assert any(np.any(leaf != beside[name]) for name, leaf in without.items())
