"""The bar of training: in place in a notebook, by its display protocol; lines elsewhere."""

import io
import sys
import types

import pytest

from rnnchaos.console import Console
from rnnchaos.public.console import console_of
from rnnchaos.trainings import progress
from rnnchaos.trainings.progress import TrainingProgress


@pytest.fixture
def notebook(monkeypatch):
    """What a front end is sent: `(kind, text)`."""
    sent = []

    class Handle:
        def update(self, data, *, raw):
            assert raw
            sent.append(("update", data["text/plain"]))

    def display(data, *, raw, display_id):
        assert raw
        assert display_id is True
        sent.append(("display", data["text/plain"]))
        return Handle()

    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", types.SimpleNamespace(display=display))
    return sent


def train(console, steps=4):
    with TrainingProgress(console, steps) as progress:
        for step in range(1, steps + 1):
            progress.update(step, 0.5, 1.0)


def test_the_speed_of_a_training_that_goes_on_is_that_of_its_own_steps(monkeypatch):
    now = iter([100.0, 104.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))
    with io.StringIO() as file, TrainingProgress(Console(file=file), 20_000, done=19_800) as bar:
        bar.update(20_000, 0.5, 1.0)
        assert file.getvalue().rstrip().endswith("50 steps/s")


def test_a_notebook_has_one_line_that_is_replaced(notebook, capsys):
    train(console_of(quiet=False))
    first, second, *_, last = notebook
    assert first == ("display", "training: compiling")
    assert {kind for kind, _ in notebook[1:]} == {"update"}
    assert last[1].startswith(f"training {'█' * 30} 4/4  loss 5.000e-01  gradient norm 1.00e+00")
    assert second[1].startswith(f"training {'█' * 8}{'░' * 22} 1/4  loss")
    assert len(notebook) == 3  # no more than five a second, and the last
    assert capsys.readouterr().out == ""


def test_a_kernel_that_says_that_it_is_a_terminal_is_none(notebook, monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    console = console_of(quiet=False)
    train(console)
    with console.status("measuring"):
        console.print("done", style="red")
    assert capsys.readouterr().out == "done\n"


def test_nothing_is_shown_where_nothing_is_wanted(notebook):
    train(console_of(quiet=True))
    with io.StringIO() as file:
        train(Console(file=file))
        assert file.getvalue().startswith("step 4/4  loss")
    assert notebook == []


def test_a_terminal_of_ipython_has_no_kernel(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: object()))
    train(console_of(quiet=False))
    assert capsys.readouterr().out.startswith("step 4/4  loss")
