"""How many programs the trainings of a sweep are."""

import dataclasses

import pytest
import yaml
from composed import settings

from rnnchaos.runs import Status
from rnnchaos.settings import stored
from rnnchaos.sweeps.cells import Cell
from rnnchaos.sweeps.identity import cell_id
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.worker import train_batch
from rnnchaos.trainings import running

SHARED = ["experiment=smoke", "training.num_steps=4", "training.record_every=2", "training.keep=last",
          "diagnostics.figures=false", "dataset.train_length=400", "dataset.test_length=200"]  # fmt: skip
RECIPE = ["optimizer=gauss_newton", "model.hidden_size=3", "model.layer_size=4", "training.window=8"]


@pytest.fixture(autouse=True)
def without_measurements(monkeypatch):
    monkeypatch.setattr(running, "measure_after_training", lambda *_: [])


def sweep_of(folder, words, seeds, name, values):
    cells = []
    for value in values:
        one = settings(*SHARED, *words, f"{name}={value}")
        for seed in range(seeds):
            config = yaml.safe_load(stored.to_yaml(dataclasses.replace(one, seed=seed, outputs=folder)))
            cells.append(Cell(cell_id(config), (f"{name}={value}", f"seed={seed}"), config))
    return Sweep.create(folder, "demo", cells, command=[])


def test_intervals_and_seeds_are_one_program(tmp_path, traced):
    sweep = sweep_of(tmp_path, RECIPE, 2, "protocol.tau", (2, 4, 8))
    first = train_batch(sweep.path, (0,))
    programs = len(traced)
    rest = [train_batch(sweep.path, (index,)) for index in range(1, 6)]
    assert {standing.status for (standing,) in [first, *rest]} == {Status.FINISHED}
    assert len(traced) == programs > 0
