"""A training that begins again where none of its candidates passes its trial of the attractor."""

import dataclasses
import json
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from composed import settings
from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.measurements.stored_run import open_run
from rnnchaos.runs import Claim, RunFolder, RunWriter, Status
from rnnchaos.trainings import loop, running
from rnnchaos.trainings.attractor_trial import AttractorTrial
from rnnchaos.trainings.experiment import prepare_experiment
from rnnchaos.trainings.recording import Recorder
from rnnchaos.trainings.running import resume, train, train_at
from rnnchaos.trainings.selection import Selection

QUIET = Console(quiet=True)
STEPS = 20
SHORT = (
    "experiment=smoke", "model=rnn", "model.hidden_size=5", "protocol.tau=10", f"training.num_steps={STEPS}",
    "training.record_every=5", "training.checkpoint_every=10", "training.attempts=3", "diagnostics.figures=false",
    "dataset.train_length=1000", "precision=float64",
)  # fmt: skip


@pytest.fixture(autouse=True)
def without_measurements(monkeypatch):
    """They come after training, and do not look at how it went."""
    monkeypatch.setattr(running, "measure_after_training", lambda *_: iter(()))


def staying(monkeypatch, count):
    """Trials in which `count(number of the attempt, network)` of 64 orbits stay; all of them pass."""

    def trial(self, network):
        stay = count(self.attempt.number, network)
        return AttractorTrial(64, 2_000, stay, 64 - stay, 0, 0.01, 1.0, 1.0, 0.5)

    monkeypatch.setattr(Selection, "_trial", trial)


def by_weights(number, network):
    """As good as random, and never good enough."""
    return int(1e6 * abs(np.asarray(network.cell.bias).sum())) % 64


def trained(tmp_path, *words, name="run"):
    outcome = train(settings(*SHORT, f"outputs={tmp_path}", f"name={name}", *words), QUIET)
    return RunFolder.open(tmp_path / name / "v0001"), outcome


def results(run):
    """Every file that a training leaves, but for what tells the time."""
    files = [path for path in run.path.rglob("*") if path.suffix in (".npz", ".jsonl", ".safetensors")]
    found = {path.relative_to(run.path).as_posix(): path.read_bytes() for path in files}
    times = {"cpu_seconds", "cpu_seconds_training"}
    told = {name: value for name, value in run.summary.items() if name not in times}
    return {name: content for name, content in found.items() if "checkpoints" not in name} | {"summary": told}


def test_a_training_that_passes_is_what_it_is_without_further_attempts(tmp_path, monkeypatch):
    staying(monkeypatch, lambda number, network: 64)
    once, _ = trained(tmp_path, "training.attempts=1", name="once")
    thrice, _ = trained(tmp_path, name="thrice")
    assert results(once) == results(thrice)
    assert thrice.summary["attempts"] == 1
    assert thrice.load_arrays("training")["attempt"].tolist() == [1] * STEPS


def test_a_later_attempt_draws_other_weights_and_batches():
    first = prepare_experiment(settings(*SHORT))
    second, third, other = first.attempt(2), first.attempt(3), prepare_experiment(settings(*SHORT, "seed=2"))
    assert first.attempt(1) is first
    drawn = [each.initial for each in (first, second, third, other, other.attempt(2))]
    assert len({float(state.network.cell.weight.sum()) for state in drawn}) == len(drawn)
    assert len({bytes(np.asarray(jax.random.key_data(state.key))) for state in drawn}) == len(drawn)
    assert eqx.tree_equal(first.attempt(2).initial, second.initial)
    assert second._replace(initial=first.initial) == first


