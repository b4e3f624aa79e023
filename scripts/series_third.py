"""Series that were chosen, by the rules of series_fresh.py, before the rules of their time were tried on any of them.

Systems of the literature that no other part has, or with other parameters than there, in the order of their names.
Before they were fixed it was seen that they are chaotic and stay, as `measured_exponent` tells; none had been judged.
"""

import numpy as np
from series_battery import Kind, N, each, ikeda, linear, normal, orbit, with_noise
from series_fresh import System
from series_unseen import pushed


def bouali(s):
    return np.stack(
        [s[0] * (4 - s[1]) + 0.3 * s[2], -s[1] * (1 - s[0] ** 2), -s[0] * (1.5 - s[2]) - 0.05 * s[2]]
    )


def brusselator(s):
    """Driven; the drive is seen as a point on a circle."""
    x, y, c, d = s
    drive = 0.05 * c / np.hypot(c, d)
    return np.stack([0.4 + x**2 * y - 2.2 * x + drive, 1.2 * x - x**2 * y, -0.81 * d, 0.81 * c])


def chua_cubic(s):
    return np.stack([10 * (s[1] - (2 * s[0] ** 3 - s[0]) / 7), s[0] - s[1] + s[2], -100 / 7 * s[1]])


def two_logistic(s):
    new = 3.9 * s * (1 - s)
    return 0.96 * new + 0.04 * new[::-1]


def cubic(s):
    return 2.9 * s * (1 - s**2)


def dequan_li(s):
    x, y, z = s
    return np.stack([40 * (y - x) + 0.16 * x * z, 55 * x + 20 * y - x * z, 11 / 6 * z + x * y - 0.65 * x**2])


def duffing_two_wells(s):
    """Driven; the drive is seen as a point on a circle."""
    x, v, c, d = s
    return np.stack([v, x - x**3 - 0.25 * v + 0.4 * c / np.hypot(c, d), -d, c])


def food_chain(s):
    x, y, z = s
    eaten, hunted = 5 * x * y / (1 + 3 * x), 0.1 * y * z / (1 + 2 * y)
    return np.stack([x * (1 - x) - eaten, eaten - hunted - 0.4 * y, hunted - 0.01 * z])


def mouse(s):
    return np.exp(-6.2 * s**2) - 0.5


def hadley(s):
    x, y, z = s
    return np.stack([-(y**2) - z**2 - 0.2 * x + 1.8, x * y - 4 * x * z - y + 1, 4 * x * y + x * z - z])


def henon_12(s):
    return np.stack([1 - 1.2 * s[0] ** 2 + s[1], 0.3 * s[0]])


def ikeda_80(s):
    return np.stack([1 + (ikeda(s)[0] - 1) * 0.8 / 0.9, ikeda(s)[1] * 0.8 / 0.9])


def kaplan_yorke(s):
    return np.stack([3 * s[0] % 1, 0.2 * s[1] + np.cos(4 * np.pi * s[0])])


def linz_sprott(s):
    return np.stack([s[1], s[2], -0.6 * s[2] - s[1] + abs(s[0]) - 1])


def lorenz_stenflo(s):
    x, y, z, w = s
    return np.stack([y - x + 1.5 * w, x * (26 - z) - y, x * y - 0.7 * z, -x - w])


def lorenz_wolf(s):
    return np.stack([16 * (s[1] - s[0]), s[0] * (45.92 - s[2]) - s[1], s[0] * s[1] - 4 * s[2]])


_GROWTH = np.array([1, 0.72, 1.53, 1.27])[:, None]
_EATS = np.array([[1, 1.09, 1.52, 0], [0, 1, 0.44, 1.36], [2.33, 0, 1, 0.47], [1.21, 0.51, 0.35, 1]])


def four_species(s):
    return _GROWTH * s * (1 - _EATS @ s)


def lozi_15(s):
    return np.stack([1 - 1.5 * abs(s[0]) + s[1], 0.4 * s[0]])


def qi(s):
    x, y, z = s
    return np.stack([35 * (y - x) + y * z, 80 * x - y - x * z, x * y - 8 / 3 * z])


