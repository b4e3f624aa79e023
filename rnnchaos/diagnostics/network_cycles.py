"""The fixed points and cycles of a trained network: by search, and all of them where it is piecewise-linear."""

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.cycles import Cycle, RegionVisits, all_cycles, distinct, find_cycles, regions_visited
from rnnchaos.data import Dataset
from rnnchaos.diagnostics.findings import Findings, with_figures
from rnnchaos.diagnostics.settings import FreeRunSettings
from rnnchaos.diagnostics.spectra import SETTLING_STEPS
from rnnchaos.diagnostics.tables import cycles_table
from rnnchaos.drawing.long_run import shown
from rnnchaos.models import ImportedNetwork, Network
from rnnchaos.models.recorded import refuse_driven
from rnnchaos.models.simulation import latent_orbit, measured
from rnnchaos.typing import PiecewiseLinearMap, Step

if TYPE_CHECKING:
    from rnnchaos.diagnostics.cycles import CyclesSettings

# The box in which cycles are sought, relative to the largest |z_i| of the free run.
_BOX = 1.5


class _OfPeriod(NamedTuple):
    """The cycles of one period."""

    period: int
    cycles: list[Cycle]
    enumerated: bool
    """Whether enumeration was tried at all."""
    complete: bool
    """Whether these are all inside the box."""
    degenerate: int
    """Sequences of linear regions with a continuum of cycles."""

    @property
    def name(self) -> str:
        return "fixed points" if self.period == 1 else f"{self.period}-cycles"


class _Subject(NamedTuple):
    """A network whose cycles are sought, with an orbit of its own."""

    step: Step
    linear_map: PiecewiseLinearMap | None
    states: Float[np.ndarray, "time state"]
    """Of the orbit."""
    shown: Callable[[Float[np.ndarray, "time state"]], Float[np.ndarray, "time dimension"]]
    """States as they are observed, in the data's units; themselves where nothing says how."""
    axis_names: tuple[str, ...]
    connected: bool
    """Whether successive points lie on a curve."""


def cycles_of_network(
    network: Network, dataset: Dataset, wanted: "CyclesSettings", free_run: FreeRunSettings, *, seed: int
) -> Findings:
    """The cycles of every period up to the longest that is asked for, and the linear regions of the free run.

    Raises RunError where the free run escapes to infinity.
    """
    refuse_driven(network, "fixed points and cycles")
    length = free_run.length(dataset.test)
    orbit = latent_orbit(network, dataset.test, transient=SETTLING_STEPS, num_steps=length)
    network = measured(network)
    with jax.enable_x64(True):
        linear_map = network.cell.piecewise_linear()

    def seen(states):
        return dataset.scaling.invert(_mapped(network.observe, states))

    return _cycles_of(
        _Subject(network.step, linear_map, orbit.states, seen, dataset.axis_names, dataset.continuous),
        wanted,
        seed=seed,
    )


def cycles_of_import(
    network: ImportedNetwork,
    start: Float[np.ndarray, " state"],
    wanted: "CyclesSettings",
    *,
    num_steps: int,
    seed: int,
) -> Findings:
    """The same of a network without data, its inputs at 0, and of its orbit from `start`."""
    with jax.enable_x64(True):
        states = np.asarray(_followed(network, jnp.asarray(start), num_steps))
    size = network.output_size
    names = tuple(f"{'x' if size else 'z'}_{i + 1}" for i in range(size or network.state_size))
    return _cycles_of(
        _Subject(
            network.step,
            network.piecewise_linear(),
            states,
            lambda states: _mapped(network.observe, states),
            names,
            False,
        ),
        wanted,
        seed=seed,
    )


@eqx.filter_jit
def _followed(network: ImportedNetwork, start: Float[Array, " state"], num_steps: int):
    def advance(state, _):
        state = network.step(state)
        return state, state

    return jax.lax.scan(advance, start, None, num_steps)[1]


def _mapped(
    observe: Callable, states: Float[np.ndarray, "time state"]
) -> Float[np.ndarray, "time dimension"]:
    with jax.enable_x64(True):
        return np.asarray(jax.vmap(observe)(jnp.asarray(states)))


def _cycles_of(subject: _Subject, wanted: "CyclesSettings", *, seed: int) -> Findings:
    bound = _BOX * float(np.abs(subject.states).max()) if wanted.bound == "auto" else wanted.bound
    starts = _starts(subject.states, wanted.num_starts, bound=bound, seed=seed)
    found = [
        _of_period(subject, starts, wanted, period=period, bound=bound)
        for period in range(1, wanted.max_period + 1)
    ]
    visits = None if subject.linear_map is None else regions_visited(subject.linear_map, subject.states)
    return _findings(subject, found, visits, wanted, bound=bound)


def _of_period(
    subject: _Subject,
    starts: Float[np.ndarray, "start state"],
    wanted: "CyclesSettings",
    *,
    period: int,
    bound: float,
) -> _OfPeriod:
    searched = find_cycles(subject.step, starts, period=period)
    if subject.linear_map is None:
        return _OfPeriod(period, searched, False, False, 0)
    with _stdout_on_stderr():
        every = all_cycles(subject.linear_map, period=period, bound=bound, time_limit=wanted.time_limit)
    # The search also finds cycles outside the box.
    cycles = distinct([*every.cycles, *searched])
    return _OfPeriod(period, cycles, True, every.complete, every.degenerate)


