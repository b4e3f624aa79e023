"""The fixed points and cycles of a trained network: by search, and all of them where it is piecewise-linear."""

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from rnnchaos.cycles import Cycle, RegionVisits, all_cycles, distinct, find_cycles, regions_visited
from rnnchaos.data import Dataset
from rnnchaos.diagnostics.findings import Findings
from rnnchaos.diagnostics.settings import FreeRunSettings
from rnnchaos.diagnostics.spectra import SETTLING_STEPS
from rnnchaos.diagnostics.tables import cycles_table
from rnnchaos.models import Network
from rnnchaos.models.simulation import Orbit, latent_orbit, measured
from rnnchaos.typing import PiecewiseLinearMap

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


def cycles_of_network(
    network: Network, dataset: Dataset, wanted: "CyclesSettings", free_run: FreeRunSettings, *, seed: int
) -> Findings:
    """The cycles of every period up to the longest that is asked for, and the linear regions of the free run.

    Raises RunError where the free run escapes to infinity.
    """
    length = free_run.length(dataset.test)
    orbit = latent_orbit(network, dataset.test, transient=SETTLING_STEPS, num_steps=length)
    bound = _BOX * float(np.abs(orbit.states).max()) if wanted.bound == "auto" else wanted.bound
    network = measured(network)
    with jax.enable_x64(True):
        linear_map = network.cell.piecewise_linear()
    starts = _starts(orbit.states, wanted.num_starts, bound=bound, seed=seed)
    found = [
        _of_period(network, linear_map, starts, wanted, period=period, bound=bound)
        for period in range(1, wanted.max_period + 1)
    ]
    visits = None if linear_map is None else regions_visited(linear_map, orbit.states)
    return _findings(network, dataset, found, orbit, visits, wanted, bound=bound)


def _of_period(
    network: Network,
    linear_map: PiecewiseLinearMap | None,
    starts: Float[np.ndarray, "start state"],
    wanted: "CyclesSettings",
    *,
    period: int,
    bound: float,
) -> _OfPeriod:
    searched = find_cycles(network.step, starts, period=period)
    if linear_map is None:
        return _OfPeriod(period, searched, False, False, 0)
    with _stdout_on_stderr():
        every = all_cycles(linear_map, period=period, bound=bound, time_limit=wanted.time_limit)
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
    network: Network,
    dataset: Dataset,
    found: Sequence[_OfPeriod],
    orbit: Orbit,
    visits: RegionVisits | None,
    wanted: "CyclesSettings",
    *,
    bound: float,
) -> Findings:
    cycles = [cycle for each in found for cycle in each.cycles]
    observed = [_observed(network, dataset, cycle) for cycle in cycles]
    generated = dataset.scaling.invert(orbit.observations)

    def figure():
        from rnnchaos.figures import Marked, cycles_figure

        return cycles_figure(
            generated,
            [Marked(points, cycle.stable) for points, cycle in zip(observed, cycles, strict=True)],
            axis_names=dataset.axis_names,
            connected=dataset.continuous,
        )

    sentences = [_sentence(each, wanted, bound=bound) for each in found]
    of_regions: dict[str, object] = {}
    if visits is not None:
        of_regions = {
            "linear_regions_visited": visits.number,
            "linear_regions_entropy_nats": visits.entropy,
        }
        sentences.append(
            f"the free run of {len(orbit.states)} steps visits {_count(visits.number, 'linear region')}, "
            f"with an entropy of {visits.entropy:.3g} nats"
        )
    return Findings(
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
        arrays={"cycles": _arrays(cycles, observed, orbit, visits)},
        figures={"cycles": figure},
        shown=(cycles_table(cycles, observed, dataset.axis_names), *sentences),
    )


def _observed(network: Network, dataset: Dataset, cycle: Cycle) -> Float[np.ndarray, "period dimension"]:
    """The points of a cycle as the data shows them, in its own units."""
    with jax.enable_x64(True):
        scaled = np.asarray(jax.vmap(network.observe)(jnp.asarray(cycle.points)))
    return dataset.scaling.invert(scaled)


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
    orbit: Orbit,
    visits: RegionVisits | None,
) -> dict[str, np.ndarray]:
    """All points one after the other, each with the index of its cycle; multipliers one row a cycle."""
    states, dimension = orbit.states.shape[1], orbit.observations.shape[1]
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
