"""Series that were chosen, by the rules of series_fresh.py, before the present rules were tried on any of them.

Systems of the literature that neither another part nor the catalogue has, in the order of their names. Before they
were fixed it was seen that they are chaotic and stay, as `measured_exponent` tells; none had been judged.
"""

import numpy as np
from series_battery import Kind, N, each, flow, linear, mackey_glass, normal, with_noise
from series_fresh import System
from series_unseen import pushed


def food_web(s):
    """Blasius, Huppert and Stone's plants, hares and lynxes."""
    x, y, z = s
    eaten = 0.2 * x * y / (1 + 0.05 * x)
    return np.stack([x - eaten, eaten - y - y * z, y * z - 10 * (z - 0.006)])


def driven_nerve(s):
    """Bonhoeffer and van der Pol's flow; the drive is seen as a point on a circle."""
    x, y, c, d = s
    return np.stack([x - x**3 / 3 - y + 0.74 * c / np.hypot(c, d), 0.1 * (x + 0.7 - 0.8 * y), -d, c])


def cai(s):
    return np.stack([20 * (s[1] - s[0]), 14 * s[0] + 10.6 * s[1] - s[0] * s[2], s[0] ** 2 - 2.8 * s[2]])


def chialvo(s):
    return np.stack([s[0] ** 2 * np.exp(s[1] - s[0]) + 0.03, 0.89 * s[1] - 0.18 * s[0] + 0.28])


def clifford(s):
    x, y = s
    return np.stack([np.sin(-1.4 * y) + np.cos(-1.4 * x), np.sin(1.6 * x) + 0.7 * np.cos(1.6 * y)])


def flour_beetles(s):
    """Larvae, pupae and adults, which eat each other (Costantino et al., 1997)."""
    larvae, pupae, adults = s
    hatched = 6.598 * adults * np.exp(-0.01209 * larvae - 0.01155 * adults)
    return np.stack([hatched, 0.7945 * larvae, pupae * np.exp(-0.35 * adults) + 0.04 * adults])


_MEETS = np.array([[-0.001, -0.001, -0.01], [-0.0015, -0.001, -0.001], [0.005, 0.0005, 0]])


def gilpin(s):
    """Two kinds of prey and one of hunters."""
    return s * (np.array([[1], [1], [-1]]) + _MEETS @ s)


def hitzl_zele(s):
    x, y, z = s
    return np.stack([1 + y - z * x**2, 0.25 * x, 0.87 * x**2 + z - 0.5])


def hyper_chen(s):
    x, y, z, w = s
    return np.stack([35 * (y - x) + w, 7 * x - x * z + 12 * y, x * y - 3 * z, y * z + 0.5 * w])


def hyper_lorenz(s):
    x, y, z, w = s
    return np.stack([10 * (y - x) + w, 28 * x - y - x * z, x * y - 8 / 3 * z, -y * z - w])


def hyper_lu(s):
    x, y, z, w = s
    return np.stack([36 * (y - x) + w, 20 * y - x * z, x * y - 3 * z, x * z + w])


def hyperjerk(s):
    """Of order 4 (Chlouverakis and Sprott, 2006)."""
    return np.stack([s[1], s[2], s[3], -(s[0] ** 4) * s[3] - 3.6 * s[2] - s[1] - s[0]])


def kawakami(s):
    return np.stack([0.1 * s[0] + s[1], s[0] ** 2 - 1.6])


def lauwerier(s):
    return np.stack([0.5 * s[0] * (1 - 2 * s[1]) + s[1], 3.95 * s[1] * (1 - s[1])])


def pumped_pendulum(s):
    """Its angle and the drive are seen as points on circles."""
    v, a, b, c, d = s
    pull = (1 + 0.94 * c / np.hypot(c, d)) * b / np.hypot(a, b)
    return np.stack([-0.15 * v - pull, -b * v, a * v, -1.56 * d, 1.56 * c])


def two_neurons(s):
    """Pasemann's, the one inhibits itself."""
    out = 1 / (1 + np.exp(-s))
    return np.stack([-2 - 20 * out[0] + 6 * out[1], 3 - 6 * out[0]])


def pehlivan(s):
    return np.stack([s[1] - s[0], 0.5 * s[1] - s[0] * s[2], s[0] * s[1] - 0.5])


