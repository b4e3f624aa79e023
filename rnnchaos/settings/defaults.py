"""What no config file spells: the defaults of the classes that a composed config names, filled in."""

from typing import Any

from omegaconf import DictConfig, OmegaConf, open_dict

from rnnchaos.settings.index import defaults_of

# Groups whose node holds settings of a class, of the whole group, or of both.
NODES = ("dataset", "model", "protocol", "optimizer", "logging")


def filled(config: DictConfig, command: str) -> DictConfig:
    """The config of a command with every setting that its classes, groups and the command itself have."""
    with open_dict(config):
        for group in NODES:
            node = config.get(group)
            if isinstance(node, DictConfig):
                target = OmegaConf.to_container(node).get("_target_")  # type: ignore[union-attr]
                named = {} if target is None else {"_target_": target}
                config[group] = _merged(named | defaults_of(str(target)) | defaults_of(group), node)
        for name, default in defaults_of(command).items():
            if name not in config:
                config[name] = default
            elif isinstance(default, dict) and isinstance(config[name], DictConfig):
                config[name] = _merged(default, config[name])
    return config


def _merged(defaults: dict[str, Any], node: DictConfig) -> DictConfig:
    """The defaults, with what the node says in their place."""
    merged = OmegaConf.merge(OmegaConf.create(defaults), node)
    assert isinstance(merged, DictConfig)
    return merged
