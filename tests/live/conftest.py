"""Runs and sweeps to watch, and a server of their pages."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from served import Served, serving_of

from rnnchaos.live import server as serving
from rnnchaos.live.view import View
from rnnchaos.live.views import view_of
from rnnchaos.runs import Kind, RunWriter
from rnnchaos.sweeps.sweep import Cell, Sweep

CONFIG = "training:\n  num_steps: 400\n"
ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path | View], Served]]:
    """Serve a folder; a page is looked at again as soon as it is asked for."""
    monkeypatch.setattr(serving, "_SHARE", 0.0)
    monkeypatch.setattr(serving, "_NEXT", 0.2)
    with ExitStack() as open_ones:
        yield lambda what: open_ones.enter_context(
            serving_of(what if isinstance(what, View) else view_of(what))
        )


@pytest.fixture
def begin(tmp_path: Path) -> Callable[..., RunWriter]:
    """Begin a training."""

    def make(name: str = "demo", outputs: Path = tmp_path / "outputs") -> RunWriter:
        provenance = {"seed": 0, "command": ["rnnchaos", "train"]}
        return RunWriter.create(
            outputs, name=name, kind=Kind.TRAIN, config_text=CONFIG, provenance=provenance
        )

    return make


@pytest.fixture
def sweep(tmp_path):
    cells = [
        Cell(
            f"{i:020x}",
            (f"seed={i}", f"name={ATTACK}"),
            {"seed": i, "name": ATTACK, "training": {"num_steps": 400}},
        )
        for i in range(3)
    ]
    return Sweep.create(tmp_path / "outputs", "seeds", cells, command=["rnnchaos", "-m", "seed=0,1,2"])
