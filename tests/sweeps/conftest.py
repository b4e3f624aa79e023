"""A sweep whose cells are not really trained."""

import dataclasses

import pytest
import yaml
from composed import settings
from trained import trained  # noqa: F401

from rnnchaos.settings import stored
from rnnchaos.sweeps.cells import Cell
from rnnchaos.sweeps.identity import cell_id
from rnnchaos.sweeps.sweep import Sweep


@pytest.fixture
def cells():
    """`cells(seeds, taus)`: a cell for each combination."""
    one = settings("experiment=smoke", "protocol.tau=10")

    def make(seeds=(0, 1), taus=(5, 10)):
        made = []
        for seed in seeds:
            for tau in taus:
                forcing = dataclasses.replace(
                    one.protocol.forcing, arguments={**one.protocol.forcing.arguments, "tau": tau}
                )
                protocol = dataclasses.replace(one.protocol, forcing=forcing)
                config = yaml.safe_load(
                    stored.to_yaml(dataclasses.replace(one, seed=seed, protocol=protocol))
                )
                made.append(Cell(cell_id(config), (f"seed={seed}", f"protocol.tau={tau}"), config))
        return made

    return make


@pytest.fixture
def sweep(tmp_path, cells):
    return Sweep.create(tmp_path, "demo", cells(), command=["rnnchaos", "train", "-m"])
