"""The truth as a run keeps it, and who measures it anew."""

import json

import numpy as np
import pytest

from rnnchaos.diagnostics.truth import Truth
from rnnchaos.runs import jsonfile
from rnnchaos.tangent import Check, Grade

FOUND = Truth(
    np.array([0.9056, -1e-17, -14.5723]),
    np.array([1 / 3, 2e-5, 0.0]),
    0.01,
    "tangent dynamics",
    2.062,
    (Check("transient", Grade.PASS, 1530.0, 48750.0, "steps"), Check("halves", Grade.WARN, 4.5, 4.2, "s.e.")),
)


def test_a_record_gives_back_every_digit():
    record = FOUND.record()
    assert record == json.loads(jsonfile.to_text(record))
    again = Truth.of_record(json.loads(jsonfile.to_text(record)))
    assert again is not None
    np.testing.assert_array_equal(again.exponents, FOUND.exponents)
    np.testing.assert_array_equal(again.standard_error, FOUND.standard_error)
    assert again[2:] == FOUND[2:]
    assert again.grade is Grade.WARN


def test_what_json_has_no_number_for_is_not_recorded():
    assert FOUND._replace(exponents=np.array([0.1, -np.inf])).record() is None
    endless = FOUND.checks[0]._replace(figure=np.inf)
    assert FOUND._replace(checks=(endless,)).record() is None


@pytest.mark.parametrize(
    "change",
    [
        {"exponents": "many"},
        {"exponents": [[1.0]]},
        {"time_per_step": "0.01"},
        {"checks": [{"name": "transient"}]},
        {"checks": [{**FOUND.checks[0]._asdict(), "grade": "excellent"}]},
        {"origin": 3},
        {"more": 1},
    ],
)
def test_what_is_no_record_counts_as_none(change):
    assert Truth.of_record({**FOUND.record(), **change}) is None


@pytest.mark.parametrize("other", [None, [], "truth", 3.0, {}])
def test_neither_does_anything_else(other):
    assert Truth.of_record(other) is None
