"""A run whose data file has changed: its network sees data in units of what it was."""

from pathlib import Path

import numpy as np
import pytest
from composed import settings
from rich.console import Console

from rnnchaos.data import same_files
from rnnchaos.data.series_file import SeriesFile
from rnnchaos.errors import ConfigError
from rnnchaos.measurements.stored_run import open_run
from rnnchaos.runs import RunFolder
from rnnchaos.trainings import running
from rnnchaos.trainings.running import resume, train

QUIET = Console(quiet=True)


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """A run on two files and a third for testing, with these files."""
    monkeypatch.setattr(running, "measure_after_training", lambda *_: iter(()))
    files = [tmp_path / f"{name}.csv" for name in ("part_1", "part_2", "test")]
    for seed, file in enumerate(files):
        np.savetxt(file, np.cumsum(np.random.default_rng(seed).standard_normal((600, 2)), axis=0))
    words = (
        *("experiment=smoke", "dataset=file", f"dataset.path={tmp_path}/part_*.csv", "protocol.tau=5"),
        *(f"dataset.test_path={files[2]}", "dataset.train_length=900", "dataset.test_length=300"),
        *("training.num_steps=2", f"outputs={tmp_path}/outputs"),
    )
    return RunFolder.open(Path(train(settings(*words), QUIET).record["run"])), files


@pytest.mark.parametrize(("changed", "setting"), [(1, "path"), (2, "test_path")])
def test_it_is_not_measured_and_not_resumed(trained, changed, setting):
    folder, files = trained
    before = files[changed].read_text()
    open_run(folder.path, ())
    files[changed].write_text(before + "1 2\n")
    said = rf"^dataset\.{setting}: .* is not what .*v0001 was trained on: sha256 \w{{12}} then, \w{{12}} now; bring"
    with pytest.raises(ConfigError, match=said):
        open_run(folder.path, ())
    files[changed].write_text(before)
    open_run(folder.path, ())


def test_what_an_earlier_version_did_not_record_is_not_checked(tmp_path):
    same_files.check_same(None, SeriesFile(path=tmp_path / "gone.csv"), of="v0001")


def test_what_is_cut_off_does_not_go_on_with_others(trained, monkeypatch):
    folder, files = trained
    monkeypatch.setattr(running, "_check_can_resume", lambda folder: None)
    files[0].write_text(files[0].read_text() + "1 2\n")
    with pytest.raises(ConfigError, match=r"is not what .* was trained on"):
        resume(folder.path, QUIET)
