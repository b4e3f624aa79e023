"""Orbits that run away to infinity so slowly that they have not left every bound: their exponent is no chaos."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from rnnchaos.tangent.grades import Check, Grade
from rnnchaos.tangent.spectrum import LyapunovSpectrum
from rnnchaos.typing import Step

BOUNDED = "bounded"
"""Name of the check."""
# Orbits that run away are so many nats farther out than where they began, and go on by as many, at every look.
_FARTHER, _NATS, _LOOKS = 6.0, 16.0, 16
# At this share of the rate at which neighbours part, at least.
_SHARE = 0.8
# A look takes no more steps than this.
_MOST = 100_000


def with_bound(
    spectrum: LyapunovSpectrum,
    step: Step,
    ends: Float[np.ndarray, "orbit state"],
    starts: Float[np.ndarray, "orbit state"],
) -> LyapunovSpectrum:
    """The same spectrum, with a check that fails where its orbits go out as fast as their neighbours part.

    As those of x' = 1.001 x do: nothing folds them back, and what is averaged is of no attractor.
    """
    rate = float(spectrum.per_step[0])
    first, last = (np.abs(each).max(axis=1) for each in (starts, ends))
    if not spectrum.chaotic or np.any(last < np.exp(_FARTHER) * first):
        return spectrum
    steps = int(np.ceil(_NATS / rate / _LOOKS))
    if steps > _MOST:
        return spectrum
    with jax.enable_x64(True):
        sizes = np.asarray(_sizes(step, jnp.asarray(ends), jnp.asarray(steps)))
    grown = np.diff(np.log(np.maximum(sizes, np.finfo(float).tiny)), axis=1)
    beyond = ~np.isfinite(sizes[:, 1:])
    if not np.all(beyond | (grown >= _SHARE * rate * steps)):
        return spectrum
    meaning = (
        "least factor by which orbits are farther out than where they began, and they go on: neighbours part since "
        "all run away, and exponents are those of no attractor"
    )
    with np.errstate(divide="ignore"):
        check = Check(BOUNDED, Grade.FAIL, float(np.min(last / first)), float(np.exp(_FARTHER)), meaning)
    return spectrum._replace(checks=(*spectrum.checks, check))


def runs_away(spectrum: LyapunovSpectrum) -> bool:
    """Whether that check failed."""
    return any(check.name == BOUNDED for check in spectrum.checks)


@eqx.filter_jit
def _sizes(
    step: Step, states: Float[Array, "orbit state"], steps: Int[Array, ""]
) -> Float[Array, "orbit look"]:
    """Largest coordinate of each orbit at each look, `steps` steps apart; infinite from where it is no number."""

    def look(state, _):
        state = jax.lax.fori_loop(0, steps, lambda _, x: step(x), state)
        return state, jnp.abs(state).max()

    def follow(start):
        return jnp.append(jnp.abs(start).max(), jax.lax.scan(look, start, None, _LOOKS)[1])

    sizes = jax.vmap(follow)(states)
    return jnp.where(jnp.isfinite(sizes), sizes, jnp.inf)
