"""What a cell is, which sweep it belongs to, and that it is trained once."""

import dataclasses
import json
import os

import pytest
from composed import composed, settings
from together import all_at_once

from rnnchaos.errors import ConfigError
from rnnchaos.runs import Claim, RunFolder, Status
from rnnchaos.runs.process import Process
from rnnchaos.sweeps.cells import Cell
from rnnchaos.sweeps.identity import cell_id
from rnnchaos.sweeps.planning import Planned, create
from rnnchaos.sweeps.standing import of_cell, standings
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.worker import train_batch

SMOKE = ("experiment=smoke", "protocol.tau=10")


def planned(*words):
    return Planned(words, composed(*SMOKE, *words))


def test_places_and_names_do_not_make_another_cell_but_seeds_do():
    one = composed(*SMOKE)
    assert cell_id(
        composed(*SMOKE, "outputs=elsewhere", "name=other", "diagnostics.figures=false")
    ) == cell_id(one)
    assert cell_id(composed(*SMOKE, "seed=1")) != cell_id(one)
    assert cell_id(composed(*SMOKE, "protocol.tau=11")) != cell_id(one)


@pytest.mark.parametrize("key", ["whole", "integrator", "tolerance"])
def test_cells_from_before_a_dataset_had_these_settings_are_still_the_same(key):
    config = composed(*SMOKE)
    assert key in config["dataset"]
    before = {**config, "dataset": {k: v for k, v in config["dataset"].items() if k != key}}
    assert cell_id(before) == cell_id(config)
    assert cell_id({**before, "dataset": {**config["dataset"], key: "other"}}) != cell_id(config)


def test_cells_of_earlier_versions_are_still_the_same():
    """What version 0.2.0 called them: a sweep that it has begun goes on with what is finished."""
    assert cell_id(composed(*SMOKE)) == "a2e3fcab7ac4bf7163fc"
    words = ("dataset=rossler", "model=lstm", "optimizer=adam", "protocol=gtf", "seed=3")
    assert cell_id(composed(*words)) == "1b4fa2fe0b25dc4fbd92"


def test_cells_named_after_the_former_extension_are_still_the_same():
    """As they are stored in the sweeps of earlier versions, and as they are asked for now."""
    config = composed(*SMOKE, "diagnostics.lyapunov.max_extension=500")
    Cell("a2e3fcab7ac4bf7163fc", (), config).check()
    assert cell_id(composed(*SMOKE)) == cell_id(config)
    assert cell_id(composed(*SMOKE, "diagnostics.lyapunov.max_extension=30")) != cell_id(config)


def test_cells_from_before_a_training_had_attempts_are_still_the_same():
    config = composed(*SMOKE)
    younger = ("attempts", "attempt_growth")
    training = {key: value for key, value in config["training"].items() if key not in younger}
    assert cell_id({**config, "training": training}) == cell_id(config)
    assert cell_id(composed(*SMOKE, "training.attempts=2")) != cell_id(config)


def test_a_lag_that_is_not_given_is_the_one_that_it_stands_for():
    for delays, lag in ((1, 1), (3, 1), ("auto", "auto")):
        given = (*SMOKE, f"dataset.embedding_dimension={delays}")
        assert cell_id(composed(*given)) == cell_id(composed(*given, f"dataset.embedding_lag={lag}"))
        assert cell_id(composed(*given)) != cell_id(composed(*given, "dataset.embedding_lag=2"))


def test_of_a_data_file_the_content_counts(tmp_path):
    def of(name, content):
        (tmp_path / name).write_text(content)
        return cell_id(composed("dataset=file", "name=x", f"dataset.path={tmp_path / name}"))

    assert of("a.csv", "1\n2\n") == of("b.csv", "1\n2\n")
    assert of("a.csv", "1\n3\n") != of("b.csv", "1\n2\n")
    one = cell_id(composed("dataset=file", "name=x", f"dataset.path={tmp_path / 'a.csv'}"))
    several = f"dataset.path={tmp_path}/*.csv"
    listed = f"dataset.path=[{tmp_path / 'a.csv'},{tmp_path / 'b.csv'}]"
    both = cell_id(composed("dataset=file", "name=x", several))
    assert both == cell_id(composed("dataset=file", "name=x", listed)) != one
    tested = ("dataset=file", "name=x", several, f"dataset.test_path={tmp_path / 'b.csv'}")
    before = cell_id(composed(*tested))
    (tmp_path / "b.csv").write_text("5\n6\n")
    assert cell_id(composed(*tested)) != before
    assert cell_id(composed("dataset=file", "name=x", several)) != both
    with pytest.raises(
        ConfigError, match=r"dataset.path must be a pattern that fits a file, got '.*/\*\.dat'"
    ):
        cell_id(composed("dataset=file", "name=x", f"dataset.path={tmp_path}/*.dat"))
    with pytest.raises(ConfigError, match=r"dataset.path: cannot read .*: No such file or directory"):
        cell_id(composed("dataset=file", "name=x", "dataset.path=nowhere.csv"))


def test_a_cell_is_read_back_as_it_was(sweep, cells):
    again = Sweep.open(sweep.path)
    assert [again.cell(index) for index in range(4)] == cells()


def test_the_same_cells_are_the_same_sweep_and_others_are_the_next(tmp_path, sweep, cells):
    assert Sweep.create(tmp_path, "demo", cells(), command=[]).path == sweep.path
    longer = Sweep.create(tmp_path, "demo", cells(seeds=(0, 1, 2)), command=[])
    assert longer.path.name == "v0002"
    assert set(sweep.ids) < set(longer.ids)
    assert longer.folder(sweep.ids[0]) == sweep.folder(sweep.ids[0])
    assert Sweep.open(tmp_path / "demo.sweep").path == longer.path


