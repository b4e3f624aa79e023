"""Maps and a network whose exponents are known in closed form."""

import jax.numpy as jnp
import numpy as np
from zoo import Case, Row, uniform


def continued_fractions() -> Case:
    """x' = 1 / x modulo 1, whose density is 1 / (1 + x) / log 2: π² / (6 log 2)."""
    row = Row((float(np.pi**2 / 6 / np.log(2)),))
    return Case(lambda x: (1 / jnp.where(x > 0, x, 1.0)) % 1.0, uniform(0, 1), (row,))


def golden_shift() -> Case:
    """x' = g x modulo 1 with the golden mean g: log g, everywhere."""
    golden = (1 + np.sqrt(5)) / 2
    return Case(lambda x: (golden * x) % 1.0, uniform(0, 1), (Row((float(np.log(golden)),)),))


def chebyshev() -> Case:
    """The third Chebyshev polynomial, a tent of three pieces in other coordinates: log 3."""
    return Case(lambda x: 4 * x**3 - 3 * x, uniform(-1, 1), (Row((float(np.log(3)),)),))


def kaplan_yorke() -> Case:
    """Kaplan and Yorke's map over x' = 3 x modulo 1, which is not invertible: log 3 and log 1/5."""

    def step(s):
        return jnp.stack([(3 * s[0]) % 1.0, 0.2 * s[1] + jnp.cos(4 * jnp.pi * s[0])])

    return Case(step, uniform(0, 1, size=2), (Row((float(np.log(3)), float(np.log(0.2)))),))


def riddled_line() -> Case:
    """Chaos on the line y = 0, which attracts on average alone: log 2, and log c + ⟨log x⟩ = log c / 4 across it."""

    def step(s):
        x, y = s
        return jnp.stack([4 * x * (1 - x), 3.9 * x * y * (1 - y)])

    return Case(
        step, uniform(0.1, 0.9, size=2), (Row((float(np.log(2)), float(np.log(3.9 / 4))), 1e-9),), 5_000
    )


def cube_roots() -> Case:
    """Newton's iteration for z³ = 1: three points, at each of which both directions collapse."""

    def step(s):
        x, y = s
        a, b = x * x - y * y, 2 * x * y
        size = 3 * (a * a + b * b)
        return jnp.stack([2 * x / 3 + a / size, 2 * y / 3 - b / size])

    return Case(step, uniform(-1.5, 1.5, count=32, size=2), (Row((-np.inf, -np.inf)),) * 3, 2_000)


def tent_of_relu() -> Case:
    """x' = 1 - 1.8 |x| by two relu units beside two dead ones: log 1.8, and nothing is left of three directions."""
    weights = np.array([[-1.8, -1.8, 0, 0], [1.8, 1.8, 0, 0], [0.3, 0.2, 0.1, 0], [0.1, 0.1, 0.1, 0.1]])
    bias = np.array([1.0, -1.0, -5.0, -9.0])
    row = Row((float(np.log(1.8)), *(-np.inf,) * 3))
    return Case(
        lambda z: jnp.maximum(jnp.asarray(weights) @ z + bias, 0), uniform(0, 1, size=4), (row,), 5_000
    )


def very_neutral_point() -> Case:
    """x' = x - x⁵: a fixed point that orbits near as t to the power -1/4, from both sides."""
    return Case(lambda x: x - x**5, uniform(-0.9, 0.9), (Row((0.0,)),), 20_000)


def rests_and_bursts() -> Case:
    """x' = x + x³ modulo 1: almost all time is spent ever nearer 0, and the average falls to 0 with bursts between."""
    return Case(lambda x: (x + x**3) % 1.0, uniform(0, 1), (Row((0.0,)),), 50_000)


CASES_EXACT = {
    "continued fractions": continued_fractions,
    "golden shift": golden_shift,
    "Chebyshev": chebyshev,
    "Kaplan and Yorke": kaplan_yorke,
    "riddled line": riddled_line,
    "cube roots by Newton": cube_roots,
    "tent of relu units": tent_of_relu,
    "very neutral point": very_neutral_point,
    "rests and bursts": rests_and_bursts,
}
