"""The successors' benchmarks: the page holds what the rows say, and the presets what the page says."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from rnnchaos.settings.compose import compose
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder
from rnnchaos.settings.read import read_settings

ROOT = Path(__file__).parents[1]


def _script():
    spec = importlib.util.spec_from_file_location(
        "benchmark_successors", ROOT / "scripts" / "benchmark_successors.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = _script()
ROW = dict.fromkeys(SCRIPT.COLUMNS, "") | {
    "preset": "lorenz63",
    "seed": "7",
    "status": "finished",
    "steps": "10",
}


def test_the_page_has_the_tables_of_the_rows():
    text = SCRIPT.PAGE.read_text("utf-8")
    assert SCRIPT.page(text, SCRIPT.stored()) == text, "run scripts/benchmark_successors.py"


def test_each_training_is_in_the_rows_once_and_of_a_seed_that_settings_were_not_found_on():
    rows = SCRIPT.stored()
    assert len({(row["preset"], row["seed"]) for row in rows}) == len(rows) > 0
    assert {int(row["seed"]) for row in rows} <= set(SCRIPT.SEEDS)
    assert min(SCRIPT.SEEDS) >= 50


def test_every_preset_of_the_family_has_a_benchmark_and_no_path():
    presets = ConfigFolders((builtin_folder(),)).choices("experiment")
    assert {f"successors/{name}" for name in SCRIPT.BENCHMARKS} == {
        preset for preset in presets if preset.startswith("successors/")
    }
    for path in (ROOT / "configs" / "experiment" / "successors").glob("*.yaml"):
        said = [line.split("#")[0] for line in path.read_text("utf-8").splitlines()]
        assert not any("path" in line or ".npy" in line for line in said), path.name


def test_the_rows_name_the_steps_of_the_presets():
    for row in SCRIPT.stored():
        if row["status"] == "finished":
            words = SCRIPT.words(SCRIPT.BENCHMARKS[row["preset"]], int(row["seed"]), Path("somewhere"))
            assert int(row["steps"]) == read_settings(compose("train", words[1:])).training.num_steps


def test_the_first_name_of_the_eeg_preset_is_the_same_training():
    first, now = (
        compose("train", [f"experiment={name}", "dataset.path=eeg64.npy"])
        for name in ("eeg", "successors/eeg")
    )
    assert (first.pop("name"), now.pop("name")) == ("eeg", "successors-eeg")
    assert first == now


def test_a_row_says_what_was_reached_and_what_was_lost():
    rows = [
        ROW
        | {
            "seed": "1",
            SCRIPT.D_STSP: "0.12",
            SCRIPT.LAMBDA: "0.85",
            "λ_1 error": "0.004",
            SCRIPT.LAST: "-14.6",
        },
        ROW | {"seed": "2", SCRIPT.D_STSP: "0.2", SCRIPT.LAMBDA: "0.9", SCRIPT.LAST: "-19"},
        ROW | {"seed": "3", "status": "diverged"},
    ]
    lines = SCRIPT.tables(rows).splitlines()
    assert "| 1 | 0.12 | – | – | 0.85 ± 0.004 | -14.6 | – | – | – |" in lines
    assert "| 3 | diverged | – | – | – | – | – | – | – |" in lines
    assert "| published | .26 ± .03 | .09 | – | – | – | – |  |  |" in lines
    assert "| aimed at | ≤ 0.14 | – | – | 0.86 to 0.951 | -16 to -13.1 | – |  |  |" in lines
    assert "| reached by | 1 of 3 | – | – | 1 of 3 | 1 of 3 | – |  |  |" in lines
    assert any(line.startswith("| `lorenz63` |") and "0.16, 1 of 3 lost" in line for line in lines)


def test_a_row_is_made_of_what_the_command_says():
    record = {
        "status": "finished",
        "steps": 400,
        "d_stsp_gtf": 0.47,
        "metrics": {"d_stsp_gtf": {"floor": 0.12}},
        "lyapunov": {"exponents_per_time_unit": [0.9, 0.0, -19.5]},
        "lambda_max": 0.9,
        "kaplan_yorke_dimension": None,
    }
    row = SCRIPT.row_of(SCRIPT.BENCHMARKS["lorenz63"], 3, record)
    assert tuple(row) == SCRIPT.COLUMNS
    assert (row["D_stsp"], row["D_stsp floor"], row["λ_3"], row["D_KY"]) == ("0.47", "0.12", "-19.5", "")


@pytest.mark.slow
def test_a_training_of_the_script_ends_in_a_row_and_in_the_page(tmp_path, monkeypatch):
    series = np.cumsum(np.random.default_rng(0).standard_normal((3000, 5)), axis=0)
    for file in SCRIPT.BENCHMARKS["ecg"].files.values():
        np.save(tmp_path / file, series)
    page = tmp_path / "page.md"
    page.write_text(f"before\n{SCRIPT.BEGIN}\n{SCRIPT.END}\nafter\n")
    for name, value in {"ROWS": tmp_path / "rows.csv", "PAGE": page}.items():
        monkeypatch.setattr(SCRIPT, name, value)
    quick = ("diagnostics=quick", "training.num_steps=20", "dataset.validation_length=500")
    monkeypatch.setattr(SCRIPT, "SHORTER", (*SCRIPT.SHORTER, *quick))
    monkeypatch.setattr("sys.argv", ["script", str(tmp_path), "--only", "ecg", "--seeds", "5"])
    SCRIPT.main()
    SCRIPT.main()  # nothing is missing any more
    (row,) = SCRIPT.stored()
    assert (row["preset"], row["seed"], row["steps"]) == ("ecg", "5", "20")
    assert page.read_text().startswith("before\n")
    assert "seed=5" in page.read_text()
