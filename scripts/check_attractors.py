"""How often is one attractor split, and how often are two taken for one?

    python scripts/check_attractors.py [--repeats 20] [--orbits 16]

Orbits of systems of the catalogue that have one attractor are watched from many sets of starts on it, as are orbits of
maps with two. Prints both rates; exits 1 where more than 1 % are wrong.
"""

import argparse
import os
import sys

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["JAX_ENABLE_X64"] = "1"

import jax.numpy as jnp
import numpy as np

import rnnchaos.systems as systems
from rnnchaos.attractors.regions import find_regions
from rnnchaos.attractors.watching import watch
from rnnchaos.data import orbit
from rnnchaos.typing import Step

HIGHEST = 0.01
STEPS, GAP, PUSH = 20_000, 700, 1e-5
# With one attractor each, as far as is known, at their default parameters.
ONE = (
    *(
        "Aizawa",
        "Arneodo",
        "Baker",
        "CatMap",
        "Chen",
        "CoupledMapLattice",
        "Dadras",
        "Duffing",
        "ForcedPendulum",
    ),
    *(
        "GeneralisedHenon",
        "Halvorsen",
        "Henon",
        "HindmarshRose",
        "HyperRossler",
        "Ikeda",
        "LimitCycle",
        "Logistic",
    ),
    *(
        "Lorenz63",
        "Lorenz84",
        "Lorenz96",
        "Lozi",
        "Lu",
        "Rossler",
        "Rucklidge",
        "Sprott",
        "Tent",
        "Tinkerbell",
    ),
)


def two() -> dict[str, tuple[Step, tuple[float, float]]]:
    """Maps of the line with two attractors, and between which bounds orbits start."""
    return {
        "two fixed points": (lambda x: jnp.tanh(3 * x + 0.5), (-1.0, 1.0)),
        "mirrored chaos": (lambda x: 2.5 * x - x**3, (-1.0, 1.0)),
        "fixed point and cycle": (lambda x: -x * (0.5 + 1.7 * x**2 - 1.2 * x**4), (-1.2, 1.2)),
    }


def sets_on(step: Step, starts: np.ndarray) -> int:
    """How many sets the orbits end on."""
    watched = watch(step, starts, num_steps=STEPS)
    return len(np.unique(find_regions(watched.states, watched.after).visited[:, -1]))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--orbits", type=int, default=16)
    options = parser.parse_args()
    wrong = {"split": 0, "joined": 0}
    for name in ONE:
        system = getattr(systems, name)()
        states = orbit(system, num_steps=GAP * options.orbits * options.repeats, transient=10_000)[::GAP]
        generator = np.random.default_rng(0)
        states = generator.permutation(states) + PUSH * states.std(0) * generator.standard_normal(
            states.shape
        )
        found = [sets_on(system.step, part) for part in np.split(states, options.repeats)]
        wrong["split"] += sum(each != 1 for each in found)
        print(f"{name:24s} split in {sum(each != 1 for each in found)} of {options.repeats}", flush=True)
    for name, (step, bounds) in two().items():
        generator = np.random.default_rng(0)
        found = [
            sets_on(step, generator.uniform(*bounds, (options.orbits, 1))) for _ in range(options.repeats)
        ]
        wrong["joined"] += sum(each != 2 for each in found)
        print(f"{name:24s} not two in {sum(each != 2 for each in found)} of {options.repeats}", flush=True)
    tried = {"split": len(ONE) * options.repeats, "joined": len(two()) * options.repeats}
    for what, count in wrong.items():
        print(f"{what}: {count} of {tried[what]}")
    return int(any(wrong[what] > HIGHEST * tried[what] for what in wrong))


if __name__ == "__main__":
    sys.exit(main())
