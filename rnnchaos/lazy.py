"""Names of a room that are imported when they are first asked for (PEP 562): importing JAX takes seconds."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazily(room: str, places: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a room that has each name from the module where it is."""

    def find(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        value = getattr(import_module(places[name]), name)
        setattr(sys.modules[room], name, value)  # in place of a submodule of the same name
        return value

    return find
