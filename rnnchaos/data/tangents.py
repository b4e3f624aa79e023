"""Derivatives of the map x_t ↦ x_{t+k} behind a series: of the equations, or by local linear fits to the series."""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jaxtyping import Array, Float, Int

from rnnchaos.data.preparation import Preparation, Source
from rnnchaos.data.scaling import Scaling
from rnnchaos.pieces import Pieces
from rnnchaos.setting import SettingError
from rnnchaos.systems import AbstractSystem
from rnnchaos.typing import Tangents

# Derivatives are known at so many points of a series, spread evenly, and of fewer where there are many dimensions.
_MOST_POINTS, _MOST_NUMBERS = 20_000, 2**25
# So many neighbours for each unknown of a row of the fit, and no fewer than the second number.
_PER_UNKNOWN, _FEWEST = 4, 30
# A neighbourhood reaches no farther than this share of the spread of all points.
_WIDEST = 0.3
# A direction is known where the neighbours spread along it by this share of the widest, and its slope has a standard
# error of no more than the second number.
_NARROWEST, _UNCERTAIN = 0.03, 0.03
# With fewer good fits than this share of the points, they are picked by chance.
_GOOD = 0.1
# Fits at a time.
_TOGETHER = 2048


def check_equations(source: Source, preparation: Preparation) -> None:
    """Raise SettingError unless `source` has equations whose whole state is what is observed."""
    why = _lacking(source, preparation)
    if why is not None:
        raise SettingError("source", f"be data for a dataset {why}", "equations")


def _lacking(source: Source, preparation: Preparation) -> str | None:
    if not isinstance(source, AbstractSystem):
        return "whose equations are not known"
    if preparation.embedding_dimension not in (1, None):
        return "that is embedded in delays"
    axes = range(source.num_axes) if preparation.axes is None else preparation.axes
    with jax.enable_x64(True):
        # The point is in no special place, so that what shows it as it is shows every state as it is.
        state = source.initial_state() + jnp.sqrt(2.0 + jnp.arange(source.dimension))
        shown = source.observe(state)
        if shown.shape != state.shape or not bool(jnp.all(shown == state)):
            return "that does not show the state itself"
    return None if len(axes) == source.dimension else "that does not show the whole state"


def tangents_of_equations(
    source: AbstractSystem,
    series: Pieces,
    scaling: Scaling,
    axes: Sequence[int] | None = None,
    *,
    steps: int,
    perturbation: float = 0.0,
) -> Tangents:
    """Derivatives over `steps` steps of a system, by its equations, at points of a series in its scaling.

    With a `perturbation` at points beside them, each moved once by noise of that standard deviation. Points from which
    the system escapes are left out.
    """
    rows = _spread(series, steps)
    noise = np.random.default_rng(0).standard_normal((len(rows), series.dimension))
    points = series.values[rows] + perturbation * noise
    order = np.arange(source.dimension) if axes is None else np.asarray(axes)
    mean, scale = np.empty((2, source.dimension))
    mean[order], scale[order] = scaling
    with jax.enable_x64(True):
        at, axes_of, middle, unit = (jnp.asarray(part) for part in (points, order, mean, scale))
        found = np.asarray(_derivatives(source, at, axes_of, middle, unit, steps))
    kept = np.isfinite(found).all(axis=(1, 2))
    axes_themselves = np.broadcast_to(np.eye(series.dimension), found[kept].shape)
    return Tangents(rows[kept], points[kept], axes_themselves, found[kept])


@eqx.filter_jit
def _derivatives(
    system: AbstractSystem,
    points: Float[Array, "known dimension"],
    order: Int[Array, " dimension"],
    mean: Float[Array, " dimension"],
    scale: Float[Array, " dimension"],
    steps: int,
) -> Float[Array, "known dimension dimension"]:
    def flow(x: Float[Array, " dimension"]) -> Float[Array, " dimension"]:
        state = mean + scale * jnp.zeros_like(x).at[order].set(x)
        state = jax.lax.fori_loop(0, steps, lambda _, state: system.step(state), state)
        return ((state - mean) / scale)[order]

    return jax.lax.map(jax.jacfwd(flow), points, batch_size=_TOGETHER)


