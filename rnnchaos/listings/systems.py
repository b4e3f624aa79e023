"""rnnchaos systems NAME: one system shown; and the facts of all of them, from their classes.

`python -m rnnchaos.listings.systems` writes these anew, for the listing.
"""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.text import Text

from rnnchaos.data import observed_orbit
from rnnchaos.diagnostics.tables import number
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.errors import ConfigError
from rnnchaos.figures.braille import braille_plot
from rnnchaos.listings.facts import FAMILIES, FILE, Facts, as_json, system_names
from rnnchaos.nearest import did_you_mean
from rnnchaos.outcome import Outcome
from rnnchaos.settings import build
from rnnchaos.settings.config_folders import ConfigFolders
from rnnchaos.settings.groups import DatasetSettings
from rnnchaos.settings.outside import configs
from rnnchaos.settings.read import read_dataset
from rnnchaos.systems import AbstractMap, AbstractSystem, Reference, reference

_POINTS = 5_000
# Names with their particles, then a year: "Lorenz 1963", "van der Pol & van der Mark (1927)".
_SOURCE = re.compile(r"(?:(?:[A-ZÉ][\w’-]+|&|et al\.|van|der|von|de),? )+\(?[12]\d{3}")


class Entry(NamedTuple):
    """One choice of `dataset=` that has equations."""

    name: str
    system: AbstractSystem
    settings: DatasetSettings
    config: Mapping[str, Any]
    """What its file holds."""

    @property
    def family(self) -> str:
        """The package that the system is in: flows, maps, delay, spatial or regular; plugin for one from outside."""
        package, *rooms = type(self.system).__module__.split(".")
        return rooms[1] if package == "rnnchaos" else "plugin"

    @property
    def source(self) -> str:
        """Author and year, from the class's docstring."""
        described = " ".join((inspect.getdoc(type(self.system)) or "").split())
        found = _SOURCE.search(described)
        return found[0].replace("(", "").strip() if found else ""

    @property
    def reference(self) -> Reference | None:
        """The stored exponents."""
        return reference(self.system)

    @property
    def predictability_steps(self) -> float | None:
        """τ_pred = ln 2 / λ_max in sampling steps, None where nothing is chaotic or nothing is known."""
        known = self.reference
        if known is None:
            return None
        exponents, errors = np.array(known.exponents), np.array(known.standard_error)
        return Truth(exponents, errors, self.system.time_per_step, "catalogue").predictability_steps

    @property
    def facts(self) -> Facts:
        """What a listing says of it."""
        known, published = self.reference, self.system.literature()
        return Facts(
            self.name,
            self.family,
            self.system.dimension,
            self.system.equation,
            self.source,
            dict(self.settings.source.arguments),
            self.system.time_per_step,
            self.predictability_steps,
            None if known is None else {k: v for k, v in known._asdict().items() if k != "checks"},
            None if published is None else published._asdict(),
            self.config,
        )


def entries() -> list[Entry]:
    """Every dataset of the config folder, and of plugins, that has equations, by family and name."""
    known = configs()
    found = [built(known, name) for name in system_names(known)]
    return sorted(found, key=lambda entry: (FAMILIES.index(entry.family), entry.name))


def built(known: ConfigFolders, name: str) -> Entry:
    """A dataset by its name, with the object of its class."""
    content = known.content("dataset", name)
    settings = read_dataset(content)
    return Entry(name, build.instance(settings.source, "dataset"), settings, content)


def _entry(name: str) -> Entry:
    """A dataset by its name, or the equations in a file."""
    known = configs()
    if name.endswith((".yaml", ".yml")):
        content = known.content("dataset", "equations") | {"path": name}
        settings = read_dataset(content)
        source = build.instance(settings.source, "dataset")
        return Entry(f"equations dataset.path={name}", source, settings, content)
    if name not in (names := system_names(known)):
        raise ConfigError(f"there is no system {name!r}{did_you_mean(name, names)}")
    return built(known, name)


