"""A flow of dysts behind the real command."""

import pytest
from test_end_to_end import command


def test_exponents_of_a_flow_come_from_its_series_and_stand_beside_its_own(tmp_path):
    pytest.importorskip("dysts")
    record = command(
        tmp_path,
        "lyapunov",
        "dataset=dysts",
        "dataset.system=Lorenz",
        "dataset.train_length=8000",
        "dataset.test_length=2",
        "diagnostics.figures=false",
    )
    # 0.906 at β = 8/3; dysts' 2.667 moves it by far less than the standard error.
    assert abs(record["lambda_max"] - 0.906) < 4 * record["lambda_max_standard_error"] < 0.8
    assert record["lambda_max_of_dysts"] == pytest.approx(0.89, abs=0.01)
