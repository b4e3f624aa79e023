"""The settings of a run, typed and checked. A setting that says "steps" counts sampling steps of the data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rnnchaos.config.bifurcation import BifurcationSettings
from rnnchaos.data import Preparation
from rnnchaos.errors import ConfigError

Auto = Literal["auto"]


def _check(key: str, value: int | float | Auto | None, *, minimum: int | float, unit: str = "") -> None:
    if isinstance(value, int | float) and value < minimum:
        raise ConfigError(f"{key} must be at least {minimum:g}{unit and ' ' + unit}, got {value}")


def _check_positive(key: str, value: float | None) -> None:
    if value is not None and value <= 0:
        raise ConfigError(f"{key} must be greater than 0, got {value:g}")


def check_tau(tau: int, window: int) -> None:
    """Raise ConfigError where the forcing interval is longer than the training window, both in steps."""
    if tau > window:
        raise ConfigError(f"protocol.tau must be at most training.window ({window} steps), got {tau}")


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
class OptimizerSettings:
    """An optax optimiser by name, its learning rate over the run, and gradient clipping."""

    name: Literal["adam", "adamw", "radam", "rmsprop", "sgd"]
    learning_rate: float
    schedule: Literal["constant", "cosine", "exponential"] = "constant"
    final_learning_rate: float | None = None
    """Where a cosine or exponential schedule ends, at the last step of training."""
    warmup_steps: int = 0
    """Optimiser steps over which the learning rate first rises linearly from 0."""
    clip_norm: float | None = None
    """Largest Euclidean norm of the whole gradient; a larger one is scaled down to it."""
    clip_value: float | None = None
    """Largest absolute value of every gradient entry."""
    weight_decay: float | None = None
    """Decoupled weight decay, for adamw only."""
    momentum: float | None = None
    """For sgd and rmsprop only."""

    def __post_init__(self) -> None:
        for name in ("learning_rate", "final_learning_rate", "clip_norm", "clip_value"):
            _check_positive(f"optimizer.{name}", getattr(self, name))
        _check("optimizer.warmup_steps", self.warmup_steps, minimum=0, unit="steps")
        _check("optimizer.weight_decay", self.weight_decay, minimum=0)
        if self.momentum is not None and not 0 <= self.momentum < 1:
            raise ConfigError(
                f"optimizer.momentum must be from 0 up to but not including 1, got {self.momentum:g}"
            )
        for name, users in (("weight_decay", ("adamw",)), ("momentum", ("sgd", "rmsprop"))):
            if getattr(self, name) is not None and self.name not in users:
                raise ConfigError(
                    f"optimizer.{name} has no effect on {self.name}; it is for {' and '.join(users)}"
                )
        if (self.final_learning_rate is None) != (self.schedule == "constant"):
            need = "cannot be set" if self.schedule == "constant" else "must be given"
            raise ConfigError(f"optimizer.final_learning_rate {need} with optimizer.schedule={self.schedule}")


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
    keep: Literal["best", "last"]
    """Which weights the run keeps: those whose free run is most like the training series, or the last."""

    def __post_init__(self) -> None:
        _check("training.num_steps", self.num_steps, minimum=1, unit="step")
        _check("training.batch_size", self.batch_size, minimum=1, unit="window")
        _check("training.window", self.window, minimum=1, unit="step")
        _check("training.record_every", self.record_every, minimum=1, unit="step")
        _check("training.checkpoint_every", self.checkpoint_every, minimum=1, unit="step")


@dataclass(frozen=True)
class FreeRunSettings:
    """The free-running series that is compared with the data."""

    num_steps: int | Auto = "auto"
    """auto: as many as the test series has."""
    transient: int = 0
    """Steps dropped at the start."""

    def __post_init__(self) -> None:
        _check("diagnostics.free_run.num_steps", self.num_steps, minimum=1, unit="step")
        _check("diagnostics.free_run.transient", self.transient, minimum=0, unit="steps")


@dataclass(frozen=True)
class LyapunovSettings:
    """The Lyapunov spectrum, from QR decompositions along orbits."""

    num_steps: int = 20_000
    """Steps per orbit of a trained network, after the transient."""
    system_steps: int = 50_000
    """Steps per orbit of a system with known equations, after the transient."""
    num_orbits: int = 16
    """Orbits from different starting points, averaged; their spread gives the standard errors."""
    num_exponents: int | Auto = "auto"
    """auto: all, or of a state of many dimensions as many as the Kaplan–Yorke dimension needs."""
    transient: int | Auto = "auto"
    """Steps that do not count while state and tangent vectors settle; auto finds out how many they need."""
    num_blocks: int = 40
    """Blocks per orbit, for the convergence plot and the transient."""
    qr_every: int | Auto = "auto"
    """Steps between QR decompositions; auto keeps the smallest exponent within float64."""
    max_extension: int = 500
    """With a target for the error, at most this many times as many steps are taken."""
    checks: bool = True
    """Whether a flow is measured once more with half its integration step."""
    window: int | Auto = "auto"
    """Steps of the shortest windows of the finite-time exponents; auto: ln 2 / λ_max."""
    covariant: bool = False
    """Whether `rnnchaos lyapunov` also finds covariant Lyapunov vectors and the angles between them."""

    def __post_init__(self) -> None:
        _check("diagnostics.lyapunov.transient", self.transient, minimum=0, unit="steps")
        _check("diagnostics.lyapunov.num_blocks", self.num_blocks, minimum=4, unit="blocks")
        _check("diagnostics.lyapunov.num_exponents", self.num_exponents, minimum=1, unit="exponent")
        _check("diagnostics.lyapunov.qr_every", self.qr_every, minimum=1, unit="step")
        _check("diagnostics.lyapunov.num_orbits", self.num_orbits, minimum=1, unit="orbit")
        _check("diagnostics.lyapunov.max_extension", self.max_extension, minimum=1)
        _check("diagnostics.lyapunov.window", self.window, minimum=1, unit="step")
        for name in ("num_steps", "system_steps"):
            _check(f"diagnostics.lyapunov.{name}", getattr(self, name), minimum=self.num_blocks, unit="steps")


@dataclass(frozen=True)
class GradientSettings:
    """The growth of ‖dz_T/dz_1‖ with the lag T."""

    max_lag: int = 10_000
    """Longest lag in steps."""
    num_starts: int = 10
    """Starting points along the orbit."""

    def __post_init__(self) -> None:
        _check("diagnostics.gradients.max_lag", self.max_lag, minimum=10, unit="steps")
        _check("diagnostics.gradients.num_starts", self.num_starts, minimum=1, unit="start")


@dataclass(frozen=True)
class PredictionSettings:
    """Forecasts from points of the test series."""

    num_starts: int = 100
    """Points of the test series from which a forecast starts."""
    horizon: int = 1_000
    """Longest forecast in steps."""
    n: int = 20
    """The n-step error is taken this many steps ahead."""
    threshold: float = 0.4
    """Normalised error at which a forecast stops being valid; 1 is as bad as an unrelated point."""

    def __post_init__(self) -> None:
        _check("diagnostics.prediction.num_starts", self.num_starts, minimum=1, unit="start")
        _check("diagnostics.prediction.horizon", self.horizon, minimum=1, unit="step")
        _check("diagnostics.prediction.n", self.n, minimum=1, unit="step")
        _check_positive("diagnostics.prediction.threshold", self.threshold)
        if self.n > self.horizon:
            raise ConfigError(
                "diagnostics.prediction.n must be at most diagnostics.prediction.horizon "
                f"({self.horizon} steps), got {self.n}"
            )


@dataclass(frozen=True)
class DiagnosticsSettings:
    """What is measured on a trained network or on a system."""

    free_run: FreeRunSettings = field(default_factory=FreeRunSettings)
    lyapunov: LyapunovSettings = field(default_factory=LyapunovSettings)
    gradients: GradientSettings = field(default_factory=GradientSettings)
    prediction: PredictionSettings = field(default_factory=PredictionSettings)
    bifurcation: BifurcationSettings = field(default_factory=BifurcationSettings)
    target_stderr: float | None = None
    """Standard error of λ_max, in nats per time unit, up to which Lyapunov spectra go on."""
    target_relative_error: float | None = 0.01
    """The same as a share of λ_max, for `rnnchaos lyapunov` of a chaotic system and without `target_stderr`."""
    figures: bool = True
    """Whether figures are drawn beside the numbers."""

    def __post_init__(self) -> None:
        _check_positive("diagnostics.target_stderr", self.target_stderr)
        _check_positive("diagnostics.target_relative_error", self.target_relative_error)


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
        _check_positive("time_per_step", self.time_per_step)


@dataclass(frozen=True)
class Settings(_RunSettings):
    """All settings of a training run."""

    dataset: DatasetSettings
    precision: Literal["float32", "float64"]
    """Of training; diagnostics compute in float64 whatever it is."""
    model: ModelSettings
    protocol: Component
    optimizer: OptimizerSettings
    training: TrainingSettings

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.training.window, int) and isinstance(self.tau, int):
            check_tau(self.tau, self.training.window)
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
    def tau(self) -> int | Auto | None:
        """Forcing interval in steps, `auto`, or None for a protocol without one."""
        return self.protocol.arguments.get("tau")
