"""Step functions with several chaotic attractors, whose basins are riddled, or that are networks."""

import jax.numpy as jnp
import numpy as np
from zoo import Case, Row, uniform


def intermingled_basins() -> Case:
    """z' = z² - (1 + λ i) z̄: three attractors on lines, turned by 120°, each of whose basins is riddled with the others
    (Alexander, Yorke, You & Kan 1992, Int. J. Bifurcation Chaos 2, 795)."""
    turn = 1.0287137

    def step(state):
        x, y = state
        return jnp.stack([x**2 - y**2 - x - turn * y, 2 * x * y - turn * x + y])

    x, y = uniform(-0.3, 0.3, count=2_000, size=2, seed=1).T
    u, v, total = np.ones_like(x), np.zeros_like(x), []
    for index in range(4_000):
        u, v = (2 * x - 1) * u - (2 * y + turn) * v, (2 * y - turn) * u + (2 * x + 1) * v
        size = np.hypot(u, v)
        u, v = u / size, v / size
        x, y = x**2 - y**2 - x - turn * y, 2 * x * y - turn * x + y
        if index >= 1_000:
            total.append(np.log(size)[np.hypot(x, y) < 4].mean())
    row = Row((float(np.mean(total)),), tolerance=1e-3)
    return Case(step, uniform(-0.3, 0.3, count=24, size=2), (row, row, row))


def two_networks() -> Case:
    """A unit that stays on its side of 0, and which of two chaotic tanh networks of 40 units goes on."""
    random, size = np.random.default_rng(0), 40
    weights = [gain / size**0.5 * random.standard_normal((size, size)) for gain in (3.0, 2.5)]
    above, below = (jnp.asarray(each) for each in weights)

    def step(state):
        x, side = state[:size], state[size]
        inner = jnp.where(side > 0, above @ x, below @ x) + 0.3 * jnp.sign(side)
        return jnp.append(jnp.tanh(inner), jnp.tanh(3 * side))

    rows = []
    for matrix, bias in zip(weights, (0.3, -0.3), strict=True):
        x, tangent, total = 0.1 * random.standard_normal((size, 64)), random.standard_normal((size, 64)), []
        for index in range(3_000):
            x = np.tanh(matrix @ x + bias)
            tangent = (1 - x**2) * (matrix @ tangent)
            growth = np.linalg.norm(tangent, axis=0)
            tangent /= growth
            if index >= 500:
                total.append(np.log(growth).mean())
        rows.append(Row((float(np.mean(total)),), tolerance=2e-3))
    starts = np.hstack([uniform(-0.5, 0.5, size=size), uniform(-1, 1)])
    return Case(step, starts, tuple(rows))


CASES_OF_BASINS = {"intermingled basins": intermingled_basins, "two networks": two_networks}
