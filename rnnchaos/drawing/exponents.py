"""Figures of exponents: how they converge, how they vary along orbits, and how they are read off a series."""

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from rnnchaos.drawing.stored import Stored, array, mapping, number, scalar, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Windows of one length, of four and of sixteen of them.
_LONGER = (1, 4, 16)


def convergence(stored: Stored, name: str) -> "Figure":
    """Of `lyapunov`, or of the spectra along an input that are called `conditional` and `forced`."""
    from rnnchaos.figures import lyapunov_figure

    running = array(stored, name, "running")
    told = mapping(stored.summary.get(name))
    block_time = scalar(stored, name, "block_time")
    if block_time is None:  # of a run of an earlier version
        steps, step = number(told.get("steps_per_orbit")), number(told.get("time_per_step"))
        block_time = (steps or len(running)) * (step or 1.0) / len(running)
    arrays = stored.arrays(name)
    known = "reference" in arrays
    return lyapunov_figure(
        running,
        array(stored, name, "running_error"),
        block_time=block_time,
        reference=array(stored, name, "reference") if known else reference(stored),
        reference_label=words(stored, name, "reference_label")[0] if known else "true system",
        of_network=bool(arrays.get("of_network", True)),
    )


def reference(stored: Stored) -> Float[np.ndarray, " known"] | None:
    """The exponents that a network was held against, from its summary; None where there are none."""
    rows = [mapping(row) for row in stored.summary.get("spectrum_comparison") or ()]
    true = [number(row.get("true")) for row in rows if "+" not in str(row.get("name"))]
    return np.array([np.nan if each is None else each for each in true]) if true else None


def finite_time(stored: Stored) -> "Figure":
    from rnnchaos.figures import finite_time_figure

    exponents = array(stored, "finite_time", "exponents")
    time = float(array(stored, "finite_time", "window_time"))
    count = exponents.shape[1]
    return finite_time_figure(
        {
            time * longer: joined(exponents, longer).reshape(-1, exponents.shape[2])
            for longer in _LONGER
            if longer <= count
        }
    )


def joined(
    exponents: Float[np.ndarray, "orbit window k"], longer: int
) -> Float[np.ndarray, "orbit longer_window k"]:
    """Over windows so many times as long: means of successive ones. What does not fill one is left out."""
    orbits, count, k = exponents.shape
    kept = exponents[:, : count // longer * longer].reshape(orbits, count // longer, longer, k)
    return kept.mean(axis=2)


def angles(stored: Stored) -> "Figure":
    """Angles between covariant vectors, as between lines: from 0, a tangency, to π/2."""
    from rnnchaos.figures import angles_figure

    vectors = array(stored, "covariant_vectors", "vectors")
    pairs = {
        f"vectors {i + 1}, {j + 1}": np.arccos(
            np.clip(np.abs(np.sum(vectors[:, :, i] * vectors[:, :, j], axis=-1)), 0.0, 1.0)
        ).ravel()
        for i, j in combinations(range(vectors.shape[2]), 2)
    }
    arrays = stored.arrays("covariant_vectors")
    return angles_figure(arrays.get("splitting_angle"), pairs)


def divergence(stored: Stored) -> "Figure":
    """Of every method by which the summary says an exponent was read off."""
    from rnnchaos.figures import Curves, divergence_figure

    methods = []
    for name, found in mapping(stored.summary.get("by_method")).items():
        fits = [mapping(each) for each in found["fits"]]
        methods.append(
            Curves(
                name.capitalize(),
                array(stored, "divergence", f"log_distance_{name}"),
                tuple((each["fit_range"][0], each["fit_range"][1]) for each in fits),
                float(found["lambda_max"]),
                float(found["saturated"]),
            )
        )
    return divergence_figure(array(stored, "divergence", "lags"), methods)
