"""The attractors that orbits end on, one row each: as a table, as plain values, and orbit by orbit."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Int
from rich.console import RenderableType

from rnnchaos.attractors import Attractor, AttractorSet, Leaving
from rnnchaos.console import coloured
from rnnchaos.diagnostics.tables import new_table
from rnnchaos.numbers import number
from rnnchaos.tangent import Check, LyapunovSpectrum, theorem_of, worst

# Orbits that are on no attractor, in place of its index.
_LEAVING, _ESCAPED = -1, -2
_COLUMNS = ("", "orbits", "kind", "exponents", "Theorem", "checks")
_SHOWN_EXPONENTS = 3


def alone(found: AttractorSet) -> bool:
    """Whether all orbits end on one attractor, so that nothing needs to be told apart."""
    return len(found.attractors) == 1 and found.leaving is None and not (found.gone.any() or found.unplaced)


def attractors_shown(found: AttractorSet, checks: Sequence[Sequence[Check]]) -> tuple[RenderableType, ...]:
    """A row for each attractor, and for orbits that leave one for another; nothing where there is but one."""
    if alone(found):
        return ()
    started = found.num_orbits
    table = new_table(*_COLUMNS)
    for index, (each, own) in enumerate(zip(found.attractors, checks, strict=True), start=1):
        table.add_row(
            str(index),
            f"{len(each.orbits)} of {started}",
            each.kind,
            _leading(each.spectrum),
            str(_theorem(each)),
            str(worst(own)),
        )
    if found.leaving is not None and found.leaving.spectrum is not None:
        spectrum = found.leaving.spectrum
        share = f"{len(found.leaving.still)} of {started}"
        table.add_row("–", share, "transient", _leading(spectrum), "–", "–")
    table.title, table.caption = (
        "attractors",
        "Nats per time unit. A number that stands alone is of attractor 1.",
    )
    for name in ("kind", "exponents"):  # broken where the terminal has no room
        table.columns[_COLUMNS.index(name)].no_wrap = False
    return (table, *said_of_orbits(found))


def attractors_summary(found: AttractorSet, checks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Every attractor in plain values, the orbits that leave one for another, and those that escape to infinity."""
    return {
        "attractors": [
            {
                "share": each.share,
                "kind": each.kind,
                "orbits": len(each.orbits),
                "exponents_per_time_unit": each.spectrum.exponents,
                "standard_error_per_time_unit": each.spectrum.standard_error,
                "lambda_max_of_orbits": _range(found, each.orbits),
                "kaplan_yorke_dimension": each.spectrum.kaplan_yorke,
                "kaplan_yorke_error": each.spectrum.kaplan_yorke_error,
                "theorem": _theorem(each),
                "checks": own,
            }
            for each, own in zip(found.attractors, checks, strict=True)
        ],
        "leaving": None if found.leaving is None else _leaving(found.leaving),
        "escaped": _escapes(found),
    }


def orbit_arrays(found: AttractorSet) -> dict[str, np.ndarray]:
    """Each orbit's own exponents and their errors within it, and the index of its attractor."""
    attractor = np.full(len(found.exponents), _LEAVING)
    attractor[found.gone] = _ESCAPED
    for index, each in enumerate(found.attractors):
        attractor[each.orbits] = index
    return {
        "orbit_exponents": found.exponents,
        "orbit_standard_error": found.standard_error,
        "orbit_attractor": attractor,
    }


def said_of_orbits(found: AttractorSet) -> Iterator[RenderableType]:
    """Sentences on the orbits that are on no attractor."""
    if found.leaving is not None:
        of = found.leaving
        yield (
            f"transient: {of.num_left} of {found.num_orbits} orbits stayed on a set and left it, {len(of.still)} are "
            "there still; "
            f"the mean time until they leave is {number(of.mean_time, of.mean_time_error)} time units"
        )
    if found.unplaced:
        yield (
            f"on the way: {found.unplaced} of {found.num_orbits} orbits have come to no attractor; "
            "watch them for longer (diagnostics.lyapunov.watch, system_steps)"
        )
    if found.gone.any():
        yield (
            coloured(
                "escapes",
                "red",
                f": {found.gone.sum()} of {found.num_orbits} orbits leave every bound, the last by step "
                f"{found.escaped.max()}",
            )
        )


def _leading(spectrum: LyapunovSpectrum) -> str:
    """The first exponents with their errors."""
    pairs = zip(spectrum.exponents, spectrum.standard_error, strict=True)
    shown = [number(value, error) for value, error in itertools.islice(pairs, _SHOWN_EXPONENTS)]
    return ", ".join([*shown, *(["…"] if len(spectrum.exponents) > _SHOWN_EXPONENTS else [])])


def leading_exponent(attractor: Attractor) -> tuple[float, float]:
    """λ_max and its standard error, nats per step."""
    spectrum = attractor.spectrum
    return float(spectrum.per_step[0]), float(spectrum.per_step_error[0])


def _theorem(attractor: Attractor) -> int:
    return theorem_of(*leading_exponent(attractor), num_steps=attractor.spectrum.num_steps)


def _range(found: AttractorSet, orbits: Int[np.ndarray, " orbit"]) -> tuple[float, float]:
    """Least and greatest λ_max of single orbits that count, nats per time unit."""
    own = found.exponents[orbits, 0]
    return float(np.nanmin(own)), float(np.nanmax(own))


def _escapes(found: AttractorSet) -> dict[str, Any]:
    gone = found.gone
    return {
        "share": float(gone.mean()),
        "orbits": int(gone.sum()),
        "first_step": int(found.escaped[gone].min()) if gone.any() else None,
    }


def _leaving(leaving: Leaving) -> dict[str, Any]:
    spectrum = leaving.spectrum
    return {
        "share": leaving.share,
        "orbits": len(leaving.orbits),
        "orbits_still_there": len(leaving.still),
        "mean_time": leaving.mean_time,
        "mean_time_error": leaving.mean_time_error,
        "exponents_per_time_unit": None if spectrum is None else spectrum.exponents,
        "standard_error_per_time_unit": None if spectrum is None else spectrum.standard_error,
    }
