"""What a figure of a sweep shows of its table."""

import polars as pl
import pytest

from rnnchaos.sweeps.plot import Axes, figure_of, usual_axes


def table(**columns):
    count = len(next(iter(columns.values())))
    return pl.DataFrame({"cell": [str(i) for i in range(count)], "status": ["finished"] * count, **columns})


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (["tanh", None, "relu", None], ["relu", "tanh", "without activation"]),
        ([50, None, 30, None], ["activation 30", "activation 50", "without activation"]),
    ],
)
def test_trainings_that_lack_the_setting_of_the_hue_are_the_last_group(values, labels):
    found = table(
        seed=[0, 1, 2, 3],
        **{"protocol.tau": [5, 5, 10, 10], "model.activation": values},
        d_stsp_paper=[1.0, 2.0, 3.0, 4.0],
    )
    axes, *_ = usual_axes(found, ["protocol.tau", "model.activation", "seed"])
    assert axes.hue == "model.activation"
    (panel,) = figure_of(found, axes).axes
    assert panel.get_legend_handles_labels()[1] == labels
    assert panel.containers[-1].lines[0].get_ydata().tolist() == [2.0, 4.0]


def test_times_are_labelled_by_their_units():
    found = table(
        tau=[5, 10],
        valid_prediction_time=[8.0, None],
        valid_prediction_time_in_time_units=[None, 30.0],
    )
    names = [axes.y for axes in usual_axes(found, ["tau"])]
    assert names == ["valid_prediction_time", "valid_prediction_time_in_time_units"]
    labels = [figure_of(found, Axes("tau", name)).axes[0].get_ylabel() for name in names]
    assert labels == ["valid prediction time (Lyapunov times)", "valid prediction time (time units)"]
