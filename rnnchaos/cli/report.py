"""How a command ends: its exit code, one line for what went wrong, and one JSON object under --json."""

import errno
import json
import math
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from rnnchaos.errors import ConfigError, RunError, TimeUp
from rnnchaos.escaping import escaped, one_line
from rnnchaos.memory import in_words
from rnnchaos.outcome import Outcome

FAILED, BAD_INPUT, TIME_UP, INTERRUPTED = 1, 2, 124, 130

# Errors of the system that only a word of the command line can cause.
_TYPED = (errno.ENAMETOOLONG, errno.ELOOP)
_LONG = 80
_NOWHERE = "the folder that this command was started in is gone: change to one that is there"


def attempt(work: Callable[[], Outcome]) -> Outcome:
    """The outcome of `work`; an exception becomes one line on stderr and an exit code."""
    try:
        return work()
    except ConfigError as error:
        return fail(str(error), BAD_INPUT)
    except RunError as error:
        return fail(str(error), FAILED)
    except TimeUp:
        return fail("stopped, because the time is nearly up", TIME_UP)
    except KeyboardInterrupt:
        return fail("interrupted", INTERRUPTED)
    except OSError as error:
        if error.errno in _TYPED:
            return fail(f"{error.strerror}: {_shortened(error.filename)}", BAD_INPUT)
        return fail(_NOWHERE, BAD_INPUT) if _is_nowhere() else _unforeseen(error)
    except Exception as error:
        return _unforeseen(error)


def _unforeseen(error: Exception) -> Outcome:
    message = in_words(error)
    return fail(f"{message} (RNNCHAOS_TRACEBACK=1 shows where)", FAILED)


def _is_nowhere() -> bool:
    """Whether the folder that this process stands in was removed."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def _shortened(name: object) -> str:
    text = str(name)
    return text if len(text) <= _LONG else f"{text[:_LONG]}… ({len(text)} characters)"


def fail(message: str, exit_code: int) -> Outcome:
    """Say what went wrong on stderr, with the traceback where the user asked for it."""
    if os.environ.get("RNNCHAOS_TRACEBACK") == "1" and sys.exc_info()[0] is not None:
        print(escaped(traceback.format_exc()), end="", file=sys.stderr)
    print(f"rnnchaos: error: {one_line(message)}", file=sys.stderr)
    return Outcome(exit_code, {"error": message})


def to_json(outcome: Outcome) -> str:
    """The record and the exit code as one JSON object; a number that JSON does not know becomes null."""
    return json.dumps({"exit_code": outcome.exit_code} | _plain(dict(outcome.record)))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if hasattr(value, "tolist"):  # NumPy and JAX arrays and scalars
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, str | int | None) else str(value)
