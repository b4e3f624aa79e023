"""The page of results has a place for every figure, and keeps what is written around it."""

import importlib.util
from pathlib import Path

import pytest

from rnnchaos.paper import overview
from rnnchaos.paper.catalogue import FIGURES

ROOT = Path(__file__).parents[2]


@pytest.fixture
def script(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("publish_paper", ROOT / "scripts" / "publish_paper.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = tmp_path / "paper.md"
    page.write_text(
        "before\n<!-- eeg_tau -->\nold\n<!-- end -->\nbetween\n<!-- gradients -->\n<!-- end -->\n"
    )
    (tmp_path / "images").mkdir()
    for name, value in {"PAGE": page, "NUMBERS": tmp_path / "numbers", "IMAGES": tmp_path / "images"}.items():
        monkeypatch.setattr(module, name, value)
    return module


def test_every_figure_has_a_place_in_the_page():
    text = (ROOT / "docs" / "paper.md").read_text(encoding="utf-8")
    for name in (*FIGURES, overview.NAME):
        assert f"<!-- {name} -->\n" in text, name


def test_only_the_block_of_the_figure_is_replaced(script, tmp_path):
    for version in ("v0001", "v0002"):
        folder = tmp_path / "outputs" / "paper-eeg.sweep" / version / "paper"
        folder.mkdir(parents=True)
        for kind in ("md", "csv", "png"):
            (folder / f"eeg_tau.{kind}").write_text(f"{kind} of {version}")
    newest = script.newest(tmp_path / "outputs", "eeg_tau")
    script.publish("eeg_tau", newest)
    version = newest.parts[-3]
    text = (tmp_path / "paper.md").read_text()
    assert text.startswith("before\n<!-- eeg_tau -->\n![EEG against τ](images/paper-eeg_tau.png)\n")
    assert f"\nmd of {version}\n" in text
    assert "old" not in text
    assert text.endswith("<!-- end -->\nbetween\n<!-- gradients -->\n<!-- end -->\n")
    assert (tmp_path / "images" / "paper-eeg_tau.png").read_text() == f"png of {version}"
    assert (tmp_path / "numbers" / "eeg_tau.csv").read_text() == f"csv of {version}"
    script.publish("eeg_tau", newest)
    assert (tmp_path / "paper.md").read_text() == text


def test_the_overview_is_made_of_the_numbers_that_are_there(script, tmp_path):
    (tmp_path / "paper.md").write_text("<!-- intervals -->\n<!-- end -->\nafter\n")
    (tmp_path / "numbers").mkdir()
    rows = "line,x,tau_pred_steps,d_stsp_paper\nLSTM,15,60,0.25\nLSTM,60,60,0.5\n"
    (tmp_path / "numbers" / "rossler_tau.csv").write_text(rows)
    script.publish_overview()
    text = (tmp_path / "paper.md").read_text()
    assert "| Rössler | LSTM | 0.25 | 15 | 0.25 | 2 | – | 1 |" in text
    assert text.endswith("<!-- end -->\nafter\n")
    assert (tmp_path / "images" / "paper-intervals.png").stat().st_size > 0


def test_a_page_without_a_place_for_a_figure_is_refused(script, tmp_path):
    page = tmp_path / "windowing.md"
    for kind in (".md", ".csv", ".png"):
        page.with_suffix(kind).write_text("x")
    with pytest.raises(SystemExit, match="has no place for windowing"):
        script.publish("windowing", page)
