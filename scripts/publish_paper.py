"""Put the results of `rnnchaos paper FIGURE` into the docs: tables into docs/paper.md, figures and numbers beside it.

    python scripts/publish_paper.py                    every figure whose sweep lies in outputs
    python scripts/publish_paper.py --outputs results lorenz_tau

In the page, what stands between `<!-- lorenz_tau -->` and `<!-- end -->` is replaced; all other text is kept.
The overview of the best intervals is made anew of all numbers that are there.
"""

import argparse
import re
import shutil
from pathlib import Path

import polars as pl

from rnnchaos.figures import save_figure
from rnnchaos.paper import overview
from rnnchaos.paper.catalogue import FIGURES
from rnnchaos.paper.presenting import FOLDER

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "paper.md"
NUMBERS, IMAGES = ROOT / "docs" / "paper", ROOT / "docs" / "images"


def newest(outputs: Path, name: str) -> Path | None:
    """The folder with the newest results of a figure."""
    found = outputs.glob(f"*.sweep/v*/{FOLDER}/{name}.md")
    return max((path for path in found), key=lambda path: path.stat().st_mtime, default=None)


def publish(name: str, page: Path) -> None:
    """Copy the figure and its numbers, and put its table into the page."""
    NUMBERS.mkdir(exist_ok=True)
    shutil.copyfile(page.with_suffix(".csv"), NUMBERS / f"{name}.csv")
    shutil.copyfile(page.with_suffix(".png"), IMAGES / f"paper-{name}.png")
    table = page.read_text(encoding="utf-8").strip()
    fill(name, FIGURES[name].title, f"{table}\n\nEvery training: [{name}.csv](paper/{name}.csv).")


def publish_overview() -> None:
    """The best intervals of all systems whose numbers are there."""
    tables = {
        name: pl.read_csv(path) for name in overview.SYSTEMS if (path := NUMBERS / f"{name}.csv").exists()
    }
    table = overview.section(tables).strip()
    save_figure(overview.draw(tables), IMAGES / f"paper-{overview.NAME}.png")
    fill(overview.NAME, overview.TITLE, table)


def fill(name: str, title: str, table: str) -> None:
    """Put picture and table into their place in the page."""
    body = f"![{title}](images/paper-{name}.png)\n\n{table}"
    text = PAGE.read_text(encoding="utf-8")
    block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not block.search(text):
        raise SystemExit(
            f"{PAGE} has no place for {name}: <!-- {name} --> and <!-- end --> on lines of their own"
        )
    PAGE.write_text(block.sub(lambda match: f"{match[1]}{body}\n{match[2]}", text), encoding="utf-8")


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


if __name__ == "__main__":
    main()