def tangents_of_data(series: Pieces, *, steps: int) -> Tangents:
    """Derivatives over `steps` steps by linear fits to the nearest neighbours of points of a scaled series.

    Neighbours count less the farther they are (tricube weights), and are near in what drives the steps as well; what
    the inputs explain is taken from both sides of the fit. Points with neighbours too far away are left out, and
    directions in which they hardly spread, such as that across the sheets of an attractor: derivatives along those are
    not in the data. Eckmann & Ruelle (1985), Rev. Mod. Phys. 57, 617; Sano & Sawada (1985), Phys. Rev. Lett. 55, 1082.

    Raises SettingError where few points have a good fit.
    """
    known, candidates = _spread(series, steps), series.ends(after=steps)
    inputs = series.input_windows(candidates + 1, steps)
    driving = np.zeros((len(candidates), 0)) if inputs is None else inputs.reshape(len(candidates), -1)
    before, after = series.values[candidates], series.values[candidates + steps]
    near = np.hstack([before, driving])
    wanted = max(_FEWEST, _PER_UNKNOWN * (near.shape[1] + 1))
    tree, spread = scipy.spatial.cKDTree(near), float(np.sqrt(near.var(axis=0).sum()))
    places = np.searchsorted(candidates, known)
    fits = []
    for first in range(0, len(known), _TOGETHER):
        own = places[first : first + _TOGETHER]
        distances, neighbours = tree.query(near[own], k=wanted, distance_upper_bound=_WIDEST * spread)
        enough = np.isfinite(distances[:, -1]) & (distances[:, -1] > 0)
        own, distances, neighbours = own[enough], distances[enough], neighbours[enough]
        weights = (1 - (distances / distances[:, -1:]) ** 3) ** 3
        directions, images = _fit(before[neighbours], driving[neighbours], after[neighbours], weights)
        some = np.any(directions != 0, axis=(1, 2))
        fits.append(Tangents(candidates[own[some]], before[own[some]], directions[some], images[some]))
    found = Tangents(*(np.concatenate(parts) for parts in zip(*fits, strict=True)))
    good = len(found.rows) / len(known)
    if good < _GOOD:
        must = f"be equations, or strength 0, for a training series with good linear fits at {good:.1%} of its points"
        raise SettingError(
            "source", must, "data", "noise, few points or many dimensions hide its derivatives"
        )
    return found


def _fit(
    before: Float[np.ndarray, "point neighbour dimension"],
    driving: Float[np.ndarray, "point neighbour driving"],
    after: Float[np.ndarray, "point neighbour dimension"],
    weights: Float[np.ndarray, "point neighbour"],
) -> tuple[Float[np.ndarray, "point dimension dimension"], Float[np.ndarray, "point dimension dimension"]]:
    """Of weighted affine fits, the projection P on the directions that are known, and the slopes D P."""
    total = weights.sum(axis=1)[:, None, None]

    def centred(rows):
        mean = (weights[..., None] * rows).sum(axis=1, keepdims=True) / total
        return np.sqrt(weights)[..., None] * (rows - mean)

    moved, given, reached = centred(before), centred(driving), centred(after)
    if given.shape[2]:
        explained = given @ np.linalg.pinv(given, rcond=_NARROWEST)
        moved, reached = moved - explained @ moved, reached - explained @ reached
    transposed = moved.transpose(0, 2, 1)
    squares, vectors = np.linalg.eigh(transposed @ moved)
    slopes = vectors.transpose(0, 2, 1) @ (transposed @ reached) / np.maximum(squares, 1e-300)[..., None]
    known = squares > _NARROWEST**2 * squares[:, -1:]
    slopes = np.where(known[..., None], slopes, 0.0)
    left = reached - moved @ (vectors @ slopes)
    unknowns = moved.shape[2] + given.shape[2] + 1
    noise = (left**2).sum(axis=1).mean(axis=1) / (weights.shape[1] - unknowns)
    known &= noise[:, None] <= _UNCERTAIN**2 * squares
    chosen = vectors * known[:, None]
    return chosen @ vectors.transpose(0, 2, 1), (chosen @ slopes).transpose(0, 2, 1)


def _spread(series: Pieces, steps: int) -> Int[np.ndarray, " known"]:
    """Rows that have `steps` rows after them, all or as many as there is room for."""
    possible = series.ends(after=steps)
    most = min(_MOST_POINTS, _MOST_NUMBERS // series.dimension**2)
    if len(possible) <= most:
        return possible
    return possible[np.linspace(0, len(possible) - 1, most).astype(int)]
