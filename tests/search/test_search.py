"""A search with a stand-in for training: what is drawn, what the sampler is told, and what survives."""

import copy
import json
import math
import os
from functools import cache, reduce
from io import StringIO
from pathlib import Path

import pytest
import yaml
from composed import composed
from rich.console import Console
from together import all_at_once

from rnnchaos import trainings
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.runs import Claim, Kind, RunWriter, Status
from rnnchaos.search import begin
from rnnchaos.search.goal import Goal
from rnnchaos.search.report import conclude
from rnnchaos.search.space import read_space
from rnnchaos.search.trials import Search, draft
from rnnchaos.settings.axes import parse
from rnnchaos.settings.compose import BUILTIN
from rnnchaos.sweeps import running
from rnnchaos.sweeps.standing import Journal, Standing, standings
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.table import grouped, table_of
from rnnchaos.sweeps.worker import train

TAUS = "protocol.tau=range(2,60)"
GOAL = Goal("d_stsp_paper", "minimize", "tpe", 0)


@cache
def smoke():
    return composed("experiment=smoke", "protocol.tau=10")


def compose(words):
    """As Hydra would, for settings that are no group, in a hundredth of the time."""
    config = copy.deepcopy(smoke())
    for word in words:
        key, _, value = word.partition("=")
        *parents, leaf = key.split(".")
        reduce(dict.__getitem__, parents, config)[leaf] = yaml.safe_load(value)
    return config


def search_in(outputs, *words, n_trials=6, goal=GOAL, said=None):
    overrides = [f"outputs={outputs}", *words]
    space = read_space(parse(overrides, BUILTIN), BUILTIN)
    say = (lambda line: None) if said is None else said.append
    command = ["rnnchaos", *overrides, "-m"]
    return Search(draft(space, goal, compose), compose, n_trials=n_trials, command=command, say=say)


def report(sweep, console):
    return conclude(sweep, running.report(sweep, console), console)


def trials(search):
    return [line["overrides"] for line in Sweep.open(search.sweep.path).lines]


def told(search):
    """What optuna's journal says of the trials in the end: their states and values."""
    lines = (search.sweep.path / "study.journal").read_text().splitlines()
    ends = [line for line in map(json.loads, lines) if line["op_code"] == 6]
    return {line["trial_id"]: (line["state"], (line["values"] or [None])[0]) for line in ends}


COMPLETE, FAILED = 1, 3


def test_a_search_has_as_many_results_as_were_asked_for_and_finds_the_best(tmp_path, trained):
    said = []
    search = search_in(tmp_path, TAUS, n_trials=15, said=said)
    begin.run(search, n_jobs=1)
    found = standings(Sweep.open(search.sweep.path))
    assert [standing.status for standing in found] == [Status.FINISHED] * 15
    taus = [int(words[0].split("=")[1]) for words in trials(search)]
    assert told(search) == {trial: (COMPLETE, tau / 10) for trial, tau in enumerate(taus)}
    assert len(trained) == len(set(taus))  # a value that is drawn again is taken over
    assert said[14] == f"15/15  protocol.tau={taus[14]}: finished, d_stsp_paper {taus[14] / 10:.4g}"
    ended = report(Sweep.open(search.sweep.path), Console(quiet=True))
    assert ended.exit_code == 0
    assert ended.record["best"]["value"] == min(taus) / 10
    assert ended.record["best"]["settings"] == {"protocol.tau": min(taus)}
    assert (Path(ended.record["best"]["run"]) / "summary.json").is_file()
    # Chance would have five new ones with a mean of 30; the sampler has learnt from ten.
    assert sum(taus[10:]) / 5 < sum(taus[:10]) / 10


def test_the_largest_is_the_best_where_that_is_asked_for(tmp_path, trained):
    search = search_in(tmp_path, TAUS, goal=GOAL._replace(direction="maximize", sampler="random"))
    begin.run(search, n_jobs=1)
    taus = [int(words[0].split("=")[1]) for words in trials(search)]
    best = report(Sweep.open(search.sweep.path), Console(quiet=True)).record["best"]
    assert best["value"] == max(taus) / 10


