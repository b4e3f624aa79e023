"""--cfg and --info: what would be composed, and from where, instead of running anything."""

import yaml
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf, open_dict

from rnnchaos.cli.multirun import composer_of
from rnnchaos.errors import ConfigError
from rnnchaos.escaping import escaped, one_line
from rnnchaos.outcome import Outcome
from rnnchaos.settings.compose import Composer
from rnnchaos.settings.words import Words

# What Hydra's node says that has a meaning here.
_OF_HYDRA = ["launcher", "sweeper", "searchpath", "overrides", "runtime"]


def show(words: Words, config_name: str) -> Outcome:
    """Print what the flags ask for, which the record has, too. Raises ConfigError where that cannot be composed."""
    if words.flags.multirun:
        raise ConfigError("--cfg and --info show the config of one job; leave out -m")
    if words.flags.from_run is not None:
        return _show_from_run(words, config_name)
    config = Composer(config_name, words.configs).config(words.overrides)
    HydraConfig.instance().set_config(config)
    if words.flags.info is None:
        return _show_part(config, words)
    record = {"config_folders": [str(folder) for folder in words.configs.folders]}
    if words.flags.info != "defaults":
        print("config folders, of which an earlier one wins:")
        print("".join(f"  {one_line(str(folder))}\n" for folder in words.configs.folders), end="")
    if words.flags.info != "searchpath":
        print("choices:")
        for group, choice in sorted(config.hydra.runtime.choices.items()):
            print(one_line(f"  {group}={choice}"))
    return Outcome(0, record | {"choices": dict(config.hydra.runtime.choices)})


def _show_from_run(words: Words, config_name: str) -> Outcome:
    """The config that follows from a stored one; it has no choices and no interpolations any more."""
    if words.flags.cfg != "job" or words.flags.package is not None:
        raise ConfigError(
            "with --from only --cfg job shows something: the config of that run as it was resolved"
        )
    config = composer_of(words, config_name).plain(words.overrides)
    print(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), end="")
    return Outcome(0, {"config": config})


def _show_part(config: DictConfig, words: Words) -> Outcome:
    part, package = words.flags.cfg, words.flags.package
    own = OmegaConf.masked_copy(config.hydra, _OF_HYDRA)
    OmegaConf.set_readonly(own, None)
    with open_dict(config):
        del config["hydra"]
        for name in list(config) if part == "hydra" else []:
            del config[name]
        if part != "job":
            config["hydra"] = own
    chosen = config if package in (None, "_global_") else OmegaConf.select(config, str(package))
    if chosen is None:
        raise ConfigError(f"--package: there is no {package} in the config")
    if not OmegaConf.is_config(chosen):
        print(escaped(str(chosen)))
        return Outcome(0, {"config": chosen})
    if chosen is not config:
        print(f"# @package {package}")
    if words.flags.resolve:
        OmegaConf.resolve(chosen)
    print(escaped(OmegaConf.to_yaml(chosen)), end="")
    return Outcome(0, {"config": OmegaConf.to_container(chosen)})
