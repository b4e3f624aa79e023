"""Series that were chosen, by the rules of series_fresh.py, before the rules of their time were tried on any of them.

Systems of the literature that neither another part nor the catalogue has, in the order of their names. Before they
were fixed it was seen that they are chaotic and stay, as `measured_exponent` tells; none had been judged.
"""

import numpy as np
from series_battery import Kind, N, each, flow, linear, logistic, normal, orbit, waves, with_noise
from series_fresh import System, nerve
from series_unseen import pushed


def anishchenko_astakhov(s):
    x, y, z = s
    return np.stack([1.2 * x + y - x * z, -x, 0.5 * np.maximum(x, 0) ** 2 - 0.5 * z])


def beddington(s):
    """Hosts and parasites that search at random."""
    host, found = s[0], np.exp(-5 * s[1])
    return np.stack([host * np.exp(3 * (1 - host)) * found, host * (1 - found)])


def belykh(s):
    side = np.where(s[1] > 0.3 * s[0], 1, -1)
    return np.stack([side + 0.4 * (s[0] - side), side + 1.4 * (s[1] - side)])


def colpitts(s):
    """Gain 10 and quality 1.415, with equal capacitors."""
    x, y, z = s
    gain, quality = 2 * np.sqrt(10) / 1.415, 1.415
    return np.stack([gain * (z + 1 - np.exp(-y)), gain * z, -(x + y) / (2 * gain) - z / quality])


def delayed_henon(s):
    return np.stack([1 - 1.6 * s[0] ** 2 + 0.1 * s[4], *s[:4]])


def standard(s, kept, kick):
    """Some of the momentum is kept; the angle is seen as a point on a circle."""
    momentum = kept * s[0] + kick * s[2] / np.hypot(s[1], s[2])
    angle = np.arctan2(s[2], s[1]) + momentum
    return np.stack([momentum, np.cos(angle), np.sin(angle)])


def duffing_van_der_pol(s):
    """Driven; the drive is seen as a point on a circle."""
    x, v, c, d = s
    return np.stack([v, 0.2 * (1 - x**2) * v - x**3 + 17 * c / np.hypot(c, d), -4 * d, 4 * c])


def five_modes(s):
    """Of a plane fluid (Boldrighini and Franceschini, 1979)."""
    a, b, c, d, e = s
    return np.stack(
        [
            4 * (b * c + d * e) - 2 * a,
            3 * a * c - 9 * b,
            33 - 5 * c - 7 * a * b,
            -5 * d - a * e,
            -e - 3 * a * d,
        ]
    )


def folded_towel(s):
    x, y, z = s
    fold = (y + 0.35) * (1 - 2 * z)
    new_y = 0.1 * (fold - 1) * (1 - 1.9 * x)
    return np.stack([3.8 * x * (1 - x) - 0.05 * fold, new_y, 3.78 * z * (1 - z) + 0.2 * y])


def gissinger(s):
    q, d, v = s
    return np.stack([0.119 * q - v * d, v * q - 0.1 * d, 0.9 - v + q * d])


def gumowski_mira(s):
    def bent(u):
        return 3.6 * u**2 / (1 + u**2) - 0.8 * u

    x = s[1] + 0.008 * s[1] * (1 - 0.05 * s[1] ** 2) + bent(s[0])
    return np.stack([x, bent(x) - s[0]])


_WEIGHTS = np.array([[2, -1.2, 0], [1.9, 1.71, 1.15], [-4.75, 0, 1.1]])


def hopfield(s):
    return _WEIGHTS @ np.tanh(s) - s


def hyper_bao(s):
    x, y, z, w = s
    return np.stack([36 * (y - x) + w, 20 * y - x * z, x * y - 3 * z, 21 * x + 0.1 * y * z])


def tumour(s):
    x, y, z = s
    immune = z * (4.5 * x / (1 + x) - 0.2 * x - 0.5)
    return np.stack([x * (1 - x - y - 2.5 * z), 0.6 * y * (1 - y) - 1.5 * x * y, immune])


_EATS = np.array([[0.5, 0.5, 0.1], [-0.5, -0.1, 0.1], [1.5, 0.1, 0.1]])


def three_species(s):
    return s * (_EATS @ (1 - s))


def measles(s):
    """Logarithms of shares susceptible, exposed and infected; the season is seen as a point on a circle."""
    x, y, z, c, d = s
    caught = 1800 * (1 + 0.28 * c / np.hypot(c, d)) * np.exp(z)
    people = 0.02 * np.exp(-x) - 0.02 - caught, caught * np.exp(x - y) - 35.86, 35.84 * np.exp(y - z) - 100.02
    return np.stack([*people, -2 * np.pi * d, 2 * np.pi * c])


