"""A stand-in for training the cells of sweeps and searches."""

import pytest

from rnnchaos import trainings
from rnnchaos.runs import Kind, RunWriter, Status
from rnnchaos.runs.layout import RUN
from rnnchaos.settings import stored


@pytest.fixture
def trained(monkeypatch):
    """The seeds and intervals that a stand-in for training was given; seed 1 with tau 5 diverges, seed 7 fails."""
    seen = []

    def train_one(claim, chosen):
        seen.append((chosen.seed, chosen.tau))
        if (claim.folder / RUN).is_file():
            run = RunWriter.reopen(claim, version="0")
        else:
            run = RunWriter.create_at(
                claim, name=chosen.name, kind=Kind.TRAIN, config_text=stored.to_yaml(chosen), provenance={}
            )
        with run:
            if chosen.seed == 7:
                raise ZeroDivisionError("seven")
            status = Status.DIVERGED if (chosen.seed, chosen.tau) == (1, 5) else Status.FINISHED
            numbers = {"d_stsp_paper": chosen.tau / 10 + chosen.seed, "cpu_seconds": 2.0}
            run.finish(status, numbers if status is Status.FINISHED else {"cpu_seconds": 1.0})

    def train_at(claims, settings, console, titles):
        for claim, chosen in zip(claims, settings, strict=True):
            train_one(claim, chosen)

    monkeypatch.setitem(vars(trainings), "train_at", train_at)
    return seen
