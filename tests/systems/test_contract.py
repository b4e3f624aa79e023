"""What every entry of the catalogue owes: an orbit that stays, volumes that change as its divergence says, a source."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.listings.systems import Entry, entries
from rnnchaos.systems import AbstractFlow, AbstractMap

ENTRIES = entries()


def test_there_are_at_least_45_systems():
    assert len({entry.system for entry in ENTRIES}) == len(ENTRIES) >= 45


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_orbit_stays_and_volumes_change_as_the_divergence_says(entry: Entry):
    system = entry.system

    @jax.jit
    def run():
        def advance(state, _):
            # What a volume of all directions does in this step, and what the divergence says of it.
            after = system.step(state)
            if isinstance(system, AbstractFlow):
                said = system.mean_divergence(state, after) * system.dt
            else:
                said = system.divergence(state)
            grown = jnp.linalg.slogdet(jax.jacfwd(system.step)(state))[1]
            return after, (system.observe(state), said, grown)

        start = jax.lax.fori_loop(0, 1000, lambda _, x: system.step(x), system.initial_state())
        return jax.lax.scan(advance, start, None, 300)[1]

    with jax.enable_x64(True):
        seen, said, grown = (np.asarray(each) for each in run())
    assert seen.dtype == np.float64
    assert seen.shape == (300, system.num_axes)
    assert np.all(np.abs(seen) < 1e3)
    if system.infinite_dimensional:
        return  # its Jacobian is singular, or of a truncation
    # Maps: rounding, next to a singular Jacobian more. Flows: fourth order in the step, and quadrature of second order.
    tolerance = (
        1e-9 if isinstance(system, AbstractMap) else 1e-3 * system.time_per_step * (1 + np.abs(said).max())
    )
    np.testing.assert_allclose(grown.sum() / 300, said.sum() / 300, atol=tolerance)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_axis_has_a_name_of_its_own(entry: Entry):
    names = entry.system.axis_names
    assert len(names) == len(set(names)) == entry.system.num_axes


def test_axes_have_the_names_of_the_equations():
    named = {entry.name: entry.system.axis_names for entry in ENTRIES}
    assert named["lorenz63"] == ("x", "y", "z")
    assert named["henon_heiles"] == ("x", "y", "p_x", "p_y")
    assert named["duffing"] == ("x", "v", "cos θ")
    assert named["lorenz96"][:2] == ("x_1", "x_2")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_published_exponents_are_ordered_and_have_a_source(entry: Entry):
    for published in entry.system.published:
        assert set(published.parameters) <= set(vars(entry.system))
        assert list(published.exponents) == sorted(published.exponents, reverse=True)
        assert len(published.exponents) == len(published.standard_error)
        assert published.source != ""
