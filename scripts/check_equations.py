"""Hold own equations against the classes of the catalogue: the same spectra, at the same speed.

    python scripts/check_equations.py [--steps 20000] [--repeats 5]

Each system is measured as a class and as its file in docs/equations, one after the other in turns, compiled before.
Listed are the largest difference of an exponent in standard errors and the ratio of the CPU times. Without a drive both
are one program, and agree to the last digit; with one the orbits part by rounding. Exits 1 where a difference exceeds
2 standard errors or the median ratio 1.1.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["JAX_ENABLE_X64"] = "1"

import numpy as np

from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import measure_attractors, starts_of_system
from rnnchaos.equations import EquationsFile
from rnnchaos.systems import (
    AbstractFlow,
    AbstractSystem,
    Duffing,
    EquationsFlow,
    EquationsMap,
    Henon,
    Lorenz63,
    Rossler,
)
from rnnchaos.tangent import LyapunovSpectrum

FILES = Path(__file__).parents[1] / "docs" / "equations"
SYSTEMS: dict[str, AbstractSystem] = {
    "lorenz": Lorenz63(),
    "rossler": Rossler(),
    "duffing": Duffing(),
    "henon": Henon(),
}
SETTINGS = LyapunovSettings(transient=1_000)
MOST_ERRORS, MOST_TIME = 2.0, 1.1


class Finding(NamedTuple):
    """One system, measured both ways."""

    of_class: LyapunovSpectrum
    of_file: LyapunovSpectrum
    seconds: np.ndarray
    """CPU time of (class, file) in each turn."""

    @property
    def apart(self) -> float:
        """The largest difference of an exponent, in standard errors of the difference."""
        error = np.hypot(self.of_class.standard_error, self.of_file.standard_error)
        differs = np.abs(self.of_class.exponents - self.of_file.exponents)
        # The exponent of a drive's phase is 0 without an error.
        return float(np.max(np.divide(differs, error, out=np.zeros_like(differs), where=differs > 1e-12)))

    @property
    def ratio(self) -> float:
        """Median over the turns of CPU time of the file over that of the class."""
        return float(np.median(self.seconds[:, 1] / self.seconds[:, 0]))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print(f"{options.steps} steps of 16 orbits, {options.repeats} turns")
    print("| system | λ of the class | λ of the equations | apart, s.e. | CPU s, class | equations | ratio |")
    print("|---|---|---|---|---|---|---|")
    failed = False
    for name, known in SYSTEMS.items():
        found = compare(known, of_file(name), options.steps, options.repeats)
        seconds = np.median(found.seconds, axis=0)
        print(
            f"| {name} | {listed(found.of_class)} | {listed(found.of_file)} | {found.apart:.2f} "
            f"| {seconds[0]:.2f} | {seconds[1]:.2f} | {found.ratio:.3f} |",
            flush=True,
        )
        failed |= found.apart > MOST_ERRORS or found.ratio > MOST_TIME
    return int(failed)


def of_file(name: str) -> AbstractSystem:
    """The system that a file of the docs describes."""
    target, content = EquationsFile(FILES / f"{name}.yaml").content()
    return {"EquationsFlow": EquationsFlow, "EquationsMap": EquationsMap}[target.rpartition(".")[2]](
        **content
    )


def compare(known: AbstractSystem, own: AbstractSystem, steps: int, repeats: int) -> Finding:
    """Both spectra, and the CPU times of `repeats` turns of each; a first one, which compiles, is left out."""
    starts = [starts_of_system(system, SETTINGS, transient=2_000) for system in (known, own)]
    found: list[LyapunovSpectrum] = []
    seconds = np.empty((repeats + 1, 2))
    for turn in range(repeats + 1):
        found = []
        for i, (system, start) in enumerate(zip((known, own), starts, strict=True)):
            began = time.process_time()
            found.append(spectrum(system, start, steps))
            seconds[turn, i] = time.process_time() - began
    return Finding(found[0], found[1], seconds[1:])


def spectrum(system: AbstractSystem, starts: np.ndarray, steps: int) -> LyapunovSpectrum:
    """As `rnnchaos lyapunov` measures it, with a fixed number of steps."""
    return measure_attractors(
        system.step,
        starts,
        SETTINGS,
        num_steps=steps,
        watch=steps,
        time_per_step=system.time_per_step,
        divergence=system.mean_divergence if isinstance(system, AbstractFlow) else None,
    ).main.spectrum


def listed(found: LyapunovSpectrum) -> str:
    """Exponents with their standard errors."""
    pairs = zip(found.exponents, found.standard_error, strict=True)
    return ", ".join(f"{value:.4f} ± {error:.4f}" for value, error in pairs)


if __name__ == "__main__":
    sys.exit(main())