def test_it_stops_where_a_candidate_passes(tmp_path, monkeypatch):
    staying(monkeypatch, lambda number, network: (30, 64)[number - 1])
    run, outcome = trained(tmp_path)
    assert outcome.exit_code == 0
    lines, summary = run.read_history(), run.summary
    assert [line["step"] for line in lines] == list(range(5, 45, 5))
    assert [line["attempt"] for line in lines] == [1] * 4 + [2] * 4
    assert {line["attempt_steps"] for line in lines} == {STEPS}
    assert run.load_arrays("training")["attempt"].tolist() == [1] * STEPS + [2] * STEPS
    assert (summary["steps"], summary["attempts"], summary["kept_attempt"], summary["kept_step"]) == (
        40,
        2,
        2,
        40,
    )
    assert (summary["candidates"]["count"], summary["candidates"]["passed"]) == (4, 2)
    log = run.log_text
    assert (
        "attempt 1 of 3: none is good enough, at best 30 of 64 orbits stay on the attractor for 2000 steps, 34 keep "
        "to a small part of it (as a cycle does), Wasserstein distance 1 (floor 1 ± 0.5); training again from "
        "another draw\n"
    ) in log
    assert "kept the weights of step 40 (attempt 2), the best of 4 late candidates: all 64 orbits" in log
    assert "attempt 2 of 3" not in log


def test_where_all_fail_the_best_of_all_is_kept(tmp_path, monkeypatch):
    staying(monkeypatch, lambda number, network: (10, 30, 20)[number - 1])
    run, outcome = trained(tmp_path)
    assert (outcome.exit_code, run.record.status) == (0, Status.FINISHED)
    summary = run.summary
    assert (summary["attempts"], summary["kept_attempt"], summary["kept_step"]) == (3, 2, 40)
    assert (summary["trial"]["stay"], summary["candidates"]["count"], summary["steps"]) == (30, 6, 60)
    log = run.log_text
    assert "attempt 2 of 3: none is good enough, at best 30 of 64" in log  # of its own candidates
    assert "attempt 3 of 3" not in log


def lost(monkeypatch, *numbers, step=7):
    """Attempts of these numbers diverge after so many steps."""
    record = Recorder.record

    def recording(self, state, records):
        if self.attempt.number in numbers and state.step > step:
            state = eqx.tree_at(
                lambda each: (each.step, each.diverged), state, (jnp.asarray(step), jnp.asarray(True))
            )
            records = records._replace(loss=records.loss.at[step % 5 :].set(jnp.nan))
        return record(self, state, records)

    monkeypatch.setattr(Recorder, "record", recording)


def test_one_that_diverges_has_failed_and_the_next_begins(tmp_path, monkeypatch):
    lost(monkeypatch, 1)
    staying(monkeypatch, lambda number, network: 64)
    run, outcome = trained(tmp_path)
    assert (outcome.exit_code, run.record.status) == (0, Status.FINISHED)
    assert [line["step"] for line in run.read_history()] == [5, 7, 12, 17, 22, 27]
    arrays = run.load_arrays("training")
    assert arrays["attempt"].tolist() == [1] * 7 + [2] * STEPS
    assert np.isfinite(arrays["loss"]).all()
    assert (run.summary["steps"], run.summary["attempts"], run.summary["kept_step"]) == (27, 2, 27)
    assert "attempt 1 of 3: diverged at step 7; training again from another draw\n" in run.log_text


def test_nothing_is_lost_where_later_ones_diverge(tmp_path, monkeypatch):
    lost(monkeypatch, 2, 3)
    staying(monkeypatch, by_weights)
    run, _ = trained(tmp_path)
    assert run.record.status is Status.FINISHED
    assert (run.summary["attempts"], run.summary["kept_attempt"]) == (3, 1)


def test_where_all_diverge_the_run_has(tmp_path, monkeypatch):
    lost(monkeypatch, 1, 2, 3)
    run, outcome = trained(tmp_path)
    assert (outcome.exit_code, run.record.status) == (3, Status.DIVERGED)
    assert run.record.reason == "diverged at step 21, the last of 3 attempts"
    assert run.summary["candidates"] is None


def stopping(monkeypatch, method, when):
    """Raise after a method of a recorder, where it has come so far."""
    own = getattr(Recorder, method)

    def stopped(self, *arguments):
        found = own(self, *arguments)
        if when(self):
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(Recorder, method, stopped)


CUTS = {
    "before the first checkpoint": ("record", lambda run: run.step == 5),
    "at the last step of an attempt": ("record", lambda run: run.step == 20),
    "before the next has begun": ("say", lambda run: run.step == 20 and run.attempt.number == 1),
    "between attempts": ("end_attempt", lambda run: run.attempt.number == 2),
    "before the next has a checkpoint": ("record", lambda run: run.step == 25),
    "in the last": ("record", lambda run: run.step == 55),
    "after the last": ("end_attempt", lambda run: run.is_over),
}


