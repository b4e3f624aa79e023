"""What a listing says of the systems, at hand without importing a class.

`python -m rnnchaos.listings.systems` writes facts.json anew from the classes.
"""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from rnnchaos import plugins
from rnnchaos.settings.config_folders import ConfigFolders

FILE = Path(__file__).with_name("facts.json")
FAMILIES = ("flows", "maps", "delay", "spatial", "regular", "plugin")
"""Packages that systems are in, as they are listed; plugin for systems from outside."""


class Facts(NamedTuple):
    """One choice of `dataset=` that has equations."""

    system: str
    """Its name."""
    family: str
    dimension: int
    equation: str
    source: str
    """Author and year."""
    settings: Mapping[str, Any]
    time_per_step: float
    tau_pred_steps: float | None
    """τ_pred = ln 2 / λ_max in sampling steps, None where nothing is chaotic or nothing is known."""
    reference: Mapping[str, Any] | None
    """The stored exponents, nats per time unit, and what they were computed with."""
    literature: Mapping[str, Any] | None
    """Published exponents."""
    config: Mapping[str, Any]
    """What its file holds: facts of another content are not those of this system."""

    @property
    def record(self) -> dict[str, Any]:
        """For `--json`."""
        return {name: value for name, value in self._asdict().items() if name not in ("source", "config")}


def as_json(found: list[Facts]) -> str:
    """The text of the file."""
    return json.dumps([facts._asdict() for facts in found], indent=1, ensure_ascii=False) + "\n"


@functools.cache
def stored() -> dict[str, Facts]:
    """The systems of this package by name."""
    return {entry["system"]: Facts(**entry) for entry in json.loads(FILE.read_text(encoding="utf-8"))}


def system_names(known: ConfigFolders) -> list[str]:
    """The datasets that are systems with equations of this package or of plugins."""
    outside = {choice.target for choice in plugins.choices("dataset").values()}
    targets = {name: str(known.content("dataset", name)["_target_"]) for name in known.choices("dataset")}
    return [name for name, at in targets.items() if at.startswith("rnnchaos.systems.") or at in outside]
