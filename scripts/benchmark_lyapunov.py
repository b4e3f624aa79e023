"""CPU time of a Lyapunov spectrum per step and orbit, against other programs and against its own linear algebra.

    pip install -e '.[benchmark]' && python scripts/benchmark_lyapunov.py [--repeats 7]

First Lorenz-63 (fourth-order Runge–Kutta, step .01) and Hénon, all exponents, for one orbit and for 64, with a QR
decomposition every step and every 10: rnnchaos, lyapax, pynamicalsys (which decomposes every step) and a NumPy loop.
Then, with all exponents of one orbit, tanh networks of 30 and 128 units with weights of 1.5 / sqrt(n), and Lorenz-96
of 20 sites, rnnchaos and lyapax. Then tanh networks of 16 to 512 units, one orbit, all exponents and the leading 8,
with a decomposition every 10 steps, against the products W V and the LAPACK decompositions alone. Contenders run in
turn, after one call each to compile; medians of CPU times are compared. A program that is not installed is left out.
"""

import argparse
import importlib.util
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["JAX_ENABLE_X64"] = "1"

import jax
import jax.numpy as jnp
import numpy as np

from rnnchaos.systems import Henon, Lorenz63, Lorenz96
from rnnchaos.tangent import lyapunov_spectrum

DT = 0.01
# Steps of one orbit for the compiled programs; with 64 orbits each takes a 16th.
STEPS = {"Lorenz-63": 100_000, "Hénon": 400_000}
STATES = {"Lorenz-63": np.array([1.0, 1.0, 27.0]), "Hénon": np.array([0.1, 0.1])}
# Of the starts of many orbits about these: points so close together would be one orbit for a while.
SPREADS = {"Lorenz-63": 1.0, "Hénon": 1e-2}
SIZES = (16, 32, 64, 128, 256, 512)
QR_EVERY = 10
# Of a larger state: its size, the steps between decompositions, and steps of the run.
LARGER = {
    "tanh network": ((30, 1, 20_000), (30, 2, 20_000), (30, 5, 20_000), (128, 2, 8_000)),
    "Lorenz-96": ((20, 1, 20_000), (20, 5, 20_000)),
}
# Steps that a spectrum takes before it begins to average, to choose its QR interval.
PILOT = 256

