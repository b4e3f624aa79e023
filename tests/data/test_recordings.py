"""Recordings in pieces: trials, sessions, files, stretches between gaps, with inputs, and a test file beside them."""

import re

import numpy as np
import polars
import pytest

from rnnchaos.data import SeriesFile
from rnnchaos.errors import ConfigError

TRIALS = np.random.default_rng(0).standard_normal((3, 20, 2))
LONG = TRIALS.reshape(-1, 2)
TRIAL = np.repeat([4, 7, 9], 20)
TIME = np.tile(0.5 * np.arange(20), 3)


def frame(**columns):
    return polars.DataFrame({"t": TIME, "x": LONG[:, 0], "y": LONG[:, 1], "trial": TRIAL} | columns)


def csv(tmp_path, table, name="a.csv"):
    table.write_csv(tmp_path / name)
    return tmp_path / name


def refusal(path, **settings):
    with pytest.raises(ConfigError) as error:
        SeriesFile(path, **settings).read()
    assert "\n" not in str(error.value)
    return re.sub(r"[^\s']*/", "", str(error.value))


def assert_trials(found, trials=TRIALS):
    assert found.series.lengths == tuple(map(len, trials))
    np.testing.assert_array_equal(found.values, np.concatenate(list(trials)))


@pytest.mark.parametrize(
    "trial", [TRIAL, [f"s{i}" for i in TRIAL], TRIAL * 0.5], ids=["whole", "text", "half"]
)
def test_a_trial_column(tmp_path, trial):
    found = SeriesFile(csv(tmp_path, frame(trial=trial)), trial_column="trial", time_column="t").read()
    assert_trials(found)
    assert (found.dt, found.names, found.told.trials) == (0.5, ("x", "y"), 3)


def test_trials_that_alternate_from_row_to_row(tmp_path):
    table = frame().sort("t", maintain_order=True)
    assert_trials(SeriesFile(csv(tmp_path, table), trial_column="trial", time_column="t").read())
    found = SeriesFile(csv(tmp_path, table.drop("t")), trial_column="trial").read()
    assert_trials(found)


def test_a_trial_that_goes_on_after_others_begins_anew(tmp_path):
    path = csv(tmp_path, frame(trial=np.where(TRIAL == 9, 4, TRIAL)).drop("t"))
    assert_trials(SeriesFile(path, trial_column="trial").read())


def test_rows_between_trials_belong_to_none(tmp_path):
    trial = polars.Series([None if i % 20 > 16 else t for i, t in enumerate(TRIAL)])
    found = SeriesFile(csv(tmp_path, frame(trial=trial)), trial_column="trial", time_column="t").read()
    assert_trials(found, TRIALS[:, :17])


@pytest.mark.parametrize("trial", [TRIAL, [f"s{i}" for i in TRIAL]], ids=["numbers", "text"])
@pytest.mark.parametrize("settings", [{}, {"columns": ("x", "y"), "dt": 0.5}])
def test_a_column_of_trials_is_spoken_for(tmp_path, trial, settings):
    path = csv(tmp_path, frame(trial=trial).drop("t"))
    assert refusal(path, **settings) == (
        "trial_column must say whether column 'trial' of a.csv tells trials apart, which has 3 different entries in 60 "
        "rows, got 'auto'; trial_column=trial takes each for a piece, trial_column=null takes rows as they follow each "
        "other"
    )
    assert SeriesFile(path, columns=("x", "y"), trial_column=None).read().series.lengths == (60,)


def test_times_that_begin_anew_begin_a_piece(tmp_path):
    assert_trials(SeriesFile(csv(tmp_path, frame().drop("trial")), time_column="t").read())


def test_several_files(tmp_path):
    for number, trial in zip((1, 2, 10), TRIALS, strict=True):
        table = polars.DataFrame({"t": TIME[:20], "x": trial[:, 0], "y": trial[:, 1]})
        table.select(["t", "x", "y"] if number != 2 else ["y", "t", "x"]).write_parquet(
            tmp_path / f"session_{number}.parquet"
        )
    found = SeriesFile(tmp_path / "session_*.parquet", time_column="t").read()
    assert_trials(found)  # 2 before 10
    assert (found.told.files, found.dt) == (3, 0.5)
    listed = SeriesFile((tmp_path / "session_10.parquet", tmp_path / "session_[1].parquet"), time_column="t")
    assert_trials(listed.read(), TRIALS[[2, 0]])


