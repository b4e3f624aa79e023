"""A driven system and a recording with an input behind the real command: trained on, judged, gone on from, refused."""

import numpy as np
import pytest
from test_files import command

from rnnchaos.data.orbits import recorded_orbit
from rnnchaos.systems import DrivenLorenz

SHORT = (
    "experiment=smoke",
    "training.num_steps=10",
    "diagnostics.figures=false",
    "diagnostics.free_run.num_steps=500",
)


@pytest.mark.slow
def test_a_recording_with_an_input(tmp_path):
    orbit = recorded_orbit(DrivenLorenz(), num_steps=3_000, transient=500)
    table = np.concatenate([orbit.values, orbit.inputs], axis=1)
    lines = [",".join(f"{value:.8g}" for value in row) for row in table]
    (tmp_path / "rows.csv").write_text("\n".join(["x,y,z,stimulus", *lines]))
    (tmp_path / "still.csv").write_text(
        "\n".join(["x,y,z,stimulus", *(f"{line.rpartition(',')[0]},1" for line in lines)])
    )
    data = ("dataset=file", "dataset.dt=0.01", "dataset.inputs=[stimulus]", "dataset.train_length=1500")

    code, record, said = command(
        tmp_path, "train", *SHORT, *data, "dataset.path=rows.csv", "model=gru", "name=driven"
    )
    assert code == 0, said
    assert "driven by stimulus" in said
    assert "no theorem of arXiv:2110.07238 speaks of a driven orbit" in said
    run = record["run"]

    missing = (
        "inputs must be given: the run is driven by stimulus; inputs=FILE, or rows of the history that have"
    )
    (tmp_path / "last.csv").write_text(
        "\n".join(["x,y,z", *(line.rpartition(",")[0] for line in lines[:50])])
    )
    code, record, _ = command(tmp_path, "forecast", run, "history=last.csv", "num_steps=20")
    assert (code, record["error"].startswith(missing)) == (2, True), record
    (tmp_path / "next.csv").write_text(
        "\n".join(["stimulus", *(f"{value:.8g}" for value in orbit.inputs[50:80, 0])])
    )
    go_on = ("forecast", run, "history=last.csv", "inputs=next.csv")
    code, record, said = command(tmp_path, *go_on, "num_steps=20", "diagnostics.figures=false")
    assert (code, record["num_steps"]) == (0, 20), said
    code, record, _ = command(tmp_path, *go_on, "num_steps=31")
    assert (code, record["error"]) == (
        2,
        "next.csv: inputs must have a row for each of the 31 steps to come, got 30",
    )
    for diagnostic in ("cycles", "bifurcation"):
        code, record, _ = command(tmp_path, diagnostic, run)
        assert code == 2
        assert record["error"].endswith(
            "are those of an autonomous network, and this one is driven by an input"
        )

    too_long = "diagnostics.free_run.num_steps=100000"  # the last of two words counts
    code, record, _ = command(
        tmp_path, "train", *SHORT, *data, "dataset.path=rows.csv", "model=gru", too_long
    )
    assert code == 2
    assert "as far as the inputs of the test series go, got 100000" in record["error"]
    code, record, _ = command(tmp_path, "train", *SHORT, *data, "dataset.path=still.csv", "model=gru")
    assert code == 2
    assert "input 0 (stimulus) of the series is constant at 1; leave it out" in record["error"]
