"""Whether orbits have one spectrum, by their own errors."""

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.tangent.averages import long_pieces
from rnnchaos.tangent.grades import Check, Grade
from rnnchaos.tangent.spectrum import LyapunovSpectrum

# Pieces of one orbit: fewer and longer ones are less correlated, more tell the error better.
_PIECES = 8
# Two groups of orbits have different exponents beyond this many standard errors, with a gap between them that is
# this many times wider than what is between any two neighbours within them, and beyond this share of the exponents.
_DIFFERS, _GAP, _SHARE = 10.0, 4.0, 1e-6


def within_orbit_error(blocks: Float[np.ndarray, "orbit block k"]) -> Float[np.ndarray, "orbit k"]:
    """Standard error of each orbit's own mean, from its pieces."""
    pieces = long_pieces(blocks, per_orbit=min(_PIECES, blocks.shape[1]))
    finite = np.isfinite(pieces).all(axis=1, keepdims=True)
    return np.where(finite, pieces, 0.0).std(axis=1, ddof=1) / pieces.shape[1] ** 0.5


def alike(spectrum: LyapunovSpectrum) -> list[Int[np.ndarray, " member"]]:
    """The orbits in groups of one largest exponent each; one group where some go where others have been."""
    if spectrum.retraced:
        return [np.arange(len(spectrum.blocks) + spectrum.retraced)]
    return groups(spectrum.blocks[..., 0])


def pooled_checks(blocks: Float[np.ndarray, "orbit block k"]) -> tuple[Check, ...]:
    """A warning where orbits that are averaged together have exponents of their own all along; nothing where none do.

    They are then on several attractors, and what is averaged is of none of them.
    """
    if min(blocks.shape[:2]) < 2 or blocks.shape[1] < _PIECES:
        return ()
    for index in range(blocks.shape[2]):
        parts = groups(blocks[..., index])
        if len(parts) == 1:
            continue
        sizes = [len(part) for part in parts]
        means = " and ".join(f"{blocks[part, :, index].mean():.3g} ({len(part)})" for part in parts)
        meaning = (
            f"share of the orbits in the larger of two groups with a λ_{index + 1} of their own, {means}: what is "
            "averaged over all is of neither attractor (see find_attractors)"
        )
        return (Check("attractors", Grade.WARN, max(sizes) / sum(sizes), 1.0, meaning),)
    return ()


def groups(blocks: Float[np.ndarray, "orbit block"]) -> list[Int[np.ndarray, " member"]]:
    """Orbits in groups of one exponent each, by its blocks: one group, unless what they do differs all along."""
    everyone = np.arange(len(blocks))
    if len(blocks) < 2 or not np.isfinite(blocks).all():
        return [everyone]
    own, error = blocks.mean(axis=1), within_orbit_error(blocks[..., None])[:, 0]
    order = np.argsort(own)
    gaps = np.diff(own[order])
    at = int(np.argmax(gaps))
    low, high = order[: at + 1], order[at + 1 :]
    inner = np.delete(gaps, at).max(initial=0.0)
    scatter = np.sqrt((error[low] ** 2).mean() + (error[high] ** 2).mean())
    floor = _SHARE * max(1.0, float(np.abs(own).max()))
    if gaps[at] <= _GAP * inner or gaps[at] <= _DIFFERS * scatter + floor:
        return [everyone]
    half = blocks.shape[1] // 2
    early, late = blocks[:, :half].mean(axis=1), blocks[:, half:].mean(axis=1)
    middle = (own[low].max() + own[high].min()) / 2
    # An orbit that went over from one to the other belongs to neither for good.
    steady = np.all((early > middle) == (late > middle))
    return [np.sort(low), np.sort(high)] if steady else [everyone]
