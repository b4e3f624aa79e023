"""The attractors that orbits of a step function end on, each with its own Lyapunov spectrum."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import Bool, Float, Int

from rnnchaos.attractors.kinds import in_a_sentence, kind_of
from rnnchaos.attractors.regions import Regions, find_regions
from rnnchaos.attractors.resting import drifts, period_of
from rnnchaos.attractors.watching import Watched, watch
from rnnchaos.attractors.winding import winding_of
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.magnitude import far_from_one
from rnnchaos.setting import whole
from rnnchaos.tangent import LyapunovSpectrum, lyapunov_spectrum
from rnnchaos.tangent.functions import check_divergence, check_step
from rnnchaos.tangent.likeness import alike, within_orbit_error
from rnnchaos.tangent.repetition import with_repetition
from rnnchaos.tangent.tangent import states_of, step_of
from rnnchaos.typing import HasStep, Points, Step

# Fewer steps do not tell which orbits share a set: these are watched on, while they are measured.
_FEWEST = 1_000
# Orbits are watched again, for longer, where one escapes while it is measured.
_ATTEMPTS = 3
# A transient is named where it takes more than this share of the time that orbits were watched, on average.
_HELD = 0.01
# States of an orbit by which it is found in a set; an exponential time has no memory of what went before.
_FOUND = 8
# Orbits on their way are watched that much longer, once, where most others have arrived.
_LONGER = 4

_Members = Int[np.ndarray, " _"]
_Measure = Callable[[_Members], LyapunovSpectrum]


class Attractor(NamedTuple):
    """A set that orbits end on, and never were seen to leave."""

    spectrum: LyapunovSpectrum
    """Over its own orbits alone, with its own checks."""
    orbits: Int[np.ndarray, " orbit"]
    """Which of the starts are on it."""
    share: float
    """Of all orbits that were started."""
    kind: str
    """In words: a fixed point, a cycle of so many steps, regular, chaotic, intermittent, a drift, a family of regular
    orbits."""
    states: Float[np.ndarray, "orbit state"]
    """A state of each of its orbits, on it."""


class Leaving(NamedTuple):
    """A set that holds orbits for a while, and then lets them go: transient chaos, for one."""

    orbits: Int[np.ndarray, " orbit"]
    """Which of the starts were in it."""
    still: Int[np.ndarray, " orbit"]
    """Which of them are in it still."""
    share: float
    """Of all orbits that were started, those that are in it still."""
    mean_time: float
    """Mean time to leave in time units: time spent there by all orbits by the number of those that left."""
    mean_time_error: float
    spectrum: LyapunovSpectrum | None
    """Over the orbits that are in it still; None where all have left."""

    @property
    def num_left(self) -> int:
        """How many orbits were seen to leave it."""
        return len(self.orbits) - len(self.still)


class AttractorSet(NamedTuple):
    """All that orbits of a step function were seen to do in the long run."""

    attractors: tuple[Attractor, ...]
    """The one that most starts reach first."""
    leaving: Leaving | None
    escaped: Int[np.ndarray, " orbit"]
    """The step by which an orbit left every bound, -1 where it did not."""
    exponents: Float[np.ndarray, "orbit k"]
    """Each orbit's own, nats per time unit; nan where it has none, or goes where another has been."""
    standard_error: Float[np.ndarray, "orbit k"]
    """From the pieces of that orbit alone."""

    @property
    def main(self) -> Attractor:
        """The one that most starts reach."""
        return self.attractors[0]

    @property
    def elsewhere(self) -> list[str]:
        """What orbits do that are not on the main attractor, in words."""
        said = [f"{len(each.orbits)} on {in_a_sentence(each.kind)}" for each in self.attractors[1:]]
        if self.leaving is not None and len(self.leaving.still):
            said.append(f"{len(self.leaving.still)} in a set that others have left")
        if self.unplaced:
            said.append(f"{self.unplaced} on the way")
        return [*said, f"{self.gone.sum()} escaped"] if self.gone.any() else said

    @property
    def unplaced(self) -> int:
        """Orbits on no attractor and not in the set that `leaving` is of: in another one that orbits leave."""
        placed = sum(len(each.orbits) for each in self.attractors) + int(self.gone.sum())
        return self.num_orbits - placed - (0 if self.leaving is None else len(self.leaving.still))

    @property
    def gone(self) -> Bool[np.ndarray, " orbit"]:
        """Which orbits left every bound."""
        return self.escaped >= 0

    @property
    def num_orbits(self) -> int:
        """How many were started."""
        return len(self.escaped)