def rossler_14(s):
    return np.stack([-s[1] - s[2], s[0] + 0.1 * s[1], 0.1 + s[2] * (s[0] - 14)])


def sakarya(s):
    x, y, z = s
    return np.stack([-x + y + y * z, -x - y + 0.4 * x * z, z - 0.3 * x * y])


def sine(s):
    return 0.98 * np.sin(np.pi * s)


def tigan(s):
    return np.stack([2.1 * (s[1] - s[0]), 27.9 * s[0] - 2.1 * s[0] * s[2], s[0] * s[1] - 0.6 * s[2]])


def wimol_banlue(s):
    return np.stack([s[1] - s[0], -s[2] * np.tanh(s[0]), -2 + s[0] * s[1] + abs(s[1])])


SYSTEMS = [
    System("Bouali", bouali, (1.0, 1.0, 0.0), 0.02),
    System("Brusselator", brusselator, (0.4, 3.0, 1.0, 0.0), 0.05),
    System("Chua, cubic", chua_cubic, (0.1, 0.0, 0.0), 0.02),
    System("coupled logistic maps", two_logistic, (0.3, 0.6)),
    System("cubic map", cubic, (0.3,)),
    System("Dequan Li", dequan_li, (0.35, 0.0, -0.16), 0.001),
    System("Duffing, two wells", duffing_two_wells, (0.5, 0.0, 1.0, 0.0), 0.05),
    System("food chain", food_chain, (0.7, 0.2, 8.0), 0.5),
    System("Gauss map", mouse, (0.1,)),
    System("Hadley", hadley, (0.5, 0.5, 1.0), 0.01),
    System("Hénon, a = 1.2", henon_12, (0.1, 0.1)),
    System("Ikeda, u = .8", ikeda_80, (0.1, 0.1)),
    System("Kaplan–Yorke map", kaplan_yorke, (0.2, 0.1)),
    System("Linz–Sprott", linz_sprott, (0.1, 0.0, 0.0), 0.05),
    System("Lorenz–Stenflo", lorenz_stenflo, (1.0, 1.0, 10.0, 0.0), 0.01),
    System("Lorenz, σ = 16", lorenz_wolf, (1.0, 1.0, 40.0), 0.003),
    System("Lotka–Volterra of four", four_species, (0.3, 0.46, 0.13, 0.35), 0.1),
    System("Lozi, a = 1.5", lozi_15, (0.1, 0.1)),
    System("Qi", qi, (1.0, 1.0, 1.0), 0.001),
    System("Rössler, c = 14", rossler_14, (1.0, 1.0, 0.0), 0.03),
    System("Sakarya", sakarya, (1.0, -1.0, 1.0), 0.02),
    System("sine map", sine, (0.3,)),
    System("Tigan", tigan, (0.1, 0.1, 10.0), 0.01),
    System("Wimol–Banlue", wimol_banlue, (0.1, 0.1, 0.1), 0.05),
]


def seasonal_memory(random):
    return linear(1, [1, *[0] * 11, -0.9])(random)


def bilinear(random):
    e, x = normal(random), np.zeros(N)
    for t in range(1, N):
        x[t] = 0.5 * x[t - 1] + 0.4 * x[t - 1] * e[t - 1] + e[t]
    return x


def switching(random):
    slow, x = np.cumsum(random.random(N) < 0.01) % 2, np.zeros(N)
    for t, e in enumerate(normal(random)[1:], 1):
        x[t] = (0.95 if slow[t] else -0.6) * x[t - 1] + e
    return x


def counts(random):
    x = np.ones(N)
    for t in range(1, N):
        x[t] = random.poisson(1 + 0.7 * x[t - 1])
    return x


def noisy_period_two(random):
    x = np.full(N, 0.5)
    for t, e in enumerate(normal(random)[1:], 1):
        x[t] = np.clip(3.3 * x[t - 1] * (1 - x[t - 1]) + 0.01 * e, 0, 1)
    return x


