"""The exceptions of Hydra and OmegaConf as one line each, naming the setting and the nearest valid one."""

import re
from collections.abc import Sequence

from hydra.errors import (
    ConfigCompositionException,
    HydraException,
    MissingConfigException,
    OverrideParseException,
    SearchPathException,
)
from omegaconf.errors import (
    GrammarParseError,
    InterpolationKeyError,
    InterpolationResolutionError,
    OmegaConfBaseException,
)
from yaml import YAMLError

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean, nearest
from rnnchaos.settings.config_folders import ConfigFolders
from rnnchaos.settings.newcomers import about, choice_of, holders, of_file

COMPOSITION_ERRORS = (HydraException, OmegaConfBaseException, YAMLError, ValueError)
"""What composing and resolving a config can raise; what a job raises never comes this way."""


def explain(
    error: Exception, *, configs: ConfigFolders, config_name: str, overrides: Sequence[str]
) -> ConfigError:
    """The ConfigError that says what is wrong in the user's own words."""
    if isinstance(error.__cause__, ConfigError):
        return error.__cause__  # of a launcher or a sweeper, which Hydra builds
    text = _one_line(error)
    match error:
        case ConfigError():
            return error
        case OverrideParseException():
            return unreadable(error.override, overrides, configs)
        case MissingConfigException(missing_cfg_file=str(missing)):
            return _missing_choice(missing, configs)
        case SearchPathException():
            return ConfigError(f"--config-dir: {text}")
        case InterpolationResolutionError():
            return _interpolation(error)
        case ConfigCompositionException():
            return _composition(error, configs, config_name, overrides)
        case GrammarParseError():
            return ConfigError(f"{error.full_key}: cannot read {text}")
        case YAMLError():
            return ConfigError(f"a config file is not YAML: {text}")
    if type(error) is ValueError:  # of Python, which knows no setting: an index that is none
        text = f"cannot apply {' '.join(overrides)}: {text}"
    return _wrong_choice(overrides, configs) or ConfigError(text)


def unreadable(word: str, words: Sequence[str], configs: ConfigFolders) -> ConfigError:
    """The error for a word, one of `words`, that is no override."""
    word, typed = word.lstrip("+"), [each.lstrip("+") for each in words]
    group, _, choice = word.partition("=")
    if group in configs.groups():
        choices = configs.choices(group)
        wrong = next((part for part in choice.split(",") if part not in choices), None)
        if wrong is not None and nearest(wrong, choices):
            return _missing_choice(f"{group}/{wrong}", configs)
    return ConfigError(
        f"cannot read {word!r}: an override is written setting=value{about(word, typed, configs)}"
    )


def missing_value(key: str) -> ConfigError:
    """The error for a setting without a default that has not been given."""
    return ConfigError(f"{key} must be given, as in {key}=value")


def _wrong_choice(overrides: Sequence[str], configs: ConfigFolders) -> ConfigError | None:
    """The first override that gives a group something other than a choice, such as model=3 or model=null."""
    for word in overrides:
        group, _, choice = word.lstrip("+").partition("=")
        if group in configs.groups() and choice not in configs.choices(group):
            return _missing_choice(f"{group}/{choice}", configs)
    return None


# A line of more choices than these is not read.
_MOST_LISTED = 16
_MOST_HOLDERS = 6
# What other tools call the choice of a group.
_OF_A_CHOICE = ("name", "type", "kind", "cls", "class", "id", "system")


def _missing_choice(missing: str, configs: ConfigFolders) -> ConfigError:
    group, _, choice = missing.rpartition("/")
    # A choice may itself lie in a folder of its group: experiment=paper/lorenz.
    group, choice = next(
        ((known, missing[len(known) + 1 :]) for known in configs.groups() if missing.startswith(f"{known}/")),
        (group, choice),
    )
    choices = configs.choices(group)
    listed = f" (choices: {', '.join(choices)})" if choices else ""
    if group == "dataset" and (file := of_file(choice)) is not None:
        return ConfigError(f"{group}={choice}: no such {group}; write {file}")
    if group == "dataset" and len(choices) > _MOST_LISTED:
        listed = f" (one of {len(choices)}: rnnchaos systems lists those with equations; "
        listed += "dataset=dysts dataset.system=NAME takes those of dysts, dataset=file dataset.path=FILE your data)"
    if group == "optimizer":
        listed += "; optimizer=optax optimizer.name=... takes any of optax's"
    return ConfigError(f"{group}={choice}: no such {group}{did_you_mean(choice, choices)}{listed}")


