"""The zoo: each case ends with the right rows within their errors."""

import numpy as np
import pytest
from zoo import CASES, SADDLE
from zoo_basins import CASES_OF_BASINS
from zoo_coexisting import CASES_THAT_COEXIST
from zoo_exact import CASES_EXACT
from zoo_several import CASES_OF_SEVERAL

from rnnchaos.attractors import find_attractors

KNOWN = CASES | CASES_OF_BASINS | CASES_THAT_COEXIST | CASES_EXACT | CASES_OF_SEVERAL
# Of standard errors: by chance in 1 of 16 000.
CHANCE = 4.0
# Beyond so many dimensions, the first few exponents are measured.
WIDE, LEADING = 40, 2


@pytest.mark.slow
@pytest.mark.parametrize("name", KNOWN)
def test_case(name):
    case = KNOWN[name]()
    leading = {"num_exponents": LEADING} if case.starts.shape[1] >= WIDE else {}
    found = find_attractors(case.step, case.starts, num_steps=case.steps, **leading)
    spectra = [each.spectrum for each in found.attractors]
    assert len(spectra) == len(case.rows), [each.kind for each in found.attractors]
    used = set()
    for row in case.rows:
        count = len(row.exponents)
        fits = [index for index, each in enumerate(spectra) if index not in used and agrees(each, row, count)]
        assert fits, (row, [(each.exponents[:count], each.standard_error[:count]) for each in spectra])
        used.add(fits[0])


def agrees(spectrum, row, count):
    """Whether the leading exponents are those of the row, -inf for -inf."""
    right, found = np.array(row.exponents), spectrum.exponents[:count]
    exact = np.isinf(right)
    if not np.array_equal(exact, np.isinf(found)):
        return False
    reach = CHANCE * spectrum.standard_error[:count] + row.tolerance
    return bool(np.all(np.abs(found[~exact] - right[~exact]) <= reach[~exact]))


@pytest.mark.slow
def test_the_time_that_a_chaotic_saddle_holds_orbits():
    """A share 1 - 1 / (1 + ε) of the uniform density leaves at every step."""
    case = CASES["chaotic saddle"]()
    leaving = find_attractors(case.step, case.starts, num_steps=case.steps).leaving
    assert leaving is not None
    assert abs(leaving.mean_time - 1 / np.log1p(SADDLE)) < CHANCE * leaving.mean_time_error
    assert leaving.mean_time_error < 0.3 * leaving.mean_time
