"""The stored exponents: one for every system, as precise as promised, and found again by a shorter measurement."""

import numpy as np
import pytest

from rnnchaos.diagnostics import truth
from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system
from rnnchaos.listings.systems import Entry, entries

ENTRIES = entries()
NOT_CHAOTIC = {"stable_fixed_point", "limit_cycle", "torus", "two_cycle"}
# Those that a run takes from the catalogue are measured in test_truth_of_catalogue.
OTHERS = [entry for entry in ENTRIES if truth.of_catalogue(entry.system) is None]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_system_has_a_reference_for_its_default_settings(entry: Entry):
    known = entry.reference
    assert known is not None, "run scripts/check_catalogue.py --write"
    assert len(known.exponents) == len(known.standard_error)
    if entry.name in NOT_CHAOTIC:
        assert entry.predictability_steps is None
    else:
        assert known.standard_error[0] <= 0.01 * known.exponents[0]
        assert entry.predictability_steps is not None


@pytest.mark.slow
@pytest.mark.parametrize("entry", OTHERS, ids=lambda entry: entry.name)
def test_the_reference_is_found_again(entry: Entry):
    settings = LyapunovSettings(
        system_steps=10_000, num_orbits=8, num_exponents=len(entry.reference.exponents)
    )
    found = attractor_of_system(
        entry.system, settings, transient=entry.settings.preparation.transient
    ).spectrum
    stored = entry.reference
    error = np.hypot(found.standard_error, stored.standard_error)
    # What the ends of short orbits add alike to all, and the six digits that are stored.
    ends = 3 / (found.num_steps * found.time_per_step) if error[0] > 1e-9 else 0.0
    error = np.hypot(np.hypot(error, ends), 5e-6 * np.abs(stored.exponents)) + 1e-9
    # Student's t with 7 degrees of freedom, of some two hundred numbers.
    assert np.all(np.abs(found.exponents - stored.exponents) < 6 * error)
