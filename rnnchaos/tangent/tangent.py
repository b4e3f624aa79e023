"""Tangent dynamics: pushing tangent vectors along an orbit, and keeping them apart."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Num

from rnnchaos.errors import ConfigError
from rnnchaos.given import check_unmasked
from rnnchaos.magnitude import LARGEST, OTHER_UNIT
from rnnchaos.setting import positive
from rnnchaos.tangent.spectrum import RESOLVED_SHARE
from rnnchaos.typing import HasStep, Points, Step

# Up to here the unrolled Gram–Schmidt fuses with the step into one compiled loop; above, LAPACK is faster.
_UNROLLED_VECTORS = 6
CLOSED_FORM = 3
"""Up to so many dimensions a determinant is a closed form, which compiles into the loop."""
# By so many nats changes of that size may change the logarithm of a volume that is not rounding.
_TENTH_DIGIT, _CERTAIN = 1e-10, 1e-4
CHOLESKY_ERROR = 1e-4
"""By so much squared lengths of a basis from a Cholesky factor may differ from 1."""
# Below this squared share of its length, what is left of a vector may be rounding.
_RESOLVED = RESOLVED_SHARE**2


def push(
    step: Step, state: Float[Array, " state"], tangents: Float[Array, "k state"]
) -> tuple[Float[Array, " state"], Float[Array, "k state"]]:
    """F(x), and J(x) v for each tangent vector v, without forming the Jacobian J."""
    return jax.vmap(lambda tangent: jax.jvp(step, (state,), (tangent,)), out_axes=(None, 0))(tangents)


class Orthonormalised(NamedTuple):
    """The QR decomposition of tangent vectors, as far as exponents need it."""

    basis: Float[Array, "k state"]
    """Spans the leading vectors in their order."""
    lengths: Float[Array, " k"]
    """|R_ii|: what is left of each vector without its part along those before it; 0 where it depends on them."""
    shares: Float[Array, " k"]
    """Squared shares that these are of the lengths of the vectors as they came."""


def orthonormalise(
    tangents: Float[Array, "k state"], *, careful: bool = False, safe: Bool[Array, ""] | bool = True
) -> Orthonormalised:
    """Make tangent vectors orthonormal: a few by modified Gram–Schmidt, many by the Cholesky factor of their products.

    The careful way is slower, but right up to where float64 itself ends: lengths whose squares are beyond it, and
    vectors of which nothing but rounding is left. `safe` says that the Cholesky factor is worth a try.
    """
    if careful:
        return _orthonormalise_carefully(tangents)
    if tangents.shape[0] > _UNROLLED_VECTORS:
        return _by_cholesky(tangents, jnp.asarray(safe))
    basis: list[Float[Array, " state"]] = []
    lengths = []
    for vector in tangents:
        for unit in basis:
            vector = vector - jnp.sum(unit * vector) * unit
        length = jnp.sqrt(jnp.sum(vector**2))
        lengths.append(length)
        basis.append(vector / jnp.where(length > 0, length, 1.0))
    return _with_shares(jnp.stack(basis), jnp.stack(lengths), jnp.sum(tangents**2, axis=1))


def log_volume(tangents: Float[Array, "state state"], *, careful: bool = False) -> Float[Array, ""]:
    """log|det| of as many tangent vectors as dimensions; the careful way where products of them leave float64."""
    if tangents.shape[0] <= CLOSED_FORM and not careful:
        return jnp.log(jnp.abs(jnp.linalg.det(tangents)))
    return _log_determinant(tangents)


def with_volume(
    log_lengths: Float[Array, " k"],
    shares: Float[Array, " k"],
    jacobian: Float[Array, "state state"],
    log_volume: Float[Array, ""],
) -> tuple[Float[Array, " k"], Float[Array, " k"]]:
    """Log lengths and shares of all directions, with what the Jacobian itself tells of those that rounding took.

    Rows and columns of zeros are directions that are taken to exactly nothing; and one last direction of which only
    rounding is left follows from the volume, where that is not rounding itself.
    """
    count, last = len(log_lengths), jnp.arange(len(log_lengths)) == len(log_lengths) - 1
    zero = jacobian == 0
    collapsed = jnp.stack([zero.all(axis=0).sum(), zero.all(axis=1).sum(), jnp.isneginf(log_volume)]).max()
    changed = jacobian * (1 + _TENTH_DIGIT * jnp.cos(jnp.arange(zero.size).reshape(zero.shape)))
    certain = jnp.abs(_log_determinant(changed) - log_volume) < _CERTAIN
    lost = (shares < _RESOLVED) | jnp.isneginf(log_lengths)  # rounding may leave nothing at all, too
    follows = certain & last & lost & ~lost[:-1].any()
    log_lengths = jnp.where(follows, log_volume - log_lengths[:-1].sum(), log_lengths)
    gone = jnp.arange(count) >= count - collapsed
    return jnp.where(gone, -jnp.inf, log_lengths), jnp.where(gone | follows, 1.0, shares)


def _with_shares(
    basis: Float[Array, "k state"], lengths: Float[Array, " k"], squares: Float[Array, " k"]
) -> Orthonormalised:
    return Orthonormalised(basis, lengths, jnp.where(lengths > 0, lengths**2 / squares, 1.0))


def _orthonormalise_carefully(tangents: Float[Array, "k state"]) -> Orthonormalised:
    """Householder reflections of vectors scaled to 1, over their coordinates from the largest to the smallest.

    In that order rounding in the large coordinates does not reach the small ones (Cox & Higham 1998, in Numerical
    Analysis 1997, 57): the derivative of a saturated unit is small in all vectors alike, and right.
    """
    scale = jnp.max(jnp.abs(tangents), axis=1)
    scale = jnp.where(scale > 0, scale, 1.0)
    scaled = tangents / scale[:, None]
    order = jnp.argsort(-jnp.max(jnp.abs(scaled), axis=0))
    q, r = _householder(scaled[:, order].T)
    left = jnp.abs(jnp.diag(r))
    basis = jnp.zeros_like(tangents).at[:, order].set(q.T)
    # R_ii is a sum over coordinates, and certain down to the rounding of its own terms.
    terms = jnp.sum(jnp.abs(basis * scaled), axis=1)
    return Orthonormalised(basis, left * scale, jnp.where(left > 0, jnp.minimum(left / terms, 1.0) ** 2, 1.0))


@jax.custom_batching.sequential_vmap
def _by_cholesky(tangents: Float[Array, "k state"], safe: Bool[Array, ""]) -> Orthonormalised:
    """T = L Q with L from T Tᵀ = L Lᵀ: half the time of Householder reflections, which are taken where it is not safe.

    What Q lacks in orthogonality, rounding times the square of the condition of T (Yamamoto et al. 2015, Electron.
    Trans. Numer. Anal. 44, 306), is not lost: T = L Q holds to rounding all the same, and the next decomposition, of
    what J Q has become, takes it up.
    """

    def factored(tangents):
        products = tangents @ tangents.T
        factor = jax.lax.linalg.cholesky(products, symmetrize_input=False)
        basis = jax.lax.linalg.triangular_solve(factor, tangents, left_side=True, lower=True)
        lengths = jnp.diag(factor)
        found = Orthonormalised(basis, lengths, lengths**2 / jnp.diag(products))
        # What the factor lost of a vector is missing in its length, or is too much of it.
        orthonormal = (jnp.abs(jnp.sum(basis**2, axis=1) - 1) <= CHOLESKY_ERROR).all()
        return jax.lax.cond(orthonormal, lambda tangents, found: found, reflected, tangents, found)

    def reflected(tangents, _=None):
        q, r = jnp.linalg.qr(tangents.T)
        return _with_shares(q.T, jnp.abs(jnp.diag(r)), jnp.sum(r**2, axis=0))

    return jax.lax.cond(safe, factored, reflected, tangents)


# One matrix after the other: batched decompositions of two kinds in one loop wait for each other forever (jax 0.10).
@jax.custom_batching.sequential_vmap
def _householder(
    columns: Float[Array, "state k"],
) -> tuple[Float[Array, "state k"], Float[Array, "k k"]]:
    q, r = jnp.linalg.qr(columns)
    return q, r


@jax.custom_batching.sequential_vmap
def _log_determinant(matrix: Float[Array, "state state"]) -> Float[Array, ""]:
    # Scaled by powers of 2, which round nothing: of a small matrix slogdet takes the determinant itself (jax 0.10).
    rows = _power_of_two(jnp.max(jnp.abs(matrix), axis=1))
    columns = _power_of_two(jnp.max(jnp.abs(matrix / rows[:, None]), axis=0))
    scaled = matrix / rows[:, None] / columns
    return jnp.linalg.slogdet(scaled)[1] + jnp.sum(jnp.log(rows)) + jnp.sum(jnp.log(columns))


def _power_of_two(size: Float[Array, " k"]) -> Float[Array, " k"]:
    return jnp.where((size > 0) & jnp.isfinite(size), jnp.ldexp(1.0, jnp.frexp(size)[1] - 1), 1.0)


def random_basis(count: int, dimension: int) -> Float[np.ndarray, "k state"]:
    """Orthonormal tangent vectors, the same every time and in no special position to any system."""
    vectors = np.random.default_rng(0).standard_normal((count, dimension))
    return np.linalg.qr(vectors.T)[0].T


def step_of(system: Step | HasStep) -> Step:
    """A step function: what was given, or the `step` of it."""
    return system.step if isinstance(system, HasStep) else system


def states_of(x0: Points, *, name: str = "x0", finite: bool = True) -> Float[np.ndarray, "*orbits state"]:
    """Starting points as float64.

    Raises ConfigError for what are none, and where they must be `finite` and are not, or have no squares.
    """
    states = _real(x0, name, "a state, or several of one length")
    if states.ndim == 0 or states.size == 0:
        raise ConfigError(f"{name} must be a state of at least one number, got shape {states.shape}")
    if finite and not np.isfinite(states).all():
        where = [int(index) for index in np.argwhere(~np.isfinite(states))[0]]
        raise ConfigError(f"{name} must be finite, got {states[tuple(where)]} in {name}{where}")
    if finite and (largest := np.abs(states).max()) > LARGEST:
        raise ConfigError(
            f"{name} must be at most {LARGEST:g} in size, whose square float64 holds, got {largest:.3g}; {OTHER_UNIT}"
        )
    return states


def _real(values: Any, name: str, what: str) -> Float[np.ndarray, "*shape"]:
    """Numbers as float64. Raises ConfigError for what are none, for masked ones, and for complex ones.

    Of those, the imaginary part would go.
    """
    check_unmasked(name, values)
    try:
        given = np.asarray(values)
        found = np.asarray(given.real if np.iscomplexobj(given) else values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{name} must be {what}: {error}") from None
    if np.iscomplexobj(given):
        raise ConfigError(f"{name} must be real numbers, got {given.dtype}")
    return found


def inputs_of(
    inputs: Num[Array | np.ndarray, "*orbit time input"] | Points, orbits: int
) -> Float[np.ndarray, "orbit time input"]:
    """Inputs of each orbit as float64; a series of numbers is one input. Raises ConfigError for what are none."""
    found = _real(inputs, "inputs", "rows of numbers, all of one length")
    if found.ndim == 1:
        found = found[:, None]
    if found.ndim not in (2, 3) or found.size == 0:
        raise ConfigError(f"inputs must have shape (time, input) or (orbit, time, input), got {found.shape}")
    if not np.isfinite(found).all():
        where = tuple(int(index) for index in np.argwhere(~np.isfinite(found))[0])
        raise ConfigError(f"inputs must be finite, got {found[where]} in row {where[-2]}")
    if found.ndim == 2:
        return np.broadcast_to(found, (orbits, *found.shape))
    if orbits not in (1, len(found)):
        raise ConfigError(
            f"inputs must be one series or one for each of the {orbits} starts, got {len(found)}"
        )
    return found


def time_per_step_of(system: Step | HasStep, given: float | None) -> float:
    """Time units per step: as given, or the system's own, or 1."""
    found = getattr(system, "time_per_step", 1.0) if given is None else given
    return positive("time_per_step", found, unit="time units")


def check_lags(lags: Any) -> Int[np.ndarray, " lag"]:
    """Lags as an array. Raises ConfigError unless they are whole numbers of steps from 1 on, each above the last."""
    try:
        found = np.asarray(lags)
    except (TypeError, ValueError):
        found = np.empty(0)
    whole = np.issubdtype(found.dtype, np.integer)
    if found.ndim != 1 or found.size == 0 or not whole or found[0] < 1 or np.any(np.diff(found) < 1):
        raise ConfigError(f"lags must be whole, increasing numbers of steps from 1 on, got {lags!r:.60}")
    return found
