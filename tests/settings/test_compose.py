"""One config from files and words: kept compositions are those of Hydra, and -m means what Hydra's grammar says."""

import hydra
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.settings.axes import combinations, parse
from rnnchaos.settings.compose import BUILTIN, Composer, compose, resolve
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder
from rnnchaos.settings.words import sort_words

LINES = (
    ["protocol.tau=7", "seed=3", "dataset.axes=[0,1]", "name=x-${seed}", "training={window: 9}"],
    ["model=lstm", "optimizer=sgd", "optimizer.momentum=0.5", "optimizer.nesterov=true"],
    ["experiment=paper/lorenz_tau", "protocol.tau=3"],
    ["++protocol.tau=7", "+dataset.more=1", "~training.window", "training.batch_size=3"],
    ["model=gru", "hydra/launcher=slurm", "hydra.launcher.mem_gb=2"],
    ["outputs=${oc.env:HOME}", "name=${hydra:runtime.choices.model}-${model.hidden_size}"],
)


@pytest.mark.parametrize("words", LINES, ids=" ".join)
def test_values_changed_in_a_kept_composition_are_those_that_hydra_composes(words):
    composer = Composer("train")
    composer.plain([word for word in words if "." not in word])  # so that something is kept
    assert composer.plain(words) == resolve(composer.config(words))


def test_hydra_composes_once_for_each_set_of_choices(monkeypatch):
    composed, by_hydra = [], hydra.compose
    monkeypatch.setattr(
        hydra, "compose", lambda name, words, **how: composed.append(words) or by_hydra(name, words, **how)
    )
    composer = Composer("train")
    configs = [
        composer.plain([f"model={model}", f"seed={seed}"]) for seed in range(3) for model in ("lstm", "gru")
    ]
    assert composed == [["model=lstm"], ["model=gru"]]
    assert [config["seed"] for config in configs] == [0, 0, 1, 1, 2, 2]
    assert [config["name"].split("-")[1] for config in configs] == ["lstm", "gru"] * 3


def test_what_a_config_says_of_the_words_is_that_of_all_words(tmp_path):
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "named.yaml").write_text(
        "# @package _global_\nname: ${hydra:job.override_dirname}\n"
    )
    composer = Composer("train", ConfigFolders((builtin_folder(), tmp_path)))
    for seed in (1, 2):
        assert composer.plain(["experiment=named", f"seed={seed}"])["name"] == f"experiment=named,seed={seed}"


def test_the_time_is_the_same_in_all_configs_of_a_composer():
    composer = Composer("train")
    assert len({composer.plain(["name=${now:%f}", f"seed={seed}"])["name"] for seed in range(3)}) == 1


def test_folders_of_the_user_whatever_their_names(tmp_path):
    folders = [tmp_path / "a folder, 'mine'", tmp_path / "another"]
    for folder, rho in zip(folders, (60, 70), strict=True):
        (folder / "dataset").mkdir(parents=True)
        (folder / "dataset" / "hot.yaml").write_text(f"defaults: [lorenz63]\nrho: {rho}\n")
    words = sort_words(["-cd", str(folders[0]), "dataset=hot", f"--config-dir={folders[1]}"])
    assert words.overrides == ["dataset=hot"]
    assert compose("train", words.overrides, words.configs)["dataset"]["rho"] == 60  # the first wins


@pytest.mark.parametrize("flag", ["-m", "--multirun"])
@pytest.mark.parametrize("place", range(3))
def test_a_flag_may_stand_anywhere(flag, place):
    words = ["seed=1", "~model"]
    words.insert(place, flag)
    found = sort_words(words)
    assert (found.overrides, found.flags.typed) == (["seed=1", "~model"], (flag,))
    assert found.flags.multirun


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["b=1,2", "a=x,y", "c=3"], [("b=1", "a=x", "c=3"), ("b=1", "a=y", "c=3"),
                                     ("b=2", "a=x", "c=3"), ("b=2", "a=y", "c=3")]),
        (["a=range(3)", "~b", "+c=1"], [(f"a={value}", "~b", "+c=1") for value in range(3)]),
        (["a=1,2", "b=0", "a=3"], [("a=3", "b=0")]),
        (["model=glob([ls*,g*],exclude=shp*)"], [("model=gru",), ("model=lstm",)]),
        (["a=[1,2],[3]", "b='x, y'"], [("a=[1,2]", "b='x, y'"), ("a=[3]", "b='x, y'")]),
    ],
)  # fmt: skip
def test_the_last_setting_changes_fastest_and_its_last_word_counts(words, expected):
    assert combinations(parse(words, BUILTIN), BUILTIN) == expected


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("a.b=interval(0,1)", "an interval has no single values"),
        ("model=glob(x*)", "there is no such choice"),
        ("a.b=range(3,3)", "there is no such choice"),
    ],
)
def test_what_has_no_values_cannot_be_swept(word, said):
    with pytest.raises(ConfigError, match=said) as caught:
        combinations(parse([word], BUILTIN), BUILTIN)
    assert str(caught.value).startswith(f"{word}: ")
