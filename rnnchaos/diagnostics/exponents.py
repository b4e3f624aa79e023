"""The Lyapunov spectra of the attractors of a network or a system, the main one beside the truth's."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rnnchaos.attractors import AttractorSet
from rnnchaos.console import coloured
from rnnchaos.diagnostics.attractor_rows import alone, attractors_shown, attractors_summary, orbit_arrays
from rnnchaos.diagnostics.comparison import compared
from rnnchaos.diagnostics.findings import Findings, with_figures
from rnnchaos.diagnostics.tables import checks_table, exponents_table, number
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.tangent import Check, Grade, LyapunovSpectrum, worst

if TYPE_CHECKING:
    from rich.console import RenderableType


def convergence_arrays(
    spectrum: LyapunovSpectrum, truth: Truth | None, *, of_network: bool
) -> dict[str, np.ndarray]:
    """The running averages of a spectrum, of a network or of a system, beside the truth."""
    return {
        "exponents": spectrum.exponents,
        "standard_error": spectrum.standard_error,
        "running": spectrum.running,
        "running_error": spectrum.running_error,
        "block_time": np.array(spectrum.time_per_step * spectrum.num_steps / len(spectrum.running)),
        "of_network": np.array(of_network),
        **reference_arrays(truth),
    }


def reference_arrays(truth: Truth | None) -> dict[str, np.ndarray]:
    """The exponents to hold others against, and what they are called; none of what is not to be trusted."""
    if truth is None or not truth.trusted:
        return {"reference": np.empty(0), "reference_label": np.array("")}
    return {"reference": truth.exponents, "reference_label": np.array(truth.heading)}


def findings(
    found: AttractorSet,
    truth: Truth | None,
    *,
    title: str,
    checks: Sequence[Sequence[Check]] | None = None,
    of_network: bool = True,
) -> Findings:
    """The attractors as numbers, arrays, a figure and tables: the main one beside the truth where that is known.

    `checks` are those of each attractor's spectrum, by default the spectrum's own. `of_network` says whose they are.
    """
    if checks is None:
        checks = [each.spectrum.checks for each in found.attractors]
    spectrum = found.main.spectrum

    findings = Findings(
        summary={
            "lambda_max": float(spectrum.exponents[0]),
            "lambda_max_standard_error": float(spectrum.standard_error[0]),
            "lambda_max_grade": str(worst(checks[0])),
            "share": found.main.share,
            "kaplan_yorke_dimension": spectrum.kaplan_yorke,
            **compared(spectrum, truth),
            "lyapunov": spectrum_summary(spectrum),
            "lyapunov_checks": checks_summary(checks[0]),
            **attractors_summary(found, [checks_summary(each) for each in checks]),
        },
        arrays={
            "lyapunov": {
                **convergence_arrays(spectrum, truth, of_network=of_network),
                **orbit_arrays(found),
            }
        },
        shown=(
            *attractors_shown(found, checks),
            exponents_table(spectrum, truth, title=title if alone(found) else "attractor 1"),
            _derived(spectrum),
            *_length(spectrum),
            *_shown(found, checks),
        ),
    )
    return with_figures(findings, ("lyapunov", "lyapunov"))


def spectrum_summary(spectrum: LyapunovSpectrum) -> dict[str, Any]:
    """The exponents with their errors, and what follows from them."""
    return {
        "exponents_per_time_unit": spectrum.exponents,
        "standard_error_per_time_unit": spectrum.standard_error,
        "exponents_per_step": spectrum.per_step,
        "standard_error_per_step": spectrum.per_step_error,
        "zero_within_rounding_or_ln_t_over_t": spectrum.zero
        & ((spectrum.end_effects == 0) | spectrum.powers),
        "zero_within_error": spectrum.zero,
        "end_effects_per_time_unit": spectrum.end_effects,
        "resolved": spectrum.resolved,
        "sum_per_time_unit": spectrum.sum,
        "sum_check_per_time_unit": spectrum.log_volume_rate,
        "kaplan_yorke_dimension": spectrum.kaplan_yorke,
        "kaplan_yorke_error": spectrum.kaplan_yorke_error,
        "confidence_interval_95_per_time_unit": spectrum.confidence_interval(),
        "kolmogorov_sinai_entropy": spectrum.entropy,
        "kolmogorov_sinai_entropy_error": spectrum.entropy_error,
        "transient_steps": spectrum.transient_steps,
        "steps_per_orbit": spectrum.num_steps,
        "stopped": spectrum.stopped,
        "orbits": spectrum.num_orbits,
        "qr_every_steps": spectrum.qr_every,
        "time_per_step": spectrum.time_per_step,
    }


def checks_summary(checks: Sequence[Check]) -> dict[str, Any]:
    """The checks of a spectrum by name, and the worst grade."""
    return {
        "worst": str(worst(checks)),
        **{
            check.name.replace(" ", "_"): {
                "grade": str(check.grade),
                "figure": check.figure,
                "bound": check.bound,
                "meaning": check.meaning,
            }
            for check in checks
        },
    }


def _derived(spectrum: LyapunovSpectrum) -> str:
    dimension = number(spectrum.kaplan_yorke, spectrum.kaplan_yorke_error)
    entropy = number(spectrum.entropy, spectrum.entropy_error)
    line = f"Kaplan–Yorke dimension {dimension}, Kolmogorov–Sinai entropy {entropy} nats per time unit"
    if spectrum.log_volume_rate is None:
        return line
    apart = 0.0 if spectrum.sum == spectrum.log_volume_rate else spectrum.sum - spectrum.log_volume_rate
    return f"{line}\nsum {spectrum.sum:.6g}, mean volume growth {spectrum.log_volume_rate:.6g} (apart by {apart:.1e})"


def _length(spectrum: LyapunovSpectrum) -> "tuple[RenderableType, ...]":
    """Whether the standard error that was asked for was reached, where one was."""
    measured = f"{spectrum.num_orbits} orbits of {spectrum.num_steps} steps"
    error = f"standard error of λ_max {spectrum.standard_error[0]:.2g}"
    ends: dict[str, tuple[RenderableType, ...]] = {
        "steps": (),
        "target": (f"{error} reached after {measured}",),
        "limit": (
            coloured(
                "limit",
                "yellow",
                f": {error} after {measured}; diagnostics.lyapunov.max_extension ends it here, a greater one goes on",
            ),
        ),
        "slow": (
            coloured(
                "slow",
                "yellow",
                f": {error} after {measured}, where it no longer falls with their number: orbits keep exponents of "
                "their own, as on islands of regular motion; more steps do not tell one value",
            ),
        ),
    }
    return ends[spectrum.stopped]


def _shown(found: AttractorSet, checks: Sequence[Sequence[Check]]) -> "Iterator[RenderableType]":
    for index, own in enumerate(checks, start=1):
        yield checks_shown(own, name="" if alone(found) else f"attractor {index}")


def checks_shown(checks: Sequence[Check], *, name: str = "") -> "RenderableType":
    """All checks of a spectrum as a table where one did not pass, one line where all did; `name` says of what."""
    of = f" of {name}" if name else ""
    if worst(checks) is Grade.PASS:
        return f"checks{of}: all {len(checks)} pass ({', '.join(check.name for check in checks)})"
    table = checks_table(checks)
    table.title = f"checks{of}" if of else None
    return table
