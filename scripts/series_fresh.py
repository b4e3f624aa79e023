"""Series that were chosen, by the rules below, before the rules of judging of their time were tried on any of them.

Chaotic ones: systems of the literature that neither series_battery.py nor the parts of series_catalogue.py have, or
with other parameters than there. Of those, in the order of their names,

- noise takes 0, 0.5, 0 and 1 % of each axis in turn;
- four are seen whole, four by their first number alone, and so on;
- two have 5000 points, the third 10 000, and so on;
- flows are sampled 25 times in a mean period, or so much more coarsely that series last 100 Lyapunov times.

Their exponents are measured here: how fast two orbits of the same equations part, 1e-8 apart and drawn together again
after each sample.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from series_battery import ROSSLER_X, Kind, N, each, linear, normal, orbit, runge_kutta, waves, with_noise
from series_unseen import pushed

from rnnchaos.pieces import Pieces
from rnnchaos.series import surrogate
from rnnchaos.series.divergence_curves import mean_period

_NOISE = (0.0, 0.005, 0.0, 0.01)
_LENGTHS = (5_000, 5_000, 10_000)
_SAMPLES, _LYAPUNOV_TIMES = 25, 100
_APART, _ORBITS, _STEPS, _TRANSIENT, _PILOT = 1e-8, 256, 600, 500, 4_000


class System(NamedTuple):
    """Equations of the literature: a velocity with the step of its integration, or a map."""

    name: str
    of: Callable[[np.ndarray], np.ndarray]
    start: tuple[float, ...]
    h: float | None = None


def burke_shaw(s):
    return np.stack([-10 * (s[0] + s[1]), -s[1] - 10 * s[0] * s[2], 10 * s[0] * s[1] + 4.272])


def chen_lee(s):
    return np.stack([5 * s[0] - s[1] * s[2], -10 * s[1] + s[0] * s[2], -3.8 * s[2] + s[0] * s[1] / 3])


def coullet(s):
    return np.stack([s[1], s[2], 0.8 * s[0] - 1.1 * s[1] - 0.45 * s[2] - s[0] ** 3])


def finance(s):
    return np.stack([s[2] + (s[1] - 0.001) * s[0], 1 - 0.2 * s[1] - s[0] ** 2, -s[0] - 1.1 * s[2]])


def four_wings(s):
    return np.stack([0.2 * s[0] + s[1] * s[2], 0.01 * s[0] - 0.4 * s[1] - s[0] * s[2], -s[2] - s[0] * s[1]])


def genesio_tesi(s):
    return np.stack([s[1], s[2], -s[0] - 1.1 * s[1] - 0.44 * s[2] + s[0] ** 2])


def jerk(s):
    return np.stack([s[1], s[2], -2.017 * s[2] + s[1] ** 2 - s[0]])


def liu(s):
    return np.stack([10 * (s[1] - s[0]), 40 * s[0] - s[0] * s[2], -2.5 * s[2] + 4 * s[0] ** 2])


def lorenz_40(s):
    return np.stack([10 * (s[1] - s[0]), s[0] * (40 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]])


def moore_spiegel(s):
    return np.stack([s[1], s[2], -s[2] - (6 - 20 + 20 * s[0] ** 2) * s[1] - 6 * s[0]])


def newton_leipnik(s):
    x, y, z = s
    return np.stack([-0.4 * x + y + 10 * y * z, -x - 0.4 * y + 5 * x * z, 0.175 * z - 5 * x * y])


def rikitake(s):
    return np.stack([-2 * s[0] + s[2] * s[1], -2 * s[1] + s[0] * (s[2] - 5), 1 - s[0] * s[1]])


def rossler_10(s):
    return np.stack([-s[1] - s[2], s[0] + 0.15 * s[1], 0.2 + s[2] * (s[0] - 10)])


def shimizu_morioka(s):
    return np.stack([s[1], (1 - s[2]) * s[0] - 0.75 * s[1], s[0] ** 2 - 0.45 * s[2]])


def sprott_p(s):
    return np.stack([2.7 * s[1] + s[2], -s[0] + s[1] ** 2, s[0] + s[1]])


def sprott_q(s):
    return np.stack([-s[2], s[0] - s[1], 3.1 * s[0] + s[1] ** 2 + 0.5 * s[2]])


def sprott_r(s):
    return np.stack([0.9 - s[1], 0.4 + s[2], s[0] * s[1] - s[2]])


def sprott_s(s):
    return np.stack([-s[0] - 4 * s[1], s[0] + s[2] ** 2, 1 + s[0]])


def windmi(s):
    return np.stack([s[1], s[2], -0.7 * s[2] - s[1] + 2.5 - np.exp(s[0])])


def ueda(s):
    """Driven; the drive is seen as a point on a circle."""
    x, v, c, d = s
    return np.stack([v, -0.05 * v - x**3 + 7.5 * c / np.hypot(c, d), -d, c])


def burgers(s):
    return np.stack([0.75 * s[0] - s[1] ** 2, 1.75 * s[1] + s[0] * s[1]])


def delayed_logistic(s):
    return np.stack([2.27 * s[0] * (1 - s[1]), s[0]])


def holmes_cubic(s):
    return np.stack([s[1], -0.2 * s[0] + 2.77 * s[1] - s[1] ** 3])


def ricker(s):
    return s * np.exp(3 * (1 - s))


SYSTEMS = [
    System("Burgers map", burgers, (-0.1, 0.1)),
    System("Burke–Shaw", burke_shaw, (0.6, 0.0, 0.0), 0.0075),
    System("Chen–Lee", chen_lee, (1.0, 0.0, 4.5), 0.0075),
    System("Coullet", coullet, (0.1, 0.0, 0.0), 0.06),
    System("delayed logistic map", delayed_logistic, (0.8, 0.7)),
    System("finance", finance, (2.0, 1.0, 1.0), 0.05),
    System("four wings", four_wings, (0.3, -0.1, -0.6), 0.1),
    System("Genesio–Tesi", genesio_tesi, (0.1, 0.1, 0.1), 0.05),
    System("Holmes' cubic map", holmes_cubic, (1.6, 0.1)),
    System("jerk", jerk, (-1.0, 0.0, 0.0), 0.08),
    System("Liu", liu, (2.2, 2.4, 28.0), 0.005),
    System("Lorenz, ρ = 40", lorenz_40, (1.0, 1.0, 40.0), 0.005),
    System("Moore–Spiegel", moore_spiegel, (0.1, 0.1, 0.1), 0.0075),
    System("Newton–Leipnik", newton_leipnik, (0.35, 0.0, -0.16), 0.04),
    System("Ricker map", ricker, (0.6,)),
    System("Rikitake", rikitake, (1.0, 1.0, 2.0), 0.03),
    System("Rössler, c = 10", rossler_10, (1.0, 1.0, 0.0), 0.04),
    System("Shimizu–Morioka", shimizu_morioka, (0.1, 0.1, 0.2), 0.1),
    System("Sprott P", sprott_p, (0.1, 0.1, 0.1), 0.05),
    System("Sprott Q", sprott_q, (0.1, 0.1, 0.1), 0.03),
    System("Sprott R", sprott_r, (0.1, 0.1, 0.1), 0.04),
    System("Sprott S", sprott_s, (0.1, 0.1, 0.1), 0.025),
    System("Ueda", ueda, (2.0, 0.0, 1.0, 0.0), 0.025),
    System("windmi", windmi, (0.0, 0.8, 0.0), 0.05),
]


def chaotic(systems: Sequence[System] = SYSTEMS) -> Iterator[Kind]:
    """By the rules above; each is measured when it is asked for."""
    return (_kind(index, system) for index, system in enumerate(systems))


def _kind(index: int, system: System) -> Kind:
    step = system.of if system.h is None else runge_kutta(system.of, system.h)
    noise, length, one = _NOISE[index % 4], _LENGTHS[index % 3], (index // 4) % 2 == 1
    substeps, unit = 1, system.h or 1.0
    if system.h is not None:
        pilot = orbit(step, system.start, n=_PILOT, transient=_TRANSIENT)(np.random.default_rng(0), 1)[0]
        substeps = max(1, round(mean_period(Pieces.of(pilot)) / _SAMPLES))
    exponent = measured_exponent(step, system.start, substeps) / (unit * substeps)
    substeps *= max(1, int(np.ceil(_LYAPUNOV_TIMES / (exponent * length * unit * substeps))))
    seen = orbit(step, system.start, keep=[0] if one else slice(None), n=length, substeps=substeps)
    title = system.name + (", one number" if one else "") + (f", {noise:.1%} noise" if noise else "")
    return Kind(title, with_noise(seen, noise) if noise else seen, unit * substeps, exponent, held_out=True)


def measured_exponent(step, start, substeps: int) -> float:
    """λ_max, nats for each sample: the median over 256 orbits, of which some may end on other attractors."""
    random = np.random.default_rng(0)
    x = np.array(start)[:, None] + 0.01 * normal(random, (len(start), _ORBITS))
    for _ in range(_TRANSIENT * substeps):
        x = step(x)
    y, grown = x + _APART * normal(random, x.shape), np.zeros(_ORBITS)
    for sample in range(-100, _STEPS):
        for _ in range(substeps):
            x, y = np.split(step(np.hstack([x, y])), 2, axis=1)
        gap = np.linalg.norm(y - x, axis=0)
        grown += np.log(gap / _APART) if sample >= 0 else 0.0
        y = x + (y - x) * (_APART / gap)
    return float(np.median(grown)) / _STEPS


def pink(random):
    """Power falls as one over the frequency."""
    spectrum = np.fft.rfft(normal(random))
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), N)


def surrogates_of_rossler(random, seeds):
    return [surrogate(x, random) for x in ROSSLER_X(random, seeds)]


def threshold(random):
    x = np.zeros(N)
    for t, e in enumerate(normal(random)[:-1]):
        x[t + 1] = (0.9 * x[t] if x[t] < 0 else -0.5 * x[t]) + 1.0 + e
    return x


def bursts(random):
    return linear(1, [1, -0.5])(random) * np.exp(0.3 * linear(1, [1, -0.95])(random))


def intermittent(random):
    loud = np.cumsum(random.random(N) < 0.01) % 2
    return (0.02 + loud) * linear(1, [1, -0.7])(random)


def wandering_phase(random):
    return np.cos(np.cumsum(0.2 + 0.1 * normal(random)))


def shots(random):
    return linear(1, [1, -0.9], innovations=lambda r, n: r.exponential(size=n) * (r.random(n) < 0.1))(random)


def seasons(random):
    t = np.arange(N)
    return (1 + 0.5 * np.cos(2 * np.pi * t / 365)) * np.cos(2 * np.pi * t / 24) + 0.2 * linear(1, [1, -0.8])(
        random
    )


def trend(random):
    return np.linspace(0, 20, N) + linear(1, [1, -0.8])(random)


def walk(random):
    return np.cumsum(0.05 + normal(random, (N, 2)), axis=0)


def nerve(s):
    """FitzHugh–Nagumo's flow on its cycle."""
    return np.stack([s[0] - s[0] ** 3 / 3 - s[1] + 0.5, 0.08 * (s[0] + 0.7 - 0.8 * s[1])])


