"""rnnchaos judge of anything: trajectories in files, run folders, forecasts, against a file, a run and a system."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from composed import settings as trained_settings
from rich.console import Console

from rnnchaos import measurements, trainings
from rnnchaos.data import observed_orbit
from rnnchaos.diagnostics.evaluate import Evaluate
from rnnchaos.diagnostics.judged import Judged
from rnnchaos.diagnostics.trajectory import Trajectory
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.measurements import judging
from rnnchaos.measurements.yardsticks import open_yardstick
from rnnchaos.metrics import PREDICTIONS
from rnnchaos.pieces import Pieces
from rnnchaos.runs import RunFolder
from rnnchaos.settings.compose import compose
from rnnchaos.settings.read import read_judging_settings
from rnnchaos.systems import Henon

SMALL = ["experiment=smoke", "dataset=henon", "model=rnn", "model.hidden_size=4", "training.num_steps=20",
         "diagnostics.figures=false", "diagnostics.lyapunov.num_steps=200", "diagnostics.gradients.max_lag=10",
         "diagnostics.cycles.max_period=1", "dataset.train_length=3000", "dataset.test_length=2500"]  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A small run, judged on a map that it has not learned."""
    folder = tmp_path_factory.mktemp("outputs")
    outcome = trainings.train(trained_settings(*SMALL, f"outputs={folder}"), Console(quiet=True))
    return Path(outcome.record["run"])


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def henon():
    return observed_orbit(Henon(), num_steps=8000, transient=100)


def judged(*subjects, words=(), overrides=()):
    """The record of a judgement, and what it said."""
    config = compose("judge", ["diagnostics.figures=false", "outputs=outputs", *words, *overrides])
    settings = read_judging_settings({**config, "subjects": [str(each) for each in subjects]})
    console = Console(record=True, width=200)
    return measurements.judge_models(settings, overrides, console).record, console.export_text()


def test_a_free_run_judged_against_its_run_is_what_evaluate_says_to_the_last_digit(trained):
    evaluated = measurements.measure_run(Evaluate, trained, [], Console(quiet=True)).record["metrics"]
    stored = RunFolder.open(trained).load_arrays("free_run")["generated"]
    np.save("exported.npy", stored)
    subjects = [trained, trained / "arrays" / "free_run.npz", "exported.npy"]
    record, _ = judged(*subjects, words=[f"against={trained}"])
    network, folder, exported = record["models"].values()
    assert network["metrics"] == evaluated
    of_run = set(evaluated) - set(PREDICTIONS)
    for each in (folder, exported):
        assert set(each["metrics"]) == of_run
        assert all(each["metrics"][name] == evaluated[name] for name in of_run)


def test_stored_forecasts_judged_against_their_run_are_valid_as_long_as_evaluate_says(trained):
    evaluated = RunFolder.open(trained).summary["metrics"]
    record, _ = judged(trained / "arrays" / "forecasts.npz", words=[f"against={trained}"])
    assert record["metrics"]["valid_prediction_time"]["value"] == evaluated["valid_prediction_time"]["value"]
    assert record["metrics"]["n_step_error"]["value"] > 0


