"""The pages and the picture of the benchmark of attractors, from the rows that are there."""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import attractor_floors
import attractor_truths
from attractor_cells import MODELS, ROOT, cells_of
from attractor_floors import Floor
from attractor_picture import picture_of
from attractor_rows import (
    RULES,
    Row,
    cell_of,
    exponent_errors,
    faults,
    grouped,
    learned,
    number,
    read,
    verdict,
)

PAGE = ROOT / "docs" / "attractors.md"
PICTURE = ROOT / "docs" / "images" / "attractors.png"
TITLES = {
    "main": "chaotic and dissipative, up to four dimensions",
    "conservative": "conservative: no attractor, a chaotic sea",
    "larger": "more than four dimensions",
}
SAID = {
    "default": "`rnnchaos train dataset=… seed=…`, no other settings",
    "smooth": "a smooth network under generalised forcing of the observed part",
    "lstm": "an LSTM",
    "plrnn": "a piecewise-linear network",
    "esn": "an echo state network, fitted in closed form",
    "ngrc": "next-generation reservoir computing, fitted in closed form",
    "copy": "a copy of the past, the trivial rival: without exponents it is no model of the dynamics",
}
HEADINGS = (
    *("system", "learned", "exponents, % of λ_1", "D_KY (true)", "Wasserstein", "D_stsp", "D_H"),
    *("stays", "valid time", "by sMAPE", "CPU s"),
)
# Lines of a page for runs that failed, and for nothing else.
_MOST_FAILURES = 170


def publish(
    folder: Path,
    systems: Mapping[str, str],
    seeds: Sequence[int],
    *,
    page: Path = PAGE,
    picture: Path = PICTURE,
) -> None:
    """Write the page, a page for each model beside its rows, and the picture."""
    from rnnchaos.figures import save_figure

    rows = read_all(folder)
    for path, text in pages(rows, systems, seeds, folder=folder, page=page).items():
        path.write_text(text, "utf-8")
        print(f"written to {path}")
    save_figure(picture_of(rows, systems), picture)
    print(f"drawn to {picture}")


def read_all(folder: Path) -> list[Row]:
    """The rows of all models, with the floors of many orbits and the exponents of the catalogue."""
    rows = [row for model in MODELS for row in read(folder / f"{model}.csv")]
    rows = attractor_floors.with_floors(rows, attractor_floors.read(folder))
    return attractor_truths.with_truths(rows, attractor_truths.known())


def pages(
    rows: list[Row],
    systems: Mapping[str, str],
    seeds: Sequence[int],
    *,
    folder: Path,
    page: Path = PAGE,
) -> dict[Path, str]:
    """The text of each page by its path."""
    rows = [row for row in rows if row["system"] in systems]
    models = [model for model in MODELS if any(row["model"] == model for row in rows)]
    found = {page: overview(rows, systems, seeds, attractor_floors.read(folder))}
    for model in models:
        found[folder / f"{model}.md"] = model_page(
            model, [row for row in rows if row["model"] == model], systems
        )
    return found


