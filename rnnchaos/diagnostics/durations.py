"""How many steps each diagnostic takes one after the other, from its settings."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from rnnchaos.diagnostics.bifurcation import BifurcationSettings
from rnnchaos.diagnostics.cycles import CyclesSettings
from rnnchaos.diagnostics.gradients import GradientSettings
from rnnchaos.diagnostics.settings import DiagnosticsSettings, FreeRunSettings, LyapunovSettings
from rnnchaos.diagnostics.sizes import Measured

# With its tangent vectors on many orbits, a step of a spectrum takes at least so many times that of one orbit.
_OF_SPECTRUM = 10


class Steps(NamedTuple):
    """Of one diagnostic: what is stepped along many orbits at once counts once."""

    what: str
    network: int
    """Of the network, or whatever is measured."""
    system: int
    """Of the system that the data are of."""
    settings: tuple[str, ...]
    """Groups below `diagnostics` that they grow with."""


def steps_of(settings: DiagnosticsSettings, measured: Measured, asked: Collection[str]) -> Iterator[Steps]:
    """Those of the diagnostics that are `asked` for, by name, and of all whose settings are not as by default."""
    for name, (found, *classes) in _OF_DIAGNOSTICS.items():
        if name in asked or any(settings.of(each) != each() for each in classes):
            yield from found(settings, measured)


def _of_free_run(settings: DiagnosticsSettings, measured: Measured) -> Iterator[Steps]:
    free_run = settings.free_run
    steps = measured.test_length if free_run.num_steps == "auto" else free_run.num_steps
    yield Steps("the free run", free_run.transient + steps, 0, ("free_run",))


def _of_spectra(settings: DiagnosticsSettings, measured: Measured) -> Iterator[Steps]:
    wanted = settings.lyapunov
    before = sum(steps for steps in (wanted.watch, wanted.transient) if steps != "auto")
    # As many at least: where an error is to be reached, nobody knows how many more.
    network, system = (_OF_SPECTRUM * (before + steps) for steps in (wanted.num_steps, wanted.system_steps))
    yield Steps("the Lyapunov spectrum", network, system, ("lyapunov",))


def _of_gradients(settings: DiagnosticsSettings, measured: Measured) -> Iterator[Steps]:
    yield Steps("the gradients", settings.of(GradientSettings).max_lag, 0, ("gradients",))


def _of_cycles(settings: DiagnosticsSettings, measured: Measured) -> Iterator[Steps]:
    longest = settings.of(CyclesSettings).max_period
    # Some ten iterations of the search for each period.
    yield Steps("the search for cycles", 10 * longest * (longest + 1) // 2, 0, ("cycles",))


def _of_bifurcation(settings: DiagnosticsSettings, measured: Measured) -> Iterator[Steps]:
    wanted = settings.of(BifurcationSettings)
    yield Steps("the bifurcation diagram", wanted.transient + wanted.num_steps, 0, ("bifurcation",))


_OF_DIAGNOSTICS: dict[str, tuple[Any, ...]] = {
    "evaluate": (_of_free_run, FreeRunSettings),
    "lyapunov": (_of_spectra, LyapunovSettings),
    "gradients": (_of_gradients, GradientSettings),
    "cycles": (_of_cycles, CyclesSettings),
    "bifurcation": (_of_bifurcation, BifurcationSettings),
}
