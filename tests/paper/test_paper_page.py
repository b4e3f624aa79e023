"""From the trainings of a figure to its table and its plot."""

import numpy as np
import polars as pl
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.paper import reproduction
from rnnchaos.paper.catalogue import PaperFigure, Result
from rnnchaos.paper.page import section
from rnnchaos.paper.published import Value
from rnnchaos.paper.reproduction import Found, draw, found_in
from rnnchaos.sweeps.sweep import Sweep

FIGURE = PaperFigure(
    "demo",
    (
        Result("d_stsp_paper", "D", "D_stsp", {"LSTM": {10: Value(0.5, 0.1), 40: Value(7.0)}}, logarithmic=True),
        Result("lambda_max", "λ", "λ_max", truth="lambda_max_true", relative=True),
    ),
    marks={"published": 46.2},
)  # fmt: skip


def rows(**changed):
    """Three seeds at two intervals; the last training diverged."""
    columns = {
        "line": ["LSTM"] * 6,
        "x": [10, 10, 10, 20, 20, 20],
        "cell": [f"c{i}" for i in range(6)],
        "seed": [0, 1, 2] * 2,
        "status": ["finished"] * 5 + ["diverged"],
        "tau_pred_steps": [62.0] * 6,
        "cpu_seconds": [600.0] * 6,
        "d_stsp_paper": [1.0, 2.0, 6.0, 0.25, 0.75, None],
        "lambda_max": [0.9, 1.0, 1.1, 1.0, 1.0, None],
        "lambda_max_true": [1.1] * 5 + [None],
    }
    return pl.DataFrame(columns | changed, strict=False)


def test_the_page_has_medians_quartiles_losses_and_published_values():
    lines = section(FIGURE, rows(), {None: {"d_stsp_paper": 0.015}}).splitlines()
    assert "| LSTM | 0.5 [0.375, 0.625], 1 of 3 lost | 20 | 0.5 | 10 |" in lines
    assert "**D_stsp** (floor 0.015)" in lines
    assert "| 10 | 2 [1.5, 4] *0.5* |" in lines
    assert "| 20 | 0.5 [0.375, 0.625], 1 of 3 lost |" in lines
    assert "| 40 |  *7* |" in lines
    assert lines[-1].startswith("6 trainings (seeds 0, 1, 2), 1 of which diverged; 60.0 min of CPU time")


def test_intervals_are_held_against_the_best_and_the_truth():
    near = rows(x=[10, 10, 10, 60, 60, 60], tau_pred_steps=[60.0] * 6)
    lines = section(FIGURE, near, {None: {}}).splitlines()
    assert "| LSTM | least D_stsp | 60 | 1.00 | 0.5 | 1.00 | -9.1 % |" in lines
    assert "| LSTM | ln 2 / λ_max | 60 | 1.00 | 0.5 | 1.00 | -9.1 % |" in lines
    assert not any("ln 1.3 / λ_max" in line for line in lines)  # 22.7 steps: nothing near was trained
    assert "Intervals" not in section(FIGURE, rows(tau_pred_steps=[None] * 6), {None: {}})


def test_a_line_of_which_every_training_diverged_has_no_best():
    lost = rows(status=["diverged"] * 6, d_stsp_paper=[None] * 6)
    assert "| LSTM | – | – | 0.5 | 10 |" in section(FIGURE, lost, {None: {}})


def test_a_few_survivors_are_not_the_best():
    few = rows(d_stsp_paper=[1.0, 2.0, 6.0, 0.01, None, None])
    lines = section(FIGURE, few, {None: {}}).splitlines()
    assert "| LSTM | 2 [1.5, 4] | 10 | 0.5 | 10 |" in lines
    assert "| 20 | 0.01 [0.01, 0.01], 2 of 3 lost |" in lines


def test_the_figure_shows_own_and_published_values_the_floor_the_truth_and_the_predictability_times():
    figure = draw(Found(FIGURE, rows(), {None: {"d_stsp_paper": 0.015}}))
    divergence, exponent = figure.axes
    own, published = divergence.containers
    np.testing.assert_array_equal(own.lines[0].get_ydata(), [2.0, 0.5])
    np.testing.assert_array_equal(published.lines[0].get_ydata(), [0.5, 7.0])
    levels = {
        line.get_label(): line.get_ydata()[0] for line in divergence.lines if line.get_label() == "floor"
    }
    assert levels == {"floor": 0.015}
    places = {line.get_label(): line.get_xdata()[0] for line in divergence.lines if len(line.get_xdata())}
    assert places["published"] == 46.2
    assert places[r"$\ln 2 / \lambda_{\max}$"] == 62.0
    assert [line.get_ydata()[0] for line in exponent.lines if line.get_label() == "true system"] == [1.1]
    assert exponent.get_ylim() == pytest.approx((-0.275, 1.65))
    assert [text.get_text() for text in exponent.get_xticklabels()] == ["10", "20", "40"]


def test_an_axis_about_the_truth_shows_networks_that_are_all_far_from_it():
    dead = rows(lambda_max=[-40.0, -50.0, -60.0, -40.0, -40.0, None])
    exponent = draw(Found(FIGURE, dead, {None: {}})).axes[1]
    lower, upper = exponent.get_ylim()
    assert lower < -60
    assert upper > 1.1
    one_alive = rows(lambda_max=[-40.0, -50.0, 1.0, -40.0, -40.0, None])
    assert draw(Found(FIGURE, one_alive, {None: {}})).axes[1].get_ylim()[0] < -50
    half_alive = rows(lambda_max=[-40.0, 0.9, 1.0, -40.0, -40.0, None])
    assert draw(Found(FIGURE, half_alive, {None: {}})).axes[1].get_ylim() == pytest.approx((-0.275, 1.65))


