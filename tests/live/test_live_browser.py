"""The live pages in a real Chromium: they follow, and keep what whoever looks has sorted, typed and scrolled to."""

import time

import pytest
from chromium import PROGRAM, Chromium
from served import line, serving_of, train

from rnnchaos.live import server as serving
from rnnchaos.live.views import view_of
from rnnchaos.runs import Status

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium here")


@pytest.fixture
def browser(tmp_path):
    found = Chromium(tmp_path / "profile")
    yield found
    found.close()


def becomes(browser, expression, wanted, seconds=30):
    """Wait until a script says so."""
    until = time.monotonic() + seconds
    while (found := browser.value(expression)) != wanted:
        assert time.monotonic() < until, f"{found!r} is not {wanted!r}"
        time.sleep(0.1)


def test_the_page_of_a_run_follows_it(browser, serve, begin):
    verdict = "document.querySelector('.verdict').textContent"
    with begin() as run:
        for step in range(1, 40):
            run.history.append(line(step))
        served = serve(run.path)
        browser.open(served.address, height=300)
        assert browser.value(verdict) == "step 39 of 400 (10 %), loss 0.5"
        browser.value("(document.querySelector('details').open = true, scrollTo(0, 250))")
        browser.value("document.getElementById('main').children[0].dataset.mine = 'kept'")
        run.history.append(line(80, 0.25))
        becomes(browser, verdict, "step 80 of 400 (20 %), loss 0.25")
        assert browser.value("[document.title, scrollY].join()") == "demo v0001: running,250"
        assert browser.value("document.querySelector('details').open")
        assert browser.value("document.getElementById('main').children[0].dataset.mine") == "kept"
        assert browser.value("document.getElementById('live-when').textContent").startswith("Last change at ")
        run.finish(Status.FINISHED, {"sentence": "learned: it is done", "learned": "yes"})
    becomes(browser, "document.querySelector('.verdict strong')?.textContent ?? ''", "learned")
    becomes(browser, "document.getElementById('live').textContent.slice(0, 20)", "Nothing goes on here")
    assert browser.complaints == []
    assert {address for address in browser.requests if not address.startswith("data:")} == {served.address}


def test_the_table_of_a_sweep_grows_as_it_is_sorted_and_filtered(browser, serve, begin, sweep):
    served = serve(sweep.path)
    browser.open(served.address)
    assert (
        browser.value("document.getElementById('plot-words').textContent")
        == "There are no results to draw yet."
    )
    train(sweep, sweep.ids[0], begin, lambda_max=0.9)
    becomes(
        browser, "document.getElementById('plot-y').value !== document.getElementById('plot-x').value", True
    )
    shown = "[...document.querySelectorAll('#trainings tbody tr:not([hidden]) th')]"
    rows = f"{shown}.map(h => h.textContent.slice(0, 6)).join()"
    head = "[...document.querySelectorAll('#trainings thead th')].find(h => h.textContent.trim() === 'seed')"
    browser.value(f"{head}.querySelector('button').click()")
    browser.value(f"{head}.querySelector('button').click()")
    assert browser.value(rows) == "seed=2,seed=1,seed=0"
    typed = "f => { f.value = 'seed>=1'; f.dispatchEvent(new Event('input')); }"
    browser.value(f"({typed})(document.getElementById('filter'))")
    browser.value("document.getElementById('filter').focus()")
    assert browser.value("document.querySelectorAll('#plot-figure circle').length") == 0
    train(sweep, sweep.ids[2], begin, lambda_max=0.8, d_stsp_paper=1.0)
    becomes(browser, "document.querySelectorAll('#plot-figure circle').length", 1)
    assert browser.value(rows) == "seed=2,seed=1"
    assert browser.value(f"{head}.getAttribute('aria-sort')") == "descending"
    assert browser.value("document.activeElement.id") == "filter"
    assert browser.value("document.getElementById('plot-y').selectedOptions[0].textContent") == "d_stsp_paper"
    browser.open(served.address, width=375, phone=True)
    assert browser.value("document.documentElement.scrollWidth") <= 375
    browser.value("document.querySelector('#trainings tbody a').click()")
    becomes(browser, "document.querySelector('.verdict')?.textContent ?? ''", "not learned not learned")
    assert browser.complaints == []


def test_a_server_that_has_ended_is_said(browser, begin, monkeypatch):
    monkeypatch.setattr(serving, "_NEXT", 0.2)
    with begin() as run:
        with serving_of(view_of(run.path)) as served:
            browser.open(served.address)
            assert (
                browser.value("document.getElementById('live').textContent")
                == "This page follows what is going on."
            )
        gone = "rnnchaos watch gives no answer: this is how things stood."
        becomes(browser, "document.getElementById('live').textContent", gone)
