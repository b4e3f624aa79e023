"""An exponent of a measured series, as the workflow finds, judges and shows it."""

import numpy as np
import pytest
from rich.console import Console

from rnnchaos.data import observed_orbit
from rnnchaos.diagnostics.lyapunov import Lyapunov
from rnnchaos.measurements import measure_source
from rnnchaos.settings.compose import compose
from rnnchaos.settings.read import read_system_settings
from rnnchaos.systems import Lorenz63


def measured(path, *words):
    settings = read_system_settings(compose("source", ["dataset=file", f"dataset.path={path}", *words]))
    console = Console(record=True, width=200)
    return measure_source(Lyapunov, settings, console).record, console.export_text()


@pytest.fixture(scope="module")
def lorenz():
    return observed_orbit(Lorenz63(), num_steps=15_000, transient=1000)


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_scalar_series_is_embedded_by_itself(lorenz, tmp_path):
    np.save("x.npy", lorenz[:, :1])
    words = ["dataset.dt=0.01", "dataset.embedding_dimension=auto", "dataset.embedding_lag=auto"]
    record, said = measured("x.npy", *words, f"outputs={tmp_path}/outputs")
    assert "embedding: delay 17 steps (first minimum of the mutual information), 3 delays" in said
    assert abs(record["lambda_max"] - 0.9056) < 3 * record["lambda_max_standard_error"] + 0.1
    np.testing.assert_allclose(record["tau_pred_steps"], np.log(2) / (record["lambda_max"] * 0.01))
    assert record["zero_one"] > 0.9
    assert record["lyapunov_checks"]["unfolded"]["grade"] == "pass"
    assert set(record["by_method"]) == {"rosenstein", "kantz"}
    # Which of the estimates the number is, and the others beside it.
    assert record["method"] == "maps"
    assert record["by_maps"]["lambda_max"] == record["lambda_max"]
    assert "by maps (" in said
    assert "by Rosenstein, fitted" in said
    assert "τ_pred = ln 2 / λ_max, from maps" in said
    assert "verdict" in said
    # What was chosen is stored as numbers.
    stored = next((tmp_path / "outputs").glob("*/*/config.yaml")).read_text()
    assert "embedding_dimension: 3" in stored
    assert "embedding_lag: 17" in stored


@pytest.mark.parametrize(
    ("words", "points"),
    [
        # Nothing is trained, so that nothing is held back.
        ((), 600),
        (("dataset.embedding_dimension=2", "dataset.embedding_lag=auto"), 599),
        # But what is said counts: the training part, or a test series of its own, beside two rows to validate on.
        (("dataset.train_length=400",), 400),
        (("dataset.test_path=noise.npy",), 598),
    ],
)
def test_all_rows_are_measured(tmp_path, words, points):
    np.save("noise.npy", np.random.default_rng(0).standard_normal((600, 2)))
    record, said = measured("noise.npy", *words, "diagnostics.figures=false", f"outputs={tmp_path}/outputs")
    dimensions = 2 * record["embedding_dimension"]
    assert f"measured on {points} points in {dimensions} dimensions, one every 1 time units\n" in said
    stored = next((tmp_path / "outputs").glob("*/*/config.yaml")).read_text()
    assert f"whole: {str(points > 400 and 'dataset.test_path=noise.npy' not in words).lower()}" in stored


def test_noise_gets_a_failing_verdict(tmp_path):
    np.save("noise.npy", np.random.default_rng(0).standard_normal((3000, 2)))
    record, said = measured("noise.npy", f"outputs={tmp_path}/outputs", "diagnostics.figures=false")
    assert record["lyapunov_checks"]["worst"] == "fail"
    assert record["tau_pred_steps"] is None
    assert "not an exponent to rely on" in said
