"""rnnchaos lyapunov of a measured series: λ_max by curves and by maps, judged, and the interval that follows."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from rnnchaos.data import Dataset, DystsSeries, Preparation, SeriesFile, oddities
from rnnchaos.diagnostics.exponents import checks_summary
from rnnchaos.diagnostics.findings import Findings, with_figures
from rnnchaos.diagnostics.series_estimate import estimate_of_series
from rnnchaos.diagnostics.tables import checks_table, number
from rnnchaos.diagnostics.truth import Truth, truth_of_series
from rnnchaos.numbers import counted
from rnnchaos.series import JudgedExponent, MapExponent
from rnnchaos.tangent import Check, Grade, worst


def findings_of_series(
    source: SeriesFile | DystsSeries, dataset: Dataset, preparation: Preparation
) -> Findings:
    """The exponent of the series by each method, held against each other, more delays and the 0–1 test."""
    estimate = estimate_of_series(dataset, preparation)
    truth = truth_of_series(estimate, time_per_step=dataset.time_per_step)
    found, deeper, zero_one = estimate.found, estimate.deeper, estimate.zero_one
    delays, spacing = preparation.embedding
    stated = source.stated_exponent if isinstance(source, DystsSeries) else None

    findings = Findings(
        summary={
            "lambda_max": estimate.exponent,
            "lambda_max_standard_error": estimate.standard_error,
            "lambda_max_grade": str(estimate.grade),
            "fit_from": found.fit_range[0],
            "fit_to": found.fit_range[1],
            "tau_pred_steps": truth.predictability_steps,
            "method": estimate.method.lower(),
            "embedding_dimension": delays,
            "embedding_lag": spacing,
            "lambda_max_with_one_more_delay": None if deeper is None else deeper.exponent,
            "by_method": {
                each.method.lower(): {
                    "lambda_max": each.exponent,
                    "lambda_max_standard_error": each.standard_error,
                    "fits": [fit._asdict() for fit in each.fits],
                    "saturated": each.saturated,
                }
                for each in estimate.methods
            },
            "by_maps": _record_of(estimate.maps),
            "pieces": found.pieces,
            "pieces_left_out": found.left_out,
            "delay_steps": estimate.lag,
            "false_neighbours": estimate.false_share,
            "zero_one": None if zero_one is None else zero_one.value,
            "zero_one_spread": None if zero_one is None else zero_one.spread,
            "lyapunov_checks": checks_summary(estimate.checks),
            **({} if stated is None else {"lambda_max_of_dysts": stated}),
        },
        arrays={
            "divergence": {
                "lags": found.lags,
                **{f"log_distance_{m.method.lower()}": m.curves for m in estimate.methods},
            }
        },
        shown=(
            _measured_on(dataset),
            *(() if dataset.recorded is None else oddities(dataset.recorded.told)),
            *_said(estimate, truth),
            *(() if stated is None else (f"dysts states {stated:.4g}, without an error",)),
            _verdict(estimate.checks),
            checks_table(estimate.checks),
        ),
    )
    return with_figures(findings, ("divergence", "divergence"))


def _measured_on(dataset: Dataset) -> str:
    points, dimensions = len(dataset.train), counted(dataset.dimension, "dimension")
    return f"measured on {counted(points, 'point')} in {dimensions}, one every {dataset.time_per_step:g} time units"


def _said(estimate: JudgedExponent, truth: Truth) -> tuple[str, ...]:
    lines = []
    found = estimate.found
    if found.pieces > 1:
        line = f"{found.pieces} pieces, none of them followed beyond its end"
        if found.left_out:
            line += (
                f"; {found.left_out} too short to be followed for {found.lags[-1]:g} time units are left out"
            )
        lines.append(line)
    for each in estimate.methods:
        first, last = each.fit_range
        how = "fitted" if each.fits[0].straight else "no straight region, mean slope"
        lines.append(
            f"λ_max {number(each.exponent, each.standard_error)} nats per time unit by {each.method}, {how} from "
            f"{first:g} to {last:g} time units"
        )
    if estimate.maps is not None:
        lines.append(_of_maps(estimate.maps))
    steps = truth.predictability_steps
    none = "none: no exponent to rely on" if not truth.trusted else "none: nothing shows that it is chaotic"
    tau = none if steps is None else f"{steps:.1f} steps"
    lines.append(f"τ_pred = ln 2 / λ_max, from {estimate.method}: {tau}")
    test = "; too few points so far apart for the 0-1 test"
    if estimate.zero_one is not None:
        test = f"; 0-1 test K = {number(estimate.zero_one.value, estimate.zero_one.spread)}"
    lines.append(f"the first axis tells least about itself after {counted(estimate.lag, 'step')}{test}")
    return tuple(lines)


def _of_maps(maps: MapExponent) -> str:
    steps = f"{maps.best.step} step" + ("s" if maps.best.step > 1 else "")
    more = ", of one more delay" if maps.delays_added else ""
    return (
        f"λ_max {number(maps.exponent, maps.standard_error)} nats per time unit by maps ({maps.best.name}{more}), "
        f"which err by {maps.error:.2g} of how far the series moves in {steps}"
    )


def _record_of(maps: MapExponent | None) -> dict[str, Any] | None:
    if maps is None:
        return None
    return {
        "lambda_max": maps.exponent,
        "lambda_max_standard_error": maps.standard_error,
        "exponents": maps.best.exponents.tolist(),
        "map": maps.best.name,
        "steps_ahead": maps.best.step,
        "error": maps.error,
        "delays_added": maps.delays_added,
        "founded": maps.founded,
    }


def _verdict(checks: Sequence[Check]) -> Text:
    grade = worst(checks)
    named = ", ".join(check.name for check in checks if check.grade is grade)
    if grade is Grade.PASS:
        colour, rest = "green", ""
    elif grade.trusted:
        colour, rest = "yellow", f": to be read with care ({named})"
    else:
        colour, rest = "red", f": not an exponent to rely on ({named})"
    return Text.assemble("verdict ", (str(grade), colour), rest)