def test_files_that_do_not_fit_together(tmp_path):
    a, b = csv(tmp_path, frame()), csv(tmp_path, frame().rename({"y": "z"}), "b.csv")
    settings = {"time_column": "t", "trial_column": "trial"}
    assert (
        refusal((a, b), **settings)
        == "b.csv: must have the columns t, x, y, trial of a.csv, got t, x, z, trial"
    )
    csv(tmp_path, frame(z=LONG[:, 0]), "b.csv")
    assert refusal((a, b), **settings) == (
        "b.csv: must have the columns t, x, y, trial of a.csv, got t, x, y, trial, z"
    )
    assert len(SeriesFile((a, b), columns=("x",), **settings).read().series.lengths) == 6
    csv(tmp_path, frame(t=2 * TIME), "b.csv")
    assert refusal((a, b), **settings) == (
        "resample must be given, as not all pieces have one sampling step: b.csv, trial 0 has 1 beside 0.5, got null; "
        "resample=0.5 interpolates"
    )
    assert refusal((a, a)) == "path must name each file once, got 'a.csv'"
    assert refusal(tmp_path / "c*.csv").startswith("path must be a pattern that fits a file, got 'c*.csv'")
    assert refusal(tmp_path).startswith("path must be a file, not a folder, got ")


@pytest.mark.parametrize("order", [None, (0, 2, 1), (2, 1, 0), (1, 0, 2)])
def test_an_array_of_three_dimensions(tmp_path, order):
    path = tmp_path / "a.npy"
    np.save(path, TRIALS if order is None else TRIALS.transpose(np.argsort(order)))
    transpose = {None: "auto", (0, 2, 1): True}.get(order, order)
    assert_trials(SeriesFile(path, transpose=transpose).read())


def test_dimensions_that_are_not_clear(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, TRIALS.swapaxes(1, 2))
    assert refusal(path) == (
        "transpose must say what the dimensions of a.npy are, since it holds an array of shape (3, 2, 20), got 'auto'; "
        "transpose=false for trial, time, channel; true for trial, channel, time; a list of where these three stand "
        "for others: [2,1,0] for channel, time, trial"
    )
    assert refusal(path, transpose=(0, 0, 1)).startswith(
        "transpose must be a list of 0, 1 and 2, where trial"
    )
    np.save(path, TRIALS[0])
    assert refusal(path, transpose=(2, 1, 0)) == (
        "transpose must be true or false, since it holds an array of shape (20, 2), got [2, 1, 0]"
    )


def test_trials_padded_with_nan_and_trials_that_were_rejected(tmp_path):
    trials = TRIALS.copy()
    trials[1] = np.nan
    trials[2, 12:] = np.nan
    np.save(tmp_path / "a.npy", trials)
    assert_trials(SeriesFile(tmp_path / "a.npy").read(), [TRIALS[0], TRIALS[2, :12]])


HOLES = [3, 4, 11, 30, 31, 32]


@pytest.mark.parametrize(
    ("bridge", "lengths"), [(0, (3, 6, 18, 27)), (1, (3, 25, 27)), (2, (30, 27)), (3, (60,))]
)
@pytest.mark.parametrize("how", ["nan", "times", "index"])
def test_gaps_are_bridged_up_to_a_length(tmp_path, how, bridge, lengths):
    smooth = np.stack([np.sin(0.1 * np.arange(60)), np.cos(0.1 * np.arange(60))], axis=1)
    time = 0.5 * np.arange(60)
    table = polars.DataFrame({"t": time, "x": smooth[:, 0], "y": smooth[:, 1]})
    if how == "nan":
        column = table["x"].to_list()
        for row in HOLES:
            column[row] = None
        table = table.with_columns(x=polars.Series(column))
    else:
        table = table.filter(~polars.int_range(60).is_in(HOLES))
    if how == "index":
        table = table.with_columns(t=(2 * table["t"]).cast(polars.Int64))
    path = csv(tmp_path, table)
    found = SeriesFile(path, time_column="t", bridge=bridge, interpolation="cubic").read()
    assert found.series.lengths == lengths
    assert found.told.filled == {0: 0, 1: 1, 2: 3, 3: 6}[bridge]
    assert found.told.gaps == len(lengths) - 1
    if bridge == 3:
        # A cubic spline through samples h apart is wrong by (5/384) h⁴ max|f⁗|, h = 0.4 across the longest hole.
        np.testing.assert_allclose(found.values, smooth, atol=5 / 384 * 0.4**4)
        linear = SeriesFile(path, time_column="t", bridge=bridge).read().values
        # A line is wrong by h²/8 max|f″|.
        np.testing.assert_allclose(linear, smooth, atol=0.4**2 / 8 + 1e-12)
        assert np.abs(linear - smooth).max() > 1e-3