def test_models_side_by_side_with_a_copy_of_the_past_and_the_floor(henon, trained):
    np.save("truth.npy", henon[:4000])
    np.save("again.npy", henon[4000:])
    np.save("rest.npy", np.tile(henon[:1], (3000, 1)))
    escaped = henon[4000:].copy()
    escaped[700:] = np.inf
    np.save("escaped.npy", escaped)
    subjects = ["again.npy", "rest.npy", "escaped.npy", trained]
    record, said = judged(*subjects, words=["against=truth.npy", "name=table"])
    learned = {name: each["learned"] for name, each in record["models"].items()}
    assert learned.pop("again") != "no"
    assert set(learned.values()) == {"no"}
    assert "rest: not learned: it ends on a fixed point" in said
    assert "escaped: not learned: it escapes to infinity at step 700 of 4000" in said
    assert "against truth.npy: 4000 rows of x0, x1, times in steps; scaled by itself, its first half" in said
    assert record["rivals"]["floor"]["metrics"]["wasserstein"]["value"] > 0
    with (Path(record["run"]) / "judge.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == [*record["models"], "copy of the past", "floor"]
    assert float(rows[0]["wasserstein"]) == record["models"]["again"]["metrics"]["wasserstein"]["value"]
    assert rows[2]["wasserstein"] == ""
    summary = json.loads((Path(record["run"]) / "summary.json").read_text("utf-8"))
    assert summary["models"]["rest"]["learned"] == "no"
    stored = np.load(Path(record["run"]) / "arrays" / "free_run_1.npz")
    np.testing.assert_allclose(stored["generated"], henon[4000:])


def test_pieces_come_from_an_array_an_archive_several_files_and_a_pattern(henon):
    pieces = henon[4000:7000].reshape(3, 1000, 2)
    np.save("truth.npy", henon[:4000])
    np.save("array.npy", pieces)
    np.savez("archive.npz", a=pieces[0], b=pieces[1], c=pieces[2])
    for index, piece in enumerate(pieces):
        np.save(f"part_{index}.npy", piece)
    Path("table.csv").write_text("y,x\n" + "".join(f"{y},{x}\n" for x, y in pieces[0].tolist()))
    subjects = ["array.npy", "archive.npz", "part_0.npy,part_1.npy,part_2.npy", "part_*.npy"]
    record, _ = judged(*subjects, words=["against=truth.npy", "rivals=false"])
    values = [each["metrics"] for each in record["models"].values()]
    assert len(values) == 4
    assert all(each == values[0] for each in values)
    assert values[0]["d_h_gtf"]["value"] < 0.3  # no segment of a spectrum crosses a border
    for index in (1, 2, 3, 4):
        stored = np.load(Path(record["run"]) / "arrays" / f"free_run_{index}.npz")
        assert stored["lengths"].tolist() == [1000, 1000, 1000]
    alone, _ = judged("table.csv", words=["dataset=henon", "dataset.test_length=3000", "dataset.train_length=3000",
                                          "diagnostics.lyapunov.system_steps=500", "rivals=false"])  # fmt: skip
    assert alone["metrics"]["wasserstein"]["value"] < 0.2  # by the names of its columns
    assert alone["spectrum_comparison"] is None or alone["spectrum_comparison"][0]["true"] > 0.3


@pytest.mark.parametrize(
    ("subjects", "words", "message"),
    [
        ([], ["against=truth.npy"], "subjects must be files or run folders, or weights be given, got []"),
        (["a.npy"], [], "against must be a file or a run folder, or dataset=… name the truth, got null"),
        (
            ["a.npy"],
            ["against=truth.npy", "dataset=henon"],
            "against must be left out where dataset=… names the truth, got 'truth.npy'",
        ),
        (["b.npy"], ["against=truth.npy"], "there is no file or run folder b.npy to judge"),
        (["a.npy"], ["against=b.npy"], "against must be a file or a run folder that exists, got 'b.npy'"),
        (["one.npy"], ["against=truth.npy"], "one.npy must have the truth's 2 axes x0, x1, got 1"),
        (
            ["a.npy"],
            ["against=truth.npy", "starts=[3,4]"],
            "starts must be one for each of the 1 pieces of a, got 2",
        ),
        (
            ["a.npy"],
            ["against=truth.npy", "train=one.npy"],
            "train must have the 2 axes of truth.npy, not 1, got 'one.npy'",
        ),
        (
            ["a.npy"],
            ["against=truth.npy", "starts=truth.npy"],
            "starts must be a column of row numbers from 0 on, got 'truth.npy'",
        ),
        (["a.npy"], ["against=still.npy"], "still.npy: axis 0 (x0) of the series is constant at 1; "
         "there is nothing to learn in it"),
        (
            ["a.npy"],
            ["dataset=henon", "dt=0.5"],
            "dt must be that of the truth, 1 time units, or left out, got 0.5",
        ),
        (
            ["a.npy"],
            ["dataset=henon", "flow=true"],
            "flow must be left out: the truth has its own, and is no file, got true",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_refused_before_anything_is_written(henon, subjects, words, message):
    np.save("truth.npy", henon[:500])
    np.save("a.npy", henon[500:900])
    np.save("one.npy", henon[500:900, :1])
    np.save("still.npy", np.ones((100, 2)))
    with pytest.raises(ConfigError) as caught:
        judged(*subjects, words=words)
    assert str(caught.value) == message
    assert not Path("outputs").exists()


def test_a_folder_without_data(trained):
    folder = measurements.measure_run(Evaluate, trained, [], Console(quiet=True)).record["run"]
    with pytest.raises(ConfigError, match=f"^{folder} holds no network but a evaluate run; "):
        judged(trained, words=[f"against={folder}"])


def test_the_weights_of_a_run_judged_against_it_are_its_network(trained):
    weights = RunFolder.open(trained).load_weights()
    arrays = {"weight_hh": "cell.weight", "bias_ih": "cell.bias", "observation.weight": "observation.weight"}
    np.savez("rnn.npz", **{name: weights[own] for name, own in arrays.items()})
    words = [f"against={trained}", "weights=rnn.npz", "model=rnn", "scaled=true"]
    record, said = judged(words=words, overrides=("diagnostics.lyapunov.num_steps=200",))
    assert "rnn.npz: RNN of 4 units, tanh, without inputs; it starts at B⁺(x - b) of a row" in said
    own = RunFolder.open(trained).summary
    for name, metric in own["metrics"].items():
        assert record["metrics"][name]["value"] == pytest.approx(metric["value"], rel=1e-6, abs=1e-9)
    np.testing.assert_allclose(record["lambda_max"], own["lambda_max"], rtol=1e-6)
    assert "try" not in record["sentence"]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"weight_hh": np.eye(4), "weight_ih": np.ones((4, 1))},
            "net.npz: the network takes 1 inputs from outside, and there are none to judge it by",
        ),
        (
            {"weight_hh": np.eye(1)},
            "net.npz: the network must show the truth's 2 dimensions, but it has no readout, and its state has 1",
        ),
        (
            {"weight_hh": np.eye(4), "observation.weight": np.ones((3, 4))},
            "net.npz: the network must show the truth's 2 dimensions, but its readout shows 3",
        ),
    ],
)
def test_weights_that_do_not_show_the_truth(henon, arrays, message):
    np.save("truth.npy", henon[:500])
    np.savez("net.npz", **arrays)
    with pytest.raises(ConfigError) as caught:
        judged(words=["against=truth.npy", "weights=net.npz"])
    assert str(caught.value) == message
    assert not Path("outputs").exists()