def test_nothing_to_draw_is_said():
    empty = rows(d_stsp_paper=[None] * 6, lambda_max=[None] * 6)
    with pytest.raises(ConfigError, match="no cell has any of the figure's results: all diverged"):
        draw(Found(FIGURE, empty, {None: {}}))


def test_places_that_are_names_are_drawn_and_listed_by_their_names():
    named = rows(x=["Duffing"] * 3 + ["Rossler"] * 3, lambda_max_true=[0.5] * 3 + [0.25] * 3)
    figure = PaperFigure("demo", (FIGURE.results[1],), x="dataset", x_label="")
    (axes,) = draw(Found(figure, named, {"Duffing": {}, "Rossler": {}})).axes
    assert [text.get_text() for text in axes.get_xticklabels()] == ["Duffing", "Rossler"]
    np.testing.assert_array_equal(axes.containers[0].lines[0].get_xdata(), [0, 1])
    assert axes.get_ylabel() == "λ / truth"
    np.testing.assert_allclose(axes.containers[0].lines[0].get_ydata(), [2.0, 4.0])
    floors = {"Duffing": {}, "Rossler": {}}
    true = rows(x=["Duffing"] * 3 + ["Rossler"] * 3, lambda_max_true=[0.5] * 3 + [0.25, None, None])
    lines = section(figure, true, floors).splitlines()
    assert "| | true system | LSTM |" in lines
    assert "| Duffing | 0.5 | 1 [0.95, 1.05] |" in lines
    assert "| Rossler | 0.25 | 1 [1, 1], 1 of 3 lost |" in lines
    distance = PaperFigure("demo", (Result("d_stsp_paper", "D", "D_stsp"),), x="dataset", x_label="")
    floors = {"Duffing": {"d_stsp_paper": 0.02}, "Rossler": {}}
    lines = section(distance, true, floors).splitlines()
    assert "| Duffing | 0.02 | 2 [1.5, 4] |" in lines
    assert "| Rossler | – | 0.5 [0.375, 0.625], 1 of 3 lost |" in lines


def test_lines_that_are_data_sets_have_floors_and_truths_of_their_own():
    lines = rows(
        line=["Lorenz63"] * 3 + ["Rossler"] * 3,
        x=[1.3, 1.3, 1.3, 1.3, 2.0, 2.0],
        lambda_max_true=[0.5] * 3 + [0.25, 0.25, None],
    )
    figure = PaperFigure("demo", FIGURE.results, x="training.error_growth", x_label="g", line="dataset")
    floors = {"Lorenz63": {"d_stsp_paper": 0.5}, "Rossler": {"d_stsp_paper": 0.125}}
    page = section(figure, lines, floors).splitlines()
    assert "| Rossler | 0.25 [0.25, 0.25] | 1.3 |" in page  # nothing is published of these lines
    assert "| floor | 0.5 | 0.125 |" in page
    assert "| true system | 0.5 | 0.25 |" in page
    assert "| 2 |  | 0.75 [0.75, 0.75], 1 of 2 lost |" in page
    divergence, exponent = draw(Found(figure, lines, floors)).axes
    levels = {
        float(line.get_ydata()[0])
        for line in divergence.lines
        if line.get_linestyle() == ":" and len(line.get_ydata())
    }
    assert {0.5, 0.125} <= levels
    np.testing.assert_allclose(exponent.containers[1].lines[0].get_ydata(), [4.0, 4.0])
    assert [line.get_ydata()[0] for line in exponent.lines if line.get_label() == "true system"] == [1.0]


def test_lines_of_a_setting_are_in_its_order_and_say_its_name(tmp_path, monkeypatch):
    table = rows(status=["finished"] * 6).rename({"x": "tau_steps"}).drop("line")
    table = table.with_columns(pl.Series("training.num_steps", [3000, 20000, 1000] * 2))
    monkeypatch.setattr(reproduction, "table_of", lambda sweep: table)
    monkeypatch.setattr(reproduction, "summary_of", lambda sweep, cell: {"metrics": {}})
    sweep = Sweep(tmp_path, {"base": {"model._target_": "rnnchaos.models.LSTM"}})
    found = found_in(sweep, PaperFigure("demo", FIGURE.results, line="training.num_steps"))
    lines = found.rows["line"].unique(maintain_order=True).to_list()
    assert lines == ["num_steps 1000", "num_steps 3000", "num_steps 20000"]
    sweep = Sweep(
        tmp_path, {"base": {"model._target_": "rnnchaos.models.LSTM", "dataset._target_": "x.Rossler"}}
    )
    of_one_system = found_in(sweep, PaperFigure("demo", FIGURE.results, x="dataset"))
    assert set(of_one_system.rows["x"]) == {"Rossler"}
    assert list(of_one_system.floors) == ["Rossler"]
    with pytest.raises(
        ConfigError, match=r"drawn against protocol\.spread, which these trainings do not have"
    ):
        found_in(sweep, PaperFigure("demo", FIGURE.results, x="protocol.spread"))
    of_model = found_in(sweep, FIGURE).rows
    assert set(of_model["line"]) == {"LSTM"}
    assert of_model["x"].is_sorted()