def test_uneven_times_are_refused_with_the_largest_deviation_or_resampled(tmp_path):
    time = 0.5 * np.arange(60)
    time[[10, 40]] += [0.02, -0.2]
    values = np.stack([2 * time, 1 - time], axis=1)
    path = csv(tmp_path, polars.DataFrame({"t": time, "x": values[:, 0], "y": values[:, 1]}))
    settings = {"time_column": "t", "columns": ("x", "y")}
    assert refusal(path, **settings) == (
        "resample must be given: times of a.csv rise by 0.5 as a rule but by 0.3 after row 39, the largest deviation "
        "(40 % of a step; 4 uneven steps), got null; resample=0.5 interpolates; where that does no harm, leave the "
        "column out and give dt"
    )
    found = SeriesFile(path, resample=0.25, **settings).read()
    assert (found.dt, found.series.lengths, found.told.resampled) == (0.25, (119,), True)
    np.testing.assert_allclose(found.values[:, 0], 0.5 * np.arange(119), atol=1e-12)
    with pytest.raises(ConfigError, match=r"^resample must be null without time_column, got 0.25$"):
        SeriesFile(path, time_column=None, resample=0.25).read()


def test_resampling_does_not_reach_across_gaps(tmp_path):
    time = np.concatenate([0.5 * np.arange(20), 30 + 0.5 * np.arange(20)])
    path = csv(tmp_path, polars.DataFrame({"t": time, "x": np.where(time < 20, 0.0, 1.0)}))
    found = SeriesFile(path, time_column="t", resample=0.2, interpolation="cubic").read()
    assert found.series.lengths == (48, 48)
    np.testing.assert_array_equal(np.unique(found.values), [0, 1])


def test_times_that_repeat_or_stand_in_no_order(tmp_path):
    twice = TIME[:20].copy()
    twice[7] = twice[6]
    path = csv(tmp_path, polars.DataFrame({"t": twice, "x": LONG[:20, 0]}))
    assert refusal(path, time_column="t") == (
        "a.csv: sampling times must rise, but rows 6 and 7 have the same time 3 (one such pair); drop one of each, or "
        "name trial_column where they are of several trials"
    )
    days = [f"2024-05-{day:02}" for day in (1, 2, 3, 4, 4, 5, 6)]
    path = csv(tmp_path, polars.DataFrame({"date": days, "x": LONG[:7, 0]}))
    assert "rows 3 and 4 have the same time 2024-05-04 (one such pair)" in refusal(path, time_column="date")
    shuffled = np.random.default_rng(1).permutation(TIME[:20])
    path = csv(tmp_path, polars.DataFrame({"t": shuffled, "x": LONG[:20, 0]}))
    assert re.match(
        r"a.csv: sampling times must rise, but \d+ of 19 steps go back: sort the rows",
        refusal(path, time_column="t"),
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"trial_column": "x", "columns": ("x", "y")},
         "trial_column must name no column that columns has, too, got 'x'; it is column 1 of a.csv"),
        ({"inputs": ("y",), "columns": ("x", "y")},
         "inputs must name no column that columns has, too, got 'y'; it is column 2 of a.csv"),
        ({"inputs": ("y", 2)}, "inputs must name each column once, got ['y', 2]"),
        ({"inputs": ("t",)}, "inputs must name neither times nor trials, got ['t']"),
        ({"inputs": ("x", "y", "trial"), "trial_column": None},
         "columns must leave a column that is predicted, got null"),
        ({"inputs": ("w",)}, "inputs must name a column of the file, got 'w'; did you mean 'y'?"),
        ({"trial_column": "w"}, "trial_column must name a column of the file, got 'w'; did you mean 'y'?"),
    ],
)  # fmt: skip
def test_columns_that_are_two_things(tmp_path, settings, message):
    path = csv(tmp_path, frame())
    assert refusal(path, **{"time_column": "t", "trial_column": "trial", **settings}) == message