def _interpolation(error: InterpolationResolutionError) -> ConfigError:
    text = _one_line(error)
    if (variable := re.search(r"Environment variable '([^']*)' not found", text)) is not None:
        return ConfigError(f"{error.full_key}: the environment variable {variable[1]} is not set")
    if (missing := re.search(r"Missing mandatory value: (\S+)", text)) is not None:
        return missing_value(missing[1])
    if isinstance(error, InterpolationKeyError) and (name := re.search(r"key '([^']*)' not found", text)):
        return ConfigError(f"{error.full_key} refers to {name[1]}, which is not a setting")
    return ConfigError(f"{error.full_key}: {text}")


def _composition(
    error: Exception, configs: ConfigFolders, config_name: str, overrides: Sequence[str]
) -> ConfigError:
    text = _one_line(error).replace("'++", "'")  # added by us to settings that stand in no file
    if (unknown := re.match(r"Could not (?:override|delete from config\.) '([^']+)'", text)) is not None:
        return _unknown_setting(unknown[1], configs, config_name, overrides)
    if (ambiguous := re.search(r"Ambiguous value for argument '([^']+)'", text)) is not None:
        key = ambiguous[1].partition("=")[0]
        a_list = "" if key in configs.groups() else f", or write {key}=[...] for a list"
        return ConfigError(f"{ambiguous[1]} gives several values; add -m to run one job for each{a_list}")
    if (twice := re.match(r"Multiple values for (\S+)\. ", text)) is not None:
        return ConfigError(f"{twice[1]} is chosen twice; write {twice[1]}=... once, without a +")
    if (group := re.search(r"Override (\S+) looks like a config group override", text)) is not None:
        return ConfigError(f"{group[1]}: no such group (groups: {', '.join(configs.groups())})")
    if (swept := re.match(r"Sweep parameters '(.+)' requires --multirun", text)) is not None:
        return ConfigError(f"{swept[1]} gives several values; add -m to run one job for each")
    if (failed := re.match(r"Error merging override (.+)", text)) is not None:
        return ConfigError(f"cannot apply {failed[1]!r}: {_one_line(error.__cause__ or error)}")
    return ConfigError(text)


def _unknown_setting(
    key: str, configs: ConfigFolders, config_name: str, overrides: Sequence[str]
) -> ConfigError:
    keys = _hydra_keys(key, configs) or configs.keys(config_name, overrides)
    if (choice := _choice_by_name(key, configs, overrides)) is not None:
        return ConfigError(f"{key} is not a setting; write {choice}")
    nodes = dict.fromkeys(known.rpartition(".")[0] for known in keys if "." in known)
    if (near := nearest(key, [*keys, *nodes])) is not None and not holders(key, configs):
        return ConfigError(f"{key} is not a setting; did you mean {near}?")
    group = key.partition(".")[0]
    choice = configs.chosen(config_name, overrides).get(group)
    said = f"{key} is not a setting{'' if choice is None else f' of {group}={choice}'}"
    if others := holders(key, configs):
        more = f" and {len(others) - _MOST_HOLDERS} more" if len(others) > _MOST_HOLDERS else ""
        return ConfigError(f"{said}; it is one of {', '.join(others[:_MOST_HOLDERS])}{more}")
    return ConfigError(f"{said}{did_you_mean(key, [*keys, *nodes])}")


def _choice_by_name(key: str, configs: ConfigFolders, overrides: Sequence[str]) -> str | None:
    """`dataset=lorenz63` for dataset.name=lorenz63; None where the choice of no group is meant."""
    group, _, leaf = key.partition(".")
    value = next(
        (word.partition("=")[2] for word in overrides if word.lstrip("+").startswith(f"{key}=")), None
    )
    if group not in configs.groups() or leaf not in _OF_A_CHOICE or value is None:
        return None
    return choice_of(group, value, configs) if nearest(value, configs.choices(group)) else None


def _hydra_keys(key: str, configs: ConfigFolders) -> list[str]:
    """The settings of our own sweepers or launchers, where a key is meant for one of them."""
    hydra, *parts = key.split(".")
    if hydra != "hydra" or len(parts) != 2:
        return []
    group = f"hydra/{parts[0]}"
    names = {name for choice in configs.choices(group) for name in configs.content(group, choice)}
    return [f"hydra.{parts[0]}.{name}" for name in sorted(names - {"_target_"})]


def _one_line(error: BaseException) -> str:
    """The message without OmegaConf's trailing lines of `full_key:` and `object_type=`."""
    lines = str(error).splitlines()
    kept = [
        line.strip() for line in lines if not re.match(r"\s*(full_key|object_type|reference_type)\b", line)
    ]
    return " ".join(line for line in kept if line)