def muthuswamy_chua(s):
    x, y, z = s
    return np.stack([y, -(x + 1.5 * (z**2 - 1) * y) / 3, y * z - y - 0.6 * z])


def rabinovich(s):
    x, y, z = s
    return np.stack([6.75 * y - 4 * x + y * z, 6.75 * x - y - x * z, x * y - z])


def rulkov(s):
    return np.stack([4.1 / (1 + s[0] ** 2) + s[1], s[1] - 0.001 * (s[0] + 1)])


def quadratic(s):
    """AMTMNQQXUYGA in Sprott's letters."""
    x, y = s
    new_y = 0.4 + 1.1 * x + 0.8 * x**2 + 1.2 * x * y - 0.6 * y - 1.2 * y**2
    return np.stack([0.7 * x**2 + 0.1 * y + 0.4 * y**2 - 1.2, new_y])


def vallis(s):
    return np.stack([102 * s[1] - 3 * (s[0] + 0.5), s[0] * s[2] - s[1], 1 - s[0] * s[1] - s[2]])


def willamowski_rossler(s):
    x, y, z = s
    a = x * (30 - 0.25 * x - y - z) + 1e-4 * y**2
    return 1e-3 + np.stack([a, y * (x - 1e-4 * y - 10), z * (16.5 - x - 0.5 * z)])


def yu_wang(s):
    x, y, z = s
    return np.stack([10 * (y - x), 40 * x - 2 * x * z, np.exp(x * y) - 2.5 * z])


def zhou_chen(s):
    x, y, z = s
    return np.stack([2.97 * x + 0.15 * y + y * z, -3 * y - x * z + y * z, -8.78 * z - x * y])


SYSTEMS = [
    System("Anishchenko–Astakhov", anishchenko_astakhov, (0.1, 0.1, 0.1), 0.05),
    System("Beddington's parasites", beddington, (0.5, 0.3)),
    System("Belykh map", belykh, (0.1, 0.2)),
    System("Colpitts", colpitts, (0.1, 0.1, 0.1), 0.05),
    System("delayed Hénon map", delayed_henon, (0.1, 0.1, 0.1, 0.1, 0.1)),
    System("dissipative standard map", lambda s: standard(s, 0.3, 5), (0.5, 1.0, 0.5)),
    System("Duffing–van der Pol", duffing_van_der_pol, (0.1, 0.1, 1.0, 0.0), 0.01),
    System("five modes of a fluid", five_modes, (1.0, 1.0, 1.0, 1.0, 1.0), 0.01),
    System("folded towel", folded_towel, (0.085, -0.121, 0.075)),
    System("Gissinger", gissinger, (0.5, 0.3, 1.0), 0.1),
    System("Gumowski–Mira", gumowski_mira, (0.1, 0.1)),
    System("Hopfield network", hopfield, (0.1, 0.1, 0.1), 0.05),
    System("hyper-Bao", hyper_bao, (5.0, 8.0, 12.0, 21.0), 0.004),
    System("Itik–Banks", tumour, (0.3, 0.2, 0.1), 0.25),
    System("Lotka–Volterra of three", three_species, (0.5, 0.5, 0.5), 0.2),
    System("measles with seasons", measles, (-2.8, -7.3, -8.3, 1.0, 0.0), 0.01),
    System("Muthuswamy–Chua", muthuswamy_chua, (0.1, 0.0, 0.1), 0.1),
    System("Rabinovich", rabinovich, (1.0, 1.0, 4.0), 0.02),
    System("Rulkov map", rulkov, (-1.0, -2.9)),
    System("Sprott's quadratic map", quadratic, (0.05, 0.05)),
    System("Vallis", vallis, (2.0, 1.0, 0.5), 0.01),
    System("Willamowski–Rössler", willamowski_rossler, (10.0, 10.0, 5.0), 0.005),
    System("Yu–Wang", yu_wang, (1.0, 1.0, 10.0), 0.002),
    System("Zhou–Chen", zhou_chen, (1.0, 1.0, -1.0), 0.0025),
]


def amplitude_dependent(random):
    """An autoregression whose coefficients depend on how large its last value was."""
    x = np.zeros(N)
    for t, e in enumerate(normal(random)[2:], 2):
        small = np.exp(-(x[t - 1] ** 2))
        x[t] = (1.5 + 0.3 * small) * x[t - 1] - (0.9 + 0.08 * small) * x[t - 2] + 0.3 * e
    return x


