"""Orbits that repeat themselves although neighbours part: rounding has put them on an unstable point or cycle."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.tangent.checks import spectrum_checks
from rnnchaos.tangent.spectrum import LyapunovSpectrum
from rnnchaos.typing import AnyStep

# Cycles of up to so many steps are seen.
_WATCHED = 64
# Of how far orbits reach: no chaotic one comes back so near so soon.
_SAME = 1e-10


def with_repetition(
    spectrum: LyapunovSpectrum,
    step: AnyStep,
    states: Float[np.ndarray, "orbit state"],
    starts: Float[np.ndarray, "orbit state"],
) -> LyapunovSpectrum:
    """The same spectrum, with a check that fails where it is one of chaos and orbits at `states` repeat themselves."""
    if not spectrum.chaotic or spectrum.unstable:
        return spectrum
    with jax.enable_x64(True):
        period = _period(step, jnp.asarray(states), jnp.asarray(starts, dtype=jnp.float64))
    if not period:
        return spectrum
    spectrum = spectrum._replace(unstable=period)
    return spectrum._replace(checks=tuple(spectrum_checks(spectrum, flow=False)))


def _period(step: AnyStep, states: Float[Array, "orbit state"], starts: Float[Array, "orbit state"]) -> int:
    """After how many steps orbits that came to `states` are back there, the first of them that is; 0 where none is.

    Maps whose slopes are powers of 2 shift the binary digits of a state out, and end on 0; symmetric starts may stay on
    a line that leads to a saddle. Those of which `starts` is the place already are what was asked for.
    """
    distances, moved = (np.asarray(part) for part in _distances(step, states, starts))
    back = (distances[moved > _SAME] <= _SAME).any(axis=0)
    return int(np.argmax(back)) + 1 if back.any() else 0


@eqx.filter_jit
def _distances(
    step: AnyStep, states: Float[Array, "orbit state"], starts: Float[Array, "orbit state"]
) -> tuple[Float[Array, "orbit time"], Float[Array, " orbit"]]:
    """How far orbits are from `states`, and these from `starts`, as a share of how far all of them reach."""

    def advance(state, _):
        state = jax.vmap(step)(state)
        return state, state

    along = jax.lax.scan(advance, states, None, _WATCHED)[1]
    reach = jnp.maximum(jnp.abs(along).max(), jnp.abs(starts).max())
    reach = jnp.maximum(reach, jnp.finfo(along.dtype).tiny)
    moved = jnp.abs(states - starts).max(axis=-1) / reach
    return (jnp.abs(along - states).max(axis=-1) / reach).T, moved
