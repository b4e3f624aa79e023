"""Whatever a sink does, the run that tells it goes on."""

import threading
import time
from pathlib import Path

import pytest

from rnnchaos.sinks import AbstractSink, Start, telling
from rnnchaos.sinks.telling import Telling, name_of

START = Start("demo/v0001", Path("outputs/demo/v0001"), {"seed": 0}, 0)


class Kept(AbstractSink):
    def __init__(self):
        self.told = []

    def begin(self, start):
        self.told.append(start)

    def record(self, step, values):
        self.told.append((step, values))

    def end(self, status, results):
        self.told.append((status, results))


class Failing(Kept):
    def __init__(self, where, error):
        super().__init__()
        self.where, self.error = where, error

    def begin(self, start):
        super().begin(start)
        if self.where == "begin":
            raise self.error

    def record(self, step, values):
        super().record(step, values)
        if self.where == step:
            raise self.error

    def end(self, status, results):
        if self.where == "end":
            raise self.error


class Hanging(AbstractSink):
    def __init__(self):
        self.go_on = threading.Event()

    def begin(self, start):
        self.go_on.wait(60)

    def record(self, step, values):
        pass


def tell(sinks, steps=3, wait=0.0):
    said = []
    told = Telling(sinks, said.append)
    told.begin(START)
    for step in range(1, steps + 1):
        told.record(step, {"step": step, "loss": 0.5, "validation": None, "word": "x"})
        time.sleep(wait)
    told.end("finished", {"lambda_max": 0.9})
    told.end("finished", {})
    return said


def test_sinks_are_told_everything_in_order():
    sinks = [Kept(), Kept()]
    assert tell(sinks) == []
    numbers = [(step, {"loss": 0.5}) for step in (1, 2, 3)]
    assert [sink.told for sink in sinks] == [[START, *numbers, ("finished", {"lambda_max": 0.9})]] * 2


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("by\nzero"), SystemExit("by\nzero"), KeyboardInterrupt("by\nzero")]
)
@pytest.mark.parametrize("where", ["begin", 2, "end"])
def test_one_that_raises_is_left_out_and_said_once(where, error):
    failing, beside = Failing(where, error), Kept()
    (said,) = tell([failing, beside], wait=0.01)
    kind = type(error).__name__
    assert (
        said == f"logging by Failing is off: {kind}: by zero; the run goes on, and its folder has everything"
    )
    assert len(failing.told) == {"begin": 1, 2: 3, "end": 4}[where]
    assert len(beside.told) == 5


def test_one_that_hangs_costs_no_time_but_at_the_end(monkeypatch):
    monkeypatch.setattr(telling, "PATIENCE", 0.2)
    hanging, beside = Hanging(), Kept()
    began = time.monotonic()
    said = tell([hanging, beside], steps=100)
    taken = time.monotonic() - began
    hanging.go_on.set()
    assert 0.2 <= taken < 5
    assert said == [
        "logging by Hanging is off: it took more than 0 s after the end; the run goes on, and its folder has everything"
    ]
    assert len(beside.told) == 102


def test_one_that_does_not_keep_up_is_left_out(monkeypatch):
    monkeypatch.setattr(telling, "_MOST_WAITING", 10)
    hanging = Hanging()
    said = tell([hanging], steps=50)
    hanging.go_on.set()
    assert said == [
        "logging by Hanging is off: 10 records wait for it; the run goes on, and its folder has everything"
    ]


def test_names():
    assert name_of(Path("outputs/demo/v0001")) == "demo/v0001"
    cell = Path("outputs/taus.sweep/cells/ab/ab12cd34ef56")
    assert name_of(cell) == "taus.sweep/ab12cd34"
    assert name_of(cell, "protocol.tau=10 model=lstm") == "taus.sweep/protocol.tau=10,model=lstm-ab12cd34"
    assert name_of(cell, "../x=[1,2]/.. y") == "taus.sweep/_x=_1,2_..,y-ab12cd34"
    assert len(name_of(cell, "x" * 1000)) < 200
