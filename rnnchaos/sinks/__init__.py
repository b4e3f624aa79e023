"""Where the progress of a training goes beside its folder: TensorBoard, and what users bring. None can hurt a run."""

from rnnchaos.sinks.base import AbstractSink, Nothing, Start
from rnnchaos.sinks.tensorboard import TensorBoard

__all__ = ["AbstractSink", "Nothing", "Start", "TensorBoard"]
