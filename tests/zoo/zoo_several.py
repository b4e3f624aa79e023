"""Networks of several attractors that are alike, tori, and ways to a neutral point of which little is seen."""

import jax.numpy as jnp
import numpy as np
from zoo import Case, Row, uniform


def eight_points() -> Case:
    """Three tanh units that excite themselves alone: a point in each octant, all with the same exponents."""
    z = 1.0
    for _ in range(200):
        z = np.tanh(1.8 * z)
    row = Row((float(np.log(1.8 * (1 - z**2))),) * 3)
    octants = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    starts = np.repeat(octants, 2, axis=0) * uniform(0.1, 1.0, size=3)
    return Case(lambda z: jnp.tanh(1.8 * z), starts, (row,) * 8, 2_000)


def three_winners() -> Case:
    """Three tanh units that excite themselves and inhibit each other: of two at a time, with the same exponents."""
    weights = 3.5 * np.eye(3) - 1.5
    z = np.array([1.0, 1.0, -1.0])
    for _ in range(200):
        z = np.tanh(weights @ z + 0.8)
    moduli = np.abs(np.linalg.eigvals((1 - z**2)[:, None] * weights))
    row = Row(tuple(np.sort(np.log(moduli))[::-1]), 1e-6)
    return Case(
        lambda z: jnp.tanh(jnp.asarray(weights) @ z + 0.8),
        uniform(-0.5, 0.5, count=32, size=3),
        (row,) * 3,
        2_000,
    )


def torus_of_two_pairs() -> Case:
    """Two pairs of tanh units that turn by themselves, and nothing between them: zero, twice."""
    weights, rows = np.zeros((4, 4)), []
    for first, gain, angle in ((0, 1.3, 1.0), (2, 1.5, 0.7)):
        pair = slice(first, first + 2)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        weights[pair, pair] = gain * turn
        # One direction is neutral: all volume goes in the other.
        z, total = np.array([0.5, 0.1]), 0.0
        for index in range(60_000):
            z = np.tanh(gain * turn @ z)
            if index >= 10_000:
                total += np.log(gain**2 * np.prod(1 - z**2)) / 50_000
        rows.append(total)
    row = Row((0.0, 0.0, *sorted(rows, reverse=True)), 1e-4)
    return Case(lambda z: jnp.tanh(jnp.asarray(weights) @ z), uniform(-0.5, 0.5, size=4), (row,), 10_000)


def slow_way_to_a_neutral_point() -> Case:
    """x' = x - x⁵ from x = 0.02 on: a hundredth of the way to 0 takes more steps than are watched."""
    return Case(lambda x: x - x**5, uniform(0.018, 0.02), (Row((0.0,)),), 20_000)


CASES_OF_SEVERAL = {
    "eight points": eight_points,
    "three winners": three_winners,
    "torus of two pairs": torus_of_two_pairs,
    "slow way to a neutral point": slow_way_to_a_neutral_point,
}