def rossler_of_1979(s):
    return np.stack([-s[1] - s[2], s[0], 0.5 * (s[1] - s[1] ** 2) - 0.5 * s[2]])


def shaw(s):
    """Van der Pol's flow, driven where it is fast; the drive is seen as a point on a circle."""
    x, y, c, d = s
    drive = 0.25 * c / np.hypot(c, d)
    return np.stack([0.7 * y + 10 * x * (0.1 - y**2), -x + drive, -1.57 * d, 1.57 * c])


def singer(s):
    return 1.07 * (7.86 * s - 23.31 * s**2 + 28.75 * s**3 - 13.302875 * s**4)


def tamasevicius(s):
    x, y, z = s
    return np.stack([y, 0.4 * y - x - z, (20 + y - 4e-9 * (np.exp(z) - 1)) / 0.13])


def voles(s):
    """Turchin and Hanski's, with weasels; the season is seen as a point on a circle."""
    n, p, c, d = s
    season, caught = 1 - 0.5 * d / np.hypot(c, d), 8 * n * p / (n + 0.04)
    grown = 8.12 * n * (season - n) - 0.1 * n**2 / (n**2 + 0.64) - caught
    return np.stack([grown, 1.25 * p * (season - p / n), -2 * np.pi * d, 2 * np.pi * c])


def ushiki(s):
    return s * (3.7 - s - np.array([[0.1], [0.15]]) * s[::-1])


def zaslavskii(s):
    """The angle is seen as a point on a circle."""
    y, c, d = s
    angle = np.arctan2(d, c)
    new = np.exp(-3) * (y + 9 * np.cos(angle))
    angle = angle + 400 / 3 + 133 / 3 * new
    return np.stack([new, np.cos(angle), np.sin(angle)])


SYSTEMS = [
    System("Blasius' food web", food_web, (5.0, 5.0, 0.1), 0.02),
    System("Bonhoeffer–van der Pol", driven_nerve, (0.1, 0.1, 1.0, 0.0), 0.02),
    System("Cai", cai, (1.0, 1.0, 10.0), 0.005),
    System("Chialvo map", chialvo, (0.5, 1.5)),
    System("Clifford's map", clifford, (0.1, 0.1)),
    System("flour beetles", flour_beetles, (70.0, 30.0, 70.0)),
    System("Gilpin", gilpin, (300.0, 300.0, 50.0), 0.05),
    System("Hitzl–Zele map", hitzl_zele, (0.5, 0.1, 0.5)),
    System("hyper-Chen", hyper_chen, (1.0, 1.0, 10.0, 1.0), 0.002),
    System("hyper-Lorenz", hyper_lorenz, (1.0, 1.0, 20.0, 1.0), 0.005),
    System("hyper-Lü", hyper_lu, (5.0, 8.0, 12.0, 21.0), 0.004),
    System("hyperjerk", hyperjerk, (0.1, 0.1, 0.1, 0.1), 0.03),
    System("Kawakami map", kawakami, (0.1, 0.1)),
    System("Lauwerier map", lauwerier, (0.5, 0.3)),
    System("Leven–Koch pendulum", pumped_pendulum, (0.1, 1.0, 0.1, 1.0, 0.0), 0.04),
    System("Pasemann's neurons", two_neurons, (0.1, 0.1)),
    System("Pehlivan–Uyaroğlu", pehlivan, (0.1, 0.1, 0.1), 0.03),
    System("Rössler of 1979", rossler_of_1979, (0.1, 0.1, 0.1), 0.05),
    System("Shaw", shaw, (0.5, 0.1, 1.0, 0.0), 0.02),
    System("Singer map", singer, (0.3,)),
    System("Tamaševičius", tamasevicius, (0.1, 0.1, 20.0), 0.005),
    System("Turchin–Hanski", voles, (0.3, 0.1, 1.0, 0.0), 0.005),
    System("Ushiki map", ushiki, (0.6, 0.6)),
    System("Zaslavskii map", zaslavskii, (0.1, 0.6, 0.8)),
]


def magnitude(random):
    """No monotonic function of linear noise."""
    return np.abs(linear(1, [1, -1.8, 0.9])(random))


