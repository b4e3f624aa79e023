"""Configs as the command line composes them, for the tests that start from config files."""

from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import open_dict

from rnnchaos.settings.compose import resolve
from rnnchaos.settings.config_folders import builtin_folder
from rnnchaos.settings.read import read_settings
from rnnchaos.settings.schema import Settings


def composed(*overrides: str, config_name: str = "train") -> dict:
    """The resolved config of a command line."""
    with initialize_config_dir(str(builtin_folder()), version_base="1.3"):
        config = compose(config_name, overrides=list(overrides), return_hydra_config=True)
        HydraConfig.instance().set_config(config)
        with open_dict(config):
            del config["hydra"]
        return resolve(config)


def settings(*overrides: str) -> Settings:
    """The settings of a training run."""
    return read_settings(composed(*overrides))
