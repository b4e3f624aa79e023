"""Figures drawn again from a folder: which, in what formats, and what is said of those that cannot be."""

import subprocess
import sys

import numpy as np
import pytest

from rnnchaos.console import Console
from rnnchaos.errors import ConfigError
from rnnchaos.redrawing.drawing import redraw
from rnnchaos.runs import RunWriter, Status

T = np.linspace(0, 20, 400)
ORBIT = np.stack([np.sin(T), np.cos(T)], axis=1)
NAMES = np.array(["x", "p_x"])
ARRAYS = {
    "free_run": {"generated": ORBIT, "truth": ORBIT, "axis_names": NAMES, "time_per_step": np.array(0.05)},
    "training": {"loss": np.exp(-T), "gradient_norm": np.exp(-T), "weight_norm": np.ones(400)},
    "lyapunov": {"running": np.ones((10, 2)), "running_error": np.full((10, 2), 0.1)},
    "gradients": {"lags": np.arange(1, 9), "log_jacobian_norm": np.arange(8.0)[None]},
}


@pytest.fixture
def run(tmp_path):
    return written(tmp_path, ARRAYS)


def written(folder, arrays, *, name="small", figures=()):
    run = RunWriter.create(
        folder / "outputs", name=name, kind="train", config_text="seed: 0\n", provenance={"seed": 0}
    )
    with run:
        for each, content in arrays.items():
            run.save_arrays(each, content)
        for each in figures:
            with run.figure(each) as path:
                path.write_bytes(b"\x89PNG\r\n\x1a\n")
        run.finish(Status.FINISHED, {"gradients": {"lambda_max_per_step": 0.9}})
    return run.path


def drawn(run, output, *, formats=("svg",), only=()):
    return redraw(run, output, formats, only, Console(quiet=True)).record


def test_every_figure_whose_arrays_are_there(run, tmp_path):
    record = drawn(run, tmp_path / "figures", formats=("pdf", "png"))
    names = sorted(file.name for file in (tmp_path / "figures").iterdir())
    assert names == sorted(
        f"{name}.{kind}"
        for name in ("attractor", "training", "lyapunov", "gradients")
        for kind in ("pdf", "png")
    )
    assert record["not_drawn"] == ["traces: nothing that the protocol changed was recorded"]
    assert (tmp_path / "figures" / "attractor.pdf").read_bytes().startswith(b"%PDF-")


def test_the_same_bytes_again(run, tmp_path):
    for name in ("one", "two"):
        drawn(run, tmp_path / name, formats=("pdf", "svg", "png"))
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_axes_have_the_names_of_the_arrays(run, tmp_path):
    drawn(run, tmp_path / "figures", only=("attractor",))
    text = (tmp_path / "figures" / "attractor.svg").read_text()
    assert ">p<" in text or ">p</tspan>" in text


def test_what_an_old_run_lacks_costs_its_figure_and_one_line(tmp_path, capsys):
    arrays = ARRAYS | {"free_run": {"generated": ORBIT, "axis_names": NAMES, "time_per_step": np.array(0.05)}}
    arrays["gradients"] = {"lags": np.arange(1, 9)}
    run = written(tmp_path, arrays, figures=("attractor", "of_a_plugin"))
    redraw(run, tmp_path / "figures", ("svg",), (), Console())
    said = capsys.readouterr().out
    assert "not drawn: of_a_plugin: the folder holds no arrays of it\n" in said
    assert "not drawn: attractor: arrays/free_run.npz has no truth\n" in said
    assert "not drawn: gradients: arrays/gradients.npz has no log_jacobian_norm\n" in said
    assert f"written to {tmp_path / 'figures'}: lyapunov.svg, training.svg\n" in said


def test_the_truth_of_an_old_run_is_what_its_forecasts_were_held_against(tmp_path):
    old = {"generated": ORBIT, "axis_names": NAMES, "time_per_step": np.array(0.05)}
    stretches = {"truth": ORBIT[None, :300], "predicted": ORBIT[None, :300], "axis_names": NAMES}
    stretches["time_per_step"] = np.array(0.05)
    run = written(tmp_path, {"free_run": old, "forecasts": stretches})
    assert [file.rpartition("/")[2] for file in drawn(run, tmp_path / "figures")["files"]] == [
        "attractor.svg",
        "forecast.svg",
    ]


def test_arrays_of_a_form_that_nobody_foresaw(tmp_path):
    bad = {"generated": np.zeros((3, 2, 2)), "truth": np.zeros(4), "axis_names": NAMES}
    run = written(tmp_path, ARRAYS | {"free_run": bad | {"time_per_step": np.array(0.1)}})
    (line,) = (line for line in drawn(run, tmp_path / "figures")["not_drawn"] if line.startswith("attractor"))
    assert "\n" not in line
    assert (tmp_path / "figures" / "training.svg").exists()


def test_damage_is_named(run, tmp_path):
    file = run / "arrays" / "lyapunov.npz"
    file.write_bytes(file.read_bytes()[:-1])
    (line,) = (each for each in drawn(run, tmp_path / "figures")["not_drawn"] if each.startswith("lyapunov"))
    assert "lyapunov.npz was altered or damaged" in line


def test_models_that_were_judged_together_have_figures_of_their_own(tmp_path):
    run = written(tmp_path, {"free_run_1": ARRAYS["free_run"], "free_run_2": ARRAYS["free_run"]})
    assert [file.rpartition("/")[2] for file in drawn(run, tmp_path / "figures")["files"]] == [
        "attractor_1.svg",
        "attractor_2.svg",
    ]


def test_words_that_lead_nowhere(run, tmp_path):
    with pytest.raises(
        ConfigError, match=r"^--only: there is no figure atractor here; did you mean attractor\?$"
    ):
        drawn(run, tmp_path / "figures", only=("atractor",))
    with pytest.raises(
        ConfigError, match=r"^--output must lie outside of run folders, which runs alone write, got"
    ):
        drawn(run, run / "figures")
    (tmp_path / "taken").write_text("")
    with pytest.raises(ConfigError, match=r"^--output must be a folder, and .*taken is a file$"):
        drawn(run, tmp_path / "taken")
    with pytest.raises(ConfigError, match=r"^--output: cannot make .*: No such file or directory$"):
        drawn(run, tmp_path / "no" / "figures")
    assert not (tmp_path / "figures").exists()


def test_a_folder_without_arrays(tmp_path):
    run = written(tmp_path, {})
    with pytest.raises(ConfigError, match=r"holds no arrays that a figure shows$"):
        drawn(run, tmp_path / "figures")
    with pytest.raises(ConfigError, match="is not a run folder"):
        drawn(tmp_path, tmp_path / "figures")


def test_nothing_is_computed_and_jax_is_not_loaded(run, tmp_path):
    code = (
        "import sys; from pathlib import Path; from rnnchaos.console import Console; "
        "from rnnchaos.redrawing.drawing import redraw; "
        f"redraw(Path({str(run)!r}), Path({str(tmp_path / 'figures')!r}), ('png',), (), Console(quiet=True)); "
        "sys.exit('jax' in sys.modules or 'matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
