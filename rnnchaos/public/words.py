"""Settings of Python as words of the command line."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from rnnchaos.errors import ConfigError
from rnnchaos.settings.literal import quoted

# A text that the grammar of overrides takes for nothing else.
_PLAIN = re.compile(r"(?!(?:null|true|false|nan|inf)$)[a-z_][a-z0-9_/.-]*", re.ASCII | re.IGNORECASE)


def words_of(settings: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """`protocol={"tau": 10}` as `protocol.tau=10`, `model="lstm"` as `model=lstm`, whatever is in the text."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from words_of(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}={_written(value, f'{prefix}{name}')}"


def _written(value: Any, name: str) -> str:
    """A value in the grammar of overrides."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case str() | PurePath():
            text = str(value)
            return text if _PLAIN.fullmatch(text) else quoted(text)
        case list() | tuple():
            return f"[{','.join(_written(entry, name) for entry in value)}]"
    if hasattr(value, "tolist"):  # arrays and scalars of NumPy and JAX
        return _written(value.tolist(), name)
    raise ConfigError(
        f"{name} must be a number, a text, a list or a dict of settings, got {type(value).__name__}"
    )