def clipped(random):
    return np.clip(linear(1, [1, -1.6, 0.9])(random), -3, 3)


def queue(random):
    x = np.zeros(N)
    for t, come in enumerate(random.poisson(0.9, N)[1:], 1):
        x[t] = max(0, x[t - 1] - 1) + come
    return x


def levels(random):
    changes = np.cumsum(random.random(N) < 0.05)
    return normal(random)[changes] + 0.05 * normal(random)


def corner_game(random):
    """Each time half of the way to a corner of a triangle, drawn by chance."""
    corners = np.array([[0, 0], [1, 0], [0.5, 1]])
    x = np.zeros((N, 2))
    for t, corner in enumerate(random.integers(3, size=N)[1:], 1):
        x[t] = (x[t - 1] + corners[corner]) / 2
    return x


def volatile(random):
    return np.exp(linear(1, [1, -0.98], innovations=lambda r, n: 0.2 * normal(r, n))(random)) * normal(random)


def modulated_frequency(random):
    t, turn = np.arange(N), 2 * np.pi * random.random(2)
    return np.cos(0.3 * t + 4 * np.sin(0.3 * t / np.sqrt(150) + turn[0]) + turn[1]) + 0.01 * normal(random)


def growth(random):
    return 10 / (1 + np.exp(np.linspace(6, -6, N))) + 0.2 * linear(1, [1, -0.9])(random)


def nerve_at_rest(s):
    """Pushed over its threshold now and then."""
    return nerve(s) - np.stack([0.3 + 0 * s[0], 0 * s[0]])


def round_saddles(s):
    """Guckenheimer and Holmes' cycle of saddles, on which only noise keeps the pace."""
    squares = s**2
    return s * (1 - squares - 0.55 * np.roll(squares, -1, 0) - 1.5 * np.roll(squares, 1, 0))


def driven_wells(s):
    """The drive is too weak to lift it over by itself; it is seen as a point on a circle."""
    x, c, d = s
    return np.stack([x - x**3 + 0.15 * c / np.hypot(c, d), -0.1 * d, 0.1 * c])


def prey_and_hunters(s):
    return np.stack([s[0] * (1 - s[1]), s[1] * (s[0] - 1)])


def toda(s):
    """A ring of three that stays in its place: as many integrals as freedoms."""
    q, p = s[:3], s[3:]
    return np.concatenate([p - p.mean(0), np.exp(np.roll(q, 1, 0) - q) - np.exp(q - np.roll(q, -1, 0))])


def feigenbaum(s):
    """Where the doubling of periods ends: an exponent of 0."""
    return logistic(s, 3.569945672)


def curve(s):
    """Of the standard map, all momentum kept: the angle goes round as on a torus."""
    return standard(s, 1, 0.5)


ROUGH = 0.01 * 2.2 ** np.arange(6)
ONLY_FIRST = np.array([[0.4], [0.0], [0.0]])

WITHOUT_CHAOS = [
    Kind("amplitude-dependent AR(2)", each(amplitude_dependent)),
    Kind("clipped AR(2)", each(clipped)),
    Kind("queue", each(queue)),
    Kind("levels", each(levels)),
    Kind("half-way to corners", each(corner_game)),
    Kind("stochastic volatility", each(volatile)),
    Kind("modulated frequency", each(modulated_frequency)),
    Kind("six frequencies, 0.5 % noise", each(lambda r: waves(r, ROUGH, noise=0.005))),
    Kind("growth to a ceiling", each(growth)),
    Kind("nerve at rest, pushed", pushed(nerve_at_rest, [-1.0, -0.5], 0.5, push=0.04), 0.5),
    Kind("cycle of saddles, pushed", pushed(round_saddles, [0.9, 0.1, 0.1], 0.5, push=0.01), 0.5),
    Kind("two wells, driven and pushed", pushed(driven_wells, [1.0, 1.0, 0.0], 0.5, push=ONLY_FIRST), 0.5),
    Kind(
        "prey and hunters, 1 % noise",
        with_noise(pushed(prey_and_hunters, [2.0, 1.0], 0.2, push=0, substeps=10), 0.01),
        0.2,
    ),
    Kind(
        "Toda's ring, 0.5 % noise", with_noise(flow(toda, [0.5, -0.5, 0.0, 1.0, 0.0, -1.0], 0.2), 0.005), 0.2
    ),
    Kind("doubling's end, 0.5 % noise", with_noise(orbit(feigenbaum, [0.3]), 0.005)),
    Kind("standard map's curve, 0.5 % noise", with_noise(orbit(curve, [3.9, 1.0, 0.0]), 0.005)),
]