def test_a_run_or_weights_of_another_time_step_are_refused(henon, trained):
    np.save("truth.npy", henon[:500])
    np.savez("net.npz", weight_hh=np.eye(2), time_step=np.array(0.2))
    between = "rows must be 0.1 time units apart, as the truth's are, got"
    for subjects, words, message in [
        ([trained], [], f"{trained}: {between} 1"),
        ([], ["weights=net.npz"], f"net.npz: {between} 0.2"),
        (
            [],
            ["weights=net.npz", "time_per_step=0.2"],
            "time_per_step must be that of the truth, 0.1 time units, got 0.2",
        ),
    ]:
        with pytest.raises(ConfigError) as caught:
            judged(*subjects, words=["against=truth.npy", "dt=0.1", *words])
        assert str(caught.value) == message
        assert not Path("outputs").exists()


def test_a_truth_that_is_too_short_for_one_model_is_refused_before_another_is_judged(
    henon, trained, monkeypatch
):
    monkeypatch.setattr(judging, "judged_trajectory", lambda *_: pytest.fail("judged"))
    np.save("truth.npy", henon[:30])
    np.save("a.npy", henon[30:600])
    np.save("rollouts.npy", henon[30:44].reshape(2, 7, 2))
    n = "diagnostics.prediction.n"
    for subjects, words, message in [
        (
            ["a.npy", trained],
            [],
            f"smoke/v0001: {n} must be at most half of the test series' 15 steps, got 20; {n}=7 fits",
        ),
        (
            ["rollouts.npy"],
            ["starts=[0,9]"],
            f"{n} must be at most 7 steps, as long as the shortest piece of rollouts, got 20; {n}=7 fits",
        ),
    ]:
        with pytest.raises(ConfigError) as caught:
            judged(*subjects, words=["against=truth.npy", *words])
        assert str(caught.value) == message
        assert not Path("outputs").exists()


