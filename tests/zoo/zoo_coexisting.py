"""Flows, maps and a network of the literature at parameters at which motions of several kinds coexist."""

import jax.numpy as jnp
import numpy as np
from zoo import Case, Row, lorenz, lorenz_at_rest, uniform


def henon_of_two(a: float, between: float, *, followed: int) -> Case:
    """Hénon's map where it has two attractors, told apart by whether λ_max is above or below `between`."""
    x, y = uniform(-0.3, 0.3, count=followed, size=2, seed=1).T
    u, v, total = np.ones_like(x), np.zeros_like(x), np.zeros_like(x)
    for index in range(9_000):
        u, v = -2 * a * x * u + v, 0.3 * u
        size = np.hypot(u, v)
        u, v, x, y = u / size, v / size, 1 - a * x**2 + y, 0.3 * x
        if index >= 4_000:
            total += np.log(size) / 5_000
    rows = tuple(Row((float(total[chosen].mean()),), 5e-4) for chosen in (total > between, total < between))

    def step(x):
        return jnp.stack([1 - a * x[0] ** 2 + x[1], 0.3 * x[0]])

    return Case(step, uniform(-0.3, 0.3, count=32, size=2), rows, 20_000)


def henon_with_a_cycle() -> Case:
    """At a = 1.07: chaos beside a cycle of six steps."""
    return henon_of_two(1.07, 0.0, followed=2_000)


def henon_twice_chaotic() -> Case:
    """At a = 1.08: two chaotic attractors, the one of four pieces and the other of six."""
    return henon_of_two(1.08, 0.115, followed=500)


def ikeda_with_a_focus() -> Case:
    """Ikeda's map: chaos beside a fixed point, whose Jacobian is 0.9 times one that keeps areas, with complex roots."""

    def step(state):
        x, y = state
        turn = 0.4 - 6 / (1 + x**2 + y**2)
        cos, sin = jnp.cos(turn), jnp.sin(turn)
        return jnp.stack([1 + 0.9 * (x * cos - y * sin), 0.9 * (x * sin + y * cos)])

    # 0.508 of the literature, whose last digit is uncertain; both sum to log of the areas' 0.81.
    rows = (Row((np.log(0.9),) * 2, 1e-9), Row((0.508, np.log(0.81) - 0.508), 2e-3))
    return Case(step, uniform(-4, 4, count=48, size=2), rows, 20_000)


def lorenz_with_points() -> Case:
    """The Lorenz system at ρ = 24.5, between 24.06 and 24.74: chaos beside two points that attract slowly."""
    rho, h = 24.5, 0.01
    chaos = Row((_lorenz_exponent(rho, h),), 1e-4)
    case = lorenz(rho, chaos, lorenz_at_rest(rho), lorenz_at_rest(rho), steps=50_000)
    away = np.sqrt(8 / 3 * (rho - 1))
    points = np.array([[away, away, rho - 1], [-away, -away, rho - 1]])
    near = np.repeat(points, 2, axis=0) + uniform(-0.5, 0.5, count=4, size=3)
    return case._replace(starts=np.concatenate([case.starts, near]))


def _lorenz_exponent(rho: float, h: float) -> float:
    """λ_max in NumPy, nats per step: one tangent vector along each of 200 orbits."""

    def velocity(s):
        x, y, z, u, v, w = s
        return np.stack(
            [
                10 * (y - x),
                x * (rho - z) - y,
                x * y - 8 / 3 * z,
                10 * (v - u),
                u * (rho - z) - x * w - v,
                u * y + x * v - 8 / 3 * w,
            ]
        )

    state = np.concatenate([uniform(5, 15, count=3, size=200, seed=2), np.ones((3, 200))])
    total = np.zeros(200)
    for index in range(12_000):
        k1 = velocity(state)
        k2 = velocity(state + h / 2 * k1)
        k3 = velocity(state + h / 2 * k2)
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + velocity(state + h * k3))
        length = np.linalg.norm(state[3:], axis=0)
        state[3:] /= length
        if index >= 2_000:
            total += np.log(length) / 10_000
    return float(np.mean(total[total > 0.002]))


def four_points_of_two_units() -> Case:
    """Two tanh units that excite themselves and little each other: four points, at the roots of their Jacobians."""
    weights, bias = np.array([[2.0, 0.3], [0.3, 2.0]]), np.array([0.0, 0.0])
    rows = []
    for corner in ([1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]):
        z = np.array(corner)
        for _ in range(2_000):
            z = np.tanh(weights @ z + bias)
        slopes = (1 - z**2)[:, None] * weights
        rows.append(Row(tuple(np.sort(np.log(np.abs(np.linalg.eigvals(slopes))))[::-1]), 1e-6))
    return Case(
        lambda z: jnp.tanh(jnp.asarray(weights) @ z + bias),
        uniform(-1, 1, count=64, size=2),
        tuple(rows),
        2_000,
    )


CASES_THAT_COEXIST = {
    "Hénon, chaos beside a cycle": henon_with_a_cycle,
    "Hénon, twice chaotic": henon_twice_chaotic,
    "Ikeda, chaos beside a focus": ikeda_with_a_focus,
    "Lorenz, chaos beside two points": lorenz_with_points,
    "two units, four points": four_points_of_two_units,
}
