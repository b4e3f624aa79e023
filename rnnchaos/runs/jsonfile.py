"""JSON as every reader takes it: no NaN and no Infinity, which become null."""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from enum import Enum
from pathlib import PurePath
from typing import Any


def to_text(value: Any) -> str:
    """Indented JSON with a closing newline."""
    return json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_line(value: Any) -> str:
    """JSON on one line, with its newline."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False) + "\n"


def from_text(text: str | bytes) -> Any:
    """The value of a JSON text. Raises ValueError where it is none."""
    try:
        return _DECODER.decode(text if isinstance(text, str) else text.decode())
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def sealed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the digest of all of it as its last entry."""
    return {**values, _SEAL: _digest(plain(values))}


def unsealed(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was sealed, as it was read, or was written before there were seals.

    Raises ValueError where the digest does not fit.
    """
    content = {key: value for key, value in values.items() if key != _SEAL}
    if is_sealed(values) and values.get(_SEAL) != _digest(content):
        raise ValueError("its content does not fit its digest")
    return content


def is_sealed(values: Mapping[str, Any]) -> bool:
    """Whether there is a digest, or what was one before its name was damaged."""
    *_, last = [None, *values.values()]
    return _SEAL in values or (isinstance(last, str) and re.fullmatch("[0-9a-f]{64}", last) is not None)


def _digest(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(_CANONICAL.encode(values).encode()).hexdigest()


def plain(value: Any) -> Any:
    """Python's own containers and scalars, from these and from NumPy's."""
    match value:
        case Mapping():
            return {str(key): plain(entry) for key, entry in value.items()}
        case list() | tuple():
            return [plain(entry) for entry in value]
        case Enum():
            return plain(value.value)
        case PurePath():
            return str(value)
        case float():
            return float(value) if math.isfinite(value) else None
    if hasattr(value, "tolist"):  # arrays, and scalars other than float64, which is a float
        return plain(value.tolist())
    return value


def _refuse(token: str) -> None:
    raise ValueError(f"{token} is no JSON number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two entries of one name some readers see the first, others the last."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("it names an entry twice")
    return found


_SEAL = "sha256"
# One for all: a sweep reads a hundred thousand lines.
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=True, allow_nan=False)
_DECODER = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_unique)
