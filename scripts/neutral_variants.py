"""Spectra with other Jacobians in the place of a network's own, or another map: which of the two is wrong?

Each variant is a map whose derivative belongs to another one: x + (y - y) with a derivative that is stopped in x alone.
"""

from collections.abc import Iterator
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from neutral_measures import EXPONENTS, STEPS, Truth
from neutral_networks import Softened, softplus

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.models import Network, ShallowPLRNN, ShallowRNN
from rnnchaos.models.shallow_rnn import SMOOTH
from rnnchaos.tangent import LyapunovSpectrum, lyapunov_spectrum

State = Float[Array, " state"]
Units = Float[Array, " unit"]
# Kinks are spread, or knots set, by these shares of the standard deviation of what a unit hears along the attractor.
BLURS = (0.03, 0.1)
KNOTS = (0.1, 0.3)


class Variant(NamedTuple):
    """The spectrum of a network of which something was changed."""

    name: str
    strength: float | None
    spectrum: LyapunovSpectrum


def variants(
    network: Network, truth: Truth, states: np.ndarray, dt: float, *, layers: bool
) -> Iterator[Variant]:
    """The spectrum of every variant of a network, from its own states, but those whose orbits escape.

    With `layers`, those of a changed layer, too, which shallow networks have.
    """
    steps = [
        ("true Jacobians", None, TrueJacobians(network, truth)),
        ("neutral", None, NeutralDirection(network)),
    ]
    if layers:
        steps += _of_layers(network, _spread(network, jnp.asarray(states)))
    for name, strength, changed in steps:
        try:
            spectrum = lyapunov_spectrum(
                changed.step,
                states,
                num_steps=STEPS,
                num_exponents=min(EXPONENTS, network.state_size),
                time_per_step=dt,
            )
        except (ConfigError, RunError):  # where Jacobians collapse a direction, or orbits escape
            continue
        yield Variant(name, strength, spectrum)


def _of_layers(network: Network, spread: Units) -> Iterator[tuple[str, float | None, eqx.Module]]:
    own, relu = OwnUnits(network.cell), isinstance(network.cell, ShallowPLRNN)
    for share in BLURS if relu else KNOTS:
        other = Blurred(share * spread) if relu else Knotted(own, share * spread)
        yield "other Jacobians", share, Layered(network.cell, own, other)
        yield "other map and Jacobians", share, Layered(network.cell, other, other)
        yield "other map", share, Layered(network.cell, other, own)


def with_derivative(value: Float[Array, " n"], of: Float[Array, " n"]) -> Float[Array, " n"]:
    """A value with the derivative of another one."""
    return jax.lax.stop_gradient(value) + (of - jax.lax.stop_gradient(of))


class TrueJacobians(eqx.Module):
    """A network's own orbit, and the truth's Jacobians at the points that it shows."""

    network: Network
    truth: Truth

    def step(self, state: State) -> State:
        """F(z), with the derivative of B⁺ f(B z)."""
        true = self.network.force(self.truth.step(self.network.observe(state)))
        return with_derivative(self.network.step(state), true)


class NeutralDirection(eqx.Module):
    """A network with the least change of each Jacobian by which the direction of its orbit is neutral.

    That direction is u_t = (-3 z_t + 4 z_{t+1} - z_{t+2}) / 2, the velocity to second order. It is mapped to u_{t+1},
    as a flow maps it, and all that is orthogonal to it as before.
    """

    network: Network

    def step(self, state: State) -> State:
        """F(z), with the changed derivative."""
        step = self.network.step
        here = jax.lax.stop_gradient(state)
        after = jax.lax.stop_gradient(step(here))
        two_on = step(after)
        along, onwards = _velocity(here, after, two_on), _velocity(after, two_on, step(two_on))
        missing = onwards - jax.jvp(step, (here,), (along,))[1]
        return step(state) + with_derivative(
            jnp.zeros_like(state), missing * (along @ state) / (along @ along)
        )


def _velocity(first: State, second: State, third: State) -> State:
    return (-3 * first + 4 * second - third) / 2


class OwnUnits(eqx.Module):
    """φ of a shallow network."""

    cell: ShallowPLRNN | ShallowRNN

    def __call__(self, x: Units) -> Units:
        if isinstance(self.cell, ShallowPLRNN):
            return jax.nn.relu(x)
        if isinstance(self.cell, Softened):
            return softplus(x, self.cell.sharpness)
        return SMOOTH[self.cell.activation](x)


class Blurred(eqx.Module):
    """The mean of relu(x + width ξ) over Gaussian ξ: its derivative is the mean of the relu's."""

    width: Units

    def __call__(self, x: Units) -> Units:
        at = x / self.width
        return x * jax.scipy.stats.norm.cdf(at) + self.width * jax.scipy.stats.norm.pdf(at)


class Knotted(eqx.Module):
    """A function interpolated linearly between knots this far apart."""

    function: OwnUnits
    width: Units

    def __call__(self, x: Units) -> Units:
        below = jnp.floor(x / self.width)
        low, high = self.function(below * self.width), self.function((below + 1) * self.width)
        return low + (high - low) * (x / self.width - below)


class Layered(eqx.Module):
    """A shallow network with units of one kind, and the derivatives of units of another."""

    cell: ShallowPLRNN | ShallowRNN
    value: OwnUnits | Blurred | Knotted
    derivative: OwnUnits | Blurred | Knotted

    def step(self, state: State) -> State:
        """The state one sampling step later."""
        heard = self.cell.layer_weight @ state + self.cell.layer_bias
        layer = with_derivative(self.value(heard), self.derivative(heard))
        return self.cell.diagonal * state + self.cell.weight @ layer + self.cell.bias


@eqx.filter_jit
def _spread(network: Network, states: Float[Array, "orbit state"]) -> Units:
    """The standard deviation of what each unit of the layer hears along orbits from `states`."""

    def onwards(z, _):
        return jax.vmap(network.step)(z), z @ network.cell.layer_weight.T

    _, heard = jax.lax.scan(onwards, states, None, 2_000)
    return jnp.std(heard.reshape(-1, heard.shape[-1]), axis=0)
