"""The Kuramoto–Sivashinsky equation of flame fronts: instability at long waves, damping at short ones."""

import math
from typing import Annotated, ClassVar, NamedTuple

import jax.numpy as jnp
import numpy as np
from annotated_types import Ge, MultipleOf
from jaxtyping import Array, Complex, Float

from rnnchaos.setting import Positive, Unit
from rnnchaos.systems.base import AbstractFlow, PublishedExponents

_CONTOUR_POINTS = 32


class KuramotoSivashinsky(AbstractFlow):
    """u_t = -u u_x - u_xx - u_xxxx on a ring of circumference `length`, with mean 0.

    Kuramoto & Tsuzuki (1976), Prog. Theor. Phys. 55, 356; Sivashinsky (1977), Acta Astronaut. 4, 1177.
    The state is the real, then the imaginary parts of the Fourier modes 1 … size/2 - 1, which are all that evolve:
    the mean is conserved. Seen are the values of u at `size` equally distant points. Two exponents are exactly 0, of
    translations in time and in space. Steps are exponential Runge–Kutta steps of fourth order (ETDRK4: Cox & Matthews
    2002, J. Comput. Phys. 176, 430; Kassam & Trefethen 2005, SIAM J. Sci. Comput. 26, 1214), without aliasing.
    """

    length: Positive = 22.0
    """Of the ring; about one point per unit of length is enough."""
    size: Annotated[int, Ge(4), MultipleOf(2), Unit("point")] = 24
    """Points on the ring."""
    dt: float = 0.25
    substeps: int = 4

    infinite_dimensional: ClassVar = True
    published: ClassVar = (
        PublishedExponents(
            {"length": 22.0},
            (0.048, 0.0, 0.0, -0.003, -0.189, -0.256, -0.290, -0.310),
            (0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001),
            "Ding et al. (2016), Phys. Rev. Lett. 117, 024101",
        ),
    )

    @property
    def dimension(self) -> int:
        return self.size - 2

    def initial_state(self) -> Float[Array, " state"]:
        # u = cos x + cos 2x for a length of 2π: in no subspace that the symmetry u(x) → -u(-x) keeps.
        return jnp.zeros(self.dimension, dtype=jnp.float64).at[:2].set(0.5)

    @property
    def axis_names(self) -> tuple[str, ...]:
        return tuple(f"u_{i + 1}" for i in range(self.size))

    def observe(self, state: Float[Array, " state"]) -> Float[Array, " axis"]:
        return _on_grid(_modes(state), self.size)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        modes = _modes(state)
        return _state(jnp.asarray(self._growth()) * modes + self._advection(modes))

    def divergence(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        """Constant: advection conserves volume."""
        return jnp.asarray(2 * self._growth().sum(), dtype=state.dtype)

    def substep(self, state: Float[Array, " state"], h: float) -> Float[Array, " state"]:
        weights = _weights(self._growth(), h)
        modes = _modes(state)
        at_start = self._advection(modes)
        first = weights.half * modes + weights.stage * at_start
        at_first = self._advection(first)
        second = weights.half * modes + weights.stage * at_first
        at_second = self._advection(second)
        third = weights.half * first + weights.stage * (2 * at_second - at_start)
        at_third = self._advection(third)
        middle = 2 * weights.middle * (at_first + at_second)
        return _state(weights.full * modes + weights.start * at_start + middle + weights.end * at_third)

    def _wavenumbers(self) -> Float[np.ndarray, " mode"]:
        return 2 * math.pi / self.length * np.arange(1, self.size // 2)

    def _growth(self) -> Float[np.ndarray, " mode"]:
        """Rates at which small waves grow."""
        return self._wavenumbers() ** 2 - self._wavenumbers() ** 4

    def _advection(self, modes: Complex[Array, " mode"]) -> Complex[Array, " mode"]:
        # On half as many points again, the modes that a square adds do not fall on those that are kept.
        points = 3 * self.size // 2
        square = jnp.fft.rfft(_on_grid(modes, points) ** 2, norm="forward")
        return jnp.asarray(-0.5j * self._wavenumbers()) * square[1 : self.size // 2]


def _modes(state: Float[Array, " state"]) -> Complex[Array, " mode"]:
    real, imaginary = jnp.split(state, 2)
    return real + 1j * imaginary


def _state(modes: Complex[Array, " mode"]) -> Float[Array, " state"]:
    return jnp.concatenate([modes.real, modes.imag])


def _on_grid(modes: Complex[Array, " mode"], points: int) -> Float[Array, " point"]:
    return jnp.fft.irfft(jnp.pad(modes, (1, 0)), points, norm="forward")


class _Weights(NamedTuple):
    """What ETDRK4 multiplies modes and their advection by; see Kassam & Trefethen's equations 26 to 29."""

    full: Float[np.ndarray, " mode"]
    half: Float[np.ndarray, " mode"]
    stage: Float[np.ndarray, " mode"]
    start: Float[np.ndarray, " mode"]
    middle: Float[np.ndarray, " mode"]
    end: Float[np.ndarray, " mode"]


def _weights(growth: Float[np.ndarray, " mode"], h: float) -> _Weights:
    # The formulas lose all digits near z = 0; as means over a circle around hL they keep them.
    circle = np.exp(1j * np.pi * (np.arange(_CONTOUR_POINTS) + 0.5) / _CONTOUR_POINTS)
    z = h * growth[:, None] + circle

    def mean(values):
        return h * values.real.mean(axis=1)

    return _Weights(
        full=np.exp(h * growth),
        half=np.exp(h * growth / 2),
        stage=mean((np.exp(z / 2) - 1) / z),
        start=mean((-4 - z + np.exp(z) * (4 - 3 * z + z**2)) / z**3),
        middle=mean((2 + z + np.exp(z) * (z - 2)) / z**3),
        end=mean((-4 - 3 * z - z**2 + np.exp(z) * (4 - z)) / z**3),
    )
