"""Systems that no preset has: what is said to the command, and the table of what came out."""

import importlib
from pathlib import Path

import pytest
from composed import settings

ROOT = Path(__file__).parents[2]
ROW = {
    "model": "default", "table": "main", "seed": "1", "status": "finished", "system": "windmi",
    "exponents": "0.08 0 -0.78", "exponents_error": "0.001 0.001 0.001", "kaplan_yorke": "2.1",
    "true_exponents": "0.0757 0 -0.7757", "true_exponents_error": "0.0004 0 0", "true_kaplan_yorke": "2.0975",
    "wasserstein": "0.02", "wasserstein_floor": "0.01",
}  # fmt: skip


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.chdir(ROOT)
    return importlib.import_module("check_new_systems")


def test_every_case_is_a_dataset_that_no_preset_has(script):
    usual = {}
    for name, words in script.cases().items():
        source = settings(*words).dataset.source
        base = usual.setdefault(
            words[0], words[0] != "dataset=equations" and settings(words[0]).dataset.source
        )
        assert source != base, name
    assert {*script.cases()} >= {path.stem for path in script.FILES.glob("*.yaml")}


def test_the_table_says_what_is_learned_and_what_is_wrong_elsewhere(script):
    lines = script.table([ROW, ROW | {"exponents": "0.0757 0 -0.7757"}]).splitlines()
    assert lines[2] == "| windmi | 0.0757 | +5.7 % | 2.1, 2.0975 | 2 | λ_max +6 % |"
    assert lines[3] == "| windmi | 0.0757 | +0.0 % | 2.1, 2.0975 | 2 | learned |"


def test_the_page_has_the_table_of_the_rows_in_the_repository(script):
    assert script.table(script.kept(script.cases())) in (ROOT / "docs" / "equations.md").read_text("utf-8")
