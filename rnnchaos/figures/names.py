"""Names of axes as they are printed: symbols in italics with their indices, everything else as it is."""

import re
from collections.abc import Sequence

from rnnchaos.escaping import one_line

# A letter alone, with an index and primes if it has any, as in x, p_x and θ_1'.
_SYMBOL = re.compile(r"(?<!\w)(?P<letter>[^\W\d_])(?:_(?P<index>\w{1,3}))?(?P<primes>'*)(?!\w)")
_LONGEST = 40


def in_print(name: str) -> str:
    """The name of an axis for a label. Nothing in it is a formula but symbols: names come from files, too."""
    return _SYMBOL.sub(_as_symbol, literal(name))


def literal(text: str) -> str:
    """A text that is no formula to who draws it, on one line and of bounded length."""
    line = one_line(text)
    return (line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…").replace("$", r"\$")


def _as_symbol(found: re.Match[str]) -> str:
    index = f"_{{{found['index']}}}" if found["index"] else ""
    return f"${found['letter']}{index}{found['primes']}$"


def axis_names_or_default(names: Sequence[str] | None, dimension: int) -> list[str]:
    """The given names of the axes, or x, y, z up to three and x₁, x₂, … beyond, for labels."""
    if names is None:
        names = "xyz"[:dimension] if dimension <= 3 else [f"x_{i + 1}" for i in range(dimension)]
    return [in_print(name) for name in names]


def delayed(name: str, lag: int) -> list[str]:
    """The two axes of a delay plot of an axis as it is printed."""
    return [f"{name}$(t)$", f"{name}$(t+{lag})$, in steps"]


def shown_of_all(shown: int, dimension: int) -> str:
    """That only some axes are drawn; nothing where all are."""
    return f"{shown} of {dimension} axes" if shown < dimension else ""