@pytest.mark.parametrize("sampler", ["tpe", "random", "qmc", "nsgaii"])
def test_a_search_of_one_process_is_the_same_again_even_if_it_was_cut_off(
    tmp_path, trained, monkeypatch, sampler
):
    space = [TAUS, "optimizer.learning_rate=tag(log,interval(1e-3,1e-2))", "training.batch_size=8,4"]
    goal = GOAL._replace(sampler=sampler)
    whole = search_in(tmp_path / "whole", *space, n_trials=14, goal=goal)
    begin.run(whole, n_jobs=1)
    for count in (3, 11):  # begun anew before and after the sampler has learnt anything
        begin.run(search_in(tmp_path / "parts", *space, n_trials=count, goal=goal), n_jobs=1)
    parts = search_in(tmp_path / "parts", *space, n_trials=14, goal=goal)
    if sampler != "qmc":  # whose sequence then lacks the point that was lost
        parts._study.ask(11)  # killed before the trial was in the list
    parts = search_in(tmp_path / "parts", *space, n_trials=14, goal=goal)
    begin.run(parts, n_jobs=1)
    assert trials(parts) == trials(whole)
    assert told(parts)[11][0] == (COMPLETE if sampler == "qmc" else FAILED)
    other = search_in(tmp_path / "other", *space, n_trials=2, goal=goal._replace(seed=1))
    begin.run(other, n_jobs=1)
    assert trials(other) != trials(whole)[:2]


