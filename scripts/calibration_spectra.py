"""What the cases of check_calibration.py share: systems, independent starts, spectra measured many times."""

import os
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["JAX_ENABLE_X64"] = "1"

import jax
import jax.numpy as jnp
import numpy as np

from rnnchaos.systems import Henon, Lorenz63
from rnnchaos.tangent import LyapunovSpectrum, lyapunov_spectrum, parted
from rnnchaos.typing import Step

# So much longer than a measurement, the truth's own error does not count beside those of the measurements.
LONGER = 400
HENON, LORENZ = Henon(), Lorenz63()


class Row(NamedTuple):
    """Many estimates of one number, each with what is printed beside it; two runs may be compared, too."""

    quantity: str
    truth: float
    values: np.ndarray
    errors: np.ndarray
    intervals: np.ndarray | None = None
    """95 % intervals, where the number has them."""
    kind: str = "±"
    """zero: a flow's neutral exponent, whose error may be too wide; bound: a zero with a one-sided bound; t: of so few
    pieces that only the interval is Student's."""


class Source(NamedTuple):
    """A step function, a point on its attractor, and what a push is measured by."""

    step: Step
    start: list[float]
    time_per_step: float = 1.0

    def starts(self, repeats: int, orbits: int, *, settle: int = 4_000) -> np.ndarray:
        """Independent points of the attractor: points of one orbit, pushed off it and followed until they part."""

        def skip(state, _):
            state = jax.lax.fori_loop(0, 50, lambda _, x: self.step(x), state)
            return state, state

        count = repeats * orbits
        points = jax.jit(lambda x: jax.lax.scan(skip, x, None, count + 40)[1])(jnp.asarray(self.start))[40:]
        scale = jnp.std(points, axis=0)
        push = 1e-3 * scale * np.random.default_rng(0).standard_normal(points.shape)
        found = parted(self.step, points, push=push, scale=scale, most_steps=settle)
        mixed = np.random.default_rng(1).permutation(np.asarray(found))
        return mixed.reshape(repeats, orbits, -1)


def random_network(size: int, *, gain: float) -> Any:
    """Normal weights of variance gain² / size."""
    return gain / size**0.5 * np.random.default_rng(1).standard_normal((size, size))


WEIGHTS = random_network(20, gain=3.0)
OF_LORENZ = Source(LORENZ.step, [1.0, 2.0, 20.0], LORENZ.dt)
OF_HENON = Source(HENON.step, [0.1, 0.1])
OF_NETWORK = Source(lambda x: jnp.tanh(jnp.asarray(WEIGHTS) @ x), [0.3] * 20)


def rows_of_spectra(
    found: Sequence[LyapunovSpectrum], truth: LyapunovSpectrum, *, exponents: int, derived: bool = True
) -> Iterator[Row]:
    """The leading exponents, and what follows from them."""
    for i in range(exponents):
        yield Row(
            f"λ_{i + 1}",
            float(truth.exponents[i]),
            np.array([each.exponents[i] for each in found]),
            np.array([each.standard_error[i] for each in found]),
            np.array([each.confidence_interval()[i] for each in found]),
        )
    if exponents > 1:
        pairs = list(zip(found[::2], found[1::2], strict=False))
        yield Row(
            "λ_1 of one − λ_1 of another",
            0.0,
            np.array([a.exponents[0] - b.exponents[0] for a, b in pairs]),
            np.array([np.hypot(a.standard_error[0], b.standard_error[0]) for a, b in pairs]),
        )
    if derived:
        for name in ("kaplan_yorke", "entropy"):
            yield Row(
                {"kaplan_yorke": "D_KY", "entropy": "entropy"}[name],
                float(getattr(truth, name)),
                np.array([getattr(each, name) for each in found]),
                np.array([getattr(each, f"{name}_error") for each in found]),
            )


def spectra(
    source: Source, repeats: int, *, steps: int, orbits: int = 16, exponents: int = 1, **options: Any
) -> Iterator[Row]:
    """Short spectra against a long one."""
    derived, longer = options.pop("derived", True), options.pop("longer", LONGER)
    starts = source.starts(repeats + 1, orbits)
    length = {key: value for key, value in options.items() if not key.startswith("target")}

    def measure(start, num_steps, **options):
        return lyapunov_spectrum(
            source.step, start, num_steps=num_steps, time_per_step=source.time_per_step, **options
        )

    truth = measure(source.starts(1, 16)[0], longer * steps * orbits // 16, **length)
    found = [measure(start, steps, **options) for start in starts[1:]]
    yield from rows_of_spectra(found, truth, exponents=exponents, derived=derived)
