"""How many numbers the arrays of each diagnostic hold, from its settings and the shape of what is measured."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from rnnchaos.diagnostics.bifurcation import BifurcationSettings
from rnnchaos.diagnostics.cycles import CyclesSettings
from rnnchaos.diagnostics.gradients import GradientSettings
from rnnchaos.diagnostics.settings import (
    DiagnosticsSettings,
    FreeRunSettings,
    LyapunovSettings,
    PredictionSettings,
)

# Of each orbit that is watched, so many states at least are compared with those of others.
_WATCHED = 64
# Exponents of a state of many dimensions, unless the settings say how many.
_EXPONENTS = 32


class Measured(NamedTuple):
    """What is measured: a state of so many numbers, seen in so many dimensions, held against so long a series."""

    state: int
    dimension: int
    test_length: int
    transient: int = 0
    """Of a system."""


class Arrays(NamedTuple):
    """The arrays of one diagnostic, in the main."""

    what: str
    numbers: int
    settings: tuple[str, ...]
    """Groups below `diagnostics` that they grow with."""


def arrays_of(settings: DiagnosticsSettings, measured: Measured, asked: Collection[str]) -> Iterator[Arrays]:
    """Those of the diagnostics that are `asked` for, by name, and of all whose settings are not as by default."""
    for name, (found, *classes) in _OF_DIAGNOSTICS.items():
        if name in asked or any(settings.of(each) != each() for each in classes):
            yield from found(settings, measured)


def _of_evaluation(settings: DiagnosticsSettings, measured: Measured) -> Iterator[Arrays]:
    free_run, wanted = settings.free_run, settings.prediction
    steps = measured.test_length if free_run.num_steps == "auto" else free_run.num_steps
    # As it was run, in the data's units and judged.
    numbers = 4 * (free_run.transient + steps) * measured.dimension
    yield Arrays("the free run", numbers, ("free_run",))
    horizon = min(wanted.horizon, measured.test_length // 2) if measured.test_length else wanted.horizon
    # What was foretold, what came, and their difference.
    numbers = 3 * wanted.num_starts * max(horizon, wanted.n) * measured.dimension
    yield Arrays("the forecasts", numbers, ("prediction",))


def _of_spectra(settings: DiagnosticsSettings, measured: Measured) -> Iterator[Arrays]:
    wanted, state = settings.lyapunov, measured.state
    auto = min(state, _EXPONENTS)
    exponents = auto if wanted.num_exponents == "auto" else wanted.num_exponents
    of_orbit = 2 * state * (exponents + _WATCHED) + (wanted.num_blocks + _WATCHED) * exponents
    # Whether one retraces another is asked of every pair.
    numbers = wanted.num_orbits * (of_orbit + wanted.num_orbits)
    yield Arrays("the orbits of the Lyapunov spectrum", numbers, ("lyapunov",))
    numbers = measured.transient // 2 * wanted.num_orbits * state
    yield Arrays("the orbit from which those of the spectrum start", numbers, ("lyapunov",))


def _of_gradients(settings: DiagnosticsSettings, measured: Measured) -> Iterator[Arrays]:
    wanted = settings.of(GradientSettings)
    # States are kept along the test series alone: beyond it, no loss is known.
    states = min(wanted.max_lag, measured.test_length) * measured.state
    numbers = 2 * wanted.num_starts * measured.state**2 + 2 * states
    yield Arrays("the Jacobians of the gradients", numbers, ("gradients",))


def _of_cycles(settings: DiagnosticsSettings, measured: Measured) -> Iterator[Arrays]:
    wanted = settings.of(CyclesSettings)
    numbers = 3 * wanted.num_starts * measured.state**2 + 3 * wanted.max_period * measured.state**2
    yield Arrays("the Jacobians of the search for cycles", numbers, ("cycles",))


def _of_bifurcation(settings: DiagnosticsSettings, measured: Measured) -> Iterator[Arrays]:
    wanted = settings.of(BifurcationSettings)
    of_value = wanted.num_steps + measured.state * (1 + wanted.num_exponents)
    yield Arrays("the bifurcation diagram", 2 * wanted.num_values * of_value, ("bifurcation",))


_OF_DIAGNOSTICS: dict[str, tuple[Any, ...]] = {
    "evaluate": (_of_evaluation, FreeRunSettings, PredictionSettings),
    "lyapunov": (_of_spectra, LyapunovSettings),
    "gradients": (_of_gradients, GradientSettings),
    "cycles": (_of_cycles, CyclesSettings),
    "bifurcation": (_of_bifurcation, BifurcationSettings),
}