Contender = tuple[Callable[[], object], int]
"""What to run, and how many steps of how many orbits that is."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--only", choices=["systems", "networks"])
    options = parser.parse_args()
    if options.only != "networks":
        print(f"CPU µs per step and orbit, median of {options.repeats}; the ratio to rnnchaos in brackets")
        for system in STEPS:
            for orbits in (1, 64):
                for qr_every in (1, QR_EVERY):
                    compare(system, orbits, qr_every, options.repeats)
        for system, cases in LARGER.items():
            for size, qr_every, steps in cases if installed("lyapax") else ():
                compare_larger(system, size, qr_every, steps, options.repeats)
    if options.only != "systems":
        print(
            f"\nTanh networks, QR every {QR_EVERY} steps: CPU µs per step, ratio to the bare products and QR"
        )
        print(f"{'units':>6} {'exponents':>9} {'rnnchaos':>9} {'bare':>9} {'ratio':>6}")
        for size in SIZES:
            for count in (size, 8):
                compare_network(size, count, options.repeats)


def compare(system: str, orbits: int, qr_every: int, repeats: int) -> None:
    """Print one line: every program on one system."""
    contenders = {"rnnchaos": ours(system, orbits, qr_every)}
    if installed("lyapax"):
        contenders["lyapax"] = lyapax(system, orbits, qr_every)
    if installed("pynamicalsys") and qr_every == 1:
        contenders["pynamicalsys"] = pynamicalsys(system, orbits)
    if orbits == 1:
        contenders["NumPy loop"] = numpy_loop(system, qr_every)
    times = interleaved(contenders, repeats)
    base = times["rnnchaos"]
    columns = [f"{name} {value:8.3f} ({value / base:5.1f})" for name, value in times.items()]
    print(f"{system:10} {orbits:3} orbits  QR every {qr_every:2}  " + "  ".join(columns), flush=True)


def compare_larger(system: str, size: int, qr_every: int, steps: int, repeats: int) -> None:
    """Print one line: rnnchaos and lyapax on a state of many dimensions."""
    from lyapax import lyapunov_spectrum as spectrum

    random = np.random.default_rng(0)
    if system == "Lorenz-96":
        step, start = Lorenz96(dt=DT, substeps=1, size=size).step, 8 + random.standard_normal(size)
    else:
        weights = jnp.asarray(random.standard_normal((size, size)) * 1.5 / np.sqrt(size))
        step, start = (lambda z: jnp.tanh(weights @ z)), 0.1 * random.standard_normal(size)
    theirs = jax.jit(lambda start: spectrum(step, start, 1.0, steps, renorm_every=qr_every).exponents)

    def ours():
        return lyapunov_spectrum(step, start, num_steps=steps, transient=0, qr_every=qr_every).exponents

    contenders = {
        "rnnchaos": (ours, steps + PILOT),
        "lyapax": (lambda: theirs(jnp.asarray(start)), steps),
    }
    times = interleaved(contenders, repeats)
    base = times["rnnchaos"]
    columns = [f"{name} {value:8.2f} ({value / base:5.2f})" for name, value in times.items()]
    print(f"{system} of {size}, QR every {qr_every}  " + "  ".join(columns), flush=True)


def compare_network(size: int, count: int, repeats: int) -> None:
    """Print one line: a network's spectrum and what its linear algebra alone takes."""
    # An orthogonal matrix keeps the exponents close together, so that the same QR interval serves all sizes.
    weights = 1.2 * np.linalg.qr(np.random.default_rng(0).standard_normal((size, size)))[0]
    steps = max(200, 4_000_000 // (size * count))
    matrix = jnp.asarray(weights)
    state = np.full(size, 0.1)

    def step(z):
        return jnp.tanh(matrix @ z)

    def ours():
        return lyapunov_spectrum(
            step,
            state,
            num_steps=steps,
            num_exponents=count,
            num_blocks=4,
            transient=0,
            qr_every=QR_EVERY,
        )

    def bare():
        vectors = np.linalg.qr(np.random.default_rng(1).standard_normal((size, count)))[0]
        for i in range(steps):
            vectors = weights @ vectors
            if i % QR_EVERY == 0:
                vectors = np.linalg.qr(vectors)[0]
        return vectors

    times = interleaved({"rnnchaos": (ours, steps + PILOT), "bare": (bare, steps)}, repeats)
    ratio = times["rnnchaos"] / times["bare"]
    print(f"{size:6} {count:9} {times['rnnchaos']:9.1f} {times['bare']:9.1f} {ratio:6.1f}", flush=True)


def interleaved(contenders: dict[str, Contender], repeats: int) -> dict[str, float]:
    """Median CPU time of each contender, in µs per step and orbit, all run in turn after one call each."""
    for run, _ in contenders.values():
        jax.block_until_ready(run())
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, (run, steps) in contenders.items():
            started = time.process_time()
            jax.block_until_ready(run())
            times[name].append((time.process_time() - started) / steps * 1e6)
    return {name: statistics.median(values) for name, values in times.items()}


def ours(system: str, orbits: int, qr_every: int) -> Contender:
    step = Lorenz63(dt=DT, substeps=1).step if system == "Lorenz-63" else Henon().step
    length = STEPS[system] if orbits == 1 else STEPS[system] // 16
    starts = starting_points(system, orbits)

    def run():
        return lyapunov_spectrum(
            step, starts, num_steps=length, transient=0, qr_every=qr_every, time_per_step=DT
        ).exponents

    return run, orbits * length


def lyapax(system: str, orbits: int, qr_every: int) -> Contender:
    from lyapax import lyapunov_spectrum as spectrum
    from lyapax import ode_step

    step = ode_step(lorenz, DT) if system == "Lorenz-63" else henon
    length = STEPS[system] if orbits == 1 else STEPS[system] // 16
    starts = jnp.asarray(starting_points(system, orbits))
    run = jax.jit(
        jax.vmap(lambda start: spectrum(step, start, DT, length, renorm_every=qr_every).exponents)
        if orbits > 1
        else lambda start: spectrum(step, start[0], DT, length, renorm_every=qr_every).exponents
    )
    return lambda: run(starts), orbits * length


def pynamicalsys(system: str, orbits: int) -> Contender:
    from pynamicalsys import ContinuousDynamicalSystem, DiscreteDynamicalSystem

    length = STEPS[system] if orbits == 1 else STEPS[system] // 16
    starts = starting_points(system, orbits)
    if system == "Lorenz-63":
        flow = ContinuousDynamicalSystem(model="lorenz system")
        flow.integrator("rk4", time_step=DT)
        parameters = [10.0, 28.0, 8 / 3]
        return lambda: [flow.lyapunov(x, length * DT, parameters=parameters) for x in starts], orbits * length
    henon_map = DiscreteDynamicalSystem(model="henon map")
    return lambda: [henon_map.lyapunov(x, length, parameters=[1.4, 0.3]) for x in starts], orbits * length


def numpy_loop(system: str, qr_every: int) -> Contender:
    length = 4_000

    def run():
        state = STATES[system].copy()
        vectors, logs = np.eye(len(state)), np.zeros(len(state))
        for i in range(length):
            state, vectors = numpy_step(system, state, vectors)
            if (i + 1) % qr_every == 0:
                vectors, r = np.linalg.qr(vectors)
                logs += np.log(np.abs(np.diag(r)))
        return logs

    return run, length


def numpy_step(system: str, x: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One step of the state and its tangent vectors, the latter by the Jacobian written out."""
    if system == "Hénon":
        return np.array([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]]), np.array([[-2.8 * x[0], 1], [0.3, 0]]) @ v

    def velocity(x, v):
        jacobian = np.array([[-10, 10, 0], [28 - x[2], -1, -x[0]], [x[1], x[0], -8 / 3]])
        return np.array(lorenz(x)), jacobian @ v

    k1, l1 = velocity(x, v)
    k2, l2 = velocity(x + DT / 2 * k1, v + DT / 2 * l1)
    k3, l3 = velocity(x + DT / 2 * k2, v + DT / 2 * l2)
    k4, l4 = velocity(x + DT * k3, v + DT * l3)
    return x + DT / 6 * (k1 + 2 * k2 + 2 * k3 + k4), v + DT / 6 * (l1 + 2 * l2 + 2 * l3 + l4)


def lorenz(x):
    velocity = [10 * (x[1] - x[0]), x[0] * (28 - x[2]) - x[1], x[0] * x[1] - 8 / 3 * x[2]]
    return jnp.stack(velocity) if isinstance(x, jax.Array) else velocity


def henon(x):
    return jnp.stack([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])


def starting_points(system: str, orbits: int) -> np.ndarray:
    moved = np.random.default_rng(0).standard_normal((orbits, len(STATES[system])))
    return STATES[system] + SPREADS[system] * moved


def installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


if __name__ == "__main__":
    main()
