"""Adaptive and implicit integrators of diffrax, an optional dependency, for flows that fixed steps do not resolve."""

import importlib.util
from collections.abc import Callable
from typing import Literal

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.errors import ConfigError

Integrator = Literal["rk4", "tsit5", "dopri5", "dopri8", "implicit_euler", "kvaerno3", "kvaerno4", "kvaerno5"]
"""Fixed fourth-order steps, or of diffrax: adaptive explicit Runge–Kutta methods, and implicit ones for stiff flows."""

_CLASSES = {
    "tsit5": "Tsit5",
    "dopri5": "Dopri5",
    "dopri8": "Dopri8",
    "implicit_euler": "ImplicitEuler",
    "kvaerno3": "Kvaerno3",
    "kvaerno4": "Kvaerno4",
    "kvaerno5": "Kvaerno5",
}
# Of the solver within one sampling step; a flow that needs more is given up as not finite.
MOST_STEPS = 100_000


def check_integrator(integrator: str) -> None:
    """Raise ConfigError for one that needs diffrax where that is not installed."""
    if integrator != "rk4" and importlib.util.find_spec("diffrax") is None:
        raise ConfigError(
            f"dataset.integrator={integrator} needs the diffrax package: pip install 'rnnchaos[stiff]'"
        )


def integrate(
    velocity: Callable[[Float[Array, " state"]], Float[Array, " state"]],
    state: Float[Array, " state"],
    *,
    time: float,
    integrator: str,
    tolerance: float,
) -> Float[Array, " state"]:
    """The state after `time`, with steps that keep the local error within `tolerance`, relative and absolute.

    NaN where the solver gives up. Differentiable forward, as tangent dynamics are, and not backward.
    """
    import diffrax

    found = diffrax.diffeqsolve(
        diffrax.ODETerm(lambda _, y, __: velocity(y)),
        getattr(diffrax, _CLASSES[integrator])(),
        t0=0.0,
        t1=time,
        dt0=None,
        y0=state,
        stepsize_controller=diffrax.PIDController(rtol=tolerance, atol=tolerance),
        adjoint=diffrax.ForwardMode(),
        max_steps=MOST_STEPS,
        throw=False,
    )
    assert found.ys is not None
    return jnp.where(found.result == diffrax.RESULTS.successful, found.ys[0], jnp.nan)
