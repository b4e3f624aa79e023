"""The benchmark of attractors: rows, verdicts and pages exactly, without a training."""

import importlib
import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import pytest

from rnnchaos.data import Preparation, prepare
from rnnchaos.models import IdentityObservation, Network, ShallowPLRNN
from rnnchaos.systems import Tent

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "scripts"
SYSTEMS = {"lorenz63": "main", "rossler": "main", "henon_heiles": "conservative", "lorenz96": "larger"}
GOOD = {
    "model": "default",
    "system": "lorenz63",
    "table": "main",
    "seed": "0",
    "status": "finished",
    "learned": "yes",
    "wasserstein": "0.02",
    "wasserstein_floor": "0.01",
    "exponents": "0.91 0.001 -14.6",
    "exponents_error": "0.001 0.001 0.01",
    "true_exponents": "0.9 0 -14.5",
    "true_exponents_error": "0.001 0 0.01",
    "kaplan_yorke": "2.06",
    "true_kaplan_yorke": "2.062",
    "staying": "1",
    "cpu_seconds": "42.5",
    "commit": "abc",
    "command": "rnnchaos train dataset=lorenz63 seed=0",
    "sentence": 'learned: "all", and more',
}


@pytest.fixture
def script(monkeypatch):
    """Any of the scripts by its name."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module


@pytest.fixture
def rows(script):
    return script("attractor_rows")


@pytest.fixture
def report(script):
    return script("attractor_report")


@pytest.mark.parametrize(
    ("change", "expected", "said"),
    [
        ({}, (True, True, True), ""),
        # 5 % of .9 is .045, which two standard errors of .001 do not make more of.
        ({"exponents": "0.945"}, (True, True, True), ""),
        ({"exponents": "0.9451"}, (False, True, True), "λ_max +5 %"),
        ({"exponents": "0.7", "exponents_error": "0.1"}, (True, True, True), ""),
        ({"kaplan_yorke": "2.1119"}, (True, True, True), ""),
        ({"kaplan_yorke": "2.1121"}, (True, False, True), "D_KY 2.11 for 2.06"),
        ({"wasserstein": "0.03"}, (True, True, True), ""),
        ({"wasserstein": "0.0301"}, (True, True, False), "Wasserstein 3 floors"),
        ({"exponents": "", "kaplan_yorke": ""}, (None, None, True), "no λ_max, D_KY"),
        (
            {"exponents": "-inf", "kaplan_yorke": "0"},
            (False, False, True),
            "λ_max -inf %, D_KY 0.00 for 2.06",
        ),
        ({"table": "larger", "exponents": "0.99", "kaplan_yorke": "1.86"}, (True, True, True), ""),
        ({"table": "larger", "exponents": "1", "kaplan_yorke": "1.85"}, (False, False, True), None),
        (
            {"status": "failed", "reason": "no", "exponents": "", "wasserstein": ""},
            (None, True, None),
            "failed: no",
        ),
    ],
)
def test_a_verdict_and_what_is_said_of_it(rows, change, expected, said):
    row = GOOD | change
    found = rows.verdict(row)
    assert tuple(found) == expected
    assert found.learned is (expected == (True, True, True))
    assert said is None or rows.faults(row) == said


def test_a_row_of_a_summary(rows):
    metric = {"value": 0.0123456789, "standard_error": None, "floor": 0.01, "unit": "nats"}
    compared = [
        {"name": name, "value": value, "standard_error": 0.1, "true": true, "true_standard_error": 0.01}
        for name, value, true in (
            ("λ_1", 0.9, 0.906),
            ("λ_2", 0.0, 0.0),
            ("λ_3", None, -14.57),
            ("λ_1+λ_2", 0.9, 0.906),
        )
    ]
    summary = {
        "metrics": {"wasserstein": metric, "d_stsp_paper": {}, "d_stsp_gmm_strict": metric | {"value": None}},
        "lyapunov": {"kaplan_yorke_error": 0.001, "kaplan_yorke_dimension": 2.06},
        "spectrum_comparison": compared,
        "learned": "no",
        "sentence": "not learned:\nit rests",
    }
    found = {name: value for name, value in rows.row_of(summary).items() if value}
    assert found == {
        "wasserstein": "0.0123457",
        "wasserstein_floor": "0.01",
        "d_stsp_floor": "0.01",
        "exponents": "0.9 0",
        "exponents_error": "0.1 0.1 0.1",
        "true_exponents": "0.906 0 -14.57",
        "true_exponents_error": "0.01 0.01 0.01",
        "kaplan_yorke": "2.06",
        "kaplan_yorke_error": "0.001",
        "learned": "no",
        "sentence": "not learned: it rests",
    }
    assert set(found) <= set(rows.COLUMNS)
    assert not any(rows.row_of({}).values())


def test_rows_are_kept_whole_and_the_last_one_of_a_cell_counts(rows, tmp_path):
    path = tmp_path / "new" / "default.csv"
    assert rows.read(path) == []
    rows.append(path, GOOD)
    with path.open("a") as file:
        file.write('default,rossler,main,1,finished,"a quote that was cut')
    rows.append(path, GOOD | {"seed": "1"})
    rows.append(path, GOOD | {"learned": "no"})
    with path.open("a") as file:
        file.write("default,rossler,main")
    found = rows.read(path)
    assert [rows.cell_of(row) for row in found] == [("default", "lorenz63", 0), ("default", "lorenz63", 1)]
    assert found[0]["learned"] == "no"
    assert {name: value for name, value in found[1].items() if value} == GOOD | {"seed": "1"}


def test_a_file_of_other_columns_is_written_anew(rows, tmp_path):
    path = tmp_path / "default.csv"
    path.write_text("model,system,seed,former\ndefault,rossler,2,x\n")
    rows.append(path, GOOD)
    assert [rows.cell_of(row) for row in rows.read(path)] == [
        ("default", "rossler", 2),
        ("default", "lorenz63", 0),
    ]
    assert path.read_text().startswith(",".join(rows.COLUMNS) + "\n")


def test_the_tables_hold_every_chaotic_system_once(script):
    systems = script("benchmark_attractors").chaotic_systems()
    tables = {
        table: [name for name, own in systems.items() if own == table] for table in set(systems.values())
    }
    assert {"lorenz63", "thomas", "henon", "ikeda", "hyper_rossler", "logistic"} <= set(tables["main"])
    assert {"cat_map", "standard_map", "henon_heiles", "nose_hoover"} <= set(tables["conservative"])
    assert {"lorenz96", "kuramoto_sivashinsky", "mackey_glass", "coupled_map_lattice"} <= set(
        tables["larger"]
    )
    assert not {"torus", "limit_cycle", "two_cycle"} & set(systems)


def test_the_default_comes_first_and_the_copy_has_one_seed(script):
    cells = script("attractor_cells").cells_of(SYSTEMS, ["copy", "lstm", "default"], [0, 1])
    assert len(cells) == 2 * 4 * 2 + 4
    assert [cell.key for cell in cells[:5]] == [
        ("default", "lorenz63", 0),
        ("default", "rossler", 0),
        ("default", "lorenz63", 1),
        ("default", "rossler", 1),
        ("default", "henon_heiles", 0),
    ]
    assert [cell.model for cell in cells[8:14]] == ["lstm", "lstm", "copy", "copy", "lstm", "lstm"]
    assert cells[0].words(["a=1"]) == ["dataset=lorenz63", "seed=0", "a=1"]


def test_what_was_killed_is_run_again_and_what_failed_only_when_asked(script):
    cells = script("attractor_cells").cells_of({"lorenz63": "main"}, ["default"], range(4))
    found = [
        GOOD | {"seed": str(seed), "status": status}
        for seed, status in enumerate(["finished", "failed", "killed"])
    ]
    missing = script("benchmark_attractors").missing
    assert [cell.seed for cell in missing(cells, found)] == [2, 3]
    assert [cell.seed for cell in missing(cells, found, again="abc")] == [1, 2, 3]
    assert [cell.seed for cell in missing(cells, found, again="def")] == [0, 1, 2, 3]


def test_the_page_says_what_is_learned_what_nobody_learns_and_what_is_missing(report, tmp_path):
    wrong = {
        "system": "rossler",
        "exponents": "0.5",
        "true_exponents": "0.09",
        "sentence": "not learned: it rests; try x",
    }
    found = [GOOD, GOOD | {"seed": "1"}, GOOD | wrong]
    page, own = report.pages(found, SYSTEMS, range(3), folder=tmp_path, page=tmp_path / "page.md").values()
    assert "| lorenz63 | 2/2 |" in page
    assert "| rossler | 0/1 |" in page
    assert "| lorenz96 | – |" in page
    assert "## What nobody learns\n\nrossler.\n" in page
    assert "- default: 9 of 12 runs (lorenz63, rossler, henon_heiles, lorenz96); rows of abc." in page
    assert "- copy: 4 of 4 runs (all)." in page
    assert (
        "| lorenz63 | 2/2 | +1.1, +0.1, -11 | 2.06 (2.06) | 0.02 (0.01) | – | – | 100% | – | – | 42 |" in own
    )
    assert "\n- rossler, seed 0: λ_max +456 %. not learned: it rests; try x\n" in own


def test_the_pages_are_those_of_the_rows_in_the_repository(script, report):
    benchmark = script("benchmark_attractors")
    found = report.read_all(benchmark.ROWS)
    pages = report.pages(found, benchmark.chaotic_systems(), benchmark.SEEDS, folder=benchmark.ROWS)
    for path, text in pages.items():
        assert path.read_text("utf-8") == text, (
            f"{path.name}: python scripts/benchmark_attractors.py --report"
        )
        assert len(text.splitlines()) <= 300
    assert {*benchmark.ROWS.glob("*.md"), report.PAGE} == {*pages}


@pytest.mark.parametrize("page", ["README.md", "docs/choosing.md"])
def test_pages_that_quote_the_count_quote_that_of_the_rows(script, report, rows, page):
    root = Path(__file__).parents[2]
    found = report.read_all(script("benchmark_attractors").ROWS)
    learned, of = rows.learned(row for row in found if row["model"] == "default" and row["table"] == "main")
    assert f"{learned} of {of} runs" in (root / page).read_text("utf-8")


def test_the_picture_has_a_mark_for_a_run_without_exponents(script):
    found = [GOOD, GOOD | {"system": "rossler", "exponents": ""}]
    (axes,) = script("attractor_picture").picture_of(found, SYSTEMS).axes
    (line,) = axes.get_lines()
    assert [label.get_text() for label in axes.get_xticklabels()] == ["lorenz63", "rossler"]
    assert line.get_ydata() == pytest.approx([100 / 90, 300])


def test_a_process_that_ends_without_a_row_leaves_a_reason(script, tmp_path):
    benchmark = script("benchmark_attractors")
    (cell,) = script("attractor_cells").cells_of({"lorenz63": "main"}, ["default"], [7])

    def row(code, minutes=60.0):
        with (tmp_path / "cell.log").open("wb") as log:
            process = subprocess.Popen([sys.executable, "-c", code], stderr=log)
        if minutes:
            process.wait()
        return benchmark.Job(cell, process, tmp_path / "cell", 0.0).row(minutes)

    assert (row("import os; os.kill(os.getpid(), 9)")["status"], "killed") == ("killed", "killed")
    assert row("raise MemoryError('too much')")["reason"] == "MemoryError: too much"
    assert row("import time; time.sleep(60)", minutes=0)["reason"] == "took more than 0 minutes"
    (tmp_path / "cell").write_text(json.dumps(GOOD))
    assert row("") == GOOD


def test_a_bad_setting_is_a_row_with_its_reason(script):
    cells = script("attractor_cells")
    (cell,) = cells.cells_of({"lorenz63": "main"}, ["default"], [0])
    found = cells.measure(cell, ["training.num_steps=-1"], "outputs", long=False)
    assert found["status"] == "failed"
    assert found["reason"].startswith("SettingError: training.num_steps must be")
    assert found["command"] == "rnnchaos train dataset=lorenz63 seed=0 training.num_steps=-1"


def test_exponents_are_measured_again_and_replace_what_the_run_has(script):
    """A network that is a tent map: its exponent is ln 1.9 everywhere."""
    cell = eqx.tree_at(
        lambda cell: (cell.diagonal, cell.weight, cell.bias, cell.layer_weight, cell.layer_bias),
        ShallowPLRNN(1, 1, key=jax.random.key(0)),
        tuple(map(jnp.array, ([1.9], [[-3.8]], [1.8], [[1.0]], [0.0]))),
    )
    network = Network(cell, IdentityObservation(1, 1))
    dataset = prepare(Tent(), Preparation(train_length=1000, test_length=1000))
    row = {"exponents": "0.6", "exponents_error": "0.01", "kaplan_yorke": "0.9"}
    found = script("attractor_cells").remeasured(network, dataset, row)
    assert float(found["exponents"]) == pytest.approx(math.log(1.9), rel=1e-5)
    assert float(found["exponents_error"]) < 1e-12
    assert found["kaplan_yorke"] == "1"
    assert script("attractor_cells").remeasured(network, dataset, {"exponents": ""}) == {}


@pytest.mark.slow
def test_stopped_in_the_middle_it_goes_on_and_a_diverging_training_is_a_row(rows, tmp_path):
    words = [
        sys.executable,
        str(SCRIPTS / "benchmark_attractors.py"),
        "--systems",
        "henon",
        "--models",
        "default",
    ]
    words += [
        "--rows",
        str(tmp_path / "rows"),
        "--outputs",
        str(tmp_path / "outputs"),
        "--seeds",
        "0",
        "1",
        "--set",
    ]
    words += ["training.num_steps=20", "dataset.train_length=2000", "dataset.test_length=3000"]
    words += ["diagnostics.lyapunov.num_steps=500", "diagnostics.prediction.horizon=50"]
    path = tmp_path / "rows" / "default.csv"
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as first:
        for line in first.stdout:
            if line.startswith("1/2"):
                break
        os.kill(first.pid, signal.SIGKILL)
    (row,) = rows.read(path)
    assert (row["seed"], row["status"] in ("finished", "escaped")) == ("0", True)
    again = subprocess.run(words, capture_output=True, text=True, check=True)
    assert "2 runs on 1 systems" in again.stdout
    assert "1 of them done" in again.stdout
    assert [each["seed"] for each in rows.read(path)] == ["0", "1"]


def test_the_floor_of_many_orbits_counts_where_it_was_measured(script, rows, report, tmp_path):
    floors = script("attractor_floors")
    known = floors.Floor("lorenz63", 9, 0.02, 0.003, 0.01, 0.25)
    floors.write([known], tmp_path)
    assert floors.read(tmp_path) == {"lorenz63": known}
    rows.append(tmp_path / "default.csv", GOOD | {"wasserstein": "0.05"})
    rows.append(tmp_path / "default.csv", GOOD | {"wasserstein": "0.05", "system": "rossler"})
    assert [rows.verdict(row).geometry for row in rows.read(tmp_path / "default.csv")] == [False, False]
    assert [rows.verdict(row).geometry for row in report.read_all(tmp_path)] == [True, False]
    page = report.overview(report.read_all(tmp_path), SYSTEMS, [0], floors.read(tmp_path))
    assert "refuses some of the truth's own on 1 of 1 systems, 25% of them on lorenz63" in " ".join(
        page.split()
    )


def test_a_run_is_held_against_the_catalogue_where_it_has_the_same_form(script, rows, report, tmp_path):
    truths = script("attractor_truths")
    known = truths.known()
    assert "driven_duffing" not in known
    stored = known["lorenz63"]
    # 5.5 % above what the run has measured by its own short orbits, 4.9 % above what is stored.
    own = rows.text(1.049 * stored.exponents[0])
    row = GOOD | {"exponents": own, "true_exponents": rows.text(float(own) / 1.055)}
    for name in ("lorenz63", "driven_duffing"):
        rows.append(tmp_path / "default.csv", row | {"system": name})
    found = report.read_all(tmp_path)
    assert [rows.verdict(each).exponent for each in rows.read(tmp_path / "default.csv")] == [False, False]
    assert [rows.verdict(each).exponent for each in found] == [True, False]
    assert rows.numbers(found[0], "true_exponents") == pytest.approx(stored.exponents[:1], rel=1e-5)
    assert rows.numbers(found[0], "true_exponents_error") == pytest.approx(
        stored.standard_error[:1], rel=1e-5
    )
    assert rows.number(found[0], "true_kaplan_yorke") == pytest.approx(stored.kaplan_yorke, rel=1e-5)
    (without,) = truths.with_truths([GOOD | {"true_exponents": "", "true_kaplan_yorke": ""}], known)
    assert rows.exponent_errors(without) == []
    assert rows.verdict(without)[:2] == (None, None)


def test_a_floor_is_what_orbits_of_the_truth_are_apart(script):
    floor = script("attractor_floors").floor_of("henon")
    assert floor.orbits == 9
    assert 0.5 * floor.single < floor.mean < 2 * floor.single
    assert 0 < floor.scatter < floor.mean
    assert floor.beyond == 0
