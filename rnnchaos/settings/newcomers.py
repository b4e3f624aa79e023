"""What was meant by words that are no overrides: options with dashes, names alone, settings of another choice."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from rnnchaos.nearest import known_as, nearest
from rnnchaos.settings.config_folders import ConfigFolders
from rnnchaos.settings.index import settings_of
from rnnchaos.synonyms import instead_of

_TABLES = (
    ".csv",
    ".tsv",
    ".txt",
    ".dat",
    ".npy",
    ".npz",
    ".parquet",
    ".mat",
    ".h5",
    ".hdf5",
    ".xlsx",
    ".json",
)
_WEIGHTS = (".pt", ".pth", ".safetensors", ".ckpt")
_EQUATIONS = (".yaml", ".yml")
_BY_NAME = ("dataset", "model", "protocol", "optimizer", "experiment")
_A_VALUE = "..."
_Find = Callable[[str, Collection[str]], str | None]


def as_override(
    name: str, value: str | None, configs: ConfigFolders, config_name: str = "train", *, find: _Find = nearest
) -> str | None:
    """What `--name value` means, written as an override, such as `training.num_steps=10`; None where none is near."""
    groups = configs.groups()
    key = find(name.strip("-").replace("-", "_"), list(dict.fromkeys([*groups, *configs.keys(config_name)])))
    if key is None:
        return None
    return (
        choice_of(key, value, configs) if key in groups else f"{key}={_A_VALUE if value is None else value}"
    )


def choice_of(group: str, value: str | None, configs: ConfigFolders) -> str:
    """`group=choice` with the choice that is meant; for a file, what reads it."""
    if value is None:
        return f"{group}={_A_VALUE}"
    if group == "dataset" and (file := of_file(value)):
        return file
    return f"{group}={nearest(value, configs.choices(group)) or value}"


def of_file(word: str) -> str | None:
    """The overrides that read a file of data or equations; None for a word that is none by its ending."""
    suffix = Path(word).suffix.lower()
    if suffix in _TABLES:
        return f"dataset=file dataset.path={word}"
    return f"dataset=equations dataset.path={word}" if suffix in _EQUATIONS else None


def about(word: str, words: Sequence[str], configs: ConfigFolders) -> str:
    """What to say of a word that is no override, beginning with `; `; nothing where nothing is near."""
    at = words.index(word) if word in words else len(words)
    following = words[at + 1] if at + 1 < len(words) else None
    if following in ("=", ":") or word == "=" or word.endswith(":"):
        return "; there are no blanks around the =, as in seed=3"
    key, mark, value = word.partition("=")
    if mark:
        return _about_value(key, value, configs)
    if ":" in word:
        key, _, value = word.partition(":")
        return _write(as_override(key, value, configs))
    if (file := of_file(word)) is not None:
        return _write(file)
    if Path(word).suffix.lower() in _WEIGHTS:
        return f"; a network from elsewhere is measured by rnnchaos judge weights={word}"
    for find in (known_as, nearest):
        if (choice := _choice_named(word, configs, find)) is not None:
            return _write(choice)
        if find is known_as and (instead := instead_of(word)) is not None:
            return f": {instead}"
        if (override := as_override(word, following, configs, find=find)) is not None:
            return _write(override)
    return "; rnnchaos train --help lists groups, choices and settings"


def _about_value(key: str, value: str, configs: ConfigFolders) -> str:
    """Of a value that cannot be read: the choice that is meant, or how it is written."""
    if " " in value.strip():
        return f"; a value with blanks stands in two pairs of quotes, as in {key}=\"'{value}'\""
    meant = as_override(key, value, configs, find=known_as)
    return _write(meant) if meant != f"{key}={value}" else ""


def _choice_named(word: str, configs: ConfigFolders, find: _Find) -> str | None:
    """`dataset=lorenz63` for lorenz63, Lorenz or LORENZ_63: the word alone, in the group that has it."""
    for group in _BY_NAME:
        if (choice := find(word, configs.choices(group))) is not None:
            return f"{group}={choice}"
    return None


def _write(override: str | None) -> str:
    return "" if override is None else f"; write {override}"


def holders(key: str, configs: ConfigFolders) -> list[str]:
    """The choices of its group that have a setting, each as `model=esn`; those that are no variants first."""
    group, _, name = key.partition(".")
    if group not in configs.groups() or not name:
        return []
    found = ((choice, configs.content(group, choice)) for choice in sorted(configs.choices(group), key=len))
    having = [
        choice
        for choice, content in found
        if name in content or name in settings_of(str(content.get("_target_")))
    ]
    return [
        f"{group}={choice}" for choice in sorted(having, key=lambda each: configs.target(group, each) is None)
    ]
