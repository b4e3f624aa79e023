"""The page and the figure of neutral_direction.py, from its rows alone."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import NamedTuple

import neutral_figure
import polars as pl
from neutral_networks import cases

DOCS = Path(__file__).parents[1] / "docs"
TEMPLATE = Path(__file__).with_name("neutral_direction.template.md")
PAGE, FIGURE = DOCS / "neutral_direction.md", DOCS / "images" / "neutral_direction.png"
# The truth: (0.9056(3), 0, -14.5723(3)) for Lorenz-63 (Viswanath 1998; Sprott 2003), else docs/systems.md.
LARGEST = {"lorenz63": 0.9056, "chen": 2.0361, "rossler": 0.0893}
JACOBIANS = ("own", "true Jacobians", "neutral")


class Column(NamedTuple):
    """A column of a table: its head, what it shows, and how."""

    head: str
    of: pl.Expr
    digits: int = 3


ONE, TWO = pl.col("lambda_1"), pl.col("lambda_2")
EXPONENTS = (
    Column("λ_1", ONE),
    Column("λ_2", TWO),
    Column("λ_1 + λ_2", ONE + TWO),
    Column("λ_3", pl.col("lambda_3"), 2),
)
ERRORS = (
    Column("map, %", 100 * pl.col("map_error"), 1),
    Column("Jacobian, %", 100 * pl.col("jacobian_error"), 1),
    Column("angle", pl.col("angle"), 2),
    Column("turn", pl.col("turn"), 2),
    Column("growth along", pl.col("growth_along")),
)


def read(rows: Path) -> pl.DataFrame:
    """The rows, with numbers as numbers."""
    return pl.read_csv(rows, infer_schema_length=None).with_columns(
        pl.col("kinked").cast(pl.String).str.to_lowercase() == "true"
    )


def number(value: float, digits: int) -> str:
    """A number without the zero before its point, as the other pages have it."""
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        return f"{0:.{digits}f}"[1:] if digits else "0"
    return text.replace("0.", ".", 1) if abs(float(text)) < 1 else text


def cell(values: Iterable[float | None], digits: int) -> str:
    """One value, or the mean of several with the least and the largest."""
    found = [value for value in values if value is not None]
    if not found:
        return "–"
    if len(found) == 1:
        return number(found[0], digits)
    ends = ", ".join(number(end, digits) for end in (min(found), max(found)))
    return f"{number(sum(found) / len(found), digits)} [{ends}]"


def table(rows: pl.DataFrame, by: Mapping[str, str], columns: Sequence[Column]) -> list[str]:
    """A row for each kind of network, the seeds together, in the order of the rows.

    `by` has what tells kinds apart, with the head of its column.
    """
    if rows.is_empty():
        return ["None yet."]
    text = [
        f"| {' | '.join([*by.values(), 'seeds', *(column.head for column in columns)])} |",
        "|---" * (len(by) + 1 + len(columns)) + "|",
    ]
    for names, found in rows.group_by(list(by), maintain_order=True):
        shown = [cell(found.select(column.of).to_series(), column.digits) for column in columns]
        kind = [
            "–" if name is None else f"{name:g}" if isinstance(name, float) else str(name) for name in names
        ]
        seeds = found["seed"].drop_nulls().len()
        text.append(f"| {' | '.join([*kind, str(seeds) if seeds else '–', *shown])} |")
    return text


MEASURED = (pl.col("status") == "measured") & ((pl.col("kind") == "chaotic") | (pl.col("variant") != "own"))
OWN, LORENZ = pl.col("variant") == "own", pl.col("system") == "lorenz63"
GRID = pl.col("model") == "interpolated flow"
RELU, SILU = (
    LORENZ & (pl.col("model") == f"shallow {name}") & (pl.col("layer_size") == 50) & (pl.col("hidden_size") == 10)
    & (pl.col("num_steps") == 12_000)
    for name in ("relu", "silu")
)  # fmt: skip


def page(rows: pl.DataFrame) -> str:
    """The page as Markdown."""
    rows = rows.with_columns(
        network=pl.col("model") + pl.when(GRID).then(pl.format(", {}", "strength")).otherwise(pl.lit(""))
    )
    measured, failed, left = rows.filter(MEASURED), failures(rows), missing(rows)
    said = {
        "failures": f"\nWithout a chaotic attractor: {'; '.join(failed)}.\n" if failed else "",
        "missing": f"- Networks that the command has still to train: {'; '.join(left)}.\n" if left else "",
    }
    parts = {name: "\n".join(lines) for name, lines in tables(measured).items()}
    return Template(TEMPLATE.read_text("utf-8")).substitute(parts | numbers(measured) | said)


def tables(rows: pl.DataFrame) -> dict[str, list[str]]:
    """The tables of the page by name."""
    all_columns = (*EXPONENTS, *ERRORS)
    networks = rows.filter(OWN & LORENZ & ~GRID)
    sizes = {"network": "network", "hidden_size": "units", "layer_size": "layer", "num_steps": "steps"}
    soft = networks.filter(pl.col("sharpness").is_not_null()).sort("sharpness", maintain_order=True)
    return {
        "networks": table(
            networks.filter(pl.col("sharpness").is_null()).sort(
                ~pl.col("kinked"), "model", "hidden_size", "layer_size", maintain_order=True
            ),
            sizes, all_columns,
        ),
        "sharpness": table(
            pl.concat([soft, networks.filter(RELU)]).filter(len(soft) > 0),
            {"model": "network", "sharpness": "β"}, all_columns,
        ),
        "interpolated": table(rows.filter(OWN & GRID).sort("strength"), {"strength": "width"}, all_columns),
        "systems": table(
            rows.filter(OWN & ~LORENZ), {"system": "system", "model": "network"}, all_columns
        ),
        "jacobians": table(
            rows.filter(LORENZ & pl.col("variant").is_in(JACOBIANS) & pl.col("seed").is_in(_seeds(rows)) | GRID)
            .with_columns(pl.col("variant").replace({"own": "own", "neutral": "neutral direction put right"})),
            {"network": "network", "hidden_size": "units", "layer_size": "layer", "variant": "Jacobians"}, EXPONENTS,
        ),
        "blurred": table(_of_layers(rows, RELU), {"variant": "changed", "strength": "by"}, EXPONENTS),
        "knotted": table(_of_layers(rows, SILU), {"variant": "changed", "strength": "by"}, EXPONENTS),
    }  # fmt: skip


def _seeds(rows: pl.DataFrame) -> list[int]:
    """Those of networks that were measured with other Jacobians."""
    return rows.filter(pl.col("variant") == "neutral")["seed"].drop_nulls().unique().to_list()


def _of_layers(rows: pl.DataFrame, network: pl.Expr) -> pl.DataFrame:
    """The variants of a network's layer, its own spectrum first."""
    order = {"own": 0, "other Jacobians": 1, "other map": 2, "other map and Jacobians": 3}
    changed = rows.filter(network & (pl.col("variant") == "other map"))["seed"].unique().to_list()
    found = rows.filter(network & pl.col("variant").is_in(list(order)) & pl.col("seed").is_in(changed))
    return found.sort(pl.col("variant").replace_strict(order), "strength", maintain_order=True)