def resumed_is_whole(tmp_path, monkeypatch, method, when):
    whole, _ = trained(tmp_path, name="whole")
    with monkeypatch.context() as patched:
        stopping(patched, method, when)
        with pytest.raises(KeyboardInterrupt):
            trained(tmp_path, name="cut")
    resume(tmp_path / "cut" / "v0001", QUIET)
    cut = RunFolder.open(tmp_path / "cut" / "v0001")
    cut.verify()
    assert results(cut) == results(whole)
    return cut


@pytest.mark.parametrize(("method", "when"), CUTS.values(), ids=CUTS)
def test_one_that_is_cut_off_goes_on_as_if_it_had_not_been(tmp_path, monkeypatch, method, when):
    staying(monkeypatch, by_weights)
    assert resumed_is_whole(tmp_path, monkeypatch, method, when).summary["attempts"] == 3


def test_one_that_is_cut_off_after_another_has_diverged(tmp_path, monkeypatch):
    lost(monkeypatch, 1)
    staying(monkeypatch, by_weights)
    resumed_is_whole(tmp_path, monkeypatch, "record", lambda run: run.step == 32)


GROWING = ("model=shrnn", "model.layer_size=10", "training.attempt_growth=1.5")


@pytest.mark.parametrize("best", [1, 2, 3])
def test_later_attempts_of_a_larger_network_are_resumed_and_opened(tmp_path, monkeypatch, best):
    monkeypatch.setattr(__name__ + ".SHORT", (*SHORT, *GROWING))
    staying(monkeypatch, lambda number, network: 30 if number == best else 10)
    cut = resumed_is_whole(tmp_path, monkeypatch, "record", lambda run: run.step == 60)
    told = {(line["attempt"], line["attempt_steps"]) for line in cut.read_history()}
    assert told == {(1, 20), (2, 30), (3, 45)}
    layer = (10, 15, 22)[best - 1]
    assert (cut.summary["kept_attempt"], cut.summary["attempts"], cut.summary["steps"]) == (
        best,
        3,
        20 + 30 + 45,
    )
    assert cut.load_weights()["cell.layer_bias"].shape == (layer,)
    assert "training again from another draw, with a layer of 15 and 30 steps\n" in cut.log_text
    network = open_run(cut.path, ()).network
    assert network.cell.layer_weight.shape == (layer, 5)
    assert cut.summary["num_weights"] == sum(leaf.size for leaf in jax.tree.leaves(network))


def test_a_fit_in_closed_form_has_one_step_whatever_was_asked_for(tmp_path):
    words = (
        *("experiment=smoke", "model=esn", "model.hidden_size=20", "protocol=closed_form"),
        *("training.num_steps=400", "diagnostics.figures=false"),
    )
    train(settings(*words, f"outputs={tmp_path}", "name=fit"), QUIET)
    (line,) = RunFolder.open(tmp_path / "fit" / "v0001").read_history()
    assert (line["step"], line["attempt_steps"]) == (1, 1)


def test_a_checkpoint_of_an_earlier_version_is_of_the_first(tmp_path, monkeypatch):
    staying(monkeypatch, by_weights)
    save = RunWriter.save_checkpoint

    def saved(self, step, state):
        save(self, step, {name: array for name, array in state.items() if not name.endswith(".attempt")})

    with monkeypatch.context() as patched:
        stopping(patched, "record", lambda run: run.step == 15)
        patched.setattr(RunWriter, "save_checkpoint", saved)
        with pytest.raises(KeyboardInterrupt):
            trained(tmp_path, name="cut")
    resume(tmp_path / "cut" / "v0001", QUIET)
    run = RunFolder.open(tmp_path / "cut" / "v0001")
    assert "resumed from step 10\n" in run.log_text
    assert run.load_arrays("training")["attempt"].tolist() == [1] * STEPS + [2] * STEPS + [3] * STEPS