def two_noises(random):
    return linear(1, [1, -1.9, 0.95])(random) * linear(1, [1, -0.9])(random)


def fires_at_threshold(random):
    """Charges and starts anew from 0, where its threshold is drawn anew."""
    x, threshold = np.zeros(N), 1.0
    for t, e in enumerate(normal(random)[1:], 1):
        x[t] = x[t - 1] + 0.05 * (1.5 - x[t - 1]) + 0.01 * e
        if x[t] > threshold:
            x[t], threshold = 0.0, 1 + 0.1 * random.standard_normal()
    return x


def heartbeat(random):
    """Each beat of the same shape, and of a length of its own."""
    phase = np.cumsum(np.repeat(1 / (30 * (1 + 0.1 * normal(random, N // 20))), 30))[:N] % 1
    waves = (
        (0.2, 0.03, 0.15),
        (0.38, 0.015, -0.15),
        (0.4, 0.02, 1.0),
        (0.43, 0.015, -0.25),
        (0.7, 0.05, 0.3),
    )
    return sum(high * np.exp(-((phase - at) ** 2) / (2 * wide**2)) for at, wide, high in waves)


def seasonal_counts(random):
    return random.poisson(5 * (1 + np.cos(2 * np.pi * np.arange(N) / 50)))


def fractional_walk(random):
    """Hurst exponent .7."""
    spectrum = np.fft.rfft(normal(random, 2 * N))
    return np.fft.irfft(spectrum / np.maximum(np.arange(len(spectrum)), 1) ** 1.2, 2 * N)[:N]


def driven_cycle(s):
    """Duffing's flow, driven so little that it stays in a well; the drive is seen as a point on a circle."""
    x, v, c, d = s
    return np.stack([v, x - x**3 - 0.3 * v + 0.2 * c / np.hypot(c, d), -1.2 * d, 1.2 * c])


def unlocked(s):
    """Van der Pol's flow, driven off its own frequency: a torus."""
    x, v, c, d = s
    return np.stack([v, (1 - x**2) * v - x + 0.4 * c / np.hypot(c, d), -0.57 * d, 0.57 * c])


def galaxy(s):
    """Hénon and Heiles' flow at an energy where its orbits are on tori."""
    x, y, v, w = s
    return np.stack([v, w, -x - 2 * x * y, -y - x**2 + y**2])


def hunters_on_a_cycle(s):
    """Rosenzweig and MacArthur's, as logarithms."""
    prey, hunters = np.exp(s)
    return np.stack([1 - prey / 3 - hunters / (1 + prey), 0.5 * prey / (1 + prey) - 0.25])


def thinned_shoal(random):
    """Ricker's map of period four, of which chance takes some."""
    x = np.full(N, 0.5)
    for t, e in enumerate(normal(random)[1:], 1):
        x[t] = x[t - 1] * np.exp(2.6 * (1 - x[t - 1]) + 0.01 * e)
    return x


WITHOUT_CHAOS = [
    Kind("magnitude of AR(2)", each(magnitude)),
    Kind("two noises multiplied", each(two_noises)),
    Kind("fires at a threshold", each(fires_at_threshold)),
    Kind("heartbeat", each(heartbeat)),
    Kind("seasonal counts", each(seasonal_counts)),
    Kind("fractional walk", each(fractional_walk)),
    Kind(
        "Duffing in a well, 0.5 % noise",
        with_noise(flow(driven_cycle, [1.0, 0.0, 1.0, 0.0], 0.2), 0.005),
        0.2,
    ),
    Kind("van der Pol off lock", flow(unlocked, [1.0, 0.0, 1.0, 0.0], 0.3, keep=[0]), 0.3),
    Kind("Mackey–Glass's cycle, 1 % noise", with_noise(lambda r, n: mackey_glass(r, n, delay=8), 0.01)),
    Kind(
        "Hénon–Heiles on tori, 0.5 % noise", with_noise(flow(galaxy, [0.1, 0.0, 0.1, 0.15], 0.2), 0.005), 0.2
    ),
    Kind("hunters on a cycle, pushed", pushed(hunters_on_a_cycle, [0.0, 0.0], 0.5, push=0.03), 0.5),
    Kind("Ricker's cycle, pushed", each(thinned_shoal)),
]