def test_a_missing_sweep_names_the_nearest(tmp_path, sweep):
    with pytest.raises(ConfigError, match=r"there is no sweep .*/v0009; did you mean .*/demo\.sweep/v0001\?"):
        Sweep.open(sweep.study / "v0009")


def test_combinations_become_cells_and_an_ensemble_one_for_each_seed(tmp_path):
    made = create(
        [
            planned(f"outputs={tmp_path}", "ensemble.seeds=3", f"model={model}")
            for model in ("lstm", "gru", "lstm")
        ],
        command=[],
    )
    titles = [made.cell(index).title for index in range(len(made.ids))]
    assert titles == [f"model={model} seed={seed}" for model in ("lstm", "gru") for seed in range(3)]
    assert made.study.name == "smoke.sweep"


def test_a_sweep_is_named_by_what_its_cells_share(tmp_path):
    words = ("protocol.tau=10", f"outputs={tmp_path}")
    combinations = [
        Planned((f"model={name}",), composed(*words, f"model={name}")) for name in ("lstm", "rnn")
    ]
    assert create(combinations, command=[]).study.name == "lorenz63-sparse_forcing.sweep"


def test_one_bad_combination_is_named_and_nothing_is_written(tmp_path):
    words = [f"outputs={tmp_path / 'out'}"]
    bad = [planned(*words), planned(*words, "protocol.tau=60", "training.window=50")]
    with pytest.raises(
        ConfigError, match=r"protocol.tau=60 training.window=50: protocol.tau must be at most"
    ):
        create(bad, command=[])
    assert not (tmp_path / "out").exists()


def train_cell(sweep, index, retry_failed=False):
    (standing,) = train_batch(sweep.path, (index,), retry_failed)
    return standing


def test_every_cell_is_trained_once(sweep, trained):
    for _ in range(2):
        for index in range(4):
            train_cell(sweep, index)
    assert trained == [(0, 5), (0, 10), (1, 5), (1, 10)]
    expected = [Status.FINISHED, Status.FINISHED, Status.DIVERGED, Status.FINISHED]
    assert [standing.status for standing in standings(sweep)] == expected
    assert standings(sweep) == standings(sweep, rebuild=True)
    RunFolder.open(sweep.folder(sweep.ids[0])).verify()


def test_a_failed_cell_is_tried_again_only_when_asked(tmp_path, cells, trained):
    sweep = Sweep.create(tmp_path, "bad", cells(seeds=(7,)), command=[])
    for retry in (False, False, True):
        standing = train_cell(sweep, 0, retry)
        assert (standing.status, standing.reason) == (Status.FAILED, "ZeroDivisionError: seven")
    assert trained == [(7, 5)] * 2
    assert [standing.status for standing in standings(sweep)] == [Status.FAILED, "waiting"]


def test_a_cell_of_somebody_who_lives_is_left_to_them(sweep, trained):
    sweep.folder(sweep.ids[0]).mkdir(parents=True)
    claim = Claim.take(sweep.folder(sweep.ids[0]))
    assert train_cell(sweep, 0).status == Status.RUNNING
    claim.release()
    assert train_cell(sweep, 0).status == Status.FINISHED
    assert trained == [(0, 5)]


def test_a_cell_whose_processes_die_fails_in_the_end(sweep, trained):
    folder = sweep.folder(sweep.ids[0])
    folder.mkdir(parents=True)
    dead = {"process": Process.current()._replace(start_ticks=1)._asdict(), "token": "dead"}
    for _ in range(3):
        assert of_cell(folder).status == "waiting"
        claim = Claim.take(folder)
        claim._file.write_text(json.dumps(dead))
    host = Process.current().host
    said = (
        f"its process died 3 times, the last time on {host}; most likely it needs more memory than there is"
    )
    expected = (Status.FAILED, said)
    assert of_cell(folder)[:2] == expected
    assert train_cell(sweep, 0)[:2] == expected
    assert train_cell(sweep, 0, True).status == Status.FINISHED


def test_a_process_killed_before_it_wrote_its_end_down_is_seen_through(sweep, trained):
    train_cell(sweep, 0)
    (journal,) = (sweep.study / "journal").iterdir()
    whole = journal.read_bytes()
    journal.write_bytes(whole[: whole.index(b"\n") + 20])  # the end of the cell is half a line
    assert standings(sweep)[0].status == Status.FINISHED


def create_from(outputs, made):
    return Sweep.create(outputs, "demo", made, command=[]).path.name


def test_sweeps_created_at_once_do_not_collide(tmp_path, cells):
    groups = [cells(seeds=(seed,)) for seed in range(8)]
    all_at_once(create_from, [(tmp_path, made) for made in groups])
    versions = [name for name in os.listdir(tmp_path / "demo.sweep") if name.startswith("v")]
    assert sorted(versions) == [f"v{number:04d}" for number in range(1, 9)]
    found = {tuple(Sweep.open(tmp_path / "demo.sweep" / version).ids) for version in versions}
    assert found == {tuple(cell.id for cell in made) for made in groups}


def test_settings_of_a_cell_are_those_that_were_asked_for(sweep):
    from rnnchaos.settings.read import read_settings

    asked = settings(*SMOKE, "seed=1")
    assert dataclasses.replace(read_settings(sweep.cell(3).config), name=asked.name) == asked
