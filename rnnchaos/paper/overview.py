"""Where the best forcing interval lies on every system, in predictability times, and what rules give away."""

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import polars as pl

from rnnchaos.errors import ConfigError
from rnnchaos.paper.catalogue import FIGURES, PaperFigure, Result
from rnnchaos.paper.intervals import RULES, chosen
from rnnchaos.paper.medians import medians_of, shared_value, trusted

NAME = "intervals"
TITLE = "D_stsp against the forcing interval, in units of the predictability time"
SYSTEMS: Mapping[str, str] = MappingProxyType(
    {
        "lorenz_tau": "Lorenz, ρ = 38",
        "lorenz28_tau": "Lorenz, ρ = 28",
        "lorenz_partial_tau": "Lorenz, y and z seen",
        "rossler_tau": "Rössler",
        "duffing_tau": "Duffing",
        "duffing_partial_tau": "Duffing, observed part forced",
        "mackey_glass_tau": "Mackey–Glass",
    }
)
"""The figures over τ of systems whose exponent is known, and what the overview calls them."""
_TICKS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
_GOOD = 1.5  # an interval is as good as the best one where D_stsp is within this factor
_LEARNED = 0.5  # a network whose least D_stsp is above has the attractor nowhere: no rule is good for it


class _Line(NamedTuple):
    """One network on one system."""

    system: str
    network: str
    best: Mapping[str, Any]
    of_rules: Mapping[str, float]
    """By rule, D_stsp at its interval by the least one; no entry where no interval near it was trained."""
    result: Result
    predictability_time: float


def section(tables: Mapping[str, pl.DataFrame]) -> str:
    """A row for each system and network: the best interval, and D_stsp at those of the rules by the least one.

    `tables` has the rows of figures, one for each training, by the name of the figure. Raises ConfigError where it
    has none of `SYSTEMS`.
    """
    lines = list(_lines(tables))
    if not lines:
        raise ConfigError(f"none of the figures {', '.join(SYSTEMS)} has results")
    head = ["data", "network", "least D_stsp", "at τ", "τ / τ_pred"]
    head += [f"× least at {rule}" for rule in RULES]
    table = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for line in lines:
        best = f"{line.best[line.result.column]:.2g}"
        place = f"{line.best['x']:g}", f"{line.best['x'] / line.predictability_time:.2f}"
        worth = (f"{line.of_rules[rule]:.3g}" if rule in line.of_rules else "–" for rule in RULES)
        table.append(f"| {' | '.join([line.system, line.network, best, *place, *worth])} |")
    return "\n".join([*table, "", _counts(lines)]) + "\n"


def _counts(lines: list[_Line]) -> str:
    """How often each rule is about as good as the best interval, of the networks that have one."""
    learned = [line for line in lines if line.best[line.result.column] < _LEARNED]
    known = {rule: [line.of_rules[rule] for line in learned if rule in line.of_rules] for rule in RULES}
    said = (
        f"{rule} in {sum(ratio <= _GOOD for ratio in ratios)} of {len(ratios)}"
        for rule, ratios in known.items()
    )
    return (
        f"Within {_GOOD:g} times the least D_stsp, of the networks with one below {_LEARNED:g}: {', '.join(said)}. "
        "A dash: no interval near was trained."
    )


def _lines(tables: Mapping[str, pl.DataFrame]) -> Iterator[_Line]:
    for system, figure, rows in _known(tables):
        first, time = figure.results[0], shared_value(rows, "tau_pred_steps")
        medians = medians_of(figure, rows)
        for network in medians["line"].unique(maintain_order=True).to_list():
            own = trusted(medians, network, first)
            if time is None or own.is_empty():
                continue
            found = dict(chosen(own, first, time))
            best = found.pop(f"least {first.name}")
            assert best is not None
            of_rules = {
                rule: row[first.column] / best[first.column] for rule, row in found.items() if row is not None
            }
            yield _Line(system, network, best, of_rules, first, time)


def _known(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, PaperFigure, pl.DataFrame]]:
    """The systems that have results, each with its figure and rows."""
    for name, system in SYSTEMS.items():
        figure = FIGURES[name]
        if name in tables and isinstance(figure, PaperFigure):
            yield system, figure, tables[name]


def draw(tables: Mapping[str, pl.DataFrame]):
    """A panel for each system: D_stsp against τ / τ_pred."""
    from rnnchaos.figures import Panel, Trainings, comparison_figure

    # All networks in all panels, in one order, so that each keeps its colour.
    networks = sorted({network for _, _, rows in _known(tables) for network in rows["line"]})
    panels = []
    for system, figure, rows in _known(tables):
        time = shared_value(rows, "tau_pred_steps")
        number = pl.col(figure.results[0].column).cast(pl.Float64).fill_null(math.nan)
        columns = rows.select("line", x=pl.col("x") / time, y=number)
        groups = []
        for network in networks:
            own = columns.filter(pl.col("line") == network)
            groups.append(Trainings(network, own["x"].to_numpy(), own["y"].to_numpy()))
        panels.append(Panel(f"{system}: " + r"$D_{\mathrm{stsp}}$", groups, [], {}, logarithmic=True))
    return comparison_figure(
        panels,
        x_label=r"forcing interval $\tau$ / predictability time $\ln 2 / \lambda_{\max}$",
        verticals={r"$\ln 1.3 / \lambda_{\max}$": math.log2(1.3), r"$\ln 2 / \lambda_{\max}$": 1.0},
        logarithmic_x=True,
        ticks=_TICKS,
    )
