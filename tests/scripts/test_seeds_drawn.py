"""What has to hold of networks on seeds drawn at random: exactly, without a training."""

import importlib
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
ROW = {
    "system": "lorenz63", "seed": "7", "exponents": "0.9056 0 -14.5723", "d_stsp": "0.01", "staying": "1",
    "cpu_seconds": "30",
}  # fmt: skip


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("check_seeds")


@pytest.mark.parametrize(
    ("change", "missed"),
    [
        ({}, []),
        ({"exponents": "0.932 0.019 -15.3"}, []),
        ({"exponents": "0.934 -0.021 -15.31"}, ["λ_1", "λ_2", "λ_3"]),
        ({"d_stsp": "0.031"}, ["D_stsp"]),
        ({"staying": "0.984375"}, ["share of 64 orbits that stay for 10⁵ steps"]),
        ({"cpu_seconds": "60.1"}, ["CPU seconds"]),
        ({"system": "rossler"}, ["λ_1", "λ_3"]),
        # One that diverged has no numbers: nothing holds of it.
        (
            dict.fromkeys(set(ROW) - {"system"}, ""),
            ["λ_1", "λ_2", "λ_3", "D_stsp", "share of 64 orbits that stay for 10⁵ steps", "CPU seconds"],
        ),
    ],
)
def test_what_holds_of_a_row(script, change, missed):
    assert [claim.name.split(",")[0] for claim in script.claims(ROW | change) if not claim.holds] == missed


def test_the_table_counts_them(script):
    other = ROW | {"system": "rossler", "exponents": "0.0874 0 -9.8"}
    lines = script.table([ROW, ROW | {"d_stsp": "0.05"}, other]).splitlines()
    assert lines[0] == "|  | `lorenz63` | `rossler dataset.b=0.242` |"
    assert lines[3] == "| λ_1, within 3 % | 2 of 2: 0.9056 to 0.9056 | 1 of 1: 0.0874 to 0.0874 |"
    assert (
        lines[6] == "| D_stsp, at most .03 or twice the floor | 1 of 2: 0.01 to 0.05 | 1 of 1: 0.01 to 0.01 |"
    )
    assert lines[-1] == "| all of these | 1 of 2 | 1 of 1 |"


def test_rows_are_of_the_seeds_that_were_named_before(script):
    for row in script.read(script.ROWS):
        assert int(row["seed"]) in script.CASES[row["system"]].seeds


def test_no_seed_is_named_twice(script):
    seeds = [seed for case in script.CASES.values() for seed in case.seeds]
    assert len(set(seeds)) == len(seeds) == 20 * len(script.CASES)


def test_the_page_has_the_table_of_the_rows(script):
    page = (SCRIPTS.parent / "docs" / "training.md").read_text("utf-8")
    assert script.table(script.read(script.ROWS)) in page, "run scripts/check_seeds.py"
