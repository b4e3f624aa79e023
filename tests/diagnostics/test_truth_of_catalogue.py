"""What a run takes from the catalogue has the form of what it would have measured, and the same numbers."""

import numpy as np
import pytest

from rnnchaos.diagnostics import truth
from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.listings.systems import Entry, entries
from rnnchaos.tangent import Grade

ENTRIES = entries()
MEASURED = {
    *("driven_duffing", "driven_lorenz"),  # conditional exponents of the response
    *("stable_fixed_point", "limit_cycle", "torus", "two_cycle"),  # nothing chaotic
    *("hindmarsh_rose", "nose_hoover", "sprott_a"),  # stored without their checks
}
# A check of these is made where there is something to check.
AT_TIMES = {"alignment", "error", "independent orbits"}


def test_all_others_are_known():
    unknown = {entry.name for entry in ENTRIES if truth.of_catalogue(entry.system) is None}
    assert unknown == MEASURED


@pytest.mark.slow
@pytest.mark.parametrize(
    "entry", [entry for entry in ENTRIES if entry.name not in MEASURED], ids=lambda entry: entry.name
)
def test_what_is_known_is_what_a_short_measurement_finds(entry: Entry):
    known = truth.of_catalogue(entry.system)
    settings = LyapunovSettings(system_steps=10_000, num_orbits=8)
    found = truth._of_system(entry.system, settings, entry.settings.preparation.transient, None)
    assert len(known.exponents) == len(found.exponents) == len(known.standard_error)
    assert known.chaotic
    assert (known.time_per_step, known.origin) == (found.time_per_step, found.origin)
    assert {check.name for check in known.checks} ^ {check.name for check in found.checks} <= AT_TIMES
    assert known.grade is not Grade.FAIL

    error = np.hypot(known.standard_error, found.standard_error)
    # What the ends of short orbits add alike to all, and the six digits that are stored.
    ends = 3 / (settings.system_steps * found.time_per_step) if error[0] > 1e-9 else 0.0
    error = np.hypot(np.hypot(error, ends), 5e-6 * np.abs(known.exponents)) + 1e-9
    # Student's t with 7 degrees of freedom, of some two hundred numbers.
    assert np.all(np.abs(known.exponents - found.exponents) < 6 * error)
    whole = min(int(known.kaplan_yorke), len(error) - 1)
    share = error[: whole + 1].sum() / abs(known.exponents[whole])
    assert abs(known.kaplan_yorke - found.kaplan_yorke) < 6 * share
