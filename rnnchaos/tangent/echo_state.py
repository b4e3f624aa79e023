"""Whether a driven step forgets its start: several far starts under one and the same input, and what they prove."""

import numbers
from typing import Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jaxtyping import Array, Bool, Float, Num

from rnnchaos.errors import ConfigError
from rnnchaos.setting import SettingError
from rnnchaos.tangent.functions import check_step
from rnnchaos.tangent.tangent import inputs_of, states_of
from rnnchaos.typing import DrivenStep, Points

# States that differ by this share of their size are the same but for rounding.
_SAME = 1e-10
# So many nats the mean logarithm of a distance falls from the second to the last quarter where it goes on falling: one
# that falls as a power of time, t^(-1/4) and faster, does so by more.
_FALLS = 0.2
# By so much more a share of distances may be in our norm than in one in which steps contract; in one dimension by no
# more than rounding.
_NORMS, _ROUNDED = 1e3, 1.001
# Far starts lie up to so many times as far from 0 as the response itself goes, and up to this at least.
_FAR, _UNIT = 3.0, 1.0


class EchoStateVerdict(NamedTuple):
    """What is known of the echo-state property: that the input alone says, in the end, in which state a network is.

    Jaeger (2001), GMD Report 148; Yildiz, Jaeger & Kiebel (2012), Neural Networks 35, 1.
    """

    verdict: Literal["proven", "consistent", "undecided", "refuted"]
    starts: int
    """Far starts that were followed."""
    responses: int
    """Of these, how many went on apart from all others, as one response each; 1 where all came together."""
    num_steps: int
    """Steps of the input."""
    forgotten: int | None
    """Steps after which all starts were the same but for rounding, None where they were not."""
    distance: float
    """Largest distance between two of them at the end, as a share of the size of the state."""
    bound: float | None
    """Factor by which every step contracts distances in some norm, at least; None where no such bound is known."""
    sentence: str
    """The verdict in words."""