def test_a_time_step_that_is_typed_counts_in_place_of_the_one_in_the_file(henon):
    np.save("truth.npy", henon[:500])
    np.savez("net.npz", weight_hh=0.5 * np.eye(2), time_step=np.array(0.2))
    record, _ = judged(words=["against=truth.npy", "dt=0.1", "weights=net.npz", "time_per_step=0.1"])
    assert record["lambda_max"] == pytest.approx(np.log(0.5) / 0.1)


def test_a_network_whose_readout_is_fed_back_hears_the_data_first(henon):
    """h' = x, x = h: what is heard last is shown for ever."""
    np.save("truth.npy", henon[:1000])
    layer = {
        "weight_hh": np.zeros((2, 2)),
        "weight_ih": np.eye(2),
        "out.weight": np.eye(2),
        "out.bias": np.zeros(2),
    }
    np.savez("echo.npz", **layer)
    words = [
        "against=truth.npy",
        "weights=echo.npz",
        "activation=relu",
        "hear=7",
        "diagnostics.lyapunov.num_steps=100",
    ]
    record, said = judged(words=words)
    assert (
        "echo.npz: RNN of 2 units, relu, its readout fed back to its 2 inputs; it hears 7 rows before" in said
    )
    stored = np.load(Path(record["run"]) / "arrays" / "free_run.npz")["generated"]
    np.testing.assert_allclose(stored, np.broadcast_to(np.maximum(henon[6], 0), stored.shape), atol=1e-12)


def test_an_exported_network_is_scaled_as_its_file_says(trained):
    own = RunFolder.open(trained)
    weights = own.load_weights()
    names = {"weight_hh": "cell.weight", "bias_ih": "cell.bias", "observation.weight": "observation.weight"}
    series = observed_orbit(Henon(), num_steps=3000, transient=10_000)  # what the run was trained on
    scaling = {"scaling.mean": series.mean(0), "scaling.scale": series.std(0)}
    np.savez("own.npz", **{name: weights[key] for name, key in names.items()}, **scaling)
    record, said = judged(
        words=[f"against={trained}", "weights=own.npz"], overrides=("diagnostics.lyapunov.num_steps=200",)
    )
    assert "in units of the scaling in its file" in said
    for name in ("wasserstein", "n_step_error"):
        value = own.summary["metrics"][name]["value"]
        assert record["metrics"][name]["value"] == pytest.approx(value, rel=1e-3)


def test_a_second_file_of_the_truth_has_its_axes_in_any_order(henon):
    for name, rows, header in (
        ("truth.csv", henon[:2000], "x,y"),
        ("same.csv", henon[2000:5000], "x,y"),
        ("turned.csv", henon[2000:5000, ::-1], "y,x"),
        ("other.csv", henon[2000:5000], "x,w"),
    ):
        np.savetxt(name, rows, delimiter=",", header=header, comments="")
    found = [
        open_yardstick(truth_settings(f"train={name}.csv")).yardstick.dataset for name in ("same", "turned")
    ]
    np.testing.assert_array_equal(found[0].scaling.mean, found[1].scaling.mean)
    np.testing.assert_array_equal(found[0].train.values, found[1].train.values)
    with pytest.raises(
        ConfigError, match=r"^train must have the axes x, y of truth.csv, not x, w, got 'other.csv'"
    ):
        open_yardstick(truth_settings("train=other.csv"))


