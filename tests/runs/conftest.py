"""A run folder to look at, and how to make one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rnnchaos.runs import Kind, RunFolder, RunWriter, Status


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., RunWriter]:
    def make(name: str = "demo", kind: str = Kind.TRAIN) -> RunWriter:
        return RunWriter.create(
            tmp_path, name=name, kind=kind, config_text="seed: 0\n", provenance={"seed": 0, "host": "here"}
        )

    return make


@pytest.fixture
def finished(start: Callable[..., RunWriter]) -> RunFolder:
    """A finished run with one file of each sort."""
    with start() as run:
        run.history.append({"step": 10, "loss": 0.5})
        run.history.append({"step": 20, "loss": 0.25})
        run.save_arrays("spectrum", {"exponents": np.array([0.9056, 0.0, -14.5723])})
        run.save_table("forecast", {"time": np.arange(2.0), "x": np.ones(2)})
        run.save_checkpoint(500, {"w": np.arange(6.0)})
        run.save_weights({"w": np.arange(6.0).reshape(2, 3)}, metadata={"cell": "RNN"})
        with run.figure("spectrum") as path:
            path.write_bytes(b"a figure")
        run.log("done")
        run.finish(Status.FINISHED, {"loss": 0.25, "exponents": [0.9056, 0.0, -14.5723]})
    return RunFolder.open(run.path)