def find_attractors(
    step: Step | HasStep,
    x0: Points,
    *,
    num_steps: int,
    watch_steps: int | None = None,
    origin: Float[np.ndarray, " state"] | None = None,
    **measured: Any,
) -> AttractorSet:
    """Follow orbits from `x0`, tell by where they end which of them share an attractor, and measure each.

    Orbits are followed for `watch_steps` steps (as many as `num_steps` by default); what they do then is what they do
    in the long run as far as was watched, over 1000 steps at least; turns of an angle, by 2π, 1 or 360, tell no two
    attractors apart. The spectrum of each attractor is measured from where they are after `watch_steps`, over
    `num_steps` steps of its own orbits, with `measured` as for `lyapunov_spectrum`. Orbits of a step that conserves
    volume have no attractors: those that are not chaotic are one family. `origin` is a state that all of `x0` come
    from, where they are not chosen: then an unstable point that they are on already was not asked for, but found by
    rounding.

    Raises RunError where all orbits escape to infinity, ConfigError as `lyapunov_spectrum`.
    """
    measured.setdefault("time_per_step", getattr(step, "time_per_step", 1.0))
    step, starts = step_of(step), np.atleast_2d(states_of(x0, finite=False))
    num_steps = whole("num_steps", num_steps, least=1, unit="step")
    with jax.enable_x64(True):
        check_step(step, starts.shape[-1])
        check_divergence(measured.get("divergence"), starts.shape[-1])
    if starts.ndim > 2:
        raise ConfigError(f"x0 must be a state, or several in rows, got shape {starts.shape}")
    if origin is not None and np.shape(origin) != starts.shape[-1:]:
        raise ConfigError(
            f"origin must be one state of {starts.shape[-1]} numbers, got shape {np.shape(origin)}"
        )
    before = starts if origin is None else np.broadcast_to(origin, starts.shape)
    end = num_steps if watch_steps is None else whole("watch_steps", watch_steps, least=0, unit="step")
    steps = max(end, _FEWEST)
    escaped = np.full(len(starts), -1)
    for attempt in range(_ATTEMPTS):
        orbits = np.flatnonzero(escaped < 0)
        watched = watch(step, starts[orbits], num_steps=steps, end=end)
        gone = watched.escaped >= 0
        escaped[orbits[gone]] = watched.escaped[gone]
        if np.all(escaped >= 0):
            raise RunError(
                f"all {len(escaped)} orbits left every bound by step {escaped.max()}: no Lyapunov exponent exists"
                f"{far_from_one(starts)}"
            )
        orbits, watched = orbits[~gone], watched.of(~gone)
        watched, regions = _told_apart(step, watched)
        on_their_way = 1 - regions.settled.mean()
        if 0 < on_their_way < 0.5 and attempt == 0:
            end = steps = _LONGER * steps
            continue
        try:
            return _measured(step, orbits, watched, regions, escaped, before[orbits], num_steps, measured)
        except RunError:  # one escapes later than it was watched
            if attempt == _ATTEMPTS - 1:
                raise
            end = steps = _LONGER * steps
    raise AssertionError


def _told_apart(step: Step, watched: Watched) -> tuple[Watched, Regions]:
    """The sets that orbits are on, of which turns of an angle make no others."""
    regions = find_regions(watched.states, watched.after)
    if np.ptp(regions.visited) == 0:
        return watched, regions
    watched = watched._replace(winding=winding_of(step, watched.starts, watched.ends))
    if watched.winding is None:
        return watched, regions
    return watched, find_regions(watched.unwound(watched.states), watched.unwound(watched.after))