def show_system(name: str, console: Console, *, figure: Path | None) -> Outcome:
    """One system, of the catalogue or of a file, with its equation, its parameters, its exponents and its picture.

    Raises ConfigError for a name that is none, with the nearest one.
    """
    entry = _entry(name)
    title = entry.system.label if entry.family == "equations" else name
    equation = f"({entry.family}): {entry.system.equation}"
    console.print(
        Text.assemble((title, "bold"), f" {equation}"), highlight=False, soft_wrap=True
    )  # as text: brackets in an equation are no markup
    if not re.search("=|→", entry.system.equation):  # one class for many equations
        headline = configs().headline("dataset", name)
        console.print(headline, highlight=False, soft_wrap=True)
    values = ", ".join(
        f"{key} = {value:.6g}" if isinstance(value, float) else f"{key} = {value}"
        for key, value in _numbers(entry.settings.source.arguments)
    )
    console.print(f"dataset={entry.name}: {values}", highlight=False, soft_wrap=True, markup=False)
    for line in _exponents(entry):
        console.print(line, highlight=False, soft_wrap=True)
    states = observed_orbit(entry.system, num_steps=_POINTS, transient=entry.settings.preparation.transient)
    across, up, said = _plane(states, entry)
    console.print(f"{said}\n{braille_plot(across, up)}", highlight=False, soft_wrap=True)
    if figure is not None:
        from rnnchaos.figures import save_figure, system_figure

        drawn = system_figure(
            states,
            axis_names=entry.system.axis_names,
            connected=not isinstance(entry.system, AbstractMap),
            lag=_lag(entry),
        )
        save_figure(drawn, figure)
        console.print(f"drawn to {figure}", highlight=False, soft_wrap=True)
    return Outcome(0, entry.facts.record)


def _numbers(arguments: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The settings of a system; of equations, each parameter and each entry of the initial state."""
    for key, value in arguments.items():
        if isinstance(value, Mapping) and key != "equations":
            yield from ((f"{key}.{name}", number) for name, number in value.items())
        elif key not in ("equations", "name", "source"):
            yield key, value


def _exponents(entry: Entry) -> list[str]:
    lines = []
    known, published = entry.reference, entry.system.literature()
    if known is not None:
        lines.append(f"exponents per time unit {_listed(known.exponents, known.standard_error)}")
        lines.append(
            f"  computed from {known.orbits} orbits of {known.steps} steps; "
            f"Kaplan–Yorke dimension {number(known.kaplan_yorke, known.kaplan_yorke_error)}"
        )
    if published is not None:
        lines.append(
            f"published {_listed(published.exponents, published.standard_error)}: {published.source}"
        )
    if entry.predictability_steps is not None:
        lines.append(
            f"τ_pred = ln 2 / λ_max = {entry.predictability_steps:.1f} steps of {entry.system.time_per_step:g}"
        )
    if entry.family == "equations":
        lines.append(f"rnnchaos lyapunov dataset={entry.name} measures its exponents")
    return lines


def _listed(exponents: Sequence[float], errors: Sequence[float]) -> str:
    shown = [number(value, error) for value, error in zip(exponents[:6], errors[:6], strict=True)]
    return ", ".join(shown) + (f", … ({len(exponents)} in all)" if len(exponents) > 6 else "")


def _plane(states: np.ndarray, entry: Entry) -> tuple[np.ndarray, np.ndarray, str]:
    """Two coordinates to draw, and what they are."""
    names = entry.system.axis_names
    if states.shape[1] == 1:
        lag = _lag(entry)
        return states[:-lag, 0], states[lag:, 0], f"{names[0]}(t + {lag}) over {names[0]}(t), in steps"
    up = min(2, states.shape[1] - 1)
    return states[:, 0], states[:, up], f"{names[up]} over {names[0]}"


def _lag(entry: Entry) -> int:
    """Steps between the two axes of a delay plot: one for a map, about a quarter of a turn for a curve."""
    return 1 if isinstance(entry.system, AbstractMap) else 10


if __name__ == "__main__":
    FILE.write_text(as_json([entry.facts for entry in entries()]), encoding="utf-8")
