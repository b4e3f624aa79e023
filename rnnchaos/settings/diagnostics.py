"""The settings of the diagnostics, typed and checked. A setting that says "steps" counts sampling steps of the data."""

from collections.abc import Sized
from dataclasses import dataclass, field

from rnnchaos.errors import ConfigError
from rnnchaos.settings.bifurcation import BifurcationSettings
from rnnchaos.settings.bounds import Auto, check_least, check_positive


@dataclass(frozen=True)
class FreeRunSettings:
    """The free-running series that is compared with the data."""

    num_steps: int | Auto = "auto"
    """auto: as many as the test series has."""
    transient: int = 0
    """Steps dropped at the start."""

    def __post_init__(self) -> None:
        check_least("diagnostics.free_run.num_steps", self.num_steps, minimum=1, unit="step")
        check_least("diagnostics.free_run.transient", self.transient, minimum=0, unit="steps")

    def length(self, series: Sized) -> int:
        """Steps of the free run that is compared with `series`: as set, or as long."""
        return len(series) if self.num_steps == "auto" else self.num_steps


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
        check_least("diagnostics.lyapunov.transient", self.transient, minimum=0, unit="steps")
        check_least("diagnostics.lyapunov.num_blocks", self.num_blocks, minimum=4, unit="blocks")
        check_least("diagnostics.lyapunov.num_exponents", self.num_exponents, minimum=1, unit="exponent")
        check_least("diagnostics.lyapunov.qr_every", self.qr_every, minimum=1, unit="step")
        check_least("diagnostics.lyapunov.num_orbits", self.num_orbits, minimum=1, unit="orbit")
        check_least("diagnostics.lyapunov.max_extension", self.max_extension, minimum=1)
        check_least("diagnostics.lyapunov.window", self.window, minimum=1, unit="step")
        for name in ("num_steps", "system_steps"):
            check_least(
                f"diagnostics.lyapunov.{name}", getattr(self, name), minimum=self.num_blocks, unit="steps"
            )


@dataclass(frozen=True)
class GradientSettings:
    """The growth of ‖dz_T/dz_1‖ with the lag T."""

    max_lag: int = 10_000
    """Longest lag in steps."""
    num_starts: int = 10
    """Starting points along the orbit."""

    def __post_init__(self) -> None:
        check_least("diagnostics.gradients.max_lag", self.max_lag, minimum=10, unit="steps")
        check_least("diagnostics.gradients.num_starts", self.num_starts, minimum=1, unit="start")


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
        check_least("diagnostics.prediction.num_starts", self.num_starts, minimum=1, unit="start")
        check_least("diagnostics.prediction.horizon", self.horizon, minimum=1, unit="step")
        check_least("diagnostics.prediction.n", self.n, minimum=1, unit="step")
        check_positive("diagnostics.prediction.threshold", self.threshold)
        if self.n > self.horizon:
            raise ConfigError(
                "diagnostics.prediction.n must be at most diagnostics.prediction.horizon "
                f"({self.horizon} steps), got {self.n}"
            )


@dataclass(frozen=True)
class CyclesSettings:
    """The fixed points and cycles of a trained network."""

    max_period: int = 2
    """All periods up to this one, in steps."""
    num_starts: int = 200
    """Starting points of the search for each period."""
    bound: float | Auto = "auto"
    """Largest |z_i| of the box in which cycles are sought; auto: 1.5 times the largest of the free run."""
    time_limit: float = 60.0
    """Seconds that the enumeration of each period may take."""

    def __post_init__(self) -> None:
        check_least("diagnostics.cycles.max_period", self.max_period, minimum=1, unit="step")
        check_least("diagnostics.cycles.num_starts", self.num_starts, minimum=1, unit="start")
        check_positive("diagnostics.cycles.bound", None if self.bound == "auto" else self.bound)
        check_positive("diagnostics.cycles.time_limit", self.time_limit)


@dataclass(frozen=True)
class DiagnosticsSettings:
    """What is measured on a trained network or on a system."""

    free_run: FreeRunSettings = field(default_factory=FreeRunSettings)
    lyapunov: LyapunovSettings = field(default_factory=LyapunovSettings)
    gradients: GradientSettings = field(default_factory=GradientSettings)
    prediction: PredictionSettings = field(default_factory=PredictionSettings)
    cycles: CyclesSettings = field(default_factory=CyclesSettings)
    bifurcation: BifurcationSettings = field(default_factory=BifurcationSettings)
    target_stderr: float | None = None
    """Standard error of λ_max, in nats per time unit, up to which Lyapunov spectra go on."""
    target_relative_error: float | None = 0.01
    """The same as a share of λ_max, for `rnnchaos lyapunov` of a chaotic system and without `target_stderr`."""
    spectrum_every: int | None = None
    """Optimiser steps between short Lyapunov spectra of the network while it trains; None takes none."""
    figures: bool = True
    """Whether figures are drawn beside the numbers."""

    def __post_init__(self) -> None:
        check_least("diagnostics.spectrum_every", self.spectrum_every, minimum=1, unit="step")
        check_positive("diagnostics.target_stderr", self.target_stderr)
        check_positive("diagnostics.target_relative_error", self.target_relative_error)