def test_a_trial_column_that_tells_nothing_apart(tmp_path):
    path = csv(tmp_path, frame(trial=np.ones(60)).drop("t"))
    assert refusal(path, trial_column="trial") == (
        "trial_column must tell trials of a.csv apart, got 'trial'; column 'trial' is the same in every row"
    )
    other = csv(tmp_path, frame(trial=np.full(60, 2)).drop("t"), "b.csv")
    assert SeriesFile((path, other), trial_column="trial").read().series.lengths == (60, 60)
    each = csv(tmp_path, frame(trial=np.random.default_rng(0).standard_normal(60)).drop("t"), "c.csv")
    assert "got 0; between gaps and trials each of its 60 rows stands alone" in refusal(
        each, trial_column="trial"
    )


def test_inputs_are_no_data(tmp_path):
    stimulus = np.sin(np.arange(60.0))
    path = csv(tmp_path, frame(stimulus=stimulus))
    found = SeriesFile(path, time_column="t", trial_column="trial", inputs=("stimulus",)).read()
    assert_trials(found)
    assert (found.names, found.input_names) == (("x", "y"), ("stimulus",))
    np.testing.assert_array_equal(found.series.inputs[:, 0], stimulus)
    holes = stimulus.copy()
    holes[[5, 6]] = np.nan
    path = csv(tmp_path, frame(stimulus=holes))
    found = SeriesFile(path, time_column="t", trial_column="trial", inputs=("stimulus",)).read()
    assert found.series.lengths == (5, 13, 20, 20)


def test_a_test_file_has_the_same_columns_and_time_step(tmp_path):
    path = csv(tmp_path, frame().drop("trial"))
    other = csv(tmp_path, frame().drop("trial").select("y", "x", "t")[20:35], "test.csv")
    source = SeriesFile(path, time_column="t", test_path=other)
    test = source.read_test()
    assert (test.names, test.dt) == (("x", "y"), 0.5)
    np.testing.assert_array_equal(test.values, TRIALS[1][:15])
    assert SeriesFile(path, time_column="t").read_test() is None
    np.save(tmp_path / "test.npy", LONG)
    named = csv(tmp_path, frame().drop("trial", "t"), "named.csv")
    np.testing.assert_array_equal(SeriesFile(named, test_path=tmp_path / "test.npy").read_test().values, LONG)


def test_times_before_trials_are_told(tmp_path):
    waves = np.sin(
        0.1 * np.arange(300)[:, None, None] + np.arange(30).reshape(10, 3) ** 2
    )  # time, trial, channel
    np.save(tmp_path / "a.npy", waves)
    (said,) = SeriesFile(tmp_path / "a.npy").read().told.said
    assert "of shape (300, 10, 3) the first dimension, of trials, is smoother than the second" in said
    for transpose in (False, (1, 0, 2)):
        assert not SeriesFile(tmp_path / "a.npy", transpose=transpose).read().told.said
    for trials in (waves.transpose(1, 0, 2), TRIALS):
        np.save(tmp_path / "b.npy", trials)
        assert not SeriesFile(tmp_path / "b.npy").read().told.said


def test_arrays_that_are_named_as_parts_are_told(tmp_path):
    np.savez(tmp_path / "a.npz", train=LONG[:40], test=LONG[40:])
    (said,) = SeriesFile(tmp_path / "a.npz").read().told.said
    assert "its arrays train, test are taken for pieces of one series" in said
    assert not SeriesFile(tmp_path / "a.npz", variable="train").read().told.said
    np.savez(tmp_path / "b.npz", monday=LONG[:40], tuesday=LONG[40:])
    assert not SeriesFile(tmp_path / "b.npz").read().told.said