def _starts(
    states: Float[np.ndarray, "time state"], count: int, *, bound: float, seed: int
) -> Float[np.ndarray, "start state"]:
    """Half of the starts on the attractor, half anywhere in the box: many fixed points lie off the attractor."""
    on_orbit = states[np.linspace(0, len(states) - 1, (count + 1) // 2).astype(int)]
    drawn = np.random.default_rng(seed).uniform(-bound, bound, (count // 2, states.shape[1]))
    return np.concatenate([on_orbit, drawn])


def _findings(
    subject: _Subject,
    found: Sequence[_OfPeriod],
    visits: RegionVisits | None,
    wanted: "CyclesSettings",
    *,
    bound: float,
) -> Findings:
    cycles = [cycle for each in found for cycle in each.cycles]
    observed = [subject.shown(cycle.points) for cycle in cycles]
    orbit = shown(subject.shown(subject.states))

    sentences = [_sentence(each, wanted, bound=bound) for each in found]
    of_regions: dict[str, object] = {}
    if visits is not None:
        of_regions = {
            "linear_regions_visited": visits.number,
            "linear_regions_entropy_nats": visits.entropy,
        }
        sentences.append(
            f"the free run of {len(subject.states)} steps visits {_count(visits.number, 'linear region')}, "
            f"with an entropy of {visits.entropy:.3g} nats"
        )
    findings = Findings(
        summary={
            "cycles": {
                "found": [_record(cycle, points) for cycle, points in zip(cycles, observed, strict=True)],
                "by_period": {
                    each.period: {
                        "number": len(each.cycles),
                        "stable": sum(cycle.stable for cycle in each.cycles),
                        "complete_within_bound": each.complete,
                        "degenerate_regions": each.degenerate,
                    }
                    for each in found
                },
                "bound": bound,
                **of_regions,
            }
        },
        arrays={
            "cycles": {
                **_arrays(cycles, observed, orbit.shape[1], subject.states.shape[1], visits),
                "orbit": orbit,
                "axis_names": np.array(subject.axis_names),
                "connected": np.array(subject.connected),
            }
        },
        shown=(cycles_table(cycles, observed, subject.axis_names), *sentences),
    )
    return with_figures(findings, ("cycles", "cycles"))


def _record(cycle: Cycle, observed: Float[np.ndarray, "period dimension"]) -> dict[str, object]:
    return {
        "period": cycle.period,
        "kind": cycle.kind,
        "stable": cycle.stable,
        "largest_multiplier": float(np.abs(cycle.multipliers[0])),
        "largest_exponent_per_step": float(cycle.exponents[0]),
        "unstable_directions": int(np.sum(np.abs(cycle.multipliers) > 1)),
        "observed": observed,
        "residual": cycle.residual,
    }


def _arrays(
    cycles: Sequence[Cycle],
    observed: Sequence[Float[np.ndarray, "_ dimension"]],
    dimension: int,
    states: int,
    visits: RegionVisits | None,
) -> dict[str, np.ndarray]:
    """All points one after the other, each with the index of its cycle; multipliers one row a cycle."""
    multipliers = np.array([cycle.multipliers for cycle in cycles], dtype=complex).reshape(-1, states)
    arrays = {
        "period": np.array([cycle.period for cycle in cycles], dtype=int),
        "cycle": np.repeat(np.arange(len(cycles)), [cycle.period for cycle in cycles]),
        "points": np.concatenate([np.empty((0, states)), *(cycle.points for cycle in cycles)]),
        "observed": np.concatenate([np.empty((0, dimension)), *observed]),
        "multipliers_real": multipliers.real,
        "multipliers_imaginary": multipliers.imag,
        "residual": np.array([cycle.residual for cycle in cycles], dtype=float),
    }
    if visits is not None:
        arrays |= {"region_patterns": visits.patterns, "region_counts": visits.counts}
    return arrays


def _sentence(found: _OfPeriod, wanted: "CyclesSettings", *, bound: float) -> str:
    """How many cycles of a period there are, and whether these are all."""
    number = f"{len(found.cycles) or 'no'} {found.name[:-1] if len(found.cycles) == 1 else found.name}"
    if found.complete:
        inside = sum(np.abs(cycle.points).max() <= bound for cycle in found.cycles)
        outside = f", {len(found.cycles) - inside} of them beyond" if inside < len(found.cycles) else ""
        said = f"{number}{outside}: complete for |z_i| ≤ {bound:.3g}, by enumeration of the linear regions"
    else:
        late = f"; enumeration was not done after {wanted.time_limit:g} s" if found.enumerated else ""
        said = f"{number}, found by search from {wanted.num_starts} starts{late}; there may be more"
    if found.degenerate:
        said += (
            f"; {_count(found.degenerate, 'sequence')} of linear regions with a continuum of them left out"
        )
    return said


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


@contextlib.contextmanager
def _stdout_on_stderr() -> Iterator[None]:
    """Send to stderr what compiled code prints: the solver has a stray line that no option turns off."""
    sys.stdout.flush()
    stdout = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        if os.name == "posix":
            ctypes.CDLL(None).fflush(None)  # C keeps a buffer of its own
        os.dup2(stdout, 1)
        os.close(stdout)
