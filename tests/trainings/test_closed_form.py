"""A fit in closed form leaves what it has: a loss, and no gradient."""

import jax
import jax.numpy as jnp
import numpy as np
from composed import settings

from rnnchaos.figures import training_figure
from rnnchaos.pieces import Pieces
from rnnchaos.report.curves import history as charts_so_far
from rnnchaos.report.curves import training as charts
from rnnchaos.settings import build
from rnnchaos.training import TrainingSeries, members, run_ensemble, stacked
from rnnchaos.trainings.history import History, JacobianProducts

WANTED = settings("model=ngrc", "training.window=20")


def fitted(count):
    """The records of so many fits, in one program."""
    values = np.random.default_rng(0).standard_normal((300, 2)).cumsum(0)
    series = TrainingSeries.of(Pieces.of(values), window=20, dtype=jnp.float64)
    trainer = build.trainer(WANTED, auto_tau=1)
    state = trainer.init(build.network(WANTED, 2, key=jax.random.key(0)), key=jax.random.key(1))
    if count == 1:
        return [trainer.run(state, series, 1)[1]]
    return members(run_ensemble(trainer, stacked([state] * count), series, 1)[1])


def recorded():
    history = History()
    line = history.add(fitted(1)[0], step=1, attempt_steps=1, products=JacobianProducts(0.1, 0.2), score=None)
    return history, line


def test_there_is_no_gradient_norm_in_its_records():
    history, line = recorded()
    assert sorted(line) == [
        *(
            "attempt",
            "attempt_steps",
            "log_jacobian_over_tau",
            "log_jacobian_over_window",
            "loss",
            "step",
            "weight_norm",
        ),
    ]
    assert sorted(history.arrays()) == ["attempt", "loss", "weight_norm"]
    assert History.restored([line], history.arrays()).arrays().keys() == history.arrays().keys()


def test_several_in_one_program_have_none_either():
    assert [each.gradient_norm for each in fitted(2)] == [None, None]


def test_figures_and_reports_show_the_loss_alone():
    history, line = recorded()
    (panel,) = training_figure(history.arrays()["loss"]).axes
    assert panel.get_ylabel() == "loss (scaled units²)"
    assert panel.get_lines()[-1].get_marker() == "."  # one step makes no line
    assert [chart.title for chart in charts(history.arrays())] == ["Loss over training"]
    assert [chart.title for chart in charts_so_far([line])] == ["Loss so far"]