def focus(s):
    return np.stack([-0.1 * s[0] - s[1], s[0] - 0.1 * s[1]])


def circle(s):
    growth = 1 - s[0] ** 2 - s[1] ** 2
    return np.stack([growth * s[0] - s[1], growth * s[1] + s[0]])


def two_wells(s):
    return np.stack([s[1], s[0] - s[0] ** 3 - 0.3 * s[1]])


def period_eight(s):
    return 3.55 * s * (1 - s)


INCOMMENSURATE = 0.1 * np.array([1, np.sqrt(2), np.sqrt(5)])

WITHOUT_CHAOS = [
    Kind("slow AR(2)", each(linear(1, [1, -1.98, 0.985]))),
    Kind("pink noise", each(pink)),
    Kind("IAAFT surrogate of Rössler", surrogates_of_rossler, 0.15),
    Kind("nerve's cycle, 3 % noise", with_noise(pushed(nerve, [1.0, 0.0], 0.5, push=0), 0.03), 0.5),
    Kind("three frequencies, 0.5 % noise", each(lambda r: waves(r, INCOMMENSURATE, noise=0.005))),
    Kind("focus, pushed", pushed(focus, [1.0, 0.0], 0.2, push=0.2), 0.2),
    Kind("trend", each(trend)),
    Kind("walk of two axes", lambda random, seeds: [walk(random) for _ in range(seeds)]),
    Kind("seasons multiplied", each(seasons)),
    Kind("threshold AR", each(threshold)),
    Kind("bursts", each(bursts)),
    Kind("exponential of AR(2)", each(lambda r: np.exp(0.3 * linear(1, [1, -1.5, 0.8])(r)))),
    Kind("intermittent noise", each(intermittent)),
    Kind("wandering phase", each(wandering_phase)),
    Kind("shot noise", each(shots)),
    Kind("period 8, 0.5 % noise", with_noise(orbit(period_eight, [0.3]), 0.005)),
    Kind("circle, pushed", pushed(circle, [1.0, 0.0], 0.2, push=0.1), 0.2),
    Kind("two wells, pushed", pushed(two_wells, [1.0, 0.0], 0.2, push=0.3), 0.2),
]
