"""The settings of a run, typed and checked. A setting that says "steps" counts sampling steps of the data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rnnchaos.data import Preparation
from rnnchaos.diagnostics import DiagnosticsSettings
from rnnchaos.errors import ConfigError
from rnnchaos.protocols import Regularization
from rnnchaos.settings.bounds import Auto, check_least, check_positive

__all__ = [
    "Component",
    "DatasetSettings",
    "ModelSettings",
    "OptimizerSettings",
    "ProtocolSettings",
    "Settings",
    "SystemSettings",
    "TauRule",
    "TrainingSettings",
    "WeightsSettings",
]

TauRule = Literal["auto", "mutual_information", "autocorrelation"]
"""What a forcing interval may be left to: λ_max, or how long the series remembers itself."""


@dataclass(frozen=True)
class Component:
    """A class of this package by its dotted name, and the keyword arguments to build it with."""

    target: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class DatasetSettings:
    """Where the series comes from, and what is done to it before training."""

    source: Component
    preparation: Preparation


@dataclass(frozen=True)
class ModelSettings:
    """The recurrent cell, and how it is observed: by a trained matrix, or by its first hidden units."""

    cell: Component
    observation: Literal["linear", "identity"] = "linear"


@dataclass(frozen=True)
class ProtocolSettings:
    """How the network is forced in training, and what is added to the loss and to the data."""

    forcing: Component
    regularization: Regularization


@dataclass(frozen=True)
class OptimizerSettings:
    """An optimiser of optax, its learning rate over the run, and gradient clipping."""

    name: str
    """Of a function of optax or optax.contrib that makes an optimiser of a learning rate."""
    learning_rate: float
    """Where the schedule begins, or its peak where it has one."""
    schedule: str = "constant"
    """A schedule of optax; `_schedule` and `_decay` at the end of its name may be left out."""
    final_learning_rate: float | None = None
    """Where a schedule with an `alpha`, `decay_rate` or `end_value` ends, at the last step of training.

    None leaves that to `schedule_options`, or to optax.
    """
    warmup_steps: int = 0
    """Optimiser steps over which the learning rate first rises linearly from 0."""
    clip_norm: float | None = None
    """Largest Euclidean norm of the whole gradient; a larger one is scaled down to it."""
    clip_value: float | None = None
    """Largest absolute value of every gradient entry."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the optimiser, by the names of optax; in a config they stand beside the settings above."""
    schedule_options: Mapping[str, Any] = field(default_factory=dict)
    """Of the schedule, by the names of optax; numbers of steps are those of training unless given."""

    def __post_init__(self) -> None:
        for name in ("learning_rate", "final_learning_rate", "clip_norm", "clip_value"):
            check_positive(f"optimizer.{name}", getattr(self, name))
        check_least("optimizer.warmup_steps", self.warmup_steps, minimum=0, unit="steps")
        check_least("optimizer.weight_decay", self.options.get("weight_decay"), minimum=0)
        momentum = self.options.get("momentum")
        if momentum is not None and not 0 <= momentum < 1:
            raise ConfigError(
                f"optimizer.momentum must be from 0 up to but not including 1, got {momentum:g}"
            )


@dataclass(frozen=True)
class TrainingSettings:
    """How long training takes, on what batches, and how often it leaves a trace."""

    num_steps: int
    """Optimiser steps."""
    batch_size: int
    """Windows per optimiser step."""
    window: int | Auto
    """Predicted steps per window; auto makes it a few forcing intervals long."""
    record_every: int
    """Optimiser steps between two recorded losses and gradient norms."""
    checkpoint_every: int
    """Optimiser steps between two checkpoints."""
    keep: Literal["last", "prediction_error", "d_stsp", "d_h", "wasserstein"]
    """Which weights the run keeps: the last, or of late candidates the best by a metric on the validation series."""
    error_growth: float = 2.0
    """With protocol.tau=auto, the factor by which errors grow from one forcing to the next: τ = ln(growth) / λ_max."""

    def __post_init__(self) -> None:
        check_least("training.num_steps", self.num_steps, minimum=1, unit="step")
        check_least("training.batch_size", self.batch_size, minimum=1, unit="window")
        check_least("training.window", self.window, minimum=1, unit="step")
        check_least("training.record_every", self.record_every, minimum=1, unit="step")
        check_least("training.checkpoint_every", self.checkpoint_every, minimum=1, unit="step")
        if self.error_growth <= 1:
            raise ConfigError(f"training.error_growth must be greater than 1, got {self.error_growth:g}")


@dataclass(frozen=True)
class EnsembleSettings:
    """Networks that are trained together, alike but for their seeds."""

    seeds: int = 1
    """How many: from the seeds seed, seed + 1, …"""
    form: Literal["auto", "processes", "batch"] = "auto"
    """One process a core, or all in one program; auto takes processes on a CPU and the batch on other devices."""

    def __post_init__(self) -> None:
        check_least("ensemble.seeds", self.seeds, minimum=1)


@dataclass(frozen=True)
class _RunSettings:
    """What every command that writes a run folder needs."""

    name: str
    """Folder of the run under `outputs`."""
    seed: int
    outputs: Path
    diagnostics: DiagnosticsSettings

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.=+,-]*", self.name):
            raise ConfigError(
                f"name must be a folder name of letters, digits and _ . = + , -, got {self.name!r}"
            )
        if not 0 <= self.seed < 2**32:
            raise ConfigError(f"seed must be from 0 to {2**32 - 1}, got {self.seed}")


@dataclass(frozen=True)
class SystemSettings(_RunSettings):
    """Settings of the diagnostics of a system with known equations, without training."""

    dataset: DatasetSettings


@dataclass(frozen=True)
class WeightsSettings(_RunSettings):
    """Settings of the diagnostics of a network that was trained elsewhere."""

    weights: Path
    """A .safetensors or .npz file with PyTorch's parameter names."""
    activation: Literal["tanh", "relu"]
    """Of a vanilla RNN."""
    readout: str | None
    """The linear layer that is fed back as input, `auto` for the only one, None for an input of 0."""
    time_per_step: float
    model: ModelSettings | None = None
    """Only its class counts, and is held against the file; None takes what the file holds."""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive("time_per_step", self.time_per_step)


@dataclass(frozen=True)
class Settings(_RunSettings):
    """All settings of a training run."""

    dataset: DatasetSettings
    precision: Literal["float32", "float64"]
    """Of training; diagnostics compute in float64 whatever it is."""
    model: ModelSettings
    protocol: ProtocolSettings
    optimizer: OptimizerSettings
    training: TrainingSettings
    ensemble: EnsembleSettings = field(default_factory=EnsembleSettings)

    def __post_init__(self) -> None:
        super().__post_init__()
        length = self.dataset.preparation.train_length
        if isinstance(self.training.window, int) and length is not None and self.training.window >= length:
            raise ConfigError(
                f"training.window must be less than dataset.train_length ({length} steps), "
                f"got {self.training.window}"
            )
        if self.optimizer.warmup_steps >= self.training.num_steps:
            raise ConfigError(
                "optimizer.warmup_steps must be less than training.num_steps "
                f"({self.training.num_steps} steps), got {self.optimizer.warmup_steps}"
            )

    @property
    def tau(self) -> int | TauRule | None:
        """Forcing interval in steps, the rule that gives it, or None for a protocol without one."""
        return self.protocol.forcing.arguments.get("tau")
