"""Paths as people have them reach the program as they are typed; swept, resumed and from Python as well."""

import pytest

from rnnchaos.public.words import words_of
from rnnchaos.settings.axes import combinations, parse
from rnnchaos.settings.compose import compose
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder
from rnnchaos.settings.forecast import read_forecast
from rnnchaos.settings.index import paths
from rnnchaos.settings.words import sort_words

NAMES = [
    "data.csv",
    "~/data.csv",
    "data(1).csv",
    "größe/höhe.csv",
    "e\u0301te\u0301.csv",
    "日本.csv",
    "tau=30/seed=1.csv",
    "it's.csv",
    "'quoted'.csv",
    'said "so".csv',
    "two words.csv",
    " begins with a blank.csv",
    "[1].csv",
    "{a}.csv",
    "a,b.csv",
    "a;b&c|d!e#f@g^h`i.csv",
    "50%.csv",
    "*.csv",
    "a?.csv",
    "$HOME.csv",
    "<a>.csv",
    "C:\\data\\a.csv",
    "ends with\\",
    "back\\'slash.csv",
    "007",
    "1e5",
    "true",
    "2024-05-01",
    "choice(1)",
    "range(1,3)",
    "[a]",
    "-a.csv",
    "a.csv,b.csv",
]
FOLDERS = ConfigFolders((builtin_folder(),))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("plus", ["", "++"])
def test_a_path_reaches_the_config_as_it_is_typed(name, plus):
    words = sort_words(["dataset=file", f"{plus}dataset.path={name}"]).overrides
    assert compose("train", words)["dataset"]["path"] == name


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("path=[a.csv,b.csv]", ["a.csv", "b.csv"]),
        ("path=[~/two words.csv, größe.csv]", ["~/two words.csv", "größe.csv"]),
        ("test_path=['a,b.npy',c.npy]", ["a,b.npy", "c.npy"]),
        ("path=session_[0-9].npy", "session_[0-9].npy"),
        ("variable=EEG.data", "EEG.data"),
        ("variable=/session 1/x", "/session 1/x"),
        ("variable=[x,y z]", ["x", "y z"]),
        ("inputs=[stimulus (V),3]", ["stimulus (V)", 3]),
        ("trial_column=trial no", "trial no"),
        ("trial_column=null", None),
    ],
)
def test_lists_of_files_and_names_in_them(word, expected):
    words = sort_words(["dataset=file", "dataset.path=a.csv", f"dataset.{word}"]).overrides
    assert compose("train", words)["dataset"][word.partition("=")[0]] == expected


def test_a_list_of_one_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").touch()
    words = sort_words(["dataset=file", "dataset.path=[a.csv]"]).overrides
    assert compose("train", words)["dataset"]["path"] == ["a.csv"]


@pytest.mark.parametrize("name", NAMES)
def test_from_python_too(name):
    words = [*words_of({"dataset": "file"}), *words_of({"dataset": {"path": name}})]
    assert compose("train", sort_words(words).overrides)["dataset"]["path"] == name


@pytest.mark.parametrize("key", sorted(paths()))
def test_every_path(key):
    assert sort_words([f"{key}=data(1).csv"]).overrides == [f"{key}='data(1).csv'"]
    assert {"outputs", "weights", "dataset.path"} <= paths()


def swept(*words):
    found = sort_words(["-m", "dataset=file", *words])
    return [compose("train", list(each)) for each in combinations(parse(found.overrides, FOLDERS), FOLDERS)]


@pytest.mark.parametrize("name", [name for name in NAMES if "," not in name])
def test_a_comma_separates_the_jobs_of_a_sweep(name):
    found = swept(f"dataset.path=~/x (1).csv,{name.strip()}", "seed=0,1")
    assert [config["dataset"]["path"] for config in found] == ["~/x (1).csv"] * 2 + [name.strip()] * 2


def test_a_quoted_value_stays_as_it_is():
    for word in (
        "dataset.path='a,b(1).csv'",
        'dataset.path="a,b(1).csv"',
        "dataset.path=null",
        "seed=3",
        "model=lstm",
    ):
        assert sort_words([word]).overrides == [word]
    (found,) = swept("dataset.path='a,b(1).csv'")
    assert found["dataset"]["path"] == "a,b(1).csv"
    assert [config["dataset"]["path"] for config in swept("dataset.path='a,1.csv',b.csv")] == [
        "a,1.csv",
        "b.csv",
    ]
    assert len(swept("dataset.path=choice(a.csv,b.csv)")) == 2


def test_the_environment_is_read_in_a_path(monkeypatch):
    monkeypatch.setenv("PLACE", "/data (1)")
    for word in ("dataset.path=${oc.env:PLACE}/x.csv", "dataset.path=${oc.env:PLACE}/x(1).csv"):
        found = compose("train", sort_words(["dataset=file", word]).overrides)["dataset"]["path"]
        assert found == "/data (1)/" + word.rpartition("/")[2]


def test_several_files_without_m_are_several(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).touch()
    assert sort_words(["dataset.path=a.csv,b.csv"]).overrides == ["dataset.path=a.csv,b.csv"]


@pytest.mark.parametrize(
    ("word", "value"),
    [("separator=;", ";"), ("separator=,", ","), ("comment_prefix=#", "#"), ("comment_prefix=null", None),
     ("time_column=Time (s)", "Time (s)"), ("time_column=0", 0), ("time_column=null", None), ("separator=tab", "tab")],
)  # fmt: skip
def test_marks_and_names_of_columns(word, value):
    name = word.partition("=")[0]
    composed = compose("train", sort_words(["dataset=file", "dataset.path=a", f"dataset.{word}"]).overrides)
    assert composed["dataset"][name] == value
    assert getattr(read_forecast(["history=a", word]), name) == value


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("columns=[größe,Time (s),it's,3]", ["größe", "Time (s)", "it's", 3]),
        ("columns=[x,'a,b',2]", ["x", "a,b", 2]),
        ("columns=['größe']", ["größe"]),
        ("null_values=[-999,n/a,#]", [-999, "n/a", "#"]),
    ],
)
def test_lists_of_names(word, expected):
    composed = compose("train", sort_words(["dataset=file", "dataset.path=a", f"dataset.{word}"]).overrides)
    assert composed["dataset"][word.partition("=")[0]] == expected
