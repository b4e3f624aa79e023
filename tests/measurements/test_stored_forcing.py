"""The forcing of a stored run is that of the attempt whose network it kept."""

from types import SimpleNamespace

import pytest
from composed import settings

from rnnchaos.measurements.stored_run import StoredRun


@pytest.mark.parametrize(
    ("summary", "alpha"), [({"kept_attempt": 1}, 0.2), ({"kept_attempt": 2}, 0.7), ({}, 0.2)]
)
def test_it_is_of_the_attempt_that_was_kept(summary, alpha):
    lines = [{"attempt": 1, "alpha": 0.5}, {"alpha": 0.2}, {"attempt": 2, "alpha": 0.7}]
    folder = SimpleNamespace(
        read_history=lambda: lines,
        summary=summary,
        holds=lambda _: True,
        record=SimpleNamespace(headline={"tau_steps": 1}),
    )
    run = StoredRun(folder, settings("experiment=smoke", "protocol=adaptive_gtf"), None, None)
    assert float(run.forcing().alpha.value) == pytest.approx(alpha)
