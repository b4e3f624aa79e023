"""Loss, optimiser steps and the compiled training program."""

from rnnchaos.protocols import TrainingSeries, Windows, draw_windows
from rnnchaos.training.base import AbstractTrainer
from rnnchaos.training.deer import Memory, NewtonSteps, SolverName, WindowSolver
from rnnchaos.training.ensemble import members, run_ensemble, run_members, stacked
from rnnchaos.training.gauss_newton import GaussNewton
from rnnchaos.training.loss import (
    forced_states,
    forced_step,
    loss_and_gradient,
    segment_loss_and_gradient,
    sequential_loss,
)
from rnnchaos.training.optimizer import Numbers, Optimizer
from rnnchaos.training.regression import Regression
from rnnchaos.training.state import StepRecord, TrainState
from rnnchaos.training.trainer import Trainer

__all__ = [
    "AbstractTrainer",
    "GaussNewton",
    "Memory",
    "NewtonSteps",
    "Numbers",
    "Optimizer",
    "Regression",
    "SolverName",
    "StepRecord",
    "TrainState",
    "Trainer",
    "TrainingSeries",
    "WindowSolver",
    "Windows",
    "draw_windows",
    "forced_states",
    "forced_step",
    "loss_and_gradient",
    "members",
    "run_ensemble",
    "run_members",
    "segment_loss_and_gradient",
    "sequential_loss",
    "stacked",
]