@pytest.mark.parametrize("damage", ["a digit", "NULs", "cut"])
def test_a_damaged_journal_of_the_sampler_is_made_anew(tmp_path, trained, caplog, damage):
    space = [TAUS, "optimizer.learning_rate=tag(log,interval(1e-3,1e-2))", "training.batch_size=8,4"]
    search = search_in(tmp_path, *space, n_trials=12)
    begin.run(search, n_jobs=1)
    before, file = told(search), search.sweep.path / "study.journal"
    content = file.read_bytes()
    begin.run(search_in(tmp_path, *space, n_trials=13), n_jobs=1)
    (whole, whole_told), cells = (trials(search), told(search)), search.sweep.cells_file
    cells.write_bytes(b"".join(cells.read_bytes().splitlines(keepends=True)[:12]))  # back to twelve
    damaged = {
        "a digit": content.replace(b'"values": [', b'"values": [1', 1),
        "NULs": b"\0" * 40 + content[40:],
        "cut": content[: content.rindex(b"\n", 0, len(content) // 2) + 1],
    }[damage]
    file.write_bytes(damaged)
    again = search_in(tmp_path, *space, n_trials=13)
    assert f"{file} is damaged" in caplog.text
    begin.run(again, n_jobs=1)
    assert trials(again) == whole
    assert {**before, **told(again)} == whole_told


def test_a_trial_that_was_interrupted_ends_the_search_and_is_resumed(tmp_path, trained, monkeypatch):
    whole = trainings.train_at

    def interrupted(claims, settings, console, titles):
        if len(trained) != 2:
            return whole(claims, settings, console, titles)
        trained.append("interrupted")
        run = RunWriter.create_at(claims[0], name="x", kind=Kind.TRAIN, config_text="", provenance={})
        with run:
            raise KeyboardInterrupt

    monkeypatch.setitem(vars(trainings), "train_at", interrupted)
    search = search_in(tmp_path, TAUS, n_trials=4)
    with pytest.raises(KeyboardInterrupt):
        begin.run(search, n_jobs=1)
    assert len(trials(search)) == 3
    begin.run(search_in(tmp_path, TAUS, n_trials=4), n_jobs=1)
    assert len(trials(search)) == 4
    assert [state for state, _ in told(search).values()] == [COMPLETE] * 4
    assert trained[2] == "interrupted"
    assert len(trained) == 5


def test_a_result_that_nobody_has_told_is_told_and_not_trained_again(tmp_path, trained):
    search = search_in(tmp_path, TAUS, n_trials=2)
    train(search.sweep, [search.next()])  # the process is killed here
    assert told(search) == {}
    begin.run(search_in(tmp_path, TAUS, n_trials=2), n_jobs=1)
    assert len(told(search)) == len(trained) == 2


def test_what_is_trained_already_is_taken_over(tmp_path, trained):
    search = search_in(tmp_path, "protocol.tau=choice(3,4)", n_trials=8)
    begin.run(search, n_jobs=1)
    assert sorted(trained) == [(0, 3), (0, 4)]
    again = search_in(tmp_path, "protocol.tau=choice(3,4)", n_trials=4, goal=GOAL._replace(sampler="random"))
    assert again.sweep.path.name == "v0002"
    begin.run(again, n_jobs=1)
    assert len(trained) == 2
    assert [state for state, _ in told(again).values()] == [COMPLETE] * 4


def test_each_trial_is_a_row_and_each_training_counts_once(tmp_path, trained):
    search = search_in(tmp_path, "protocol.tau=choice(3,4)", n_trials=7)
    begin.run(search, n_jobs=1)
    table = table_of(Sweep.open(search.sweep.path))
    assert table.height == 7
    assert table["status"].to_list() == ["finished"] * 7
    groups = grouped(table, ["protocol.tau"])
    assert groups["cells"].to_list() == [1] * groups.height


@pytest.mark.parametrize(("direction", "worst"), [("minimize", math.inf), ("maximize", -math.inf)])
def test_the_sampler_is_told_to_avoid_what_diverges(tmp_path, trained, direction, worst):
    goal = GOAL._replace(direction=direction)
    search = search_in(tmp_path, "protocol.tau=5", "seed=choice(1)", n_trials=1, goal=goal)
    begin.run(search, n_jobs=1)
    assert told(search) == {0: (COMPLETE, worst)}
    ended = report(Sweep.open(search.sweep.path), Console(quiet=True))
    assert (ended.exit_code, ended.record["best"]) == (Status.DIVERGED.exit_code, None)


def test_a_metric_that_no_trial_could_take_is_said_with_its_reason(tmp_path, trained, monkeypatch):
    note = "needs at least 2000 steps, got 1000"

    def finish(run, status, summary, reason=None):
        told = {**summary, "d_h_paper": None, "metrics": {"d_h_paper": {"value": None, "note": note}}}
        return finished(run, status, told, reason=reason)

    finished = RunWriter.finish
    monkeypatch.setattr(RunWriter, "finish", finish)
    search = search_in(tmp_path, TAUS, n_trials=2, goal=GOAL._replace(metric="d_h_paper"))
    begin.run(search, n_jobs=1)
    said = StringIO()
    ended = report(Sweep.open(search.sweep.path), Console(file=said))
    assert (ended.exit_code, ended.record["best"]) == (1, None)
    assert f"no trial has a finite d_h_paper: {note}\n" in said.getvalue()


def test_tpe_learns_to_avoid_what_diverges(tmp_path):
    from rnnchaos.search.study import Study

    space = read_space(parse([TAUS], BUILTIN), BUILTIN)
    study = Study(tmp_path / "study.journal", space, sampler="tpe", seed=0, maximize=False)
    taus = []
    for place in range(40):
        number, drawn = study.ask(place)
        taus.append(tau := int(drawn["protocol.tau"]))
        if tau > 30:  # half of the space
            study.tell_bad(number)
        else:
            study.tell_value(number, abs(tau - 15.0))
    # The first ten are drawn by chance. Had optuna been told of failures, there would be more than 20.
    assert sum(tau > 30 for tau in taus[10:]) <= 10


def test_a_failure_is_no_result_and_a_search_gives_up_at_as_many(tmp_path, trained):
    said = []
    search = search_in(tmp_path, "protocol.tau=5", "seed=choice(7)", n_trials=3, said=said)
    begin.run(search, n_jobs=1)
    assert told(search) == dict.fromkeys(range(3), (COMPLETE, math.inf))
    assert trained == [(7, 5)]
    assert said == ["0/3  seed=7: failed, ZeroDivisionError: seven"] * 3
    ended = report(Sweep.open(search.sweep.path), Console(quiet=True))
    assert (ended.exit_code, ended.record["best"]) == (1, None)
    mixed = search_in(tmp_path / "mixed", "protocol.tau=6", "seed=choice(6,7)", n_trials=12)
    begin.run(mixed, n_jobs=1)
    counts = report(Sweep.open(mixed.sweep.path), Console(quiet=True)).record["counts"]
    assert counts["finished"] == 12
    assert 0 < counts["failed"] < 12


def test_settings_that_are_refused_are_recorded_and_the_others_go_on(tmp_path, trained):
    said = []
    space = ("protocol.tau=choice(5,100)", "training.window=choice(10,200)")
    search = search_in(tmp_path, *space, n_trials=12, goal=GOAL._replace(sampler="random"), said=said)
    begin.run(search, n_jobs=1)
    sweep = Sweep.open(search.sweep.path)
    found = standings(sweep)
    refused = [index for index, standing in enumerate(found) if standing.status == Status.FAILED]
    assert refused
    for index in refused:
        assert trials(search)[index] == ["protocol.tau=100", "training.window=10"]
        must = "protocol.tau must be at most training.window (10 steps)"
        assert found[index].reason == f"{must}, got 100; protocol=free trains without forcing"
        assert told(search)[index] == (COMPLETE, math.inf)
    assert sum(standing.has_result for standing in found) == 12
    assert (0, 100) in trained
    assert len(trained) == 3
    assert standings(sweep, rebuild=True) == found
    row = table_of(sweep).row(refused[0], named=True)
    assert (row["protocol.tau"], row["training.window"], row["status"]) == (100, 10, "failed")
    assert report(sweep, Console(quiet=True)).exit_code == 0


def test_a_metric_that_no_result_has_is_known_from_the_first(tmp_path, trained):
    wrong = GOAL._replace(metric="d_stsp_papr")
    message = (
        "hydra.sweeper.metric=d_stsp_papr: no such number among the results in .*; did you mean d_stsp_paper"
    )
    with pytest.raises(RunError, match=message):
        begin.run(search_in(tmp_path, TAUS, goal=wrong), n_jobs=1)
    assert len(trained) == 1
    with pytest.raises(ConfigError, match=message):  # now there are results to hold it against
        search_in(tmp_path, TAUS, goal=wrong)


def test_a_value_that_no_corner_allows_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ConfigError, match=r"protocol.tau=-3: protocol.tau must be at least 1 step, got -3"):
        search_in(tmp_path / "out", "protocol.tau=range(-3,50)")
    with pytest.raises(ConfigError, match=r"protocol.tau must be a whole number"):
        search_in(tmp_path / "out", "protocol.tau=interval(5,100)")
    with pytest.raises(ConfigError, match=r"ensemble.seeds must be 1 in a search"):
        search_in(tmp_path / "out", TAUS, "ensemble.seeds=3")
    assert not (tmp_path / "out").exists()


def test_the_same_search_is_the_same_version_whatever_its_number_of_trials(tmp_path, trained):
    first = search_in(tmp_path, TAUS, n_trials=2)
    assert search_in(tmp_path, TAUS, n_trials=9).sweep.path == first.sweep.path
    assert Sweep.open(first.sweep.path).search["n_trials"] == 9
    others = [
        search_in(tmp_path, "protocol.tau=range(2,61)"),
        search_in(tmp_path, TAUS, "seed=5"),
        search_in(tmp_path, TAUS, goal=GOAL._replace(direction="maximize")),
    ]
    assert [other.sweep.path.name for other in others] == ["v0002", "v0003", "v0004"]
    begin.run(first, n_jobs=1)
    cells = [first.sweep.cell(index) for index in range(2)]
    assert (
        Sweep.create(tmp_path, "smoke", cells, command=[]).path.name == "v0005"
    )  # a plain sweep does not grow


def test_half_a_line_of_a_killed_process_is_cut_off(tmp_path, trained):
    search = search_in(tmp_path, TAUS, n_trials=3)
    begin.run(search, n_jobs=1)
    before = trials(search)
    for name in ("cells.jsonl", "study.journal"):
        with (search.sweep.path / name).open("a") as file:
            file.write('{"half')
    assert trials(search) == before
    begin.run(search_in(tmp_path, TAUS, n_trials=5), n_jobs=1)
    assert trials(search)[:3] == before
    assert len(told(search)) == 5


def end_what_is_drawn(outputs):
    """A process of a search whose trainings take no time. Returns how many it has ended."""
    search, ended = search_in(outputs, TAUS, n_trials=20), 0
    while (cell := search.next()) is not None:
        folder = search.sweep.folder(cell.id)
        folder.mkdir(parents=True, exist_ok=True)
        claim = Claim.take(folder)
        if claim is None:
            continue
        if not standings(Sweep.open(search.sweep.path))[-1].has_ended:
            value = float(cell.config["protocol"]["tau"])
            Journal(search.sweep.study).ended(cell.id, Standing("finished", None, {"d_stsp_paper": value}))
            ended += 1
        claim.release()
    return ended


def test_processes_that_begin_at_once_share_one_search(tmp_path):
    ended = all_at_once(end_what_is_drawn, [(tmp_path,)] * 3)
    assert [name for name in os.listdir(tmp_path / "smoke.sweep") if name.startswith("v")] == ["v0001"]
    sweep = Sweep.open(tmp_path / "smoke.sweep")
    assert [standing.status for standing in standings(sweep)] == ["finished"] * 20
    assert sum(ended) == len(set(sweep.ids))
    assert not list(sweep.study.glob("**/*.lock*"))


def test_times_in_several_units_are_not_compared(tmp_path):
    goal = GOAL._replace(metric="valid_prediction_time", direction="maximize")
    results = [
        {"valid_prediction_time": value, "valid_prediction_time_unit": unit, "n_step_error": 0.1}
        for value, unit in ((3.1, "Lyapunov times"), (41.0, "time units"))
    ]
    assert (goal.lacking(results, tmp_path) or "").startswith(
        "hydra.sweeper.metric=valid_prediction_time must have one unit in all results, got Lyapunov times and time "
    )
    assert goal.lacking(results[:1], tmp_path) is goal.lacking(results[1:], tmp_path) is None
    assert goal._replace(metric="n_step_error").lacking(results, tmp_path) is None


@pytest.mark.parametrize(
    ("metric", "direction"),
    [
        ("d_stsp", "minimize"),
        ("n_step_error", "minimize"),
        ("valid_prediction_time", "maximize"),
        ("valid_prediction_time_smape", "maximize"),
        ("share", "maximize"),
    ],
)
def test_a_metric_is_wanted_the_way_it_is_better(metric, direction):
    assert begin.SearchSettings(metric).goal.direction == direction
    assert begin.SearchSettings(metric, "minimize").goal.direction == "minimize"


@pytest.mark.parametrize("metric", ["lambda_max_relative_error", "lambda_max_difference_standard_errors"])
def test_of_a_difference_the_size_counts(metric):
    goal = begin.SearchSettings(metric).goal
    values = [goal.value(Standing("finished", None, {metric: number})) for number in (-0.4, 0.1)]
    assert (goal.direction, goal.compared, values) == ("minimize", f"|{metric}|", [0.4, 0.1])
