"""The word that a misspelt one, or one of another tool, most likely means."""

import difflib
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from rnnchaos.synonyms import instead_of, meant_by, plain

_DEEP = 2
"""Dots from which on a name is none that one word stands for before its synonyms."""
_SHORTEST = 3
"""Letters from which on the beginning of a name stands for it."""


def nearest(name: str, names: Collection[str]) -> str | None:
    """The entry of `names` that a misspelt one most likely means, or None; case, accents and separators do not count.

    In this order: the same last part elsewhere (`dataset.system.rho`), a synonym (`lr`), a similar last part beside
    it (`protocol.tua`), the beginning of one (`mackey`), a similar last part anywhere (`lerning_rate`).
    """
    if known := known_as(name, names):
        return known
    parent, _, leaf = name.rpartition(".")
    typed = plain(leaf)
    beside = {plain(_leaf(known)): known for known in names if known.rpartition(".")[0] == parent}
    if match := spelt_like(typed, beside):
        return beside[match[0]]
    anywhere = {plain(_leaf(known)): known for known in reversed([*names])}
    if begun := _begun(typed, anywhere):
        return anywhere[begun]
    match = spelt_like(typed, anywhere, cutoff=0.75)
    return anywhere[match[0]] if match else None


def spelt_like(name: str, names: Iterable[str], *, most: int = 1, cutoff: float = 0.6) -> list[str]:
    """The entries of `names` spelt most like `name`, the closest first; case does not count."""
    spelt = {known.casefold(): known for known in names}
    near = difflib.get_close_matches(name.casefold(), spelt, n=most, cutoff=cutoff)
    return [spelt[each] for each in near]


def spelt_hint(name: str, names: Iterable[str], *, cutoff: float = 0.5) -> str:
    """`; did you mean X?` for names that are no words of ours, as those of variables are, which may be short."""
    near = spelt_like(name, names, cutoff=cutoff)
    return f"; did you mean {near[0]}?" if near else ""


def path_like(path: Path) -> Path | None:
    """What lies beside a path that does not exist, under the name most like its own."""
    beside = (entry.name for entry in path.parent.iterdir()) if path.parent.is_dir() else ()
    near = spelt_like(path.name, beside)
    return path.parent / near[0] if near else None


def known_as(name: str, names: Collection[str]) -> str | None:
    """The entry with the same last part, but for case, accents and separators, or that a synonym stands for."""
    parent, _, leaf = name.rpartition(".")
    same = [known for known in names if plain(_leaf(known)) == plain(leaf)]
    near = same if parent else [known for known in same if known.count(".") < _DEEP]
    synonym = None if near else _synonym(leaf, parent, names)
    if synonym is not None:
        return synonym
    return max(
        near or same, key=lambda known: difflib.SequenceMatcher(None, name, known).ratio(), default=None
    )


def did_you_mean(name: str, names: Collection[str]) -> str:
    """`; did you mean X?` for the entry of `names` closest to `name`, or nothing where none is close.

    For what other tools have and this one has not, what there is instead.
    """
    match = nearest(name, names)
    if match is not None:
        return f"; did you mean {match}?"
    instead = instead_of(_leaf(name))
    return "" if instead is None else f": {instead}"


def _synonym(leaf: str, parent: str, names: Collection[str]) -> str | None:
    """What the table says of a word: beside it, where that is among the names, else the first that is."""
    found = [
        known
        for meant in meant_by(leaf)
        for known in names
        if known == meant or ("." not in meant and _leaf(known) == meant)
    ]
    return next((known for known in found if known.rpartition(".")[0] == parent), next(iter(found), None))


def _begun(typed: str, known: Sequence[str] | Collection[str]) -> str | None:
    """The shortest name that begins with what was typed, else the longest with which that begins."""
    if len(typed) < _SHORTEST:
        return None
    longer = sorted((word for word in known if word.startswith(typed)), key=len)
    shorter = sorted((word for word in known if len(word) >= _SHORTEST and typed.startswith(word)), key=len)
    return next(iter(longer), shorter[-1] if shorter else None)


def _leaf(key: str) -> str:
    return key.rpartition(".")[2]
