"""What a workflow hands back to the command line."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Outcome(NamedTuple):
    """The exit code of a command and its result in plain values, as `--json` prints it."""

    exit_code: int
    record: Mapping[str, Any]
