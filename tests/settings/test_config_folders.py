"""Names and settings read from the config folders without Hydra."""

import shutil

import pytest

from rnnchaos.nearest import nearest
from rnnchaos.settings import config_folders
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder

KEYS = [
    "seed",
    "model",
    "dataset.rho",
    "dataset.dt",
    "protocol.tau",
    "optimizer.learning_rate",
    "training.window",
]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dataset.system.rho", "dataset.rho"),
        ("tau", "protocol.tau"),
        ("protocol.tua", "protocol.tau"),
        ("sead", "seed"),
        ("optimizer.lerning_rate", "optimizer.learning_rate"),
        ("training.learning_rat", "optimizer.learning_rate"),
        ("dataset.zeta", None),
        ("qwertz", None),
    ],
)
def test_the_nearest_setting(name, expected):
    assert nearest(name, KEYS) == expected


def test_the_checkout_is_preferred_and_the_installed_copy_found(tmp_path, monkeypatch):
    checkout = tmp_path / "checkout"
    package = checkout / "rnnchaos" / "config"
    package.mkdir(parents=True)
    monkeypatch.setattr(config_folders, "__file__", str(package / "configs.py"))
    installed = checkout / "rnnchaos" / "configs"
    assert builtin_folder() == installed
    (checkout / "configs").mkdir()
    assert builtin_folder() == installed  # another project's folder of that name is not ours
    shutil.copy(KNOWN / "train.yaml", checkout / "configs")
    assert builtin_folder() == checkout / "configs"


KNOWN = builtin_folder()


def test_a_users_folder_adds_choices_and_keys(tmp_path):
    (tmp_path / "dataset" / "mine").mkdir(parents=True)
    (tmp_path / "dataset" / "mine" / "hot.yaml").write_text("_target_: x\nheat: 3\n")
    (tmp_path / "dataset" / "broken.yaml").write_text("a: [")
    configs = ConfigFolders((KNOWN, tmp_path))
    assert "mine/hot" in configs.choices("dataset")
    assert "dataset.heat" in configs.keys("train", ["dataset=mine/hot"])
    assert "dataset.rho" not in configs.keys("train", ["dataset=mine/hot"])
    assert "seed" in configs.keys("train", ["dataset=broken"])
    assert "seed" in configs.keys("train", ["dataset=nowhere"])


def test_an_experiment_makes_choices_that_the_line_overrides():
    configs = ConfigFolders((KNOWN,))
    assert configs.chosen("train", ["experiment=two_cycle"])["protocol"] == "free"
    assert configs.chosen("train", ["experiment=two_cycle", "protocol=teacher_forcing"])["protocol"] == (
        "teacher_forcing"
    )
