"""Pages of runs and sweeps: all of them one file that asks for nothing, with every word of a folder escaped."""

import base64
import hashlib
import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from chromium import PROGRAM, Chromium

from rnnchaos.console import Console
from rnnchaos.errors import ConfigError
from rnnchaos.report import run_page
from rnnchaos.report.making import make_report
from rnnchaos.report.values import with_error
from rnnchaos.runs import Kind, RunWriter, Status
from rnnchaos.sweeps.standing import Journal, of_cell
from rnnchaos.sweeps.sweep import Cell, Sweep

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\x1b[2J"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
TAGS_WITHOUT_END = {"meta", "link", "img", "input", "path", "rect", "circle"}


class Page(HTMLParser):
    """The tags of a page with their attributes, and the texts of its elements."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[str] = []
        self.source = file.read_text("utf-8")
        self.feed(self.source)
        assert self._open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in TAGS_WITHOUT_END:
            self._open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open:
            self.texts[self._open[-1]] = self.texts.get(self._open[-1], "") + data

    def values(self, attribute):
        return [found[attribute] for _, found in self.tags if attribute in found]


def arrays(rng):
    """Of a run, in the shapes that docs/run-folder.md has."""
    names = {"time_per_step": np.array(0.01), "axis_names": np.array(["x", "<b>y", "z"])}
    orbit = np.cumsum(rng.normal(size=(2000, 3)), axis=0) / 50
    truth = orbit[:1500].reshape(15, 100, 3)
    error = np.geomspace(1e-3, 1, 100)[:, None]
    frequency, lags = np.linspace(0.1, 5, 50), np.arange(1, 30)
    spectrum = np.exp(-frequency)[:, None] * np.ones(3)
    return {
        "free_run": {"generated": orbit[::-1].copy(), **names},
        "forecasts": {"start": np.arange(15), "truth": truth, "predicted": truth + error, **names},
        "power_spectra": {
            **{"truth_frequency": frequency, "truth": spectrum, "generated_frequency": frequency},
            **{"generated": 2 * spectrum, "axis_names": names["axis_names"]},
        },
        "lyapunov": {"running": np.ones((9, 3)), "running_error": np.full((9, 3), 0.1)},
        "gradients": {
            **{"lags": lags, "log_jacobian_norm": np.tile(0.9 * lags, (4, 1))},
            **{"loss_lags": lags, "log_loss_gradient_norm": 0.9 * lags},
        },
        "training": {"loss": np.geomspace(1, 1e-3, 300), "gradient_norm": np.ones(300)},
    }


def summary():
    """As of a training, with a folder's own words in every place."""
    metric = {
        "value": 0.5,
        "standard_error": 0.1,
        "floor": 0.1,
        "ceiling": 2.1,
        "unit": "nats",
        "definition": ATTACK,
    }
    exponents = {
        "exponents_per_time_unit": [0.9, 0.0, -14.5],
        "standard_error_per_time_unit": [0.01, 0.001, 0.02],
    }
    compared = {
        "name": "λ_1",
        "value": 0.9,
        "standard_error": 0.01,
        "true": 0.906,
        "true_standard_error": 0.001,
    }
    check = {"grade": "pass", "figure": 1.0, "bound": 2.0, "meaning": ATTACK}
    return {
        "d_stsp_paper": 0.5, "lambda_max": 0.9, "learned": "no", "sentence": f"not learned: {ATTACK}",
        "metrics": {"d_stsp_paper": metric, ATTACK: None}, "lyapunov": exponents,
        "spectrum_comparison": [compared | {"verdict": "agrees"}],
        "lyapunov_checks": {"worst": "pass", "transient": check},
        "attractors": [{"share": 1.0, "kind": "chaotic", **exponents, "kaplan_yorke_dimension": 2.06}],
        "gradients": {"theorem": 2, "verdict": ATTACK, "lambda_max_per_step": 0.009},
    }  # fmt: skip


def train(outputs, *, status=Status.FINISHED, figure=True, name="demo"):
    provenance = {
        "command": ["rnnchaos", "train", ATTACK],
        "seed": 0,
        "packages": {ATTACK: "1"},
        "rnnchaos": "0",
    }
    config = "diagnostics:\n  prediction:\n    threshold: 0.4\n"
    with RunWriter.create(
        outputs, name=name, kind=Kind.TRAIN, config_text=config, provenance=provenance
    ) as run:
        run.log(f"recipe: {ATTACK}")
        for key, found in arrays(np.random.default_rng(0)).items():
            run.save_arrays(key, found)
        if figure:
            with run.figure("traces") as path:
                path.write_bytes(PNG)
        run.finish(status, summary())
    return run.path


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return train(tmp_path_factory.mktemp("outputs"))


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """Twelve cells, four of which have begun."""
    outputs = tmp_path_factory.mktemp("study")
    cells = [
        Cell(
            f"{i:020x}",
            (f"protocol.tau={10 * i}", f"name={ATTACK}"),
            {"protocol": {"tau": 10 * i}, "name": ATTACK},
        )
        for i in range(12)
    ]
    made = Sweep.create(outputs, "taus", cells, command=["rnnchaos", "-m", ATTACK])
    journal = Journal(made.study)
    for cell in cells[:4]:
        folder = made.folder(cell.id)
        folder.parent.mkdir(parents=True, exist_ok=True)
        train(outputs, name="one").rename(folder)
        journal.ended(cell.id, of_cell(folder))
    return made.path


def page_of(folder, target):
    make_report(folder, target, replace=False, console=Console(quiet=True))
    return Page(target)


@pytest.fixture(scope="module")
def pages(run, sweep, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    return {"run": page_of(run, folder / "run.html"), "sweep": page_of(sweep, folder / "sweep.html")}


@pytest.mark.parametrize("kind", ["run", "sweep"])
def test_a_page_is_one_file_that_runs_its_own_script_alone(pages, kind):
    page = pages[kind]
    policy = next(
        tag["content"] for _, tag in page.tags if tag.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy
    for element in ("style", "script"):
        text = page.texts[element]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy
        assert [tag for tag, _ in page.tags].count(element) == 1
    assert not [name for _, tag in page.tags for name in tag if name.startswith("on") or name == "style"]
    outward = [
        value for name in ("src", "href") for value in page.values(name) if not re.match("#|data:", value)
    ]
    assert outward == []
    assert not re.search(
        r"eval|innerHTML|document\.write|Function\(|https?://(?!www\.w3\.org/2000/svg)", page.texts["script"]
    )
    assert len(page.source) < 6_000_000


@pytest.mark.parametrize("kind", ["run", "sweep"])
def test_words_of_a_folder_are_words(pages, kind):
    page = pages[kind]
    assert "<script>alert(1)" not in page.source.replace("&lt;", "")
    assert "\x1b" not in page.source
    assert not [tag for _, tag in page.tags if "onerror" in tag]
    assert "alert(1)" in "".join(page.texts.values())


@pytest.mark.parametrize("kind", ["run", "sweep"])
def test_everything_has_a_name(pages, kind):
    page = pages[kind]
    ids = page.values("id")
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    for attribute in ("aria-labelledby", "aria-describedby", "for"):
        for value in page.values(attribute):
            assert set(value.split()) <= set(ids)
    assert {value[1:] for value in page.values("href") if value.startswith("#")} <= set(ids)
    assert all(tag.get("scope") in ("col", "row") for name, tag in page.tags if name == "th")
    assert all(tag.get("alt") for name, tag in page.tags if name == "img")
    assert all(tag.get("aria-label") for name, tag in page.tags if name == "canvas")
    labelled = set(page.values("for"))
    assert {tag["id"] for name, tag in page.tags if name in ("input", "select")} <= labelled
    assert {"header", "nav", "main", "footer"} <= {name for name, _ in page.tags}


def test_a_run_shows_all_that_it_has(pages):
    text = pages["run"].source
    parts = re.findall(r'<h2 id="run-(\w+)"', text)
    assert parts == [
        *("asked", "attractor", "forecast", "metrics", "spectra", "exponents", "attractors", "gradients"),
        *("training", "figures", "repeat", "provenance", "all"),
    ]
    assert "Not shown" not in text
    assert "0.900 ± 0.010" in text
    assert ">20.0 %" in text.replace("</svg> ", ">")  # from a floor of .1 to a ceiling of 2.1


def test_a_sweep_leads_to_each_cell(pages):
    page = pages["sweep"]
    assert "<code>rnnchaos train -m " in page.source
    assert len([value for value in page.values("href") if value.startswith("#cell-")]) == 4
    assert len(page.values("data-key")) == 12
    assert "12 trainings: 8 waiting, 4 finished" in re.sub(r"\s+", " ", page.source)


@pytest.mark.parametrize("status", [Status.FAILED, Status.INTERRUPTED, Status.DIVERGED])
def test_a_run_that_did_not_finish_has_a_page(tmp_path, status):
    provenance = {"command": ["rnnchaos", "train"], "seed": 0}
    with RunWriter.create(
        tmp_path, name="demo", kind=Kind.TRAIN, config_text="seed: 0\n", provenance=provenance
    ) as run:
        run.finish(status, {}, reason="why it ended")
    text = page_of(run.path, tmp_path / "page.html").source
    assert "why it ended" in text
    assert ("rnnchaos resume" in text) == (not status.has_result)


def test_a_damaged_file_costs_its_part_of_the_page(tmp_path):
    folder = train(tmp_path)
    (folder / "arrays" / "training.npz").write_bytes(b"no arrays")
    text = page_of(folder, tmp_path / "page.html").source
    assert "training.npz was altered or damaged" in text
    assert 'id="run-gradients"' in text
    assert 'id="run-training"' not in text


def test_arrays_of_other_shapes_cost_their_parts(tmp_path):
    with RunWriter.create(
        tmp_path, name="odd", kind=Kind.TRAIN, config_text="diagnostics: 3\n", provenance={}
    ) as run:
        for name in arrays(np.random.default_rng(0)):
            run.save_arrays(
                name, {"truth": np.zeros(0), "generated": np.full((3, 2), np.nan), "loss": np.zeros(())}
            )
        run.finish(
            Status.FINISHED,
            {"metrics": [1], "attractors": 3, "lyapunov": "x", "learned": [], "gradients": None},
        )
    text = page_of(run.path, tmp_path / "page.html").source
    assert "Not shown" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"folder": "nothing"}, "there is no run folder nothing"),
        ({"output": "page.txt"}, "--output must end in .html, got page.txt"),
        ({"output": "no/page.html"}, "--output must lie in a folder that exists, got no/page.html"),
        (
            {"output": "there.html"},
            "there.html is there already; --force replaces it, --output FILE writes another",
        ),
    ],
)
def test_bad_words(run, words, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("there.html").write_text("mine")
    folder, output = Path(words.get("folder", run)), Path(words.get("output", "page.html"))
    with pytest.raises(ConfigError, match=re.escape(message)):
        make_report(folder, output, replace=False, console=Console(quiet=True))
    assert Path("there.html").read_text() == "mine"
    assert sorted(Path().iterdir()) == [Path("there.html")]


def test_nothing_is_written_into_a_run_folder(run):
    with pytest.raises(ConfigError, match="must lie outside of run folders"):
        make_report(run, run / "report.html", replace=False, console=Console(quiet=True))


def test_an_error_says_how_many_digits_count():
    assert with_error(0.90543, 0.0026763) == "0.9054 ± 0.0027"
    assert with_error(1234.5, 67.0) == "1234 ± 67"
    assert with_error(None, 1.0) == "–"
    assert with_error(float("nan"), 1.0) == "–"


@pytest.mark.skipif(PROGRAM is None, reason="no Chromium here")
def test_pages_in_a_browser(pages, tmp_path):
    for name, page in pages.items():
        (tmp_path / f"{name}.html").write_text(page.source, "utf-8")
    browser = Chromium(tmp_path / "profile")
    try:
        browser.open(tmp_path / "run.html", width=375, height=700, phone=True)
        assert browser.value("document.documentElement.scrollWidth") <= 375
        view = "document.querySelector('.scene').dataset.view"
        inked = (
            "(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v))"
            "(document.querySelector('canvas'))"
        )
        before = browser.value(view)
        assert browser.value(inked)
        browser.value("document.querySelector('canvas').focus()")
        browser("Input.dispatchKeyEvent", type="keyDown", key="ArrowLeft")
        by_key = browser.value(view)
        box = json.loads(
            browser.value("JSON.stringify(document.querySelector('canvas').getBoundingClientRect())")
        )
        middle = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        browser.value("document.querySelector('[data-turn=up]').click()")
        by_button = browser.value(view)
        browser.value("document.querySelector('canvas').scrollIntoView({block: 'start'})")
        box = json.loads(
            browser.value("JSON.stringify(document.querySelector('canvas').getBoundingClientRect())")
        )
        middle = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        mouse = {"button": "left", "buttons": 1, "clickCount": 1}
        browser("Input.dispatchMouseEvent", type="mousePressed", **middle, **mouse)
        browser("Input.dispatchMouseEvent", type="mouseMoved", **(middle | {"x": middle["x"] + 40}), **mouse)
        browser("Input.dispatchMouseEvent", type="mouseReleased", **middle, **mouse)
        assert len({before, by_key, by_button, browser.value(view)}) == 4

        browser.open(tmp_path / "sweep.html")
        first = "document.querySelector('#trainings tbody tr:not([hidden]) th').textContent"
        heads = "[...document.querySelectorAll('#trainings thead th')]"
        column = f"{heads}.find(h => h.textContent.trim() === 'protocol.tau')"
        browser.value(f"{column}.querySelector('button').click()")
        assert browser.value(first).startswith("protocol.tau=0")
        browser.value(f"{column}.querySelector('button').click()")
        assert browser.value(first).startswith("protocol.tau=110")
        typed = "f => { f.value = 'protocol.tau<=30 status=finished'; f.dispatchEvent(new Event('input')); }"
        browser.value(f"({typed})(document.getElementById('filter'))")
        assert browser.value("document.getElementById('filter-count').textContent") == "4 of 12 trainings"
        assert browser.value("document.querySelectorAll('#plot-figure circle').length") == 4
        shown = "[...document.querySelectorAll('.cell')].filter(c => c.offsetHeight).length"
        assert browser.value(shown) == 0
        browser.value("document.querySelector('#trainings tbody a').click()")
        assert browser.value(shown) == 1
        assert browser.complaints == []
        assert {address.split(":")[0] for address in browser.requests} <= {"file", "data"}
        assert sum(address.startswith("file") for address in browser.requests) == 2
    finally:
        browser.close()


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("recipe: the data show: all", ["recipe", "the data show: all"]),
        (
            "kept the weights of step 80, the best: 8 of 8",
            ["kept", "kept the weights of step 80, the best: 8 of 8"],
        ),
    ],
)
def test_a_line_of_the_log_says_what_it_is_of_once(line, cells):
    assert run_page._part_of(line) == cells
