"""The groups of a run's settings, typed and checked. A setting that says "steps" counts sampling steps of the data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, Lt

from rnnchaos.data import Preparation
from rnnchaos.models import Delays
from rnnchaos.protocols import Regularization
from rnnchaos.setting import (
    MOST_CELLS,
    AnySteps,
    Auto,
    Declaration,
    NotNegative,
    Positive,
    SettingError,
    Steps,
    Unit,
    check_fields,
    chosen,
)
from rnnchaos.training import Memory, NewtonSteps, SolverName

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
    observation: Literal["auto", "linear", "identity"] = "auto"
    """linear: a trained observation matrix; identity: the first hidden units are observed; auto: identity where
    Gauss–Newton steps train as many units as dimensions, else linear."""
    embedding_dimension: Annotated[int, Ge(1), Le(1000)] | Auto = "auto"
    """Observations that the state stands for together, the newest of which is observed; auto takes 2 where several
    axes hide a part of the state and show it with them, and all else is auto, else 1."""
    embedding_lag: Steps | Auto = "auto"
    """Steps from one of these observations to the next; auto takes 1 with an automatic dimension, and else those with
    which local linear predictions err least."""
    embedding_axes: tuple[Annotated[int, Ge(0)], ...] | Auto = "auto"
    """Indices of the observed axes of which the older observations are taken; auto takes all, or with an automatic
    dimension the one of whose steps least is known, if that will do."""

    def __post_init__(self) -> None:
        check_fields(self)
        axes = self.embedding_axes
        if axes != "auto" and (not axes or len(set(axes)) != len(axes)):
            raise SettingError("embedding_axes", "name each axis once", list(axes))

    @property
    def past(self) -> Delays:
        """The earlier observations that the state stands for: none where nothing has been put in place of auto."""
        if self.embedding_dimension in ("auto", 1):
            return Delays()
        axes = None if self.embedding_axes == "auto" else self.embedding_axes
        return Delays(
            chosen(self.embedding_dimension), 1 if self.embedding_lag == "auto" else self.embedding_lag, axes
        )


@dataclass(frozen=True)
class ProtocolSettings:
    """How the network is forced in training, and what is added to the loss and to the data."""

    forcing: Component
    regularization: Regularization


@dataclass(frozen=True)
class OptimizerSettings:
    """An optimiser of optax, its learning rate over the run, and gradient clipping; or Gauss–Newton steps."""

    name: str
    """Of a function of optax or optax.contrib that makes an optimiser of a learning rate; gauss_newton; or auto, which
    is gauss_newton where the data show the whole state and the network is small, else adamw."""
    learning_rate: Positive = 1e-3
    """Where the schedule begins, or its peak where it has one."""
    schedule: str = "constant"
    """A schedule of optax; `_schedule` and `_decay` at the end of its name may be left out."""
    final_learning_rate: Positive | None = None
    """Where a schedule with an `alpha`, `decay_rate` or `end_value` ends, at the last step of training.

    None leaves that to `schedule_options`, or to optax.
    """
    warmup_steps: AnySteps = 0
    """Optimiser steps over which the learning rate first rises linearly from 0."""
    clip_norm: Positive | None = None
    """Largest Euclidean norm of the whole gradient; a larger one is scaled down to it."""
    clip_value: Positive | None = None
    """Largest absolute value of every gradient entry."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the optimiser, by the names of optax; in a config they stand beside the settings above."""
    schedule_options: Mapping[str, Any] = field(default_factory=dict)
    """Of the schedule, by the names of optax; numbers of steps are those of training unless given."""

    def __post_init__(self) -> None:
        check_fields(self)
        for name, annotation in _OF_OPTAX.items():
            Declaration.of(annotation).check(name, self.options.get(name))


# Bounds that optax does not check itself.
_OF_OPTAX = {
    "damping": Positive,
    "memory": NotNegative,
    "weight_decay": NotNegative,
    "momentum": Annotated[float, Ge(0), Lt(1)],
}


