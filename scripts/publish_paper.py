"""Put the results of `rnnchaos paper FIGURE` into the docs: figure, numbers, and a page of tables for each.

    python scripts/publish_paper.py                    every figure whose sweep lies in outputs
    python scripts/publish_paper.py --outputs results lorenz_tau

Every file that it writes is made anew as a whole; what is written about the results (docs/paper.md, docs/paper/*.md)
shows the pictures and leads to the tables, and is never touched. The overview of the best intervals is made of all
numbers that are there, docs/paper/tables.md of all pages.
"""

import argparse
import shutil
from pathlib import Path

import polars as pl

from rnnchaos.figures import save_figure
from rnnchaos.paper import overview
from rnnchaos.paper.catalogue import FIGURES
from rnnchaos.paper.presenting import FOLDER

ROOT = Path(__file__).parents[1]
NUMBERS, IMAGES = ROOT / "docs" / "paper", ROOT / "docs" / "images"
CONTENTS, TABLES = NUMBERS / "tables.md", NUMBERS / "tables"
_TITLES = {overview.NAME: overview.TITLE} | {name: figure.title for name, figure in FIGURES.items()}


def newest(outputs: Path, name: str) -> Path | None:
    """The folder with the newest results of a figure."""
    found = outputs.glob(f"*.sweep/v*/{FOLDER}/{name}.md")
    return max((path for path in found), key=lambda path: path.stat().st_mtime, default=None)


def publish(name: str, page: Path) -> None:
    """Copy the figure and its numbers, and make the page of its table."""
    NUMBERS.mkdir(exist_ok=True)
    shutil.copyfile(page.with_suffix(".csv"), NUMBERS / f"{name}.csv")
    shutil.copyfile(page.with_suffix(".png"), IMAGES / f"paper-{name}.png")
    table = page.read_text(encoding="utf-8").strip()
    write(name, f"`rnnchaos paper {name}`", f"{table}\n\nEvery training: [{name}.csv](../{name}.csv).")


def publish_overview() -> None:
    """The best intervals of all systems whose numbers are there."""
    tables = {
        name: pl.read_csv(path) for name in overview.SYSTEMS if (path := NUMBERS / f"{name}.csv").exists()
    }
    save_figure(overview.draw(tables), IMAGES / f"paper-{overview.NAME}.png")
    write(overview.NAME, "the numbers of the figures over τ", overview.section(tables).strip())


def write(name: str, source: str, table: str) -> None:
    """The page of one table, with its picture."""
    TABLES.mkdir(exist_ok=True)
    said = f"Made of {source} by `python scripts/publish_paper.py`; [what it shows](../../paper.md)."
    picture = f"![{_TITLES[name]}](../../images/paper-{name}.png)"
    text = "\n\n".join((f"# {_TITLES[name]}", said, picture, table))
    (TABLES / f"{name}.md").write_text(text + "\n", encoding="utf-8")


def write_contents() -> None:
    """The list of the pages that are there, in the order of the catalogue."""
    lines = [
        f"- [{title}](tables/{name}.md)"
        for name, title in _TITLES.items()
        if (TABLES / f"{name}.md").exists()
    ]
    said = "Written by `python scripts/publish_paper.py`. Medians over seeds, quartiles in brackets."
    text = "\n".join(("# Tables of the figures", "", said, "", *lines, ""))
    CONTENTS.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help="all that have results unless named")
    parser.add_argument("--outputs", type=Path, default=ROOT / "outputs")
    wanted = parser.parse_args()
    for name in wanted.figures or FIGURES:
        page = newest(wanted.outputs, name)
        if page is not None:
            publish(name, page)
            print(f"{name}: from {page.parent}")
        elif wanted.figures:
            raise SystemExit(f"{wanted.outputs} has no results of {name}: rnnchaos paper {name} makes them")
    publish_overview()
    write_contents()


if __name__ == "__main__":
    main()
