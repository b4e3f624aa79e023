"""The settings below `diagnostics` that several diagnostics share; the others stand beside theirs."""

import dataclasses
from collections.abc import Sized
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from annotated_types import Ge, Le

from rnnchaos.setting import AnySteps, Auto, Count, Positive, SettingError, Steps, Unit, check_fields

Group = TypeVar("Group")
StartsWord = Literal["auto", "data", "box"]
Drawn = bool | Literal["full"]


@dataclass(frozen=True)
class FreeRunSettings:
    """The free-running series that is compared with the data."""

    num_steps: Steps | Auto = "auto"
    """auto: as many as the test series has."""
    transient: AnySteps = 0
    """Steps dropped at the start."""

    def __post_init__(self) -> None:
        check_fields(self)

    def length(self, series: Sized) -> int:
        """Steps of the free run that is compared with `series`: as set, or as long."""
        return len(series) if self.num_steps == "auto" else self.num_steps

    def along(self, most: int) -> int:
        """Steps along inputs that last for `most` steps after the transient: as set, or all.

        Raises SettingError where more are asked for, or there are none.
        """
        steps = most if self.num_steps == "auto" else self.num_steps
        if most < 1 <= most + self.transient:
            must = f"be below {most + self.transient} steps, as far as the inputs of the test series go"
            raise SettingError("diagnostics.free_run.transient", must, self.transient)
        if not 1 <= steps <= most:
            must = f"be at most {max(0, most)} steps, as far as the inputs of the test series go"
            raise SettingError("diagnostics.free_run.num_steps", must, self.num_steps)
        return steps


@dataclass(frozen=True)
class LyapunovSettings:
    """The Lyapunov spectrum, from QR decompositions along orbits."""

    num_steps: Steps = 20_000
    """Steps per orbit of a trained network, after the transient; at least num_blocks."""
    system_steps: Steps = 50_000
    """Steps per orbit of a system with known equations, after the transient; at least num_blocks."""
    num_orbits: Annotated[int, Ge(1), Unit("orbit")] = 16
    """Orbits from different starting points; the spread of those on one attractor gives its standard errors."""
    starts: StartsWord | Path | tuple[tuple[float, ...], ...] = "auto"
    """Where orbits start: at points of the data, anywhere in a box, or at given states, as a list or a file of rows.

    auto: from the data, and of a file of weights, which has none, in the box.
    """
    box: tuple[float, float] | Auto = "auto"
    """Lowest and highest coordinate with starts=box; auto: -0.5 and 0.5, or of a system the range of its orbit."""
    watch: AnySteps | Auto = "auto"
    """Steps for which a network's orbits are watched before they are measured; auto: as long as its free run, or of a
    file of weights num_steps, and 1000 at least."""
    num_exponents: Annotated[int, Ge(1), Unit("exponent")] | Auto = "auto"
    """auto: all, or of a state of many dimensions as many as the Kaplan–Yorke dimension needs."""
    transient: AnySteps | Auto = "auto"
    """Steps that do not count while state and tangent vectors settle; auto finds out how many they need."""
    num_blocks: Annotated[int, Ge(4), Unit("block")] = 40
    """Blocks per orbit, for the convergence plot and the transient."""
    qr_every: Steps | Auto = "auto"
    """Steps between QR decompositions; auto keeps the smallest exponent within float64."""
    max_extension: Annotated[int, Ge(1), Le(100_000)] = 20
    """With a target for the error, at most this many times as many steps are taken."""
    checks: bool = True
    """Whether a flow is measured once more with half its integration step."""
    window: Steps | Auto = "auto"
    """Steps of the shortest windows of the finite-time exponents; auto: ln 2 / λ_max."""
    covariant: bool = False
    """Whether `rnnchaos lyapunov` also finds covariant Lyapunov vectors and the angles between them."""
    forced: bool = False
    """Whether `rnnchaos lyapunov RUN` also finds the exponents of the network as training forces it along its data."""

    def __post_init__(self) -> None:
        check_fields(self)
        for name, steps in (("num_steps", self.num_steps), ("system_steps", self.system_steps)):
            if steps < self.num_blocks:
                raise SettingError(name, f"be at least {self.num_blocks} steps", steps)
        if self.box != "auto" and self.box[0] >= self.box[1]:
            raise SettingError("box", "be a number and a greater one", [*self.box])


@dataclass(frozen=True)
class PredictionSettings:
    """Forecasts from points of the test series."""

    num_starts: Count = 100
    """Points of the test series from which a forecast starts."""
    horizon: Steps = 1_000
    """Longest forecast in steps, at least n; no more than half of a short test series."""
    n: Steps = 20
    """The n-step error is taken this many steps ahead."""
    threshold: Positive = 0.4
    """Normalised error at which a forecast stops being valid; 1 is as bad as an unrelated point."""

    def __post_init__(self) -> None:
        check_fields(self)
        if self.n > self.horizon:
            raise SettingError("n", f"be at most horizon ({self.horizon} steps)", self.n)

    def longest(self, piece: int, *, of: int, heard: int = 1) -> int:
        """Steps of the longest forecast in a test series of `of` steps whose longest piece has `piece`.

        As set, but no more than half of that piece, nor more than it has after the `heard` points that a network starts
        from. Raises SettingError where that leaves less than the n steps of the n-step error.
        """
        half, unheard = piece // 2, max(0, piece - heard)
        horizon = min(self.horizon, half, unheard)
        if self.n > horizon:
            series = "the test series'" if piece == of else "the longest test piece's"
            must = f"be at most half of {series} {piece} steps"
            if unheard < half:
                must = f"be at most {unheard} of {series} {piece} steps, of which the network hears {heard} first"
            hint = f"diagnostics.prediction.n={horizon} fits" if horizon > 0 else "a longer series fits"
            raise SettingError("diagnostics.prediction.n", must, self.n, hint)
        return horizon


@dataclass(frozen=True)
class DiagnosticsSettings:
    """What is measured on a trained network or on a system; `settings_class` adds the groups of the diagnostics."""

    free_run: FreeRunSettings = field(default_factory=FreeRunSettings)
    lyapunov: LyapunovSettings = field(default_factory=LyapunovSettings)
    prediction: PredictionSettings = field(default_factory=PredictionSettings)
    target_stderr: Positive | None = None
    """Standard error of λ_max, in nats per time unit, up to which Lyapunov spectra go on."""
    target_relative_error: Positive | None = 0.01
    """The same as a share of λ_max, for `rnnchaos lyapunov` of a chaotic system and without `target_stderr`."""
    spectrum_every: Steps | None = None
    """Optimiser steps between short Lyapunov spectra of the network while it trains; None takes none."""
    figures: Drawn = True
    """Whether figures are drawn beside the numbers: small ones, or `full` in 200 dots per inch, for print."""

    def __post_init__(self) -> None:
        check_fields(self)

    def check_driven(self) -> None:
        """Raise SettingError for what a driven network leaves no choice of: its orbits are those along its inputs."""
        for name in ("starts", "box", "watch"):
            if (value := getattr(self.lyapunov, name)) != "auto":
                must = "be auto for a driven network, whose orbits begin on the data, where their inputs do"
                raise SettingError(f"lyapunov.{name}", must, value)
        if self.target_stderr is not None:
            must = "be null for a driven network, whose orbits end where their inputs do"
            raise SettingError("target_stderr", must, self.target_stderr)

    def of(self, group: type[Group]) -> Group:
        """The settings of one class, such as CyclesSettings; its defaults where no diagnostic has it."""
        found = (getattr(self, each.name) for each in dataclasses.fields(self))
        return next((each for each in found if isinstance(each, group)), group())
