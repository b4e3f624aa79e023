"""Angles between tangent directions, exact where they nearly vanish, and how often they do."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.errors import ConfigError

# The tail of the angles: few enough to be small, enough to tell their exponent to about a tenth.
_TAIL_SHARE = 0.01
_LEAST_IN_TAIL = 20


class Tail(NamedTuple):
    """How the share of angles below θ falls as θ → 0: like θ^exponent.

    Around 1 the angles have a density at 0, as at the tangencies of stable and unstable manifolds of a map of the
    plane; far above, they end before 0.
    """

    exponent: float
    smallest: float
    """Smallest angle seen, radians."""
    fitted: int
    """Angles that the exponent was fitted to."""


def line_angles(
    u: Float[np.ndarray, "*points state"], v: Float[np.ndarray, "*points state"]
) -> Float[np.ndarray, "*points"]:
    """Angles between the lines along unit vectors `u` and `v`, from 0 to π/2.

    2 atan(|u - v| / |u + v|) keeps all digits of small angles, of which arccos loses half (Kahan 2006, How futile
    are mindless assessments of roundoff in floating-point computation?).
    """
    difference, total = np.linalg.norm(u - v, axis=-1), np.linalg.norm(u + v, axis=-1)
    return 2 * np.arctan2(np.minimum(difference, total), np.maximum(difference, total))


def smallest_principal_angle(
    first: Float[np.ndarray, "*points i state"], second: Float[np.ndarray, "*points j state"]
) -> Float[np.ndarray, "*points"]:
    """The smallest angle between a line of span(first) and one of span(second), from 0 to π/2.

    Björck & Golub (1973, Math. Comput. 27, 579): its cosine and its sine are singular values, of which the angle
    takes the more exact.
    """
    a, b = _orthonormal(first), _orthonormal(second)
    overlap = np.swapaxes(a, -1, -2) @ b
    cosine = np.linalg.svd(overlap, compute_uv=False)[..., 0]
    sine = np.linalg.svd(b - a @ overlap, compute_uv=False)[..., -1]
    return np.arctan2(sine, cosine)


def lower_tail(angles: Float[np.ndarray, "*points"]) -> Tail:
    """The power of θ at which angles become rare towards 0 (Hill 1975, Ann. Stat. 3, 1163), of the smallest 1 %.

    Raises ConfigError for fewer than 2000 angles.
    """
    ordered = np.sort(angles, axis=None)
    count = int(_TAIL_SHARE * ordered.size)
    if count < _LEAST_IN_TAIL:
        raise ConfigError(
            f"angles must number at least {_LEAST_IN_TAIL / _TAIL_SHARE:g} for their tail, got {ordered.size}"
        )
    with np.errstate(divide="ignore"):
        logs = np.log(ordered[: count + 1])
        # Exact zeros are as far down as can be; without any spread the angles end at once.
        exponent = 0.0 if np.isneginf(logs[0]) else float(1 / np.mean(logs[count] - logs[:count]))
    return Tail(exponent, float(ordered[0]), count)


def _orthonormal(rows: Float[np.ndarray, "*points i state"]) -> Float[np.ndarray, "*points state i"]:
    return np.linalg.qr(np.swapaxes(rows, -1, -2))[0]
