"""Each figure of the paper has a page of tables, a written page shows it, and the script writes the tables alone."""

import importlib.util
from pathlib import Path

import pytest

from rnnchaos.paper import overview
from rnnchaos.paper.catalogue import FIGURES

ROOT = Path(__file__).parents[2]
WRITTEN = [ROOT / "docs" / "paper.md", *sorted((ROOT / "docs" / "paper").glob("*.md"))]


@pytest.fixture
def script(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("publish_paper", ROOT / "scripts" / "publish_paper.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    numbers = tmp_path / "paper"
    for folder in (numbers, tmp_path / "images"):
        folder.mkdir()
    (numbers / "lorenz.md").write_text("written by hand\n")
    (tmp_path / "paper.md").write_text("written by hand, too\n")
    for name, value in {
        "NUMBERS": numbers,
        "IMAGES": tmp_path / "images",
        "CONTENTS": numbers / "tables.md",
        "TABLES": numbers / "tables",
    }.items():
        monkeypatch.setattr(module, name, value)
    return module


@pytest.mark.parametrize("name", [*FIGURES, overview.NAME])
def test_a_written_page_shows_every_figure_and_leads_to_its_table(name):
    page = ROOT / "docs" / "paper" / "tables" / f"{name}.md"
    assert f"images/paper-{name}.png" in page.read_text("utf-8")
    shown = [text for each in WRITTEN if f"/paper-{name}.png)" in (text := each.read_text("utf-8"))]
    assert len(shown) == 1, "one page says what it shows"
    assert f"tables/{name}.md)" in shown[0]


def test_a_table_is_a_page_of_its_own_of_the_newest_results(script, tmp_path):
    for version in ("v0001", "v0002"):
        folder = tmp_path / "outputs" / "paper-eeg.sweep" / version / "paper"
        folder.mkdir(parents=True)
        for kind in ("md", "csv", "png"):
            (folder / f"eeg_tau.{kind}").write_text(f"{kind} of {version}")
    newest = script.newest(tmp_path / "outputs", "eeg_tau")
    script.publish("eeg_tau", newest)
    script.write_contents()
    version = newest.parts[-3]
    text = (tmp_path / "paper" / "tables" / "eeg_tau.md").read_text("utf-8")
    assert text.startswith("# EEG against τ\n\nMade of `rnnchaos paper eeg_tau` by")
    assert f"![EEG against τ](../../images/paper-eeg_tau.png)\n\nmd of {version}\n" in text
    assert text.endswith("Every training: [eeg_tau.csv](../eeg_tau.csv).\n")
    assert (tmp_path / "images" / "paper-eeg_tau.png").read_text() == f"png of {version}"
    assert (tmp_path / "paper" / "eeg_tau.csv").read_text() == f"csv of {version}"
    assert (
        (tmp_path / "paper" / "tables.md")
        .read_text("utf-8")
        .endswith("\n\n- [EEG against τ](tables/eeg_tau.md)\n")
    )


def test_written_pages_are_not_touched(script, tmp_path):
    results = tmp_path / "windowing.md"
    for kind in (".md", ".csv", ".png"):
        results.with_suffix(kind).write_text("x")
    script.publish("windowing", results)
    script.write_contents()
    assert (tmp_path / "paper.md").read_text() == "written by hand, too\n"
    assert (tmp_path / "paper" / "lorenz.md").read_text() == "written by hand\n"
    made = {path.name for path in (tmp_path / "paper").rglob("*") if path.is_file()} - {"lorenz.md"}
    assert made == {"windowing.md", "windowing.csv", "tables.md"}


def test_the_overview_is_made_of_the_numbers_that_are_there(script, tmp_path):
    rows = "line,x,tau_pred_steps,d_stsp_paper\nLSTM,15,60,0.25\nLSTM,60,60,0.5\n"
    (tmp_path / "paper" / "rossler_tau.csv").write_text(rows)
    script.publish_overview()
    text = (tmp_path / "paper" / "tables" / "intervals.md").read_text("utf-8")
    assert "| Rössler | LSTM | 0.25 | 15 | 0.25 | 2 | – | 1 |" in text
    assert (tmp_path / "images" / "paper-intervals.png").stat().st_size > 0


def test_the_overview_and_the_list_in_the_docs_are_those_of_their_numbers(script, tmp_path):
    for table in (ROOT / "docs" / "paper").glob("*.csv"):
        (tmp_path / "paper" / table.name).write_bytes(table.read_bytes())
    script.publish_overview()
    for page in (ROOT / "docs" / "paper" / "tables").glob("*.md"):
        if page.stem != overview.NAME:
            (tmp_path / "paper" / "tables" / page.name).write_bytes(page.read_bytes())
    script.write_contents()
    for name in ("tables/intervals.md", "tables.md"):
        assert (tmp_path / "paper" / name).read_text("utf-8") == (ROOT / "docs" / "paper" / name).read_text(
            "utf-8"
        )
