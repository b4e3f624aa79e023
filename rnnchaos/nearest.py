"""The word that a misspelt one most likely means."""

import difflib
from collections.abc import Sequence


def nearest(name: str, names: Sequence[str]) -> str | None:
    """The entry of `names` that a misspelt one most likely means, or None.

    In this order: the same last part elsewhere (`dataset.system.rho`), a similar last part beside it
    (`protocol.tua`), a similar last part anywhere (`lerning_rate`).
    """
    parent, _, leaf = name.rpartition(".")
    elsewhere = [known for known in names if _leaf(known) == leaf]
    if elsewhere:
        return max(elsewhere, key=lambda known: difflib.SequenceMatcher(None, name, known).ratio())
    beside = {_leaf(known): known for known in names if known.rpartition(".")[0] == parent}
    anywhere = {_leaf(known): known for known in reversed(names)}
    for candidates, cutoff in ((beside, 0.6), (anywhere, 0.75)):
        if match := difflib.get_close_matches(leaf, candidates, n=1, cutoff=cutoff):
            return candidates[match[0]]
    return None


def did_you_mean(name: str, names: Sequence[str]) -> str:
    """`; did you mean X?` for the entry of `names` closest to `name`, or nothing where none is close."""
    match = nearest(name, names)
    return "" if match is None else f"; did you mean {match}?"


def _leaf(key: str) -> str:
    return key.rpartition(".")[2]
