"""Nineteen of the simplest chaotic flows: five terms with two nonlinearities, or six with one."""

from collections.abc import Callable
from typing import ClassVar, NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.setting import SettingError
from rnnchaos.systems.base import AbstractFlow, PublishedExponents


class _Case(NamedTuple):
    """One of the flows: its velocity, the exponents λ_1 and λ_3 from the literature (λ_2 is 0), and where it starts."""

    velocity: Callable[..., tuple]
    expanding: float
    contracting: float
    start: tuple[float, float, float] = (0.05, 0.05, 0.05)


_CASES = {
    # It starts in its chaotic sea: elsewhere orbits lie on tori.
    "A": _Case(lambda x, y, z: (y, -x + y * z, 1 - y**2), 0.014, -0.014, (0.0, 5.0, 0.0)),
    "B": _Case(lambda x, y, z: (y * z, x - y, 1 - x * y), 0.210, -1.210),
    "C": _Case(lambda x, y, z: (y * z, x - y, 1 - x**2), 0.163, -1.163),
    "D": _Case(lambda x, y, z: (-y, x + z, x * z + 3 * y**2), 0.103, -1.320),
    "E": _Case(lambda x, y, z: (y * z, x**2 - y, 1 - 4 * x), 0.078, -1.078),
    "F": _Case(lambda x, y, z: (y + z, -x + 0.5 * y, x**2 - z), 0.117, -0.617),
    "G": _Case(lambda x, y, z: (0.4 * x + z, x * z - y, -x + y), 0.034, -0.634),
    "H": _Case(lambda x, y, z: (-y + z**2, x + 0.5 * y, x - z), 0.117, -0.617),
    "I": _Case(lambda x, y, z: (-0.2 * y, x + z, x + y**2 - z), 0.012, -1.012),
    "J": _Case(lambda x, y, z: (2 * z, -2 * y + z, -x + y + y**2), 0.076, -2.076),
    "K": _Case(lambda x, y, z: (x * y - z, x - y, x + 0.3 * z), 0.038, -0.890),
    "L": _Case(lambda x, y, z: (y + 3.9 * z, 0.9 * x**2 - y, 1 - x), 0.061, -1.061),
    "M": _Case(lambda x, y, z: (-z, -(x**2) - y, 1.7 + 1.7 * x + y), 0.044, -1.044),
    "N": _Case(lambda x, y, z: (-2 * y, x + z**2, 1 + y - 2 * z), 0.076, -2.076),
    "O": _Case(lambda x, y, z: (y, x - z, x + x * z + 2.7 * y), 0.049, -0.319),
    "P": _Case(lambda x, y, z: (2.7 * y + z, -x + y**2, x + y), 0.087, -0.481),
    "Q": _Case(lambda x, y, z: (-z, x - y, 3.1 * x + y**2 + 0.5 * z), 0.109, -0.609),
    "R": _Case(lambda x, y, z: (0.9 - y, 0.4 + z, x * y - z), 0.062, -1.062),
    "S": _Case(lambda x, y, z: (-x - 4 * y, x + z**2, 1 + x), 0.188, -1.188),
}


class Sprott(AbstractFlow):
    """The flow of one `case` from A, which is conservative, to S (Sprott 1994, Phys. Rev. E 50, R647).

    F and H are one flow in two systems of coordinates, and so are J and N.
    """

    case: str = eqx.field(default="A", static=True)
    dt: float = 0.1
    substeps: int = 4

    published: ClassVar = tuple(
        PublishedExponents(
            {"case": name},
            (case.expanding, 0.0, case.contracting),
            (0.001, 0.001, 0.001),
            "Sprott (1994), Phys. Rev. E 50, R647",
        )
        for name, case in _CASES.items()
    )

    def __check_init__(self) -> None:
        if self.case not in _CASES:
            raise SettingError("case", "be one of A to S", self.case)

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array(_CASES[self.case].start, dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return jnp.stack(jnp.broadcast_arrays(*_CASES[self.case].velocity(*state)))