def test_what_looks_like_a_fault_of_the_truth_is_told(henon):
    np.save("truth.npy", np.concatenate([henon[:1000], henon[:1000]]))
    config = compose("judge", ["against=truth.npy", "outputs=outputs"])
    (said,) = open_yardstick(read_judging_settings({**config, "subjects": ["truth.npy"]})).odd
    assert said.startswith("odd: rows 1000 to 1999 are those from 0 on again")


def truth_settings(word):
    config = compose("judge", ["against=truth.csv", word, "outputs=outputs"])
    return read_judging_settings({**config, "subjects": ["truth.csv"]})


def test_one_of_several_models_that_fails_is_told_by_the_exit_code(henon, monkeypatch):
    for name in ("truth", "good", "bad"):
        np.save(f"{name}.npy", henon[:1000])

    def judged(trajectory, yardstick):
        if trajectory.name == "bad":
            raise RunError("all 16 orbits left every bound")
        return Judged(trajectory.name, (), sentence="learned")

    monkeypatch.setattr(judging, "judged_trajectory", judged)
    config = compose("judge", ["against=truth.npy", "outputs=outputs", "rivals=false"])
    for subjects, code in ((["good.npy"], 0), (["good.npy", "bad.npy"], 1)):
        settings = read_judging_settings({**config, "subjects": subjects})
        outcome = measurements.judge_models(settings, [], Console(quiet=True))
        assert outcome.exit_code == code
        assert Path(outcome.record["run"]).is_dir()


def test_a_run_that_does_not_fit_is_named(trained, henon):
    np.save("wide.npy", np.concatenate([henon, henon[:, :1]], axis=1)[:1000])
    with pytest.raises(
        ConfigError, match=rf"^{re.escape(str(trained))}: the network must see what the truth shows"
    ):
        judged(trained, words=["against=wide.npy"])


def test_numbers_for_missing_values_are_refused_in_arrays_too(henon):
    filled = henon[:1000].copy()
    filled[77, 1] = -999
    np.save("truth.npy", henon[:1000])
    np.save("filled.npy", filled)
    np.savez("pieces.npz", a=filled[:50], b=filled[50:])
    for name, row in (("filled.npy", 77), ("pieces.npz", 27)):
        config = compose("judge", ["against=truth.npy", "outputs=outputs"])
        with pytest.raises(
            ConfigError, match=rf"^{name}.*: row {row} of axis 1 is -999, far from all others"
        ):
            measurements.judge_models(
                read_judging_settings({**config, "subjects": [name]}), [], Console(quiet=True)
            )
    config = compose("judge", ["against=filled.npy", "outputs=outputs"])
    with pytest.raises(
        ConfigError, match=r"; settings of the file need dataset=file dataset.path=filled.npy in"
    ):
        open_yardstick(read_judging_settings({**config, "subjects": ["truth.npy"]}))


def test_a_model_that_fails_does_not_take_the_others_with_it(monkeypatch):
    """Names are free here: rows come from what judges them."""

    def judged(trajectory, yardstick):
        if trajectory.name == "bad":
            raise RunError("all 16 orbits left every bound")
        return Judged(trajectory.name, (), sentence="learned")

    monkeypatch.setattr(judging, "judged_trajectory", judged)
    models = [Trajectory(name, Pieces.of(np.zeros((3, 1))), None) for name in ("good", "bad", "other")]
    rows = judging.judged_models(models, None, Console(quiet=True))
    assert [row.name for row in rows] == ["good", "bad", "other"]
    assert [row.sentence for row in rows] == [
        "learned",
        "not judged: all 16 orbits left every bound",
        "learned",
    ]
    assert [row.learned for row in rows] == ["", "", ""]
    assert [row.failed for row in rows] == [False, True, False]
    with pytest.raises(RunError, match="left every bound"):
        judging.judged_models(models[1:2], None, Console(quiet=True))