def _measured(
    step: Step,
    orbits: Int[np.ndarray, " kept"],
    watched: Watched,
    regions: Regions,
    escaped: Int[np.ndarray, " orbit"],
    before: Float[np.ndarray, "kept state"],
    num_steps: int,
    options: dict[str, Any],
) -> AttractorSet:
    last = regions.visited[:, -1]
    groups = [np.flatnonzero(last == region) for region in np.unique(last) if regions.final[region]]

    def spectrum(members: _Members) -> LyapunovSpectrum:
        found = lyapunov_spectrum(step, watched.ends[members], num_steps=num_steps, **options)
        return with_repetition(found, step, watched.ends[members], before[members])

    found: list[tuple[_Members, LyapunovSpectrum]] = []
    conserves = False
    while groups:
        members = groups.pop(0)
        whole = spectrum(members)
        if not conserves and whole.conserves:  # nothing attracts, and so nothing is left for good
            conserves = True
            groups += [
                np.flatnonzero(last == region) for region in np.unique(last) if not regions.final[region]
            ]
        parts = alike(whole)
        found += (
            [(members, whole)] if len(parts) == 1 else [(members[p], spectrum(members[p])) for p in parts]
        )
    found = _families(found, spectrum)
    found.sort(key=lambda each: -len(each[0]))

    attractors = tuple(
        Attractor(
            measured,
            orbits[members],
            len(members) / len(escaped),
            kind_of(
                measured,
                regions.places[members],
                many=len(members),
                drifts=partial(drifts, step, watched.ends[members], watched.states[members]),
                period_of=partial(period_of, step, watched.ends[members], watched.unwound),
            ),
            watched.ends[members],
        )
        for members, measured in found
    )
    leaving = None
    if not conserves:
        leaving = _leaving(
            regions, watched, orbits, len(escaped), spectrum, time_per_step=options["time_per_step"]
        )
    count = len(attractors[0].spectrum.exponents)
    own, error = np.full((len(escaped), count), np.nan), np.full((len(escaped), count), np.nan)
    known = [(each.orbits, each.spectrum) for each in attractors]
    if leaving is not None and leaving.spectrum is not None:
        known.append((leaving.still, leaving.spectrum))
    for members, measured in known:
        shown = min(count, measured.blocks.shape[2])
        counted = members if measured.counted is None else members[measured.counted]
        own[counted, :shown] = measured.blocks.mean(axis=1)[:, :shown]
        error[counted, :shown] = within_orbit_error(measured.blocks)[:, :shown]
    return AttractorSet(attractors, leaving, escaped, own, error)


def _families(
    found: list[tuple[_Members, LyapunovSpectrum]], spectrum: _Measure
) -> list[tuple[_Members, LyapunovSpectrum]]:
    """Orbits of a step that conserves volume that are not chaotic as one family."""
    regular = [(members, each) for members, each in found if each.conserves and not each.chaotic]
    if len(regular) < 2:
        return found
    family = np.sort(np.concatenate([members for members, _ in regular]))
    chaotic = [(members, each) for members, each in found if not each.conserves or each.chaotic]
    return [*chaotic, (family, spectrum(family))]


def _leaving(
    regions: Regions,
    watched: Watched,
    orbits: Int[np.ndarray, " kept"],
    started: int,
    spectrum: _Measure,
    *,
    time_per_step: float,
) -> Leaving | None:
    """The set that held orbits longest, of those that some were seen to leave."""
    found, since = [], watched.times[min(_FOUND, len(watched.times) - 1)]
    for region in np.flatnonzero(~regions.final):
        inside = regions.visited == region
        last = watched.times[inside.shape[1] - 1 - np.argmax(inside[:, ::-1], axis=1)]
        was = np.flatnonzero(inside.any(axis=1) & (last > since))
        still = np.flatnonzero(regions.visited[:, -1] == region)
        left, spent = len(was) - len(still), float(np.sum(last[was] - since))
        if left and len(was) > 1 and spent / left >= _HELD * watched.times[-1]:
            found.append((spent, was, still, left))
    if not found:
        return None
    spent, was, still, left = max(found, key=lambda each: each[0])
    mean = spent / left * time_per_step
    measured = spectrum(still) if len(still) else None
    return Leaving(orbits[was], orbits[still], len(still) / started, mean, mean / left**0.5, measured)
