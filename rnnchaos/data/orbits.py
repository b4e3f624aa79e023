"""Orbits of systems with known equations, integrated in float64."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.magnitude import far_from_one
from rnnchaos.pieces import Pieces
from rnnchaos.systems import AbstractFlow, AbstractSystem


@eqx.filter_jit
def _integrate(
    system: AbstractSystem, start: Float[Array, " state"], transient: int, num_steps: int, *, observe: bool
) -> tuple[Float[Array, "time seen"], Int[Array, ""]]:
    """What is seen of each step after the transient, then its inputs, and how many steps of all were finite."""

    def advance(carry, _):
        state, finite = carry
        state = system.step(state)
        finite = finite + jnp.isfinite(state).all()
        if not observe:
            return (state, finite), state
        return (state, finite), jnp.concatenate([system.observe(state), system.inputs(state)])

    def skip(_, carry):
        return advance(carry, None)[0]

    carry = jax.lax.fori_loop(0, transient, skip, (start, jnp.zeros((), dtype=int)))
    (_, finite), seen = jax.lax.scan(advance, carry, None, num_steps)
    return seen, finite


def orbit(system: AbstractSystem, *, num_steps: int, transient: int) -> Float[np.ndarray, "time state"]:
    """The states after `transient` steps of `system` from its initial state, integrated on device in float64.

    Raises ConfigError where the orbit escapes to infinity.
    """
    return _trajectory(system, num_steps, transient, observe=False)


def observed_orbit(
    system: AbstractSystem, *, num_steps: int, transient: int
) -> Float[np.ndarray, "time axis"]:
    """What `system` shows of its orbit; raises as `orbit` does."""
    return recorded_orbit(system, num_steps=num_steps, transient=transient).values


def recorded_orbit(system: AbstractSystem, *, num_steps: int, transient: int) -> Pieces:
    """What `system` shows of its orbit, with its inputs where it has some; raises as `orbit` does."""
    seen = _trajectory(system, num_steps, transient, observe=True)
    values, inputs = np.split(seen, [system.num_axes], axis=1)
    return Pieces.of(values, inputs if system.input_names else None)


class Bundle(NamedTuple):
    """Orbits from given states."""

    seen: Float[np.ndarray, "orbit time seen"]
    """What the system shows of each, then its inputs; the first row is the start."""
    finite: Bool[np.ndarray, " orbit"]
    """Whether all states of each were."""


def orbits_from(
    system: AbstractSystem, starts: Float[np.ndarray, "orbit state"], *, num_steps: int
) -> Bundle:
    """`num_steps` rows from each of `starts` on, in float64; nothing is raised where one escapes to infinity."""
    with jax.enable_x64(True):
        return Bundle(*map(np.asarray, _follow(system, jax.device_put(starts), num_steps)))


@eqx.filter_jit
def _follow(
    system: AbstractSystem, starts: Float[Array, "orbit state"], num_steps: int
) -> tuple[Float[Array, "orbit time seen"], Bool[Array, " orbit"]]:
    def advance(state, _):
        seen = jnp.concatenate([system.observe(state), system.inputs(state)])
        return system.step(state), (seen, jnp.isfinite(state).all())

    def follow(start):
        _, (seen, finite) = jax.lax.scan(advance, start, None, num_steps)
        return seen, finite.all()

    return jax.vmap(follow)(starts)


def _trajectory(
    system: AbstractSystem, num_steps: int, transient: int, *, observe: bool
) -> Float[np.ndarray, "time seen"]:
    with jax.enable_x64(True):
        start = system.initial_state()
        seen, finite = _integrate(system, start, transient, num_steps, observe=observe)
    if int(finite) < transient + num_steps:
        raise ConfigError(
            f"the orbit escapes to infinity after {int(finite)} steps; "
            f"{system.label} with these parameters has no attractor from its initial state{_too_long(system)}"
            f"{far_from_one(np.asarray(start))}"
        )
    return np.asarray(seen)


def _too_long(system: AbstractSystem) -> str:
    """What else may be wrong where a flow escapes."""
    if not isinstance(system, AbstractFlow):
        return ""
    if system.integrator != "rk4":
        return f", or integrator={system.integrator} cannot follow it"
    return ", or needs shorter steps (substeps) or a stiff one's integrator (integrator=kvaerno5)"