def overview(
    rows: list[Row], systems: Mapping[str, str], seeds: Sequence[int], floors: Mapping[str, Floor]
) -> str:
    """What is learned by what, what nobody learns, and what is missing."""
    by = grouped(rows)
    rule = RULES["main"]
    lines = [
        "# Which attractors are learned, and by what",
        "",
        wrapped(
            f"""All {len(systems)} chaotic systems of the [catalogue](systems.md), {len(seeds)} seeds, by
            `python scripts/benchmark_attractors.py`; this page is made of its rows (`attractors/*.csv`, with exponents,
            errors, floors and the command of each run) by `--report`. Exponents of a network are measured after its
            run by 64 orbits of up to 100 000 steps, until λ_max is known to 1 %; older rows have those of the run
            itself, 16 orbits, known to 3 % (`exponents_error`)."""
        ),
        "",
        wrapped(
            f"""A run has *learned* an attractor where λ_max is within {rule.exponent:.0%} of the system's, as the
            catalogue holds it (of driven systems, as the run measured it itself), or two standard errors, the
            Kaplan–Yorke dimension within {rule.dimension:g}, and the Wasserstein distance at most
            {rule.floors:g} times its floor, the mean distance of the truth's own orbits from the test series
            (`attractors/floors.csv`, by `--floors`){scatter(floors)}. In more than four dimensions: λ_max and the
            dimension within {RULES["larger"].exponent:.0%}."""
        ),
        "",
        "| model | what it is | "
        + " | ".join(f"{table}: learned, of all runs" for table in TITLES)
        + " | CPU s |",
        "|---|---|" + "---|" * (len(TITLES) + 1),
    ]
    for model in MODELS:
        own = [row for row in rows if row["model"] == model]
        counts = [count([row for row in own if row["table"] == table]) for table in TITLES]
        name = f"[{model}](attractors/{model}.md)" if own else model
        lines.append(
            "| " + " | ".join([name, SAID[model], *counts, middle(own, "cpu_seconds", "{:.0f}")]) + " |"
        )
    lines += [
        "",
        "![Error of λ_max on every system, by model](images/attractors.png)",
        "",
        "Medians over the seeds; a run without exponents, as one that escapes, stands at the upper edge.",
    ]
    if copies := [row for row in rows if row["model"] == "copy"]:
        like = sum(verdict(row).geometry is True for row in copies)
        lines += [
            "",
            f"A copy of the past is within the rule for Wasserstein on {like} of {len(copies)} systems.",
        ]
    for table, title in TITLES.items():
        names = [name for name, own in systems.items() if own == table]
        lines += [
            "",
            f"## {title[0].upper()}{title[1:]}",
            "",
            "Runs that learned it, of all that were made.",
            "",
        ]
        lines += [f"| {' | '.join(['system', *MODELS])} |", "|---" * (1 + len(MODELS)) + "|"]
        for name in names:
            lines.append(f"| {' | '.join([name, *(count(by.get((model, name), [])) for model in MODELS)])} |")
    lines += ["", "## What nobody learns", "", nobody(rows, systems)]
    lines += ["", "## What is missing", "", *absent(rows, systems, seeds)]
    return "\n".join(lines) + "\n"


def scatter(floors: Mapping[str, Floor]) -> str:
    """Why the floor of one orbit is not enough."""
    if not floors:
        return ""
    worst = max(floors.values(), key=lambda floor: floor.beyond)
    refused = sum(floor.beyond > 0 for floor in floors.values())
    return (
        f"; three times that of one orbit, which a run has, refuses some of the truth's own on {refused} of "
        f"{len(floors)} systems, {worst.beyond:.0%} of them on {worst.system}"
    )


def wrapped(paragraph: str) -> str:
    """A paragraph in lines of the width of the other pages."""
    return textwrap.fill(" ".join(paragraph.split()), 140, break_long_words=False, break_on_hyphens=False)


def nobody(rows: list[Row], systems: Mapping[str, str]) -> str:
    """The systems that were tried and that no run has learned."""
    tried = {row["system"] for row in rows}
    done = {row["system"] for row in rows if verdict(row).learned}
    left = [name for name in systems if name in tried - done]
    if left:
        return wrapped(f"{', '.join(left)}.")
    return "Nothing of what was tried." if tried else "Nothing was tried yet."


def absent(rows: list[Row], systems: Mapping[str, str], seeds: Sequence[int]) -> list[str]:
    """Model by model, the runs that were not made yet, and which commits the others are of."""
    done = {cell_of(row) for row in rows}
    found = []
    for model in MODELS:
        cells = cells_of(systems, [model], seeds)
        left = [cell for cell in cells if cell.key not in done]
        names = [name for name in systems if name in {cell.system for cell in left}]
        which = (
            "all"
            if len(left) == len(cells)
            else ", ".join(names)
            if len(names) <= 12
            else f"{len(names)} systems"
        )
        commits = dict.fromkeys(row["commit"] for row in rows if row["model"] == model)
        of = f"; rows of {', '.join(commits)}" if commits else ""
        found.append(
            f"- {model}: {f'{len(left)} of {len(cells)} runs ({which})' if left else 'nothing'}{of}."
        )
    return found


