"""Where progress goes: a choice of the command, which reaches the processes that it starts by the environment."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rnnchaos.errors import ConfigError
from rnnchaos.settings.build import instance
from rnnchaos.settings.groups import Component
from rnnchaos.settings.read import read_logging
from rnnchaos.sinks import AbstractSink, Nothing

VARIABLE = "RNNCHAOS_LOGGING"
NO_LOGGING = Component("rnnchaos.sinks.Nothing", {})


def sinks_of(logging: Component | None) -> list[AbstractSink]:
    """New sinks of one run, as its settings say, or whoever started this process.

    Raises ConfigError where something that they need is not there.
    """
    handed_on = os.environ.get(VARIABLE)
    if logging is None and handed_on:
        logging = read_logging(json.loads(handed_on))
    made = None if logging is None else instance(logging, "logging")
    return [] if made is None or isinstance(made, Nothing) else [made]


def hand_on(nodes: Sequence[Mapping[str, Any]]) -> None:
    """Let what this process starts log as the `logging` nodes of all configs say.

    Raises ConfigError where they differ, or something that they need is not there.
    """
    if any(node != nodes[0] for node in nodes):
        raise ConfigError("logging must be the same for all cells: it makes no other training")
    chosen = read_logging(nodes[0])
    os.environ.pop(VARIABLE, None)
    if sinks_of(chosen):
        arguments = {
            name: str(value) if isinstance(value, Path) else value for name, value in chosen.arguments.items()
        }
        os.environ[VARIABLE] = json.dumps({"_target_": chosen.target, **arguments})
