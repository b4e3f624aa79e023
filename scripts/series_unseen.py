"""Series without chaos that show several numbers, chosen before the rule of their time was tried on any of them."""

import numpy as np
from series_battery import Kind, N, normal, orbit, rossler, with_noise


def pushed(velocity, start, dt, *, push, substeps=5):
    """Flows (Euler–Heun) with white noise of `push` per root of time on each axis, seen whole."""
    h = dt / substeps

    def draw(random, seeds):
        x = np.array(start)[:, None] + 0.01 * normal(random, (len(start), seeds))
        seen = np.empty((N, *x.shape))
        for t in range(-1_000, N):
            for _ in range(substeps):
                kick = push * np.sqrt(h) * normal(random, x.shape)
                guess = x + h * velocity(x) + kick
                x = x + h / 2 * (velocity(x) + velocity(guess)) + kick
            if t >= 0:
                seen[t] = x
        return [seen[:, :, s] for s in range(seeds)]

    return draw


def rossler_cycle(s):
    """As Rössler's flow, with the third equation's constant at 2.5: a cycle of one turn."""
    return rossler(s) + np.stack([0 * s[0], 0 * s[0], (5.7 - 2.5) * s[2]])


def convection_at_rest(s):
    """Lorenz's flow at ρ = 15: spirals into fixed points."""
    return np.stack([10 * (s[1] - s[0]), s[0] * (15 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]])


def van_der_pol(s):
    return np.stack([s[1], (1 - s[0] ** 2) * s[1] - s[0]])


def circle_map(s):
    """Below criticality: quasi-periodic. The angle is a point of a circle."""
    angle = np.arctan2(s[1], s[0])
    angle = angle + 2 * np.pi * 0.382 + 0.7 * np.sin(angle)
    return np.stack([np.cos(angle), np.sin(angle)])


def strange_not_chaotic(s):
    """Grebogi et al. (1984, Physica D 13, 261): a fractal attractor whose exponents are 0 and below."""
    turned = np.arctan2(s[2], s[1]) + np.pi * (np.sqrt(5) - 1)
    return np.stack([3 * np.tanh(s[0]) * s[1] / np.hypot(s[1], s[2]), np.cos(turned), np.sin(turned)])


def period_four(s):
    return 3.5 * s * (1 - s)


def autoregressive(random, seeds):
    """Three axes that turn and decay, and drive each other."""
    step = np.array([[0.95, -0.25, 0.1], [0.25, 0.95, 0.0], [0.0, 0.2, 0.8]])
    step = 0.98 * step / np.abs(np.linalg.eigvals(step)).max()
    x, seen = np.zeros((3, seeds)), np.empty((N, 3, seeds))
    for t in range(-1_000, N):
        x = step @ x + normal(random, x.shape)
        if t >= 0:
            seen[t] = x
    return [seen[:, :, s] for s in range(seeds)]


def torus(random, seeds):
    """Two angles, each a point of a circle."""
    turns = 0.1 * np.array([1, np.sqrt(3)]) * np.arange(N)[:, None]
    angles = [turns + 2 * np.pi * random.random(2) for _ in range(seeds)]
    return [np.hstack([np.cos(angle), np.sin(angle)]) for angle in angles]


WITHOUT_CHAOS = [
    Kind(
        "van der Pol whole, 0.5 % noise", with_noise(pushed(van_der_pol, [1.0, 0.0], 0.1, push=0), 0.005), 0.1
    ),
    Kind("Rössler's cycle, pushed", pushed(rossler_cycle, [1.0, 1.0, 0.0], 0.15, push=0.05), 0.15),
    Kind("Lorenz at rest, pushed", pushed(convection_at_rest, [6.0, 6.0, 14.0], 0.03, push=0.5), 0.03),
    Kind("torus whole, 0.5 % noise", with_noise(torus, 0.005)),
    Kind("circle map, 0.5 % noise", with_noise(orbit(circle_map, [1.0, 0.0]), 0.005)),
    Kind("strange but not chaotic", orbit(strange_not_chaotic, [0.5, 1.0, 0.0])),
    Kind("period 4, 1 % noise", with_noise(orbit(period_four, [0.3]), 0.01)),
    Kind("vector autoregression", autoregressive),
]
