"""Do 95 % confidence intervals hold the truth in 95 % of cases?

    python scripts/check_calibration.py [--repeats 200] [--systems Lorenz-63 Hénon RNN]

Each system's spectrum is measured once, long, and then many times, short, from independent starting points on the
attractor. The share of the short measurements whose interval holds the long-run value is printed for every exponent,
with the standard error that they state and the standard deviation that they have. Exits 1 where a share is not
between 90 and 98 %.
"""

import argparse
import os
import sys
from typing import NamedTuple

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["JAX_ENABLE_X64"] = "1"

import jax
import jax.numpy as jnp
import numpy as np

from rnnchaos.systems import Henon, Lorenz63
from rnnchaos.tangent import lyapunov_spectrum
from rnnchaos.typing import Step

LOW, HIGH = 0.90, 0.98
# Long enough that its own error does not count beside those of the short ones.
LONG_RUN = 100


class Case(NamedTuple):
    """A step function, how it is sampled, and how long the short measurements are."""

    step: Step
    start: np.ndarray
    time_per_step: float
    num_steps: int
    exponents: int
    """How many are judged: the sum is exact for these systems, so that the last one adds nothing."""


def cases() -> dict[str, Case]:
    """Two systems with known equations, and a chaotic network."""
    lorenz, henon = Lorenz63(), Henon()
    return {
        "Lorenz-63": Case(lorenz.step, np.asarray(lorenz.initial_state()), lorenz.dt, 10_000, 2),
        "Hénon": Case(henon.step, np.asarray(henon.initial_state()), 1.0, 1_000, 1),
        "RNN": Case(random_network(20, gain=3.0), np.full(20, 0.3), 1.0, 2_000, 4),
    }


def random_network(size: int, *, gain: float) -> Step:
    """A tanh network with normal weights of variance gain² / size."""
    weights = jnp.asarray(gain / size**0.5 * np.random.default_rng(1).standard_normal((size, size)))
    return lambda state: jnp.tanh(weights @ state)


def starting_points(case: Case, count: int) -> np.ndarray:
    """Points of one long orbit, far apart in time and in random order."""
    gap = 500

    def skip(state, _):
        state = jax.lax.fori_loop(0, gap, lambda _, x: case.step(x), state)
        return state, state

    points = np.array(jax.jit(lambda x: jax.lax.scan(skip, x, None, count + 20)[1])(case.start))[20:]
    return np.random.default_rng(0).permutation(points)


def main() -> int:
    known = cases()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--orbits", type=int, nargs="+", default=[16], help="per measurement")
    parser.add_argument("--systems", nargs="+", choices=known, default=list(known))
    options = parser.parse_args()
    print("system     orbits  steps exponent           long run stated s.e.      s.d. covered")
    missed = 0
    for name in options.systems:
        for orbits in options.orbits:
            missed += not calibrate(name, known[name], orbits, options.repeats)
    return 1 if missed else 0


def calibrate(name: str, case: Case, orbits: int, repeats: int) -> bool:
    """Print one line for each exponent; whether all of them are covered as they should be."""
    num_steps = case.num_steps * 16 // orbits

    def measure(starts: np.ndarray, factor: int):
        return lyapunov_spectrum(
            case.step, starts, num_steps=factor * num_steps, time_per_step=case.time_per_step
        )

    points = starting_points(case, orbits * (repeats + 1)).reshape(repeats + 1, orbits, -1)
    truth = measure(points[0], LONG_RUN)
    found = [measure(starts, 1) for starts in points[1:]]
    good = True
    for i in range(case.exponents):
        bounds = np.array([spectrum.confidence_interval()[i] for spectrum in found])
        value = truth.exponents[i]
        share = float(np.mean((bounds[:, 0] <= value) & (value <= bounds[:, 1])))
        stated = np.mean([spectrum.standard_error[i] for spectrum in found])
        spread = np.std([spectrum.exponents[i] for spectrum in found], ddof=1)
        long_run = f"{value:.5f} ± {truth.standard_error[i]:.1g}"
        line = f"{name:10} {orbits:6} {num_steps:6} {f'λ_{i + 1}':>8} {long_run:>18}"
        print(f"{line} {stated:11.2g} {spread:9.2g} {share:7.1%}", flush=True)
        good &= LOW <= share <= HIGH
    return good


if __name__ == "__main__":
    sys.exit(main())
