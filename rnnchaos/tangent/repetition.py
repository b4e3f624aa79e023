"""Orbits that repeat themselves although neighbours part, or do not although all neighbours are brought together.

Rounding has put the former on an unstable point or cycle; of the latter the derivative is not that of the step.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.tangent.checks import spectrum_checks
from rnnchaos.tangent.grades import Check, Grade
from rnnchaos.tangent.runaway import runs_away
from rnnchaos.tangent.spectrum import LyapunovSpectrum
from rnnchaos.typing import AnyStep

# Cycles of up to so many steps are seen, and where a step takes all directions to nothing.
_WATCHED, _WATCHED_COLLAPSED = 64, 4096
# Of how far orbits reach: no chaotic one comes back so near so soon.
_SAME = 1e-10
_DERIVATIVE = "derivative"


def with_repetition(
    spectrum: LyapunovSpectrum,
    step: AnyStep,
    states: Float[np.ndarray, "orbit state"],
    starts: Float[np.ndarray, "orbit state"],
) -> LyapunovSpectrum:
    """The same spectrum, with a check that fails where it is one of chaos and orbits at `states` repeat themselves.

    Or where it has no finite exponent, and one of them does not.
    """
    collapses = bool(np.isneginf(spectrum.exponents[0]))
    if not (spectrum.chaotic or collapses) or spectrum.unstable or _named(spectrum) or runs_away(spectrum):
        return spectrum
    with jax.enable_x64(True):
        if collapses:
            return _with_derivative(spectrum, step, jax.device_put(states))
        period = _period(step, jax.device_put(states), jax.device_put(np.asarray(starts, dtype=np.float64)))
    if not period:
        return spectrum
    spectrum = spectrum._replace(unstable=period)
    return spectrum._replace(checks=tuple(spectrum_checks(spectrum, flow=False)))


def _named(spectrum: LyapunovSpectrum) -> bool:
    return any(check.name == _DERIVATIVE for check in spectrum.checks)


def _with_derivative(
    spectrum: LyapunovSpectrum, step: AnyStep, states: Float[Array, "orbit state"]
) -> LyapunovSpectrum:
    """With a check that fails where orbits go on without end, which no neighbours that are all brought together do."""
    distances = np.asarray(_distances(step, states, states, _WATCHED_COLLAPSED)[0])
    wandering = int((distances > _SAME).all(axis=1).sum())
    if not wandering:
        return spectrum
    meaning = (
        "orbits that do not repeat themselves although the derivative takes all directions to nothing: it is not that "
        "of the step, which may round, or stop gradients"
    )
    check = Check(_DERIVATIVE, Grade.FAIL, float(wandering), 0.0, meaning)
    return spectrum._replace(checks=(*spectrum.checks, check))


def _period(step: AnyStep, states: Float[Array, "orbit state"], starts: Float[Array, "orbit state"]) -> int:
    """After how many steps orbits that came to `states` are back there, the first of them that is; 0 where none is.

    Maps whose slopes are powers of 2 shift the binary digits of a state out, and end on 0; symmetric starts may stay on
    a line that leads to a saddle. Those of which `starts` is the place already are what was asked for.
    """
    distances, moved = (np.asarray(part) for part in _distances(step, states, starts, _WATCHED))
    back = (distances[moved > _SAME] <= _SAME).any(axis=0)
    return int(np.argmax(back)) + 1 if back.any() else 0


@eqx.filter_jit
def _distances(
    step: AnyStep, states: Float[Array, "orbit state"], starts: Float[Array, "orbit state"], watched: int
) -> tuple[Float[Array, "orbit time"], Float[Array, " orbit"]]:
    """How far orbits are from `states`, and these from `starts`, as a share of how far all of them reach."""

    def advance(state, _):
        state = jax.vmap(step)(state)
        return state, state

    along = jax.lax.scan(advance, states, None, watched)[1]
    reach = jnp.maximum(jnp.abs(along).max(), jnp.abs(starts).max())
    reach = jnp.maximum(reach, jnp.finfo(along.dtype).tiny)
    moved = jnp.abs(states - starts).max(axis=-1) / reach
    return (jnp.abs(along - states).max(axis=-1) / reach).T, moved
