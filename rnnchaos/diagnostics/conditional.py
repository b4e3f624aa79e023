"""Conditional exponents as findings, and the stretches of a recording that their orbits take."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.diagnostics.exponents import (
    checks_shown,
    checks_summary,
    convergence_arrays,
    spectrum_summary,
)
from rnnchaos.diagnostics.findings import Findings, with_figures
from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import ALL_EXPONENTS, FIRST_EXPONENTS
from rnnchaos.diagnostics.tables import exponents_table
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.errors import ConfigError
from rnnchaos.tangent import LyapunovSpectrum, conditional_spectrum, worst
from rnnchaos.typing import DrivenStep

# Rows of a stretch, unless the pieces are shorter: the part of it that is lost while vectors align is small.
_LEAST_ROWS = 2_000


class Stretches(NamedTuple):
    """Parts of a recording, all of one length, each within one piece."""

    begins: list[int]
    """First rows."""
    length: int
    """Rows of each."""


def stretches(lengths: Sequence[int], *, most: int, longest: int) -> Stretches:
    """At most `most` stretches of pieces of these lengths, of at most `longest` rows, that take up the most rows.

    Where several do, the most stretches, of 2000 rows or more; shorter only where all pieces are.
    """
    least = min(_LEAST_ROWS, longest, max(lengths))
    sizes = {min(longest, length // count) for length in lengths for count in range(1, most + 1)}

    def count(size: int) -> int:
        return min(most, sum(length // size for length in lengths))

    size = max((size for size in sizes if size >= least), key=lambda size: (size * count(size), count(size)))
    firsts = np.cumsum([0, *lengths[:-1]])
    begins = [
        int(first) + part * size
        for first, length in zip(firsts, lengths, strict=True)
        for part in range(length // size)
    ]
    return Stretches(begins[:most], size)


def spectrum_along(
    step: DrivenStep,
    starts: Float[np.ndarray, "orbit state"],
    inputs: Float[np.ndarray, "orbit time input"],
    settings: LyapunovSettings,
    *,
    time_per_step: float,
) -> LyapunovSpectrum:
    """`conditional_spectrum` as `settings` say, with as many exponents as they or the Kaplan–Yorke dimension ask for.

    Raises ConfigError with the names of the settings, and for too short an input.
    """
    dimension = starts.shape[1]
    automatic = dimension if dimension <= ALL_EXPONENTS else FIRST_EXPONENTS
    count = automatic if settings.num_exponents == "auto" else settings.num_exponents
    while True:
        try:
            found = conditional_spectrum(
                step,
                starts,
                inputs,
                num_exponents=count,
                transient=None if settings.transient == "auto" else settings.transient,
                qr_every=None if settings.qr_every == "auto" else settings.qr_every,
                num_blocks=settings.num_blocks,
                time_per_step=time_per_step,
            )
        except ConfigError as error:
            setting = "" if str(error).startswith("inputs") else "diagnostics.lyapunov."
            raise ConfigError(f"{setting}{error}") from None
        if settings.num_exponents != "auto" or found.kaplan_yorke is not None:
            return found
        count = min(2 * count, dimension)


def conditional_findings(
    spectrum: LyapunovSpectrum, truth: Truth | None, *, name: str, title: str, said: Sequence[str]
) -> Findings:
    """A spectrum along an input under a name of its own: numbers, arrays, a figure, a table and its checks."""

    drawable = np.isfinite(spectrum.exponents).any()
    findings = Findings(
        summary={
            f"{name}_lambda_max": float(spectrum.exponents[0]),
            f"{name}_lambda_max_standard_error": float(spectrum.standard_error[0]),
            f"{name}_lambda_max_grade": str(worst(spectrum.checks)),
            name: spectrum_summary(spectrum),
            f"{name}_checks": checks_summary(spectrum.checks),
        },
        arrays={name: convergence_arrays(spectrum, truth, of_network=True)},
        shown=(
            exponents_table(spectrum, truth, title=title),
            f"{_orbits(spectrum)}, {spectrum.transient_steps} before them dropped",
            checks_shown(spectrum.checks, name=title),
            *said,
        ),
    )
    return with_figures(findings, (name, name)) if drawable else findings


def _orbits(spectrum: LyapunovSpectrum) -> str:
    many = spectrum.num_orbits > 1
    return f"{spectrum.num_orbits} orbit{'s' if many else ''} of {spectrum.num_steps} steps{' each' if many else ''}"
