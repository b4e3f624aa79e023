"""What the pages show of runs and sweeps that go on, end, die and are gone on with."""

import re
import subprocess
import sys

import numpy as np
import pytest
from served import line, train

from rnnchaos.errors import ConfigError
from rnnchaos.live.views import view_of
from rnnchaos.runs import RunWriter, Status
from rnnchaos.runs.claim import Claim

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def verdict(page):
    return page.partition('<p class="verdict">')[2].partition("</p>")[0]


def test_a_run_from_its_first_moment_to_its_end(serve, begin):
    with begin() as run:
        served = serve(run.path)
        first = served()
        assert "it has begun, and its history has no line yet" in verdict(first.text)
        assert "This page follows what is going on." in first.text
        assert "rnnchaos resume" not in first.text

        run.history.append(line(100))
        run.history.append(line(200, 0.25))
        second = served()
        assert verdict(second.text) == "step 200 of 400 (50 %), loss 0.25"
        assert "Loss so far" in second.text
        assert second.headers["ETag"] != first.headers["ETag"]
        assert float(second.headers["Rnnchaos-Next"]) < 1

        run.history.append(line(350, attempt=2, of=600))
        assert verdict(served().text) == "step 150 of 600 of attempt 2 (25 %), loss 0.5"

        run.history.append(line(800, 0.125, attempt=2, of=600))
        assert "all 600 steps of attempt 2 are trained; the network is being measured" in verdict(
            served().text
        )
        run.save_arrays("training", {"loss": np.geomspace(1, 0.1, 400)})
        run.finish(Status.FINISHED, {"learned": "yes", "sentence": f"learned: {ATTACK}"})
    last = served()
    assert "alert(1)" in verdict(last.text)
    assert "<script>alert" not in last.text
    assert "Nothing goes on here" in last.text
    assert "Loss over training" in last.text
    assert float(last.headers["Rnnchaos-Next"]) >= 10


def test_a_run_that_died_and_is_gone_on_with(serve, tmp_path):
    code = (
        "import sys, os\nfrom pathlib import Path\nfrom rnnchaos.runs import Kind, RunWriter\n"
        "words = {'name': 'demo', 'kind': Kind.TRAIN, 'config_text': 'a: 1\\n', 'provenance': {}}\n"
        "run = RunWriter.create(Path(sys.argv[1]), **words)\n"
        "run.history.append({'step': 10, 'loss': 1.0})\nos._exit(1)\n"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path], check=False)
    folder = tmp_path / "demo" / "v0001"
    served = serve(folder)
    text = served().text
    assert ">dead<" in text
    assert "the process of the run is gone, and the run had not ended" in text
    assert "Loss so far" in text
    claim = Claim.take(folder)
    with RunWriter.reopen(claim, version="0"):
        text = served().text
        assert ">running<" in text
        assert "This page follows what is going on." in text
    assert ">finished<" in served().text


def test_a_network_that_is_fitted_in_one_step_is_being_measured(serve, begin):
    with begin() as run:
        run.history.append(line(1, of=1))
        assert verdict(serve(run.path)().text) == "the network is fitted, and is being measured"


def test_a_history_of_an_earlier_version_does_not_say_how_long_it_will_be(serve, begin):
    with begin() as run:
        run.history.append({"step": 350, "loss": 0.5})
        assert verdict(serve(run.path)().text) == "step 350, loss 0.5"


def test_a_line_that_is_half_written_is_not_there_yet(serve, begin):
    with begin() as run:
        run.history.append(line(100))
        with (run.path / "history.jsonl").open("a") as file:
            file.write('{"step": 150, "lo')
        assert "step 100 of 400" in serve(run.path)().text


def test_a_run_that_is_gone_is_one_line(serve, begin):
    with begin() as run:
        served = serve(run.path)
        assert served().status == 200
        (run.path / "run.json").rename(run.path / "away")
        answer = served()
        assert (answer.status, answer.text) == (404, f"{run.path} is not a run folder\n")
        (run.path / "away").rename(run.path / "run.json")
        assert served().status == 200


