"""Metrics from outside this package."""

import abc
import inspect
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from rnnchaos import plugins
from rnnchaos.errors import ConfigError


class AbstractMetric(abc.ABC):
    """How unlike the truth a generated series is, in one number; the first paragraph of a docstring is its definition.

    The number is stored and shown with its floor, a second orbit of the truth held against the truth, and its ceiling,
    a fixed point at the truth's mean. A ConfigError that it raises says why two series have no such number.
    """

    unit: ClassVar[str] = "1"

    @abc.abstractmethod
    def __call__(
        self, truth: Float[np.ndarray, "time dimension"], generated: Float[np.ndarray, "steps dimension"]
    ) -> float:
        """The number for two finite series, in the scaled units that the network is trained on."""

    @property
    def definition(self) -> str:
        """What the number is, in words."""
        return " ".join((inspect.getdoc(type(self)) or "").split("\n\n")[0].split())


# What the names of the metrics and exponents of this package begin with.
_TAKEN = (
    "d_stsp",
    "d_h_",
    "wasserstein",
    "n_step_error",
    "valid_prediction_time",
    "lambda_max",
    "kaplan_yorke",
)
# Other words of a summary, of its driven and forced parts, and of the table of a sweep with the groups that vary there.
_SAID = {
    "attempts", "attractors", "bifurcation", "candidates", "cell", "cells", "conditional_lambda_max", "cpu_seconds",
    "cpu_seconds_training", "cycles", "data", "dataset", "delays_added", "diagnostics", "diverged", "driven",
    "echo_state", "ensemble", "escape_step", "escaped", "failed", "finished", "flow_checks", "forced",
    "forced_lambda_max", "forced_sentence", "geometry", "gradients", "kept", "kept_attempt", "kept_step", "learned",
    "leaving", "logging", "lyapunov", "lyapunov_checks", "metrics", "model", "models", "name", "num_weights",
    "optimizer", "outputs", "precision", "protocol", "reason", "rivals", "seed", "sentence", "share",
    "spectrum_comparison", "state_size", "status", "steps", "tau_pred_steps", "tau_rule", "tau_steps", "telling",
    "training", "trial", "truth", "used_equations", "verdict", "window_steps",
}  # fmt: skip


def metrics_from_outside() -> dict[str, AbstractMetric]:
    """The metrics of plugins by their names. Raises ConfigError for a plugin that is none, or whose name is taken."""
    found = plugins.choices("metric")
    for name, choice in found.items():
        if name.startswith(_TAKEN) or name in _SAID or not name.isidentifier():
            is_word = (
                "is one of rnnchaos already" if name.isidentifier() else "is no word of letters, digits and _"
            )
            raise ConfigError(f"the metric {name} of {choice.origin} {is_word}; name it otherwise")
    return {name: choice.load()[0]() for name, choice in found.items()}
