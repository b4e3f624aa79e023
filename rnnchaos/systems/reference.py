"""Exponents that this package has computed for its own systems, with what they were computed with."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, NamedTuple

import equinox as eqx

from rnnchaos.systems.base import AbstractSystem


class Reference(NamedTuple):
    """Lyapunov exponents of a system at its default parameters, nats per time unit, largest first."""

    exponents: tuple[float, ...]
    standard_error: tuple[float, ...]
    kaplan_yorke: float | None
    kaplan_yorke_error: float | None
    orbits: int
    steps: int
    """Averaged per orbit."""
    checks: tuple[Mapping[str, Any], ...]
    """What they were held against: name, grade, figure, bound and meaning of each; none of some that are older."""


def reference(system: AbstractSystem) -> Reference | None:
    """The stored exponents for exactly these settings, or None. `scripts/check_catalogue.py` computes them."""
    kind, settings = type(system), settings_of(system)
    of_kind = (entry for entry in _stored().values() if entry["system"] == kind.__name__)
    # Settings that are younger than the entry have their defaults in it.
    stored = next((entry for entry in of_kind if settings_of(kind(**entry["settings"])) == settings), None)
    if stored is None:
        return None
    return Reference(
        tuple(stored["exponents"]),
        tuple(stored["standard_error"]),
        stored["kaplan_yorke"],
        stored["kaplan_yorke_error"],
        stored["orbits"],
        stored["steps"],
        tuple(stored["checks"]),
    )


def settings_of(system: AbstractSystem) -> dict[str, Any]:
    """The fields of a system by name, parameters and integration step alike; of equations, their description, too."""
    return {name: value for name, value in vars(system).items() if not eqx.is_array(value)}


def _stored() -> dict[str, dict]:
    return json.loads((files("rnnchaos.systems") / "references.json").read_text(encoding="utf-8"))
