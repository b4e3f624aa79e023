"""docs/run-folder.md says of every stored array what shape it has, and stored series are in the data's units."""

import re
from pathlib import Path

import numpy as np
import pytest

import rnnchaos
from rnnchaos import diagnostics
from rnnchaos.cli.measuring import forecast, measure

PAGE = Path(rnnchaos.__file__).parents[1] / "docs" / "run-folder.md"


def documented() -> dict[str, dict[str, int]]:
    """The keys of each file with their number of axes, from the page's table."""
    found: dict[str, dict[str, int]] = {}
    for line in re.findall(r"^\| (?:`\w+` )?\| `.*\|$", PAGE.read_text("utf-8").split("### Arrays")[1], re.M):
        file, keys, shapes = (cell.strip() for cell in line.split("|")[1:4])
        if file:
            of_file = found.setdefault(file.strip("`"), {})
        names, axes = re.findall(r"`(\w+)`", keys), re.findall(r"\(([^)]*)\)", shapes)
        for name, shape in zip(names, axes if len(axes) > 1 else axes * len(names), strict=True):
            of_file[name] = len([axis for axis in shape.split(",") if axis])
    return found


def check(run: rnnchaos.Run) -> set[str]:
    """The names of a run's files of arrays, after each array was looked up."""
    page, files = documented(), {file.stem for file in (run.path / "arrays").glob("*.npz")}
    for name in files:
        for key, array in run.arrays(name).items():
            assert page[name][key] == array.ndim, f"{name}.npz: {key} of shape {array.shape}"
    return files


def test_the_arrays_of_a_training(run):
    assert check(run) == {
        *("training", "free_run", "forecasts", "power_spectra", "lyapunov", "gradients", "judge")
    }


def test_stored_series_are_in_the_datas_units(run):
    test = run.dataset.test
    transient = run.config["diagnostics"]["free_run"]["transient"]
    orbit = run.free_run(transient + 5)[transient:]
    np.testing.assert_allclose(run.arrays("free_run")["generated"][:5], orbit, rtol=1e-12)
    stored = run.arrays("forecasts")
    start = stored["start"][3]
    np.testing.assert_allclose(stored["truth"][3, :5], test[start + 1 : start + 6], rtol=1e-12)
    np.testing.assert_allclose(stored["predicted"][3, :5], run.forecast(test[start], 5), rtol=1e-10)
    assert tuple(stored["axis_names"]) == run.dataset.axis_names


@pytest.mark.slow  # every diagnostic once
def test_the_arrays_of_all_diagnostics(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    series = tmp_path / "series.csv"
    np.savetxt(series, run.dataset.train, delimiter=",", header="x,y", comments="")
    found = set()
    for command, words in {
        "lyapunov": ["diagnostics.lyapunov.covariant=true"],
        "gradients": [],
        "cycles": [],
        "judge": [],
        "bifurcation": [
            "diagnostics.bifurcation.weight=cell.bias[0]",
            "diagnostics.bifurcation.num_values=3",
        ],
        "forecast": [f"history={series}"],
    }.items():
        words = [str(run.path), *words, "diagnostics.figures=false"]
        outcome = forecast(words) if command == "forecast" else measure(diagnostics.find(command), words)
        found |= check(rnnchaos.load(outcome.record["run"]))
    words = ["dataset=file", f"dataset.path={series}", "diagnostics.figures=false"]
    found |= check(rnnchaos.load(measure(diagnostics.find("lyapunov"), words).record["run"]))
    rest = {"training", "free_run", "forecasts", "power_spectra", "spectra_over_training"}
    assert found == set(documented()) - rest
