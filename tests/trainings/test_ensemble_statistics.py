"""What an ensemble comes to."""

import pytest

from rnnchaos.outcome import Outcome
from rnnchaos.trainings.ensemble import statistics_of


def finished(**numbers):
    return Outcome(0, {"run": "r", "status": "finished", **numbers})


DIVERGED = Outcome(3, {"run": "d", "status": "diverged", "steps": 7})
FAILED = Outcome(1, {"status": "failed", "reason": "the disk is full"})


def test_statistics_are_of_finished_members_and_the_others_are_counted():
    members = [finished(d_stsp_paper=value, seed=i) for i, value in enumerate([4.0, 1.0, 2.0, 3.0, 5.0])]
    found = statistics_of([*members, DIVERGED, FAILED])
    assert (found["finished"], found["diverged"], found["failed"]) == (5, 1, 1)
    assert found["members"] == ["r"] * 5 + ["d", None]
    spread = found["statistics"]["d_stsp_paper"]
    assert spread == {
        "median": 3, "lower_quartile": 2, "upper_quartile": 4, "smallest": 1, "largest": 5, "count": 5,
    }  # fmt: skip
    assert "seed" not in found["statistics"]


def test_a_number_that_a_member_lacks_is_taken_of_the_others():
    found = statistics_of(
        [finished(lambda_max=1.0), finished(lambda_max=None), finished(lambda_max=float("nan"))]
    )
    assert found["statistics"]["lambda_max"]["count"] == 1


@pytest.mark.parametrize("outcomes", [[DIVERGED], [FAILED], []])
def test_without_finished_members_there_are_no_statistics(outcomes):
    assert statistics_of(outcomes)["statistics"] == {}
