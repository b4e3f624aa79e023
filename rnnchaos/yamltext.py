"""YAML of folders and files that may come from anyone: plain values, without references, few levels deep."""

from typing import Any

import yaml

from rnnchaos.errors import ConfigError

_MOST_DIGITS = 1000
_MERGE = "tag:yaml.org,2002:merge"


class Loader(yaml.SafeLoader):
    """A SafeLoader whose time and memory are those of the text: a few references to references stand for any number."""

    most_levels = 32
    too_deep = "is nested too deep"
    _level = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise ConfigError("references (*name) are not read")
        self._level += 1
        if self._level > self.most_levels:
            raise ConfigError(self.too_deep)
        node = super().compose_node(parent, index)
        self._level -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        if any(key.tag == _MERGE for key, _ in node.value):
            raise ConfigError("merges (<<) are not read")
        found = super().construct_mapping(node, deep)
        if len(found) != len(node.value):
            raise ConfigError("names an entry twice")
        return found

    def construct_yaml_int(self, node: Any) -> int:
        if len(node.value) > _MOST_DIGITS:
            raise ConfigError(f"has a number of {len(node.value)} digits")
        return super().construct_yaml_int(node)


Loader.add_constructor("tag:yaml.org,2002:int", Loader.construct_yaml_int)


def load(text: str | bytes, loader: type[Loader] = Loader) -> Any:
    """The plain values of a text. Raises ConfigError, for the caller to name the text, where it cannot be read."""
    try:
        return yaml.load(text, Loader=loader)
    except ConfigError:
        raise
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"is not YAML: {' '.join(str(error).split())}") from None
