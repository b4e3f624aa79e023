"""Configs as the command line composes them, for the tests that start from config files."""

from rnnchaos.settings.compose import compose
from rnnchaos.settings.read import read_settings
from rnnchaos.settings.schema import Settings


def composed(*overrides: str, config_name: str = "train") -> dict:
    """The resolved config of a command line."""
    return compose(config_name, overrides)


def settings(*overrides: str) -> Settings:
    """The settings of a training run."""
    return read_settings(composed(*overrides))
