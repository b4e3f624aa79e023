"""The nearest word, for messages."""

import difflib
from collections.abc import Collection


def did_you_mean(name: str, names: Collection[str]) -> str:
    """`; did you mean X?` for the entry of `names` closest to `name`, or nothing where none is close."""
    lower = {known.lower(): known for known in names}
    near = difflib.get_close_matches(name.lower(), lower, n=1, cutoff=0.5)
    return f"; did you mean {lower[near[0]]}?" if near else ""