def test_a_sweep_whose_cells_end(serve, sweep, begin):
    served = serve(sweep.study)
    text = served().text
    assert "3 trainings: 3 waiting" in text
    assert 'href="00' not in text
    assert "lambda_max" not in text
    train(sweep, sweep.ids[1], begin, lambda_max=0.9)
    text = served().text
    assert "2 waiting, 1 finished" in text
    assert ">lambda_max<" in text
    assert f'href="{sweep.ids[1]}/"' in text
    cell = served(f"{sweep.ids[1]}/")
    assert "not learned" in verdict(cell.text)
    assert '<a href="../">Back</a>' in cell.text
    assert served(f"{'f' * 20}/").status == 404
    assert served(f"{sweep.ids[0]}/").status == 404
    for each in (sweep.ids[0], sweep.ids[2]):
        train(sweep, each, begin)
    assert "Nothing goes on here" in served().text


def test_a_cell_behind_a_link_is_not_followed(serve, sweep, begin, tmp_path):
    with begin(outputs=tmp_path / "elsewhere") as run:
        folder = sweep.folder(sweep.ids[0])
        folder.parent.mkdir(parents=True)
        folder.symlink_to(run.path)
        answer = serve(sweep.path)(f"{sweep.ids[0]}/")
    assert answer.status == 404
    assert "is a link; it is not followed" in answer.text


def test_a_folder_of_runs_and_sweeps(serve, sweep, begin):
    outputs = sweep.path.parents[1]
    train(sweep, sweep.ids[0], begin)
    with begin("one") as run:
        served = serve(outputs)
        text = served().text
        assert 'href="one/v0001/"' in text
        assert 'href="seeds.sweep/v0001/"' in text
        assert "2 waiting, 1 finished" in text
        assert served("seeds.sweep/v0001/").status == 200
        assert '<a href="../../">Back</a>' in served("one/v0001/").text
        assert "not learned" in served(f"seeds.sweep/v0001/{sweep.ids[0]}/").text
        run.finish(Status.FAILED, reason=ATTACK)
    text = served().text
    assert "alert(1)" in text
    assert "<script>alert" not in text


def test_a_time_stands_in_the_column_of_its_unit(serve, begin, tmp_path):
    for name, unit, time in (("flow", "Lyapunov times", 8.125), ("file", "time units", 31.25)):
        with begin(name) as run:
            results = {"valid_prediction_time": time, "valid_prediction_time_unit": unit}
            run.finish(Status.FINISHED, results)
    text = serve(tmp_path / "outputs")().text
    heads = re.findall(r"<th scope=\"col\"[^>]*><button[^>]*>([^<]+)", text)
    rows = [
        re.findall(r"<td[^>]*>([^<]*)<", row) for row in re.findall(r"<tr data-key.*?</tr>", text, re.DOTALL)
    ]
    at = heads.index("valid_prediction_time") - len(heads)
    assert heads[at + 1] == "valid_prediction_time_in_time_units"
    assert sorted(row[at : at + 2] for row in rows if row) == [["8.125", "–"], ["–", "31.25"]]


def test_an_empty_folder_waits_for_its_first_run(serve, begin, tmp_path):
    (tmp_path / "outputs").mkdir()
    served = serve(tmp_path / "outputs")
    assert served().status == 200
    with begin():
        assert 'href="demo/v0001/"' in served().text


def test_what_cannot_be_watched(tmp_path, begin):
    with begin():
        pass
    (tmp_path / "other" / "things").mkdir(parents=True)
    for folder, message in {
        "nothing": "there is no run folder .*nothing$",
        "other": "other is neither a run nor a sweep, and there is none in it$",
        "outputs/demo": "is not a run folder; did you mean .*v0001",
    }.items():
        with pytest.raises(ConfigError, match=message):
            view_of(tmp_path / folder)
