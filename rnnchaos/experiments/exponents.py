"""The Lyapunov spectrum of a trained network, beside the truth's."""

import numpy as np

from rnnchaos.cells import Network
from rnnchaos.config.schema import DiagnosticsSettings
from rnnchaos.data import Dataset
from rnnchaos.diagnostics import LyapunovSpectrum, lyapunov_spectrum
from rnnchaos.experiments.findings import Findings
from rnnchaos.experiments.simulation import attractor_states
from rnnchaos.experiments.tables import difference, exponents_table, number
from rnnchaos.experiments.truth import Truth


def spectrum_of_network(
    network: Network, dataset: Dataset, settings: DiagnosticsSettings
) -> LyapunovSpectrum:
    """All exponents of the free-running network, per time unit of the data.

    Raises RunError where the network escapes to infinity.
    """
    wanted = settings.lyapunov
    starts = attractor_states(network, dataset.test, transient=wanted.transient, count=wanted.num_orbits)
    return lyapunov_spectrum(
        network.astype(np.float64).step,
        starts,
        num_steps=wanted.num_steps,
        transient=wanted.transient,
        num_blocks=wanted.num_blocks,
        qr_every=None if wanted.qr_every == "auto" else wanted.qr_every,
        time_per_step=dataset.time_per_step,
    )


def findings(spectrum: LyapunovSpectrum, truth: Truth | None, *, title: str) -> Findings:
    """A spectrum as numbers, arrays, a convergence figure and a table, beside the truth where that is known."""

    def convergence():
        from rnnchaos.figures import lyapunov_figure

        return lyapunov_figure(
            spectrum.running,
            spectrum.running_error,
            block_time=spectrum.time_per_step * spectrum.num_steps / len(spectrum.running),
            reference=None if truth is None else truth.exponents,
        )

    lyapunov = {
        "exponents_per_time_unit": spectrum.exponents,
        "standard_error_per_time_unit": spectrum.standard_error,
        "exponents_per_step": spectrum.per_step,
        "standard_error_per_step": spectrum.per_step_error,
        "sum_per_time_unit": spectrum.sum,
        "sum_check_per_time_unit": spectrum.log_volume_rate,
        "kaplan_yorke_dimension": spectrum.kaplan_yorke,
        "kaplan_yorke_error": spectrum.kaplan_yorke_error,
        "steps_per_orbit": spectrum.num_steps,
        "orbits": spectrum.num_orbits,
        "qr_every_steps": spectrum.qr_every,
        "time_per_step": spectrum.time_per_step,
    }
    return Findings(
        summary={
            "lambda_max": float(spectrum.exponents[0]),
            "lambda_max_standard_error": float(spectrum.standard_error[0]),
            "kaplan_yorke_dimension": spectrum.kaplan_yorke,
            **_compared(spectrum, truth),
            "lyapunov": lyapunov,
        },
        arrays={
            "lyapunov": {
                "exponents": spectrum.exponents,
                "standard_error": spectrum.standard_error,
                "running": spectrum.running,
                "running_error": spectrum.running_error,
            }
        },
        figures={"lyapunov": convergence},
        shown=(exponents_table(spectrum, truth, title=title), _last_line(spectrum)),
    )


def _compared(spectrum: LyapunovSpectrum, truth: Truth | None) -> dict[str, float | str | None]:
    if truth is None:
        return {}
    true = float(truth.exponents[0])
    return {
        "lambda_max_true": true,
        "lambda_max_true_standard_error": float(truth.standard_error[0]),
        "lambda_max_true_origin": truth.origin,
        "lambda_max_relative_error": (float(spectrum.exponents[0]) - true) / true if true != 0 else None,
        "lambda_max_difference_standard_errors": difference(spectrum, truth, 0),
    }


def _last_line(spectrum: LyapunovSpectrum) -> str:
    dimension = number(spectrum.kaplan_yorke, spectrum.kaplan_yorke_error)
    line = f"Kaplan–Yorke dimension {dimension}, sum {spectrum.sum:.6g}"
    if spectrum.log_volume_rate is None:
        return line
    apart = spectrum.sum - spectrum.log_volume_rate
    return f"{line}, mean volume growth {spectrum.log_volume_rate:.6g} (apart by {apart:.1e})"
