"""What has to hold of Lorenz-63 on seeds drawn at random: exactly, without a training."""

import importlib
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
ROW = {"seed": "7", "exponents": "0.9056 0 -14.5723", "d_stsp": "0.01", "staying": "1"}


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("check_lorenz_seeds")


@pytest.mark.parametrize(
    ("change", "missed"),
    [
        ({}, []),
        ({"exponents": "0.932 0.019 -15.3"}, []),
        ({"exponents": "0.934 -0.021 -15.31"}, ["λ_1", "λ_2", "λ_3"]),
        ({"d_stsp": "0.031"}, ["D_stsp"]),
        ({"staying": "0.984375"}, ["share of 64 orbits that stay for 10⁵ steps"]),
        # One that diverged has no numbers: nothing holds of it.
        (
            dict.fromkeys(ROW, ""),
            ["λ_1", "λ_2", "λ_3", "D_stsp", "share of 64 orbits that stay for 10⁵ steps"],
        ),
    ],
)
def test_what_holds_of_a_row(script, change, missed):
    assert [claim.name for claim in script.claims(ROW | change) if not claim.holds] == missed


def test_the_table_counts_them(script):
    lines = script.table([ROW, ROW | {"d_stsp": "0.05"}]).splitlines()
    assert lines[2] == "| λ_1 | 0.878 to 0.933 | 2 of 2 | 0.9056 | 0.9056 to 0.9056 |"
    assert lines[5] == "| D_stsp | 0 to 0.03 | 1 of 2 | 0.03 | 0.01 to 0.05 |"


def test_rows_are_of_the_seeds_that_were_named_before(script):
    assert {int(row["seed"]) for row in script.read(script.ROWS)} <= set(script.SEEDS)


def test_the_page_has_the_table_of_the_rows(script):
    page = (SCRIPTS.parent / "docs" / "training.md").read_text("utf-8")
    assert script.table(script.read(script.ROWS)) in page, "run scripts/check_lorenz_seeds.py"