def echo_state(
    step: DrivenStep,
    starts: Points,
    inputs: Num[Array | np.ndarray, "time input"] | Points,
    *,
    bound: float | None = None,
    bound_for: str = "any input",
) -> EchoStateVerdict:
    """Follow several far `starts` under one input, and judge by whether they come together, in float64.

    *Refuted* where two of them stay apart: their distance falls no longer, or one of them leaves every bound.
    *Consistent* where all come together: under this input and from these starts, which proves nothing of others, nor
    does a negative exponent along this input. *Proven* where `bound`, a factor below 1, is known by which every step
    contracts distances, whatever the state, under the inputs that `bound_for` names. *Undecided* where the input ends
    while distances still fall.

    Raises ConfigError for fewer than two different starts, for inputs that do not fit the step, and for a bound below
    0, or below 1 where orbits do not come together as it says.
    """
    states = states_of(starts, name="starts")
    if states.ndim != 2 or len(states) < 2:
        raise ConfigError(f"starts must be two states or more, got shape {states.shape}")
    if np.all(states == states[0]):
        raise ConfigError(f"starts must be far from each other, got {len(states)} times the same state")
    if bound is not None and not (isinstance(bound, numbers.Real) and float(bound) >= 0):
        raise SettingError("bound", "be at least 0, or None where none is known", bound)
    driven = inputs_of(inputs, 1)
    if len(driven) > 1:
        raise ConfigError(
            f"inputs must be one series, under which all starts are followed, got {len(driven)}"
        )
    driven = driven[0]
    with jax.enable_x64(True):
        given = jnp.asarray(driven)
        check_step(step, states.shape[1], num_inputs=given.shape[1])
        followed = _follow(step, jnp.asarray(states), given)
    size, logs, ends, apart = (np.asarray(part) for part in followed)
    finite = np.isfinite(ends).all(axis=1)
    quarter = max(1, len(driven) // 4)
    falls = logs[-1] < logs[1] - _FALLS
    # A state that left every bound is near none, whatever its last numbers were.
    near = (apart <= _SAME) & finite[:, None] & finite
    together = near | (falls & finite[:, None] & finite) | np.eye(len(states), dtype=bool)
    if bound is not None and bound < 1:
        _check_bound(bound, states, ends, ~together, num_steps=len(driven))
    responses = int(scipy.sparse.csgraph.connected_components(together, directed=False)[0])
    alike = np.flatnonzero(np.asarray(size) > _SAME)
    forgotten = int(alike[-1]) + 1 if near.all() and alike.size else (0 if near.all() else None)
    widest = float(np.where(np.isfinite(apart), apart, np.inf).max())
    proven = bound is not None and bound < 1
    verdict: Literal["proven", "consistent", "undecided", "refuted"] = (
        "proven" if proven else "refuted" if responses > 1 else "consistent" if near.all() else "undecided"
    )
    if quarter == 1 and verdict == "refuted":
        verdict = "undecided"
    found = EchoStateVerdict(verdict, len(states), responses, len(driven), forgotten, widest, bound, "")
    return found._replace(sentence=_said(found, escaped=int((~finite).sum()), bound_for=bound_for))


def _check_bound(
    bound: float,
    starts: Float[np.ndarray, "start state"],
    ends: Float[np.ndarray, "start state"],
    apart: Bool[np.ndarray, "start start"],
    *,
    num_steps: int,
) -> None:
    """Raise ConfigError where two orbits that stay apart are farther from each other than `bound` allows."""
    with np.errstate(over="ignore", invalid="ignore"):
        first, last = (np.sqrt(np.mean((each[:, None] - each) ** 2, axis=2)) for each in (starts, ends))
    last = np.where(np.isfinite(last), last, np.inf)
    share = bound**num_steps * (_NORMS if starts.shape[1] > 1 else _ROUNDED)
    wrong = apart & (last > share * first)
    if wrong.any():
        pair = tuple(np.argwhere(wrong)[0])
        raise ConfigError(
            f"bound must be at least 1, or None, where orbits stay apart, got {bound:g}: starts {pair[0] + 1} and "
            f"{pair[1] + 1} were {first[pair]:.3g} apart and are {last[pair]:.3g} after {num_steps} steps"
        )


def far_starts(
    step: DrivenStep, inputs: Float[np.ndarray, "time input"], dimension: int, *, count: int, seed: int = 0
) -> Float[np.ndarray, "start state"]:
    """The state 0, and others drawn at random around it, from a box that goes three times as far as the response does.

    So it holds the mirror image of the response, too.
    """
    with jax.enable_x64(True):
        followed = _follow(step, jnp.zeros((1, dimension)), jnp.asarray(inputs), extent=True)
        lowest, highest = (np.asarray(part) for part in followed)
    reach = np.maximum(_FAR * np.maximum(-lowest, highest), _UNIT)
    if not np.isfinite(reach).all():
        reach = np.full(dimension, _UNIT)
    drawn = np.random.default_rng(seed).uniform(-1, 1, (count - 1, dimension))
    return np.vstack([np.zeros(dimension), reach * drawn])


@eqx.filter_jit
def _follow(
    step: DrivenStep,
    starts: Float[Array, "start state"],
    inputs: Float[Array, "time input"],
    *,
    extent: bool = False,
):
    """Largest distance at each time; mean log distances in four quarters; the last states, and their distances.

    Distances are shares of the size of the state, but for the logarithms: whether they fall is not for it to say. With
    `extent`, the lowest and highest coordinates instead.
    """
    count, quarter = len(starts), max(1, len(inputs) // 4)

    def sizes(states):
        return jnp.maximum(jnp.sqrt(jnp.mean(states**2, axis=1)).max(), jnp.finfo(states.dtype).tiny)

    def distances(states):
        return jnp.sqrt(jnp.mean((states[:, None] - states) ** 2, axis=2))

    def advance(carry, row):
        states, logs, time = carry
        states = jax.vmap(lambda state: step(state, row))(states)
        if extent:
            return (states, logs, time), states[0]
        apart = distances(states)
        index = jnp.minimum(time // quarter, 3)
        logs = logs.at[index].add(jnp.log(jnp.maximum(apart, jnp.finfo(apart.dtype).tiny)))
        return (states, logs, time + 1), apart.max() / sizes(states)

    begin = (starts, jnp.zeros((4, count, count)), jnp.asarray(0))
    (states, logs, _), seen = jax.lax.scan(advance, begin, inputs)
    if extent:
        later = seen[len(inputs) // 4 :]
        return later.min(axis=0), later.max(axis=0)
    lengths = jnp.asarray([quarter, quarter, quarter, max(1, len(inputs) - 3 * quarter)])
    return seen, logs / lengths[:, None, None], states, distances(states) / sizes(states)


def _said(found: EchoStateVerdict, *, escaped: int, bound_for: str) -> str:
    said = f"echo-state property: {found.verdict}"
    met = f"{found.starts} far starts come together within {found.forgotten} of its {found.num_steps} steps"
    if found.verdict == "proven":
        assert found.bound is not None
        seen = "" if found.forgotten is None else f"; under this input, {met}"
        return (
            f"{said} for {bound_for}: every step brings states closer, by a factor of {found.bound:.3g} or less in "
            f"some norm{seen}"
        )
    if found.verdict == "refuted":
        gone = f", {escaped} of them beyond every bound" if escaped else ""
        return (
            f"{said}: {found.starts} far starts under this input of {found.num_steps} steps end in {found.responses} "
            f"responses that stay apart{gone}"
        )
    if found.verdict == "undecided":
        return (
            f"{said}: {found.starts} far starts still come closer at the end of this input of {found.num_steps} steps, "
            f"where they are apart by {found.distance:.2g} of the size of the state; a longer input tells"
        )
    return f"{said} for this input: {met}; this proves nothing of other inputs or starts, nor does a negative exponent"
