"""Loss, optimiser steps and the compiled training program."""

from rnnchaos.training.loss import (
    forced_states,
    loss_and_gradient,
    segment_loss_and_gradient,
    sequential_loss,
)
from rnnchaos.training.trainer import StepRecord, Trainer, TrainState, draw_windows

__all__ = [
    "StepRecord",
    "TrainState",
    "Trainer",
    "draw_windows",
    "forced_states",
    "loss_and_gradient",
    "segment_loss_and_gradient",
    "sequential_loss",
]
