"""Step functions with known attractors: each with its exponents from a formula or from plain arithmetic."""

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

Step = Callable


class Row(NamedTuple):
    """One attractor: its leading exponents in nats per step, and how far off their source may be."""

    exponents: tuple[float, ...]
    tolerance: float = 1e-9


class Case(NamedTuple):
    """A step function, where its orbits start, and what is right about them."""

    step: Step
    starts: np.ndarray
    rows: tuple[Row, ...]
    steps: int = 10_000


def uniform(low, high, *, count: int = 16, size: int = 1, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(low, high, (count, size))


# Several attractors ---------------------------------------------------------------------------------------------


def bistable_unit() -> Case:
    """One tanh unit, z' = tanh(3 z + 1/2): two stable fixed points, at log|3 (1 - z²)|."""
    roots = []
    for z in (-1.0, 1.0):
        for _ in range(1_000):
            z = np.tanh(3 * z + 0.5)
        roots.append(Row((float(np.log(3 * (1 - z**2))),)))
    return Case(lambda x: jnp.tanh(3 * x + 0.5), uniform(-1, 1), tuple(roots))


def mirrored_chaos() -> Case:
    """x' = 2.5 x - x³: two chaotic attractors, mirror images with the same exponent."""
    x = uniform(0.2, 1.0, count=2_000)[:, 0]
    total = []
    for step in range(6_000):
        x = 2.5 * x - x**3
        if step >= 1_000:
            total.append(np.log(np.abs(2.5 - 3 * x**2)).mean())
    row = Row((float(np.mean(total)),), tolerance=3e-4)
    return Case(lambda x: 2.5 * x - x**3, uniform(-1, 1), (row, row))


def two_bands() -> Case:
    """The logistic map at r = 3.6: one attractor of two bands, which orbits visit in turn."""
    return Case(lambda x: 3.6 * x * (1 - x), uniform(0.1, 0.9), (logistic_row(3.6),))


def cycle_in_three_phases() -> Case:
    """The logistic map at r = 3.84: one stable cycle of three steps, which orbits join at any of its points."""
    x, total = 0.3, 0.0
    for _ in range(10_000):
        x = 3.84 * x * (1 - x)
    for _ in range(3):
        total += np.log(abs(3.84 * (1 - 2 * x)))
        x = 3.84 * x * (1 - x)
    return Case(lambda x: 3.84 * x * (1 - x), uniform(0.1, 0.9), (Row((total / 3,)),))


def cycle_beside_fixed_point() -> Case:
    """x' = -x (1/2 + 1.7 x² - 1.2 x⁴): 0 is stable at rate 1/2, and so is the cycle -1, 1 at |2 - 2 · 1.2|."""
    rows = (Row((float(np.log(0.5)),)), Row((float(np.log(0.4)),)))
    return Case(lambda x: -x * (0.5 + 1.7 * x**2 - 1.2 * x**4), uniform(-1.2, 1.2), rows)


def chaos_beside_sink() -> Case:
    """A switch of one tanh unit, which at its lower point drives forty chaotic ones into saturation."""
    generator = np.random.default_rng(5)
    weights = np.zeros((41, 41))
    weights[0, 0] = 2.0
    weights[1:, 1:] = 2.5 / np.sqrt(40) * generator.standard_normal((40, 40))
    high = 1.0
    for _ in range(200):
        high = np.tanh(2 * high)
    weights[1:, 0] = 4.0 * generator.choice([-1.0, 1.0], 40)
    bias = -weights[:, 0] * high
    bias[0] = 0.0
    chaos, rest = (_by_one_vector(weights, bias, switch) for switch in (1.0, -1.0))
    starts = uniform(-1, 1, size=41)
    return Case(
        lambda z: jnp.tanh(jnp.asarray(weights) @ z + bias), starts, (Row((chaos,), 5e-3), Row((rest,), 5e-3))
    )


def _by_one_vector(weights: np.ndarray, bias: np.ndarray, switch: float) -> float:
    """λ_max in NumPy: one tangent vector along each of 20 orbits."""
    generator = np.random.default_rng(0)
    z = generator.uniform(-1, 1, (20, len(bias)))
    z[:, 0] = switch
    tangent = generator.standard_normal(z.shape)
    total = []
    for step in range(6_000):
        z = np.tanh(z @ weights.T + bias)
        tangent = (1 - z**2) * (tangent @ weights.T)
        length = np.linalg.norm(tangent, axis=1)
        tangent /= length[:, None]
        if step >= 1_000:
            total.append(np.log(length).mean())
    return float(np.mean(total))


def lorenz(rho: float, *rows: Row, steps: int = 20_000) -> Case:
    """The Lorenz system, integrated by steps of 0.01 time units."""

    def velocity(x):
        return jnp.stack([10 * (x[1] - x[0]), x[0] * (rho - x[2]) - x[1], x[0] * x[1] - 8 / 3 * x[2]])

    def step(x, h=0.01):
        k1 = velocity(x)
        k2 = velocity(x + h / 2 * k1)
        k3 = velocity(x + h / 2 * k2)
        return x + h / 6 * (k1 + 2 * k2 + 2 * k3 + velocity(x + h * k3))

    starts = uniform(-5, 5, count=32, size=3) + np.array([0.0, 0.0, rho - 1])
    return Case(step, starts, rows, steps)


def lorenz_at_rest(rho: float) -> Row:
    """The Lorenz system at one of its two fixed points beside 0, by its eigenvalues; in steps of 0.01."""
    c = np.sqrt(8 / 3 * (rho - 1))
    eigenvalues = np.linalg.eigvals(np.array([[-10, 10, 0], [1, -1, -c], [c, c, -8 / 3]]))
    return Row(tuple(np.sort(eigenvalues.real)[::-1] * 0.01), 1e-4)


def chaotic_saddle() -> Case:
    """A tent map a little too steep, which orbits leave at rate log(1 + ε) for a fixed point outside."""
    slope = 2 * (1 + SADDLE)

    def step(x):
        inside = (x >= 0) & (x <= 1)
        outside = jnp.where(x > 1, -1.5, -1 + 0.5 * (x + 1))
        return jnp.where(inside, slope * jnp.minimum(x, 1 - x), outside)

    return Case(step, uniform(0.01, 0.99, count=64), (Row((float(np.log(0.5)),)),), 20_000)


SADDLE = 1e-3


# One attractor, hard ----------------------------------------------------------------------------------------------


def logistic_row(r: float, tolerance: float = 1e-3) -> Row:
    x = uniform(0.05, 0.95, count=5_000)[:, 0]
    total = []
    for step in range(4_000):
        x = r * x * (1 - x)
        if step >= 1_000:
            total.append(np.log(np.abs(r * (1 - 2 * x))).mean())
    return Row((float(np.mean(total)),), tolerance)


def intermittency() -> Case:
    """The logistic map below its window of period three: laminar stretches of hundreds of steps."""
    return Case(lambda x: 3.8284 * x * (1 - x), uniform(0.1, 0.9), (logistic_row(3.8284, 3e-3),), 50_000)


def after_crisis() -> Case:
    """The logistic map just behind the interior crisis at 3.8568: three old bands, and bursts out of them."""
    return Case(lambda x: 3.857 * x * (1 - x), uniform(0.1, 0.9), (logistic_row(3.857, 3e-3),), 50_000)


def accumulation_point() -> Case:
    """The logistic map where cycles have doubled their periods for ever: a Cantor set, at exactly 0."""
    return Case(lambda x: 3.569945671869402 * x * (1 - x), uniform(0.1, 0.9), (Row((0.0,), 2e-4),), 50_000)


def just_behind_it() -> Case:
    """The logistic map at r = 3.57, whose bands are many and narrow."""
    return Case(lambda x: 3.57 * x * (1 - x), uniform(0.1, 0.9), (logistic_row(3.57, 2e-4),), 50_000)


def hyperchaos() -> Case:
    """Three logistic maps at r = 4 side by side: log 2, three times."""
    starts = uniform(0.1, 0.9, size=3)
    return Case(lambda x: 4 * x * (1 - x), starts, (Row((np.log(2.0),) * 3),), 5_000)


def skewed_tent() -> Case:
    """A skewed tent map, whose density is uniform: the entropy of its two branches. Not smooth at the top."""
    a = 0.3
    exponent = -a * np.log(a) - (1 - a) * np.log(1 - a)
    return Case(lambda x: jnp.where(x < a, x / a, (1 - x) / (1 - a)), uniform(0, 1), (Row((exponent,)),))


def cat_map() -> Case:
    """Arnold's cat: the golden mean squared, exactly, and no attractor but the torus."""
    exponent = float(np.log((3 + np.sqrt(5)) / 2))
    turn = np.array([[2.0, 1.0], [1.0, 1.0]])
    return Case(
        lambda x: (jnp.asarray(turn) @ x) % 1.0, uniform(0, 1, size=2), (Row((exponent, -exponent), 1e-6),)
    )


def lozi() -> Case:
    """Lozi's map, piecewise linear: λ_1 + λ_2 = log b, exactly."""

    def step(x):
        return jnp.stack([1 - 1.7 * jnp.abs(x[0]) + x[1], 0.5 * x[0]])

    point, tangent = uniform(-0.1, 0.1, count=2_000, size=2), np.array([1.0, 0.3])
    tangent = np.tile(tangent, (2_000, 1))
    total = []
    for index in range(4_000):
        slope = -1.7 * np.sign(point[:, 0])
        point = np.stack([1 - 1.7 * np.abs(point[:, 0]) + point[:, 1], 0.5 * point[:, 0]], axis=1)
        tangent = np.stack([slope * tangent[:, 0] + tangent[:, 1], 0.5 * tangent[:, 0]], axis=1)
        length = np.linalg.norm(tangent, axis=1)
        tangent /= length[:, None]
        if index >= 500:
            total.append(np.log(length).mean())
    first = float(np.mean(total))
    return Case(step, uniform(-0.1, 0.1, size=2), (Row((first, np.log(0.5) - first), 5e-4),))


def wide() -> Case:
    """256 tanh units that come to rest: the logarithms of the eigenvalues of their weights, of which 2 make a pair."""
    weights = np.random.default_rng(3).standard_normal((256, 256)) * 0.9 / 16
    moduli = np.sort(np.log(np.abs(np.linalg.eigvals(weights))))[::-1]
    starts = uniform(-1, 1, count=4, size=256)
    return Case(lambda z: jnp.tanh(jnp.asarray(weights) @ z), starts, (Row(tuple(moduli[:2]), 1e-3),), 2_000)


# Degenerate ---------------------------------------------------------------------------------------------------


def superstable(r: float) -> Case:
    """The logistic map where its cycle goes through the top: a multiplier of 0."""
    return Case(lambda x: r * x * (1 - x), uniform(0.2, 0.8), (Row((-np.inf,)),), 2_000)


def contraction(factor: float) -> Case:
    """x' = factor x about a fixed point that is not 0, in two dimensions, each with the same rate."""
    row = Row((float(np.log(factor)),) * 2)
    return Case(lambda x: 1 + factor * (x - 1), uniform(-1, 1, size=2), (row,), 2_000)


def dead_unit() -> Case:
    """Two relu units that rest at (2, 0), where the second is dead: its direction collapses at once."""
    weights, bias = np.array([[0.5, 0.3], [0.2, 0.4]]), np.array([1.0, -3.0])
    row = Row((float(np.log(0.5)), -np.inf))
    return Case(
        lambda z: jnp.maximum(jnp.asarray(weights) @ z + bias, 0), uniform(-1, 1, size=2), (row,), 2_000
    )


def rotation() -> Case:
    """The plane turned by an angle that is no fraction of a circle: zero, twice, exactly."""
    turn = np.array([[np.cos(1.0), -np.sin(1.0)], [np.sin(1.0), np.cos(1.0)]])
    return Case(lambda x: jnp.asarray(turn) @ x, uniform(-1, 1, size=2), (Row((0.0, 0.0)),))


def neutral_point() -> Case:
    """x' = x - x³: a fixed point that orbits near as 1/√t, so that averages fall as ln T / T to the true 0."""
    return Case(lambda x: x - x**3, uniform(-0.9, 0.9), (Row((0.0,)),))


def standard_map(kick: float) -> Case:
    """The standard map on regular orbits about its elliptic point."""

    def step(x):
        p = x[1] + kick * jnp.sin(x[0])
        return jnp.stack([x[0] + p, p])

    starts = np.pi + uniform(-1.0, 1.0, size=2) * np.array([1.0, 0.2]) - np.array([0.0, np.pi])
    return Case(step, starts, (Row((0.0, 0.0)),))


CASES = {
    "bistable unit": bistable_unit,
    "mirrored chaos": mirrored_chaos,
    "two bands": two_bands,
    "cycle in three phases": cycle_in_three_phases,
    "cycle beside fixed point": cycle_beside_fixed_point,
    "chaos beside a sink": chaos_beside_sink,
    "Lorenz, transient chaos": lambda: lorenz(22.0, lorenz_at_rest(22.0), lorenz_at_rest(22.0)),
    "Lorenz, long transient chaos": lambda: lorenz(
        23.0, lorenz_at_rest(23.0), lorenz_at_rest(23.0), steps=100_000
    ),
    "chaotic saddle": chaotic_saddle,
    "intermittency": intermittency,
    "after a crisis": after_crisis,
    "accumulation point": accumulation_point,
    "just behind the accumulation point": just_behind_it,
    "hyperchaos": hyperchaos,
    "skewed tent": skewed_tent,
    "cat map": cat_map,
    "Lozi": lozi,
    "256 tents": wide,
    "superstable fixed point": lambda: superstable(2.0),
    "superstable cycle of 2": lambda: superstable(1 + np.sqrt(5.0)),
    "superstable cycle of 3": lambda: superstable(3.8318740552833155684),
    "contraction by 1e-200": lambda: contraction(1e-200),
    "contraction by half": lambda: contraction(0.5),
    "dead unit": dead_unit,
    "rotation": rotation,
    "neutral point": neutral_point,
    "regular standard map": lambda: standard_map(0.5),
}
