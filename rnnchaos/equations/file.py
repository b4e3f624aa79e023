"""A file of equations, read with what the command line changes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rnnchaos import yamltext
from rnnchaos.equations.description import Description, check_name, number
from rnnchaos.errors import ConfigError
from rnnchaos.nearest import path_like, spelt_hint
from rnnchaos.setting import Interval, Substeps, at_home

MOST_BYTES = 100_000
_KEYS = (
    "kind",
    "equations",
    "parameters",
    "initial_state",
    "dt",
    "substeps",
    "integrator",
    "tolerance",
    "name",
    "source",
)
_OF_FLOWS = ("dt", "substeps", "integrator", "tolerance")
_CLASSES = {"flow": "rnnchaos.systems.EquationsFlow", "map": "rnnchaos.systems.EquationsMap"}


@dataclass(frozen=True)
class EquationsFile:
    """Equations in a YAML file, and which of its numbers are others; what is stored and computed is its content."""

    path: Path
    """With kind, equations, parameters, initial_state and, of a flow, dt; docs/equations.md says how."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """In place of those in the file, by their names there."""
    initial_state: Mapping[str, Any] = field(default_factory=dict)
    """In place of that in the file, by the names of its variables."""
    dt: Interval | None = None
    """Time units per sampling step of a flow; None takes that of the file."""
    substeps: Substeps | None = None
    """Integration steps per sampling step of a flow; None takes that of the file."""
    integrator: str | None = None
    """Of a flow; None takes that of the file."""
    tolerance: float | None = None
    """Of an adaptive integrator; None takes that of the file."""

    def content(self) -> tuple[str, dict[str, Any]]:
        """The class of `rnnchaos.systems` that the file stands for, and what it is built with.

        Raises ConfigError for a file that cannot be read or does not fit together, with the file in front.
        """
        try:
            found = _checked(self._changed(_content(at_home(self.path))))
        except ConfigError as error:
            raise ConfigError(f"{self.path}: {error}") from None
        return _CLASSES[found.pop("kind")], {"name": self.path.stem, **found}

    def _changed(self, content: dict[str, Any]) -> dict[str, Any]:
        changed = dict(content)
        for group in ("parameters", "initial_state"):
            given, others = content.get(group) or {}, getattr(self, group)
            if not isinstance(given, dict):
                continue  # said by _checked
            for name in others:
                if name not in given:
                    known = [str(key) for key in given]
                    near = spelt_hint(name, known)
                    listed = f" ({group}: {', '.join(known) or 'none'})"
                    raise ConfigError(f"there is no {group}.{name}{near or listed}")
            changed[group] = {**given, **others}
        return changed | {key: getattr(self, key) for key in _OF_FLOWS if getattr(self, key) is not None}


def _checked(content: dict[str, Any]) -> dict[str, Any]:
    """The content with numbers for texts, held against what a system needs."""
    for key in content:
        if key not in _KEYS:
            near = spelt_hint(str(key), _KEYS)
            listed = f" (keys: {', '.join(_KEYS)})"
            raise ConfigError(f"{key} is not a key of equations{near or listed}")
    kind = content.get("kind")
    if kind not in ("flow", "map"):
        raise ConfigError(f"kind must be flow or map, got {'null' if kind is None else repr(kind)}")
    found = {"kind": kind, "equations": _formulas(content.get("equations"))}
    for group in ("parameters", "initial_state"):
        found[group] = _numbers(group, content.get(group))
    Description.of(kind, found["equations"], found["parameters"], found["initial_state"])
    for key in ("name", "source"):
        if content.get(key) is not None:
            found[key] = str(content[key])
    return found | _of_flow(content, kind)


def _of_flow(content: dict[str, Any], kind: str) -> dict[str, Any]:
    given = {key: content[key] for key in _OF_FLOWS if content.get(key) is not None}
    if kind == "map" and given:
        raise ConfigError(f"{next(iter(given))} is of flows alone; a map's step is one iteration")
    if kind == "flow" and "dt" not in given:
        raise ConfigError("dt must be given: time units per sampling step")
    for key in ("dt", "tolerance", "substeps"):
        if key in given:
            given[key] = number(given[key], key)
    if "substeps" in given:
        if given["substeps"] != int(given["substeps"]):
            raise ConfigError(f"substeps must be a whole number, got {given['substeps']}")
        given["substeps"] = int(given["substeps"])
    return given


def _formulas(node: Any) -> dict[str, str]:
    if not isinstance(node, dict):
        raise ConfigError(f"equations must be given: a formula for each variable, got {_shown(node)}")
    found = {}
    for name, formula in node.items():
        check_name(f"equations.{name}", name)
        if isinstance(formula, bool) or not isinstance(formula, str | int | float):
            raise ConfigError(f"equations.{name} must be a formula, got {_shown(formula)}")
        found[name] = str(formula)
    return found


def _numbers(group: str, node: Any) -> dict[str, float]:
    if node is None:
        return {}
    if not isinstance(node, dict):
        raise ConfigError(f"{group} must give a number for each name, got {_shown(node)}")
    for name in node:
        check_name(f"{group}.{name}", name)
    return {name: number(value, f"{group}.{name}") for name, value in node.items()}


def _content(path: Path) -> dict[str, Any]:
    """The file as nested values."""
    if not path.is_file():
        near = path_like(path)
        raise ConfigError(f"no such file{'' if near is None else f'; did you mean {near}?'}")
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror or error}") from None
    if len(raw) > MOST_BYTES:
        raise ConfigError(f"must have at most {MOST_BYTES} bytes")
    content = yamltext.load(raw, _Loader)
    if not isinstance(content, dict):
        raise ConfigError(f"must hold kind, equations and initial_state, got {_shown(content)}")
    return content


class _Loader(yamltext.Loader):
    """And no key twice."""

    most_levels = 3
    too_deep = "is nested too deep: equations, parameters and initial_state hold no groups"

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise ConfigError(f"{key.value} stands twice in it")
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)


def _shown(value: Any) -> str:
    return "nothing" if value is None else repr(value)[:60]