@dataclass(frozen=True)
class TrainingSettings:
    """How long training takes, on what batches, and how often it leaves a trace."""

    num_steps: Steps | Auto = "auto"
    """Optimiser steps; auto takes 800 Gauss–Newton steps, or 12 000 others."""
    batch_size: Annotated[int, Ge(1), Unit("window")] | Auto = "auto"
    """Windows per optimiser step; auto takes 8, of Gauss–Newton steps as many as hold 520 predicted steps."""
    window: Steps | Auto = "auto"
    """Predicted steps per window, at least protocol.tau; auto makes it a few forcing intervals long, one of
    Gauss–Newton steps."""
    record_every: Steps | Auto = "auto"
    """Optimiser steps between two recorded losses and gradient norms; auto takes 20 Gauss–Newton steps, 200 others."""
    checkpoint_every: Steps = 2_000
    """Optimiser steps between two checkpoints."""
    keep: Literal["attractor", "last", "prediction_error", "d_stsp", "d_h", "wasserstein"] = "attractor"
    """Which weights the run keeps: the last, or the best of late candidates on the validation series: by how many of
    their orbits stay on the attractor, Wasserstein's distance and the zero exponent of a flow, or by a metric."""
    attempts: Annotated[int, Ge(1), Le(20)] | Auto = "auto"
    """Trainings at most, from different draws: the next begins where no candidate of the last passes its trial of the
    attractor (training.keep=attractor), and the best of all is kept; auto takes 2 with Gauss–Newton steps, else 1."""
    attempt_growth: Annotated[float, Ge(1), Le(2)] | Auto = "auto"
    """From attempt to attempt, the factor by which optimiser steps and the layer of a shallow network grow; auto takes
    1.4 with Gauss–Newton steps, and 1 with others or where training.num_steps or model.layer_size is given."""
    solver: SolverName = "auto"
    """How forced windows are run: step by step (sequential), or at all times at once by Newton steps (deer), which
    converge where forcing contracts and count in the history; auto: deer on a GPU for windows from 1000 steps and
    states to 64 numbers, else sequential. Where a forcing resets the whole state, its segments run side by side."""
    segments: bool | Auto = "auto"
    """Where a forcing resets the whole state, whether windows run as segments of protocol.tau steps side by side: about
    3 times as fast a step, but a program for each tau, which takes seconds to compile. false: all tau are one program,
    run step by step; auto: false where the whole training is too short to lose half a second by it."""
    newton_steps: NewtonSteps = 30
    """With deer, the most Newton steps; windows that have not converged by then are run step by step."""
    jacobian_memory: Memory = 1.0
    """With deer, GiB for the Jacobians of a batch, batch × window × state² numbers four times over: longer windows are
    solved stretch by stretch."""
    error_growth: Annotated[float, Gt(1)] | Auto = "auto"
    """With protocol.tau=auto, the factor by which errors grow from one forcing to the next: τ = ln(growth) / λ_max.
    Itself auto, it is 1.1 with Gauss–Newton steps, and 1.3 with others.

    The predictability time of arXiv:2110.07238 is that of 2.
    """

    def __post_init__(self) -> None:
        check_fields(self)
        if self.keep != "attractor" and self.attempts not in ("auto", 1):
            must = f"be 1 with training.keep={self.keep}, which has no trial to pass"
            raise SettingError(
                "attempts",
                must,
                self.attempts,
                "training.keep=attractor has one; else give training.attempts=1 beside it",
            )


@dataclass(frozen=True)
class EnsembleSettings:
    """Networks that are trained together, alike but for their seeds."""

    seeds: Annotated[int, Ge(1), Le(MOST_CELLS)] = 1
    """How many: from the seeds seed, seed + 1, …"""
    form: Literal["auto", "processes", "batch"] = "auto"
    """One process a core, or all in one program; auto takes processes on a CPU and the batch on other devices."""

    def __post_init__(self) -> None:
        check_fields(self)