@pytest.mark.parametrize(
    ("name", "forged", "said"),
    [
        ("attempt", [10**9, 0, 0, 0], "of attempt 1000000000 and keeps"),
        ("selection.attempt", 7, "weights of 7, where"),
    ],
)
def test_a_checkpoint_of_an_attempt_that_there_is_not_is_passed_over(
    tmp_path, monkeypatch, name, forged, said
):
    staying(monkeypatch, by_weights)
    save = RunWriter.save_checkpoint

    def saved(self, step, state):
        save(self, step, {**state, f"recorded.{name}": np.array(forged)} if step == 20 else state)

    with monkeypatch.context() as patched:
        stopping(patched, "record", lambda run: run.step == 20)
        patched.setattr(RunWriter, "save_checkpoint", saved)
        with pytest.raises(KeyboardInterrupt):
            trained(tmp_path, name="cut")
    resume(tmp_path / "cut" / "v0001", QUIET)
    run = RunFolder.open(tmp_path / "cut" / "v0001")
    assert "step 20 is passed over: " in run.log_text
    assert said in run.log_text
    assert "where training.attempts is 3\n" in run.log_text
    assert "resumed from step 10\n" in run.log_text


def test_members_that_passed_stop_and_the_rest_go_on_together(tmp_path, monkeypatch):
    together, run_members = [], loop.run_members

    def counting(trainer, states, *rest):
        together.append(len(states))
        return run_members(trainer, states, *rest)

    monkeypatch.setattr(loop, "run_members", counting)
    passing = {0: 2, 1: 1, 2: 2}
    begin = Recorder._begin

    def begun(self, attempt):  # the trial of each member looks at its seed
        begin(self, attempt)
        passes = passing[self.experiment.settings.seed] == attempt.number
        stay = 64 if passes else 3
        self.selection._trial = lambda network: AttractorTrial(64, 9, stay, 64 - stay, 0, 0.0, 1.0, 1.0, 0.5)

    monkeypatch.setattr(Recorder, "_begin", begun)
    folders = [tmp_path / f"cell{seed}" for seed in passing]
    for folder in folders:
        folder.mkdir()
    one = settings(*SHORT, f"outputs={tmp_path}")
    seeded = [dataclasses.replace(one, seed=seed) for seed in passing]
    train_at([Claim.take(folder) for folder in folders], seeded, QUIET)
    assert together == [3, 2]
    for folder, own in zip(folders, seeded, strict=True):
        run, alone = RunFolder.open(folder), RunFolder.open(Path(train(own, QUIET).record["run"]))
        assert run.summary["attempts"] == alone.summary["attempts"] == passing[own.seed]
        for name, weight in alone.load_weights().items():
            # float64, 40 steps: rounding of products taken together, 1e-16 a step, grown a little by the training.
            np.testing.assert_allclose(run.load_weights()[name], weight, rtol=1e-9, atol=1e-12)


def test_the_bar_says_which_attempt_it_is_of(tmp_path, monkeypatch, capsys):
    staying(monkeypatch, lambda number, network: (30, 64)[number - 1])
    train(settings(*SHORT, f"outputs={tmp_path}", "name=run"), Console(width=200))
    told = capsys.readouterr().out
    assert f"\nstep {STEPS}/{STEPS}  loss" in told
    assert f"\nattempt 2 step {STEPS}/{STEPS}  loss" in told


def test_more_than_one_attempt_needs_a_trial():
    with pytest.raises(ConfigError) as refused:
        settings(*SHORT, "training.keep=last")
    assert str(refused.value) == (
        "training.attempts must be 1 with training.keep=last, which has no trial to pass, got 3; "
        "training.keep=attractor has one; else give training.attempts=1 beside it"
    )
    assert settings(*SHORT, "training.keep=last", "training.attempts=1").training.attempts == 1


def test_a_driven_network_has_no_trial_either(tmp_path):
    driven = ("dataset=driven_lorenz", "dataset.train_length=2000", "dataset.test_length=500")
    with pytest.raises(ConfigError, match=r"training\.attempts must be 1 for a driven network, which has no"):
        prepare_experiment(settings(*driven, "training.attempts=2"))
    assert prepare_experiment(settings(*driven, "optimizer=gauss_newton")).settings.training.attempts == 1


def test_what_is_stored_says_how_many_there_may_be(tmp_path, monkeypatch):
    staying(monkeypatch, lambda number, network: 64)
    run, _ = trained(tmp_path, "training.attempts=auto")
    assert "attempts: 1\n" in run.config_text
    assert json.loads((run.path / "summary.json").read_text())["attempts"] == 1
