"""The index of settings and its page say what the classes declare, and configs hold only what differs from it."""

import pytest
import yaml

from rnnchaos.settings import declarations
from rnnchaos.settings.compose import compose
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder
from rnnchaos.settings.index import FILE, defaults_of, settings_of

BUILTIN = ConfigFolders((builtin_folder(),))
CHOICES = [
    (group, choice)
    for group in ("dataset", "model", "protocol", "optimizer")
    for choice in BUILTIN.choices(group)
]


def test_the_index_is_what_the_classes_declare():
    again = "python -m rnnchaos.settings.declarations writes it anew"
    assert FILE.read_text(encoding="utf-8") == declarations.as_json(), again
    assert declarations.PAGE.read_text(encoding="utf-8") == declarations.as_markdown(), again


def test_a_setting_has_its_default_bound_and_help():
    tau, window = (
        settings_of("rnnchaos.protocols.SparseForcing")["tau"],
        settings_of("train")["training.window"],
    )
    assert (tau.required, tau.must) == (True, "be at least 1 step")
    assert tau.words == ["auto", "mutual_information", "autocorrelation"]
    assert (window.shown, window.must, window.words) == ("auto", "be at least 1 step", ["auto"])
    assert window.told.startswith("Predicted steps per window")
    assert window.told.endswith("At least 1 step.")
    # Declared on the class of all flows, with a default of each.
    assert settings_of("rnnchaos.systems.Rossler")["dt"].must == "be greater than 0 time units"


@pytest.mark.parametrize(("group", "choice"), CHOICES)
def test_a_config_holds_only_what_differs_from_its_class(group, choice):
    content = BUILTIN.content(group, choice)
    own = yaml.safe_load((builtin_folder() / group / f"{choice}.yaml").read_text(encoding="utf-8"))
    if any(isinstance(part, str) for part in own.get("defaults", [])):
        return  # it differs from another choice
    defaults = defaults_of(str(content.get("_target_"))) | defaults_of(group)
    repeated = {
        key for key, value in content.items() if defaults.get(key) == value != "???" and key in defaults
    }
    assert not repeated


def test_what_no_file_spells_is_there_to_change_to_refer_to_and_to_leave():
    config = compose("train", ["dataset.sigma=12", "training.window=${dataset.substeps}", "~dataset.beta"])
    assert (config["dataset"]["sigma"], config["training"]["window"]) == (12, 2)
    assert config["dataset"]["beta"] == pytest.approx(8 / 3)
    assert config["diagnostics"]["cycles"]["max_period"] == 2


def test_a_config_of_ones_own_names_its_class_alone(tmp_path):
    (tmp_path / "dataset").mkdir()
    (tmp_path / "dataset" / "hot.yaml").write_text("_target_: rnnchaos.systems.Lorenz63\nrho: 40.0\n")
    folders = ConfigFolders((builtin_folder(), tmp_path))
    config = compose("train", ["dataset=hot", "dataset.dt=0.02"], folders)
    assert config["dataset"] == defaults_of("rnnchaos.systems.Lorenz63") | defaults_of("dataset") | {
        "_target_": "rnnchaos.systems.Lorenz63", "rho": 40.0, "dt": 0.02,
    }  # fmt: skip


def test_shared_parts_of_earlier_configs_may_still_be_named(tmp_path):
    (tmp_path / "dataset").mkdir()
    text = "defaults:\n  - _preparation\n_target_: rnnchaos.systems.Henon\n"
    (tmp_path / "dataset" / "old.yaml").write_text(text)
    config = compose("train", ["dataset=old"], ConfigFolders((builtin_folder(), tmp_path)))
    assert config["dataset"]["train_length"] == 100_000