def model_page(model: str, rows: list[Row], systems: Mapping[str, str]) -> str:
    """One model: every metric beside its floor, and what each run that failed does instead."""
    by = grouped(rows)
    lines = [
        f"# {model}: what it learns",
        "",
        wrapped(
            f"""{SAID[model][0].upper()}{SAID[model][1:]}: `{rows[0]["command"]}`. Part of
            [the benchmark](../attractors.md), whose rule says what *learned* is; rows and errors are in `{model}.csv`.
            Medians over the seeds, floors in brackets."""
        ),
        "",
        wrapped(
            """*Exponents* are the errors of λ_1, λ_2, … in % of λ_1; *stays* is the share of 64 orbits that are still
            like the truth's own after 10⁵ steps (10⁶ where two numbers stand); valid prediction times are in Lyapunov
            times, by standard deviations and [by sMAPE](../metrics.md#forms)."""
        ),
    ]
    for table, title in TITLES.items():
        names = [name for name in systems if (model, name) in by and systems[name] == table]
        if not names:
            continue
        lines += ["", f"## {title[0].upper()}{title[1:]}", ""]
        lines += [f"| {' | '.join(HEADINGS)} |", "|---" * len(HEADINGS) + "|"]
        lines += [f"| {' | '.join(cells_in(name, by[model, name]))} |" for name in names]
    failed = [row for row in rows if not verdict(row).learned]
    if failed and model != "copy":
        order = list(systems)
        failed.sort(key=lambda row: (order.index(row["system"]), int(row["seed"])))
        lines += ["", "## Runs that have not learned it", ""]
        lines += [f"- {failure(row)}" for row in failed[:_MOST_FAILURES]]
        if len(failed) > _MOST_FAILURES:
            lines.append(f"- and {len(failed) - _MOST_FAILURES} more, in `{model}.csv`")
    return "\n".join(lines) + "\n"


def failure(row: Row) -> str:
    """One run: what is wrong, and in the command's own sentence what it does instead and what would help."""
    said = f"{row['system']}, seed {row['seed']}: {faults(row)}"
    return f"{said}. {row['sentence']}" if row["sentence"] else said


def cells_in(name: str, rows: list[Row]) -> list[str]:
    """The columns of a system."""
    return [
        name,
        count(rows),
        exponents_in(rows),
        beside(rows, "kaplan_yorke", "true_kaplan_yorke", "{:.2f}"),
        *(beside(rows, metric, f"{metric}_floor", "{:.2g}") for metric in ("wasserstein", "d_stsp", "d_h")),
        ", ".join(filter("–".__ne__, (middle(rows, each, "{:.0%}") for each in ("staying", "staying_long"))))
        or "–",
        middle(rows, "valid_time", "{:.1f}"),
        middle(rows, "valid_time_smape", "{:.1f}"),
        middle(rows, "cpu_seconds", "{:.0f}"),
    ]


def exponents_in(rows: list[Row], most: int = 4) -> str:
    """The medians of the errors of the first exponents, per cent of λ_1."""
    found = [errors for row in rows if (errors := exponent_errors(row))]
    if not found:
        return "–"
    shown = min(most, *map(len, found))
    return ", ".join(percent(median(errors[place] for errors in found)) for place in range(shown))


def percent(share: float) -> str:
    """With a sign, and a digit where it is small."""
    return f"{100 * share:+.1f}" if abs(share) < 0.1 else f"{100 * share:+.0f}"


def count(rows: list[Row]) -> str:
    """How many have learned, of how many; a dash for none."""
    return "{}/{}".format(*learned(rows)) if rows else "–"


def middle(rows: list[Row], name: str, form: str) -> str:
    """The median of a column; a dash where nobody has it."""
    found = [value for row in rows if (value := number(row, name)) is not None]
    return form.format(median(found)) if found else "–"


def beside(rows: list[Row], name: str, other: str, form: str) -> str:
    """A median with that of another column in brackets."""
    floor = middle(rows, other, form)
    return f"{middle(rows, name, form)} ({floor})" if floor != "–" else middle(rows, name, form)