def persistent(random):
    """Fractional noise with Hurst exponent .8."""
    spectrum = np.fft.rfft(normal(random))
    return np.fft.irfft(spectrum / np.maximum(np.arange(len(spectrum)), 1) ** 0.3, N)


def chirp(random):
    t = np.arange(N)
    return np.cos(0.05 * t * (1 + t / N) + 6 * random.random()) + 0.02 * normal(random)


def jittered_squares(random):
    turns = np.cumsum(0.02 * (1 + 0.2 * normal(random)))
    return np.sign(np.sin(2 * np.pi * turns)) + 0.05 * normal(random)


def brusselator_cycle(s):
    return np.stack([1 + s[0] ** 2 * s[1] - 4 * s[0], 3 * s[0] - s[0] ** 2 * s[1]])


def glycolysis(s):
    """Sel'kov's flow on its cycle."""
    return np.stack([-s[0] + 0.08 * s[1] + s[0] ** 2 * s[1], 0.6 - 0.08 * s[1] - s[0] ** 2 * s[1]])


def two_cycles(s):
    """Two van der Pol oscillators of incommensurate frequencies, the one hardly pulled by the other."""
    x, v, y, w = s
    return np.stack([v, (1 - x**2) * v - x, w, 0.3 * (1 - y**2) * w - 2.6 * y + 0.05 * x])


def lorenz_cycle(s):
    return np.stack([10 * (s[1] - s[0]), s[0] * (160 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]])


def rossler_period_two(s):
    return np.stack([-s[1] - s[2], s[0] + 0.2 * s[1], 0.2 + s[2] * (s[0] - 3.5)])


def in_a_washboard(s):
    return np.stack([s[1], -np.sin(s[0]) - 0.3 * s[1]])


def period_three(s):
    return 3.83 * s * (1 - s)


def henon_cycle(s):
    return np.stack([1 - s[0] ** 2 + s[1], 0.3 * s[0]])


def invariant_circle(s):
    """The delayed logistic map before it is chaotic."""
    return np.stack([2.1 * s[0] * (1 - s[1]), s[0]])


WITHOUT_CHAOS = [
    Kind("memory of twelve steps", each(seasonal_memory)),
    Kind("moving average", each(linear([1, 0.8, -0.5, 0.3], 1))),
    Kind("bilinear", each(bilinear)),
    Kind("switching AR", each(switching)),
    Kind("counts", each(counts)),
    Kind("period 2, pushed", each(noisy_period_two)),
    Kind("fractional noise", each(persistent)),
    Kind("chirp", each(chirp)),
    Kind("jittered square wave", each(jittered_squares)),
    Kind(
        "Brusselator's cycle, 1 % noise",
        with_noise(pushed(brusselator_cycle, [1.0, 2.0], 0.2, push=0), 0.01),
        0.2,
    ),
    Kind(
        "Sel'kov's cycle, 0.5 % noise", with_noise(pushed(glycolysis, [0.6, 1.2], 0.25, push=0), 0.005), 0.25
    ),
    Kind(
        "two cycles, 0.5 % noise",
        with_noise(pushed(two_cycles, [1.0, 0.0, 1.0, 0.0], 0.1, push=0), 0.005),
        0.1,
    ),
    Kind(
        "Lorenz's cycle, 0.5 % noise",
        with_noise(pushed(lorenz_cycle, [10.0, 10.0, 160.0], 0.01, push=0), 0.005),
        0.01,
    ),
    Kind(
        "Rössler's period two, 1 % noise",
        with_noise(pushed(rossler_period_two, [1.0, 1.0, 0.0], 0.2, push=0), 0.01),
        0.2,
    ),
    Kind("pendulum, pushed", pushed(in_a_washboard, [0.1, 0.0], 0.2, push=0.1), 0.2),
    Kind("period 3, 1 % noise", with_noise(orbit(period_three, [0.3]), 0.01)),
    Kind("Hénon's cycle, 0.5 % noise", with_noise(orbit(henon_cycle, [0.1, 0.1]), 0.005)),
    Kind("invariant circle, 0.5 % noise", with_noise(orbit(invariant_circle, [0.5, 0.5]), 0.005)),
]
