"""What the config folders offer, from file names and plain YAML: without Hydra, to be fast at a TAB press."""

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from rnnchaos.settings.index import Setting, is_known, settings_of


def builtin_folder() -> Path:
    """The `configs` folder of the checkout, or of the installed package where there is no checkout."""
    package = Path(__file__).parents[1]
    checkout = package.parent / "configs"
    return checkout if (checkout / "train.yaml").is_file() else package / "configs"


class ConfigFolders(NamedTuple):
    """The groups, choices and settings of some config folders; an earlier folder wins, as in Hydra."""

    folders: tuple[Path, ...]
    offered: Mapping[str, Mapping[str, Any]] = {}
    """What plugins add, each choice by `group/name`, with the content that its file would have."""

    def groups(self) -> list[str]:
        """Names of the config groups, such as `dataset`."""
        found = {path.name for folder in self.folders for path in _entries(folder) if path.is_dir()}
        return sorted(name for name in found if name != "hydra" and not name.startswith((".", "_")))

    def choices(self, group: str) -> list[str]:
        """Names that `group=` accepts; files that begin with an underscore are shared parts, not choices."""
        found = set()
        for folder in self.folders:
            for path in (folder / group).glob("**/*.yaml"):
                if not path.name.startswith("_"):
                    found.add(path.relative_to(folder / group).with_suffix("").as_posix())
        found.update(name.removeprefix(f"{group}/") for name in self.offered if name.startswith(f"{group}/"))
        return sorted(found)

    def content(self, group: str, choice: str) -> dict[str, Any]:
        """The settings of one choice with those that it shares, as they are written down."""
        merged: dict[str, Any] = {}
        for part in self._parts(f"{group}/{choice}"):
            merged.update(part)
        merged.pop("defaults", None)
        return merged

    def target(self, group: str, choice: str) -> str | None:
        """The class that the file of a choice names itself; None for a variant of another choice."""
        target = self._read(f"{group}/{choice}").get("_target_")
        return None if target is None else str(target)

    def headline(self, group: str, choice: str) -> str:
        """The comment that the file of a choice begins with, or nothing."""
        for folder in self.folders:
            path = folder / group / f"{choice}.yaml"
            if path.is_file():
                lines = itertools.takewhile(
                    lambda line: line.startswith("#"), path.read_text(encoding="utf-8").splitlines()
                )
                return " ".join(line.lstrip("# ") for line in lines)
        return ""

    def keys(self, config_name: str, overrides: Iterable[str] = ()) -> list[str]:
        """Full keys of the settings and groups that a config has once `overrides` have made their choices."""
        overrides = list(overrides)
        declared = [
            key
            for key, setting in self.settings(config_name, overrides).items()
            if setting.default != {}  # its entries are settings
        ]
        written = self.written(config_name, overrides)
        return list(dict.fromkeys([*self.chosen(config_name, overrides), *declared, *written]))

    def settings(self, config_name: str, overrides: Iterable[str] = ()) -> dict[str, Setting]:
        """What is declared of the settings of a config, by full key, with defaults as the files have them."""
        found = dict(settings_of(config_name))
        for group, choice in self.chosen(config_name, overrides).items():
            content = self.content(group, str(choice))
            for owner in (str(content.get("_target_")), group):
                for key, setting in settings_of(owner).items():
                    found[f"{group}.{key}"] = setting
            for key in _leaves(content):
                if (full := f"{group}.{key}") in found:
                    found[full] = found[full]._replace(default=_value(content, key), required=False)
        return found

    def undeclared(self, config_name: str, overrides: Iterable[str] = ()) -> tuple[str, ...]:
        """How settings begin, as `dataset.`, of choices whose class is not of this package."""
        chosen = self.chosen(config_name, overrides)
        targets = {
            group: self.content(group, choice).get("_target_") for group, choice in chosen.items() if choice
        }
        return tuple(f"{group}." for group, target in targets.items() if target and not is_known(str(target)))

    def written(self, config_name: str, overrides: Iterable[str] = ()) -> list[str]:
        """Those of the `keys` that stand in the files."""
        keys = [leaf for part in self._parts(config_name) for leaf in _leaves(part)]
        for group, choice in self.chosen(config_name, overrides).items():
            if choice is not None and group != "experiment":
                keys += [f"{group}.{leaf}" for leaf in _leaves(self.content(group, choice))]
        return keys

    def chosen(self, config_name: str, overrides: Iterable[str] = ()) -> dict[str, str | None]:
        """The choice of every group: of the config, then of the experiment, then of the overrides."""
        chosen = {}
        for part in self._parts(config_name):
            chosen.update(_group_defaults(part))
        typed = dict(word.lstrip("+").split("=", 1) for word in overrides if "=" in word)
        typed = {group: choice for group, choice in typed.items() if group in chosen}
        # A choice may bring choices of other groups along: an experiment does, and a model that needs a protocol.
        for group in ("experiment", "model"):
            choice = (chosen | typed).get(group)
            for part in self._parts(f"{group}/{choice}") if choice is not None else ():
                chosen.update(_group_defaults(part))
        return chosen | typed

    def _parts(self, name: str) -> Iterator[dict[str, Any]]:
        """The file `name`, preceded by the files that its defaults list names, in the same folder or from the root."""
        content = self._read(name)
        parent = name.rpartition("/")[0]
        for default in content.get("defaults", []):
            if isinstance(default, str) and default != "_self_":
                within = parent and not default.startswith("/")
                yield from self._parts(f"{parent}/{default}" if within else default.lstrip("/"))
        yield content

    def _read(self, name: str) -> dict[str, Any]:
        for folder in self.folders:
            path = folder / f"{name}.yaml"
            if path.is_file():
                return _content(path, path.stat().st_mtime_ns)
        return dict(self.offered.get(name, {}))


# The parser in C is several times as fast, where PyYAML was built with it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@functools.lru_cache(maxsize=1000)
def _content(path: Path, changed: int) -> dict[str, Any]:
    """What a file holds, read once for each time that it was `changed`."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError):
        return {}  # Hydra reads the same file and reports what is wrong with it
    return content if isinstance(content, dict) else {}


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _group_defaults(content: dict[str, Any]) -> dict[str, str | None]:
    """`{group: choice}` of a defaults list; an experiment writes them as `override /group: choice`."""
    chosen = {}
    for default in content.get("defaults", []):
        for key, choice in default.items() if isinstance(default, dict) else ():
            group = key.removeprefix("override").strip().lstrip("/").partition("@")[0]
            if not group.startswith("hydra/"):
                chosen[group] = choice
    return chosen


def _value(content: Any, key: str) -> Any:
    for part in key.split("."):
        content = content[part]
    return content


def _leaves(content: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in content.items():
        if (not prefix and key in ("defaults", "hydra")) or key == "_target_":
            continue
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"
