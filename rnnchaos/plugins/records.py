"""Which plugins a run has used, as its provenance says, and whether they are there, and the same, when it is opened."""

from collections.abc import Iterator, Mapping
from typing import Any

from rnnchaos.errors import ConfigError
from rnnchaos.plugins.classes import BASES, bases
from rnnchaos.plugins.loading import Plugin
from rnnchaos.plugins.naming import FLAG
from rnnchaos.plugins.offered import Choice, choices

_DIGITS = 12


def used(config: Any, *, kind: str = "") -> list[dict[str, Any]]:
    """The plugins whose classes a config names, in plain values; with the `kind` of a run those of metrics, too."""
    found: dict[Plugin, list[str]] = {}
    for choice in _of_config(config) + (_of_kind(kind) if kind else []):
        found.setdefault(choice.load()[1], []).append(choice.target)
    return [{**plugin._asdict(), "classes": sorted(classes)} for plugin, classes in found.items()]


def check_there(recorded: Any, config_text: str, *, of: object) -> None:
    """Raise ConfigError where a config names a class of a recorded plugin that is neither named nor installed now."""
    offered = _offered()
    for plugin in _read(recorded):
        for target in plugin["classes"]:
            if target not in offered and f"_target_: {target}" in config_text:
                raise ConfigError(_missing(plugin, target, of))


def check_unchanged(recorded: Any, *, of: object) -> None:
    """Raise ConfigError unless all recorded plugins are there, and are what they were."""
    offered = _offered()
    for plugin in _read(recorded):
        for target in plugin["classes"]:
            if target not in offered:
                raise ConfigError(_missing(plugin, target, of))
    for said in changes(recorded, of=of):
        raise ConfigError(f"{said}; bring back what it was, or train anew")


def changes(recorded: Any, *, of: object) -> list[str]:
    """A sentence on each recorded plugin that is another one now."""
    offered, said = _offered(), []
    for plugin in _read(recorded):
        digests = {offered[target].load()[1].sha256 for target in plugin["classes"] if target in offered}
        for now in digests - {plugin["sha256"]}:
            before, after = (str(digest)[:_DIGITS] for digest in (plugin["sha256"], now))
            said.append(f"{plugin['name']} is not what {of} was made with: sha256 {before} then, {after} now")
    return said


def _of_config(config: Any) -> list[Choice]:
    targets = set(_targets(config))
    return [choice for choice in _offered().values() if choice.target in targets]


def _of_kind(kind: str) -> list[Choice]:
    """The metrics, which every evaluation works out, and the diagnostics that a run is of, or has after training."""
    return [
        *choices("metric").values(),
        *(
            choice
            for choice in choices("diagnostic").values()
            if choice.name == kind or (kind == "train" and _follows_training(choice.load()[0]))
        ),
    ]


def _follows_training(diagnostic: Any) -> bool:
    base: Any
    (base,) = bases("diagnostic")
    return diagnostic.after_training is not base.after_training


def _offered() -> dict[str, Choice]:
    """All that is offered, by targets."""
    return {choice.target: choice for group in BASES for choice in choices(group).values()}


def _missing(plugin: Mapping[str, Any], target: str, of: object) -> str:
    return (
        f"{of} was made with the plugin {plugin['name']} ({target}); name it with {FLAG} FILE or install it"
    )


def _read(recorded: Any) -> list[Mapping[str, Any]]:
    """What a folder says of its plugins; nothing in one of earlier versions."""
    try:
        return [
            {"name": str(entry["name"]), "sha256": entry["sha256"], "classes": [*map(str, entry["classes"])]}
            for entry in recorded or ()
        ]
    except (KeyError, TypeError) as error:
        raise ConfigError(f"what a run's folder says of its plugins cannot be read ({error!r})") from error


def _targets(node: Any) -> Iterator[str]:
    """Every `_target_` in settings, nested or by their full names."""
    for key, entry in node.items() if isinstance(node, Mapping) else ():
        if isinstance(entry, str) and key.rpartition(".")[2] == "_target_":
            yield entry
        yield from _targets(entry)
    for entry in node if isinstance(node, list | tuple) else ():
        yield from _targets(entry)