def numbers(rows: pl.DataFrame) -> dict[str, str]:
    """The numbers that the words of the page name."""

    def of(which: pl.Expr, what: pl.Expr, digits: int = 3) -> str:
        return cell(rows.filter(which).select(what).to_series(), digits)

    fine = GRID & (pl.col("strength") == 0.025)
    wide, coarse = (OWN & GRID & (pl.col("strength") == width) for width in (0.2, 0.4))
    put = pl.col("variant") == "neutral"
    low = 100 * (1 - ONE / LARGEST["lorenz63"])
    return {
        "count": str(len(rows.filter(OWN & ~GRID))),
        "truth": number(LARGEST["lorenz63"], 4),
        "relu_1": of(OWN & RELU, ONE), "relu_2": of(OWN & RELU, TWO), "relu_sum": of(OWN & RELU, ONE + TWO),
        "silu_1": of(OWN & SILU, ONE), "silu_2": of(OWN & SILU, TWO), "silu_sum": of(OWN & SILU, ONE + TWO),
        "relu_along": of(OWN & RELU, pl.col("growth_along")),
        "relu_turn": of(OWN & RELU, pl.col("turn"), 2), "silu_turn": of(OWN & SILU, pl.col("turn"), 3),
        "relu_jacobian": of(OWN & RELU, 100 * pl.col("jacobian_error"), 1),
        "silu_jacobian": of(OWN & SILU, 100 * pl.col("jacobian_error"), 1),
        "relu_low": of(OWN & RELU, low, 1),
        "put_1": of(put & RELU, ONE), "put_2": of(put & RELU, TWO),
        "put_own": of(OWN & RELU & pl.col("seed").is_in(rows.filter(put & RELU)["seed"].to_list()), ONE),
        "fine_1": of(OWN & fine, ONE), "fine_put_1": of(put & fine, ONE),
        "silu_true_2": of((pl.col("variant") == "true Jacobians") & SILU, TWO),
        "grid_map": of(wide, 100 * pl.col("map_error"), 1), "grid_1": of(wide, ONE), "grid_2": of(wide, TWO),
        "grid_jacobian": of(wide, 100 * pl.col("jacobian_error"), 1),
        "grid_put_1": of(put & GRID & (pl.col("strength") == 0.2), ONE),
        "silu_map": of(OWN & SILU, 100 * pl.col("map_error"), 1),
        "coarse_sum": of(coarse, ONE + TWO),
    }  # fmt: skip


def failures(rows: pl.DataFrame) -> list[str]:
    """What networks did that have no chaotic attractor to measure."""
    return [
        f"{_named(row)}, seed {row['seed']}: {row['kind'] if row['status'] == 'measured' else row['status']}"
        for row in rows.filter(
            OWN & ((pl.col("status") != "measured") | (pl.col("kind") != "chaotic"))
        ).to_dicts()
    ]


def missing(rows: pl.DataFrame) -> list[str]:
    """Networks that the command would train next, with their seeds."""
    told = {(_named(row), row["seed"]) for row in rows.filter(OWN & ~GRID).to_dicts()}
    left: dict[str, list[int]] = {}
    for case, seed in cases():
        if ((name := _named(case.facts)), seed) not in told:
            left.setdefault(name, []).append(seed)
    return [
        f"{name} (seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))})" for name, seeds in left.items()
    ]


def _named(row: Mapping[str, object]) -> str:
    """A network in words, but for its seed."""
    softness = "" if row["sharpness"] is None else f" of β = {row['sharpness']:g}"
    layer = "" if row["layer_size"] is None else f", layer of {row['layer_size']}"
    system = "" if row["system"] == "lorenz63" else f", {row['system']}"
    steps = "" if row["num_steps"] == 12_000 else f", {row['num_steps']} steps"
    return f"{row['model']}{softness} of {row['hidden_size']} units{layer}{system}{steps}"


def write(path: Path) -> None:
    """Write the page and its figure from the rows."""
    rows = read(path)
    PAGE.write_text(page(rows), encoding="utf-8")
    neutral_figure.save(rows, FIGURE)
    print(f"written to {PAGE}")


if __name__ == "__main__":
    write(DOCS / "neutral_direction.csv")
