"""Series whose nature is known: kinds without chaos, and chaotic ones with their exponents, each half set apart.

Rules may be tuned on the halves for development; the halves that are held out judge them.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.signal import lfilter

N = 5_000
SEEDS = 10


class Kind(NamedTuple):
    """A kind of series: how to draw `seeds` of it, each (time, axis), and what is known of it."""

    name: str
    draw: Callable[[np.random.Generator, int], list[np.ndarray]]
    dt: float = 1.0
    exponent: float | None = None
    """λ_max, nats per time unit, where it is chaotic."""
    held_out: bool = False


def each(one: Callable[[np.random.Generator], np.ndarray]):
    return lambda random, seeds: [np.asarray(one(random)).reshape(N, -1) for _ in range(seeds)]


def normal(random, n=N):
    return random.standard_normal(n)


def linear(ma, ar, *, innovations=normal, burn=1_000):
    return lambda random: lfilter(ma, ar, innovations(random, N + burn))[burn:]


def with_noise(clean, level):
    """Measurement noise of `level` standard deviations of each axis."""

    def draw(random, seeds):
        return [x + level * x.std(0) * random.standard_normal(x.shape) for x in clean(random, seeds)]

    return draw


def phases_randomised(clean):
    def draw(random, seeds):
        found = []
        for x in clean(random, seeds):
            spectrum = np.fft.rfft(x[:, 0] - x[:, 0].mean())
            turned = np.abs(spectrum) * np.exp(2j * np.pi * random.random(len(spectrum)))
            found.append(np.fft.irfft(turned, len(x))[:, None])
        return found

    return draw


def orbit(step, start, *, keep=slice(None), transient=1_000, n=N, substeps=1):
    """Orbits of a map of states (axis, seed) from starts scattered about `start`; `keep` says which axes are seen."""

    def draw(random, seeds):
        x = np.array(start)[:, None] + 0.01 * random.standard_normal((len(start), seeds))
        seen = np.empty((n, *x.shape))
        for t in range(-transient, n):
            for _ in range(substeps):
                x = step(x)
            if t >= 0:
                seen[t] = x
        return [seen[:, :, s][:, keep].reshape(n, -1) for s in range(seeds)]

    return draw


def runge_kutta(velocity, h):
    """A step of order 4, h time units long."""

    def step(x):
        k1 = velocity(x)
        k2 = velocity(x + h / 2 * k1)
        k3 = velocity(x + h / 2 * k2)
        return x + h / 6 * (k1 + 2 * k2 + 2 * k3 + velocity(x + h * k3))

    return step


def flow(velocity, start, dt, *, substeps=5, **how):
    """As `orbit`, by Runge–Kutta of order 4."""
    return orbit(runge_kutta(velocity, dt / substeps), start, substeps=substeps, **how)


def lorenz(s):
    return np.stack([10 * (s[1] - s[0]), s[0] * (28 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]])


def rossler(s):
    return np.stack([-s[1] - s[2], s[0] + 0.2 * s[1], 0.2 + s[2] * (s[0] - 5.7)])


def thomas(s):
    return np.sin(np.roll(s, -1, axis=0)) - 0.18 * s


def chua(s):
    bent = -5 / 7 * s[0] - 3 / 14 * (abs(s[0] + 1) - abs(s[0] - 1))
    return np.stack([15.6 * (s[1] - s[0] - bent), s[0] - s[1] + s[2], -28 * s[1]])


def sprott_b(s):
    return np.stack([s[1] * s[2], s[0] - s[1], 1 - s[0] * s[1]])


def lorenz96(s):
    return (np.roll(s, -1, 0) - np.roll(s, 2, 0)) * np.roll(s, 1, 0) - s + 8


def duffing(s):
    """Driven; the drive is seen as a point on a circle."""
    x, v, c, d = s
    return np.stack([v, x - x**3 - 0.3 * v + 0.5 * c / np.hypot(c, d), -1.2 * d, 1.2 * c])


def henon(s):
    return np.stack([1 - 1.4 * s[0] ** 2 + s[1], 0.3 * s[0]])


def lozi(s):
    return np.stack([1 - 1.7 * abs(s[0]) + s[1], 0.5 * s[0]])


def ikeda(s):
    t = 0.4 - 6 / (1 + s[0] ** 2 + s[1] ** 2)
    return np.stack(
        [1 + 0.9 * (s[0] * np.cos(t) - s[1] * np.sin(t)), 0.9 * (s[0] * np.sin(t) + s[1] * np.cos(t))]
    )


def standard(s):
    """Kick 6, on a torus: momentum and angle are points of two circles."""
    p = np.arctan2(s[1], s[0]) + 6 * s[3] / np.hypot(s[2], s[3])
    angle = np.arctan2(s[3], s[2]) + p
    return np.stack([np.cos(p), np.sin(p), np.cos(angle), np.sin(angle)])


def logistic(s, r=4.0):
    return r * s * (1 - s)


def tent(s):
    """Slopes ±1.9."""
    return 1.9 * np.minimum(s, 1 - s)


def coupled(s):
    new = logistic(s, 3.9)
    return 0.9 * new + 0.05 * (np.roll(new, 1, 0) + np.roll(new, -1, 0))


def mackey_glass(random, seeds, *, delay=17, h=0.1, dt=1.0):
    """Beta .2, gamma .1, power 10."""
    past, every = round(delay / h), round(dt / h)
    x = np.full((past + (N + 1_000) * every + 1, seeds), 1.2)
    x[: past + 1] += 0.1 * random.standard_normal((past + 1, seeds)).cumsum(0) / np.sqrt(past)
    feed = lambda u: 0.2 * u / (1 + u**10)  # noqa: E731
    for t in range(past, len(x) - 1):
        now, then = feed(x[t - past]), feed(x[t - past + 1])
        middle = (now + then) / 2
        k1 = now - 0.1 * x[t]
        k2 = middle - 0.1 * (x[t] + h / 2 * k1)
        k3 = middle - 0.1 * (x[t] + h / 2 * k2)
        x[t + 1] = x[t] + h / 6 * (k1 + 2 * k2 + 2 * k3 + then - 0.1 * (x[t] + h * k3))
    seen = x[past::every][-N:]
    return [seen[:, [s]] for s in range(seeds)]


def van_der_pol(random, seeds, *, dt=0.1, push=0.3, substeps=5):
    """Driven by white noise, 66 samples a period."""
    h, x, v = dt / substeps, np.ones(seeds), np.zeros(seeds)
    seen = np.empty((N, seeds))
    for t in range(-1_000, N):
        for _ in range(substeps):
            x, v = (
                x + h * v,
                v + h * (1 - x**2) * v - h * x + push * np.sqrt(h) * random.standard_normal(seeds),
            )
        if t >= 0:
            seen[t] = x
    return [seen[:, [s]] for s in range(seeds)]


def double_well(random, seeds, *, dt=0.1):
    x, seen = np.ones(seeds), np.empty((N, seeds))
    for t in range(-1_000, N):
        x = x + dt * (x - x**3) + 0.5 * np.sqrt(dt) * random.standard_normal(seeds)
        if t >= 0:
            seen[t] = x
    return [seen[:, [s]] for s in range(seeds)]


def garch(random):
    x, variance = np.zeros(N), 1.0
    for t, e in enumerate(normal(random)):
        x[t] = np.sqrt(variance) * e
        variance = 0.05 + 0.1 * x[t] ** 2 + 0.85 * variance
    return x


def telegraph(random):
    """On and off, with noise on top."""
    return np.cumsum(random.random(N) < 0.02) % 2 + 0.1 * normal(random)


def waves(random, frequencies, *, noise=0.0, powers=(1,)):
    t = np.arange(N)
    total = sum(np.cos(k * f * t + 2 * np.pi * random.random()) / k for k in powers for f in frequencies)
    return total + noise * total.std() * normal(random)


def drift(random):
    t = np.linspace(0, 1, N)
    return 3 * t**2 + 0.3 * normal(random)


def damped(random):
    t = np.arange(N)
    return np.exp(-t / 1_500) * np.cos(0.13 * t + 6 * random.random()) + 0.003 * normal(random)


def seasonal(random):
    t = np.arange(N)
    return np.cos(2 * np.pi * t / 365) + 0.3 * np.cos(2 * np.pi * t / 7) + linear(1, [0.5, -0.35])(random)


def student(random, n=N):
    return random.standard_t(3, n)


AR2 = [1, -1.9, 0.96]
LORENZ_X = flow(lorenz, [1.0, 1.0, 27.0], 0.02, keep=[0])
LORENZ = flow(lorenz, [1.0, 1.0, 27.0], 0.02)
ROSSLER_X = flow(rossler, [1.0, 1.0, 0.0], 0.15, keep=[0], n=N, substeps=8)
HENON_X = orbit(henon, [0.1, 0.1], keep=[0])

WITHOUT_CHAOS = [
    Kind("white noise", each(normal)),
    Kind("AR(2)", each(linear(1, AR2))),
    Kind("phase-randomised Lorenz", phases_randomised(LORENZ_X), 0.02),
    Kind("periodic", each(lambda r: waves(r, [0.1], powers=(1, 2, 3)))),
    Kind("noisy torus", each(lambda r: waves(r, [0.1, 0.1 * np.sqrt(3)], noise=0.05))),
    Kind("noisy van der Pol", van_der_pol, 0.1),
    Kind("drift", each(drift)),
    Kind("telegraph", each(telegraph)),
    Kind("cubed AR(1)", each(lambda r: linear(1, [1, -0.9])(r) ** 3)),
    Kind("GARCH", each(garch)),
    Kind("AR(1)", each(linear(1, [1, -0.95])), held_out=True),
    Kind("ARMA", each(linear([1, 0.7, 0.3], [1, -1.5, 0.7])), held_out=True),
    Kind("random walk", each(lambda r: np.cumsum(normal(r))), held_out=True),
    Kind("noisy cycle", each(lambda r: waves(r, [0.1], noise=0.02, powers=(1, 2, 3))), held_out=True),
    Kind("torus", each(lambda r: waves(r, [0.1, 0.1 * np.sqrt(3)])), held_out=True),
    Kind("damped oscillation", each(damped), held_out=True),
    Kind("two-valued noise", each(lambda r: np.sign(normal(r))), held_out=True),
    Kind("heavy tails", each(linear(1, [1, -0.8], innovations=student)), held_out=True),
    Kind("seasonal", each(seasonal), held_out=True),
    Kind("phase-randomised Mackey-Glass", phases_randomised(mackey_glass), held_out=True),
    Kind("double well with noise", double_well, 0.1, held_out=True),
]

CHAOTIC = [
    Kind("Lorenz x", LORENZ_X, 0.02, 0.9056),
    Kind("Lorenz", LORENZ, 0.02, 0.9056),
    Kind("Lorenz x, 1 % noise", with_noise(LORENZ_X, 0.01), 0.02, 0.9056),
    Kind("Rössler x", ROSSLER_X, 0.15, 0.0714),
    Kind("Hénon x", HENON_X, 1.0, 0.4192),
    Kind("Hénon x, 0.5 % noise", with_noise(HENON_X, 0.005), 1.0, 0.4192),
    Kind("logistic, 400 points", orbit(logistic, [0.3], n=400), 1.0, np.log(2)),
    Kind("Ikeda", orbit(ikeda, [0.1, 0.1]), 1.0, 0.5065),
    Kind("Mackey-Glass", mackey_glass, 1.0, 0.0060),
    Kind("Thomas", flow(thomas, [1.0, 0.2, 0.1], 0.8, substeps=8), 0.8, 0.0356),
    Kind("Lorenz-96", flow(lorenz96, [1.0, 2.0, 0.5, 1.0, 3.0], 0.03), 0.03, 0.476, held_out=True),
    Kind("Chua x", flow(chua, [0.1, 0.0, 0.0], 0.05, keep=[0]), 0.05, 0.437, held_out=True),
    Kind("standard map", orbit(standard, [0.5, 0.8, 0.5, 0.8]), 1.0, 1.140, held_out=True),
    Kind("tent", orbit(tent, [0.3]), 1.0, np.log(1.9), held_out=True),
    Kind("Lozi x", orbit(lozi, [0.1, 0.1], keep=[0]), 1.0, 0.4704, held_out=True),
    Kind("coupled maps", orbit(coupled, [0.3, 0.5, 0.7]), 1.0, 0.3448, held_out=True),
    Kind("Duffing", flow(duffing, [0.5, 0.1, 1.0, 0.0], 0.1), 0.1, 0.1006, held_out=True),
    Kind("Sprott B", flow(sprott_b, [0.1, 0.1, 0.1], 0.1), 0.1, 0.2092, held_out=True),
    Kind(
        "Rössler, 0.5 % noise",
        with_noise(flow(rossler, [1.0, 1.0, 0.0], 0.15, substeps=8), 0.005),
        0.15,
        0.0714,
        held_out=True,
    ),
    Kind("Hénon, 600 points", orbit(henon, [0.1, 0.1], n=600), 1.0, 0.4192, held_out=True),
    Kind("tent, 1 % noise", with_noise(orbit(tent, [0.3]), 0.01), 1.0, np.log(1.9), held_out=True),
]
