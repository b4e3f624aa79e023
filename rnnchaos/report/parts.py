"""The tables of a run, from its summary."""

from collections.abc import Mapping, Sequence
from typing import Any

from rnnchaos.report.blocks import Bar, Table
from rnnchaos.report.values import NOTHING, mapping, number, sequence, shown, with_error


def metrics(summary: Mapping[str, Any]) -> list[Table]:
    """Every metric beside what a perfect and a useless model have."""
    rows: list[list[str | Bar]] = []
    for name, metric in mapping(summary.get("metrics")).items():
        entry = mapping(metric)
        note = shown(entry.get("note")) if entry.get("note") else ""
        rows.append(
            [
                str(name),
                with_error(entry.get("value"), entry.get("standard_error")),
                shown(number(entry.get("floor"))),
                shown(number(entry.get("ceiling"))),
                _place(entry),
                shown(entry.get("unit")),
                "; ".join(filter(None, (str(entry.get("definition", "")), note))),
            ]
        )
    if not rows:
        return []
    header = ("metric", "value", "floor", "ceiling", "from floor to ceiling", "unit", "what it is")
    note = (
        "Floor: the truth against another orbit of itself, or perfect forecasts. Ceiling: a fixed point at the "
        "mean. A perfect network is at the floor."
    )
    return [Table("Metrics beside their floors and ceilings", header, rows, note)]


def _place(metric: Mapping[str, Any]) -> str | Bar:
    value, floor, ceiling = (number(metric.get(key)) for key in ("value", "floor", "ceiling"))
    if value is None or floor is None or ceiling is None or floor == ceiling:
        return NOTHING
    share = (value - floor) / (ceiling - floor)
    return Bar(min(max(share, 0.0), 1.0), f"{100 * share:.1f} %".replace("-0.0", "0.0"))


def exponents(summary: Mapping[str, Any]) -> list[Table]:
    """Each exponent beside the true one, or alone, and the dimensions."""
    compared = [mapping(each) for each in sequence(summary.get("spectrum_comparison"))]
    own = mapping(summary.get("lyapunov"))
    values, errors = (sequence(own.get(f"{key}_per_time_unit")) for key in ("exponents", "standard_error"))
    tables = []
    if compared:
        rows = [
            [
                shown(each.get("name")),
                with_error(each.get("value"), each.get("standard_error")),
                with_error(each.get("true"), each.get("true_standard_error")),
                shown(number(each.get("difference_standard_errors"))),
                shown(each.get("verdict")),
            ]
            for each in compared
        ]
        header = ("exponent", "network", "truth", "difference (standard errors)", "verdict")
        tables.append(Table("Exponents beside the true ones, in nats per time unit", header, rows))
    if len(values) > len([each for each in compared if "+" not in str(each.get("name"))]):
        rows = [
            [f"λ_{i + 1}", with_error(value, errors[i] if i < len(errors) else None)]
            for i, value in enumerate(values)
        ]
        tables.append(Table("All exponents, in nats per time unit", ("exponent", "value"), rows))
    dimensions = [
        ["Kaplan–Yorke dimension", shown(number(summary.get(key))), of]
        for key, of in (("kaplan_yorke_dimension", "found"), ("kaplan_yorke_dimension_true", "true"))
        if number(summary.get(key)) is not None
    ]
    if dimensions:
        tables.append(Table("Dimension", ("what", "value", "of"), dimensions))
    return tables


def checks(title: str, found: Any) -> list[Table]:
    """The checks of a spectrum with their grades."""
    rows = [
        [name.replace("_", " "), shown(check.get("grade")), shown(check.get("figure")), shown(check.get("bound")),
         shown(check.get("meaning"))]
        for name, check in mapping(found).items()
        if isinstance(check, Mapping)
    ]  # fmt: skip
    return [Table(title, ("check", "grade", "figure", "bound", "what is checked"), rows)] if rows else []


def attractors(summary: Mapping[str, Any]) -> list[Table]:
    """Where orbits end, with the share of each place."""
    rows: list[list[str | Bar]] = []
    for i, attractor in enumerate(map(mapping, sequence(summary.get("attractors")))):
        found, error = (
            sequence(attractor.get(f"{key}_per_time_unit")) for key in ("exponents", "standard_error")
        )
        leading = with_error(found[0], error[0] if error else None) if found else NOTHING
        dimension = shown(number(attractor.get("kaplan_yorke_dimension")))
        rows.append([f"{i + 1}: {shown(attractor.get('kind'))}", _share(attractor), leading, dimension])
    leaving, escaped = mapping(summary.get("leaving")), mapping(summary.get("escaped"))
    if leaving:
        rows.append(["a transient that orbits leave", _share(leaving), NOTHING, NOTHING])
    if number(escaped.get("share")):
        rows.append(["escapes to infinity", _share(escaped), NOTHING, NOTHING])
    if not rows:
        return []
    header = ("where orbits end", "share of orbits", "λ_max (per time unit)", "Kaplan–Yorke dimension")
    return [Table("Attractors and their shares", header, rows)]


def _share(found: Mapping[str, Any]) -> str | Bar:
    share = number(found.get("share"))
    return NOTHING if share is None else Bar(min(max(share, 0.0), 1.0), f"{100 * share:.3g} %")


def gradients(summary: Mapping[str, Any]) -> list[Table]:
    """On each attractor: the slope, the exponent and what the theorem says of both."""
    found = mapping(summary.get("gradients"))
    entries = [mapping(each) for each in sequence(found.get("attractors"))] or ([found] if found else [])
    rows = [
        [
            f"{i + 1}: {shown(each.get('kind'))}" if each.get("kind") else str(i + 1),
            with_error(each.get("slope_state_per_step"), each.get("slope_state_error_per_step")),
            with_error(each.get("lambda_max_per_step"), each.get("lambda_max_error_per_step")),
            f"Theorem {shown(each.get('theorem'))}" if each.get("theorem") else NOTHING,
            shown(each.get("verdict")),
        ]
        for i, each in enumerate(entries)
    ]
    header = ("attractor", "slope per step", "λ_max per step", "theorem", "what follows")
    return [Table("Gradients and the theorem", header, rows)] if rows else []


def facts(caption: str, pairs: Sequence[tuple[str, Any]]) -> list[Table]:
    """Names and values; what is missing is left out."""
    rows = [[name, shown(value)] for name, value in pairs if value not in (None, "")]
    return [Table(caption, ("what", "value"), rows)] if rows else []
