"""The settings of each kind of run, made of their groups. "Steps" are sampling steps of the data."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Le

from rnnchaos.data import window_too_long
from rnnchaos.data.scaling import ScalingForm
from rnnchaos.diagnostics import DiagnosticsSettings
from rnnchaos.setting import LARGEST, Auto, Interval, Seed, SettingError, Steps, check_fields
from rnnchaos.settings.groups import (
    Component,
    DatasetSettings,
    EnsembleSettings,
    ModelSettings,
    OptimizerSettings,
    ProtocolSettings,
    TauRule,
    TrainingSettings,
)


@dataclass(frozen=True, kw_only=True)
class _RunSettings:
    """What every command that writes a run folder needs."""

    name: str
    """Folder of the run under `outputs`."""
    seed: Seed = 0
    """Of every random draw of the run."""
    outputs: Path = Path("outputs")
    """Folder under which run folders are made."""
    diagnostics: DiagnosticsSettings = field(default_factory=DiagnosticsSettings)

    def __post_init__(self) -> None:
        check_fields(self)
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.=+,-]*", self.name):
            raise SettingError("name", "be a folder name of letters, digits and _ . = + , -", self.name)


@dataclass(frozen=True, kw_only=True)
class SystemSettings(_RunSettings):
    """Settings of the diagnostics of a system with known equations, without training."""

    dataset: DatasetSettings


@dataclass(frozen=True, kw_only=True)
class WeightsSettings(_RunSettings):
    """Settings of the diagnostics of a network that was trained elsewhere."""

    weights: Path
    """A .safetensors, .npz, .pt or .pth file with the names of PyTorch's layers or cells (weight_ih_l0, …) or those of
    the papers on PLRNNs (A, W, h; A, W1, W2, h1, h2; A, W, h, alpha, H)."""
    model: ModelSettings | None = None
    """Which network it is: its class, clipped and rectified count. A PLRNN's names do not tell; others are checked."""
    weights_order: Literal["out_in", "in_out"] = "out_in"
    """How matrices are stored: out_in takes W x, in_out takes x W, all of them transposed."""
    activation: Literal["auto", "tanh", "relu"] = "auto"
    """Of a vanilla RNN; auto is what the file or the model says, else tanh."""
    readout: str | None = "auto"
    """The linear layer that is fed back as input, `auto` for the only one; None takes all inputs from outside."""
    feedback: Literal["all", "first", "last", "none"] = "all"
    """Which inputs the readout is fed back to; the others come from outside, and are 0 unless they are given."""
    ignore: tuple[str, ...] = ()
    """Arrays, or modules such as `norm`, that take no part in the steps; others that are not used are refused."""
    input: Path | None = None
    """What drives the network, a row for each step, scaled already where its inputs are; None holds them at 0."""
    example: Path | None = None
    """An orbit of the network, one state a row (then its inputs): the network must take each state to the next."""
    time_per_step: Interval | Auto = "auto"
    """Time units per step of the network; auto is what the file says, else 1."""


@dataclass(frozen=True, kw_only=True)
class JudgingSettings(WeightsSettings):
    """Settings of rnnchaos judge: what is judged, and against what truth."""

    subjects: tuple[str, ...] = ()
    """Files of trajectories and run folders, which stand on the command line by themselves; a pattern, or files with
    commas between them, are the pieces of one trajectory."""
    weights: Path | None = None  # type: ignore[assignment]
    """A file of weights to judge, as `rnnchaos lyapunov weights=FILE` takes it."""
    against: Path | None = None
    """The truth: a file of its series, or a run folder, whose test series and exponents count; or dataset=…."""
    train: Path | None = None
    """Another series of the same, beside a file: gives its scaling, exponents and floors; None takes what there is."""
    dt: Interval | None = None
    """Time units per row of the files; None takes a time column, or the truth's, or counts in steps."""
    time_column: str | int | None = "auto"
    """Column of sampling times in the files; auto and None: there is none, or it is left out."""
    columns: tuple[str | int, ...] | None = None
    """Names or indices of the columns of a truth from a file; None uses all but the time column."""
    starts: Path | tuple[Annotated[int, Ge(0), Le(LARGEST)], ...] | None = None
    """Rows of the truth after which forecasts begin, one for each piece of a trajectory: a list, or a file of them."""
    scaled: bool = False
    """Whether models are in the truth's scaled units; else they are in the data's."""
    scaling: ScalingForm = "axis"
    """Of a truth from a file: every axis by its own mean and standard deviation, all by one (global), or none."""
    flow: bool = False
    """Whether a truth from a file is a flow, autonomous and in continuous time."""
    hear: Steps = 100
    """Rows of the data that a network whose readout is fed back hears before it runs by itself."""
    rivals: bool = True
    """Whether a copy of the past is judged beside the models."""
    dataset: DatasetSettings | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.against is None and self.dataset is None:
            raise SettingError("against", "be a file or a run folder, or dataset=… name the truth", None)
        if self.against is not None and self.dataset is not None:
            raise SettingError("against", "be left out where dataset=… names the truth", self.against)
        if not self.subjects and self.weights is None:
            raise SettingError("subjects", "be files or run folders, or weights be given", [*self.subjects])


@dataclass(frozen=True, kw_only=True)
class Settings(_RunSettings):
    """All settings of a training run."""

    dataset: DatasetSettings
    precision: Literal["auto", "float32", "float64"] = "auto"
    """Of training; diagnostics compute in float64 whatever it is. auto: float64 of Gauss–Newton steps, else float32."""
    model: ModelSettings
    protocol: ProtocolSettings
    optimizer: OptimizerSettings
    training: TrainingSettings = field(default_factory=TrainingSettings)
    logging: Component | None = field(default=None, compare=False)
    """Where progress goes beside the run folder, not stored with it; None leaves it to who has started this process."""
    ensemble: EnsembleSettings = field(default_factory=EnsembleSettings)

    def __post_init__(self) -> None:
        super().__post_init__()
        window, length = self.training.window, self.dataset.preparation.train_length
        if isinstance(window, int) and length is not None and window >= length:
            raise SettingError(
                "training.window", f"be less than dataset.train_length ({length} steps)", window
            )
        wanted = self.dataset.preparation
        if wanted.off_attractor_orbits and isinstance(window, int) and window >= wanted.off_attractor_steps:
            raise window_too_long(wanted.off_attractor_steps, window)
        warmup, num_steps = self.optimizer.warmup_steps, self.training.num_steps
        if isinstance(num_steps, int) and warmup >= num_steps:
            raise SettingError(
                "optimizer.warmup_steps", f"be less than training.num_steps ({num_steps} steps)", warmup
            )

    @property
    def is_double(self) -> bool:
        """Whether training computes in float64."""
        return self.precision == "float64" or (
            self.precision == "auto" and self.optimizer.name == "gauss_newton"
        )

    @property
    def tau(self) -> int | TauRule | None:
        """Forcing interval in steps, the rule that gives it, or None for a protocol without one."""
        return self.protocol.forcing.arguments.get("tau")
