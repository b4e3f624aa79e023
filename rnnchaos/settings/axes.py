"""Overrides in Hydra's grammar: the values that one sweeps over, and all combinations of them."""

import itertools
import math
from collections.abc import Sequence

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override
from hydra.errors import OverrideParseException

from rnnchaos.errors import ConfigError
from rnnchaos.setting import MOST_CELLS
from rnnchaos.settings.config_folders import ConfigFolders
from rnnchaos.settings.messages import unreadable


def parse(overrides: Sequence[str], configs: ConfigFolders) -> list[Override]:
    """The overrides, read. Raises ConfigError for one that cannot be, with what it may have meant among `configs`."""
    try:
        return OverridesParser.create().parse_overrides(list(overrides))
    except OverrideParseException as error:
        raise unreadable(error.override, overrides, configs) from None


def values(override: Override, configs: ConfigFolders) -> list[str]:
    """The values of a setting that is swept, as words.

    Raises ConfigError for an interval, which has no end of values, and where there is none.
    """
    if override.is_interval_sweep():
        raise ConfigError(
            f"{override.input_line}: an interval has no single values; give a choice or a range, "
            "or search it with hydra/sweeper=optuna"
        )
    glob = override.value()
    if isinstance(glob, Glob):
        found = glob.filter(configs.choices(override.key_or_group))
    else:
        found = list(itertools.islice(override.sweep_string_iterator(), MOST_CELLS + 1))
        if len(found) > MOST_CELLS:
            raise ConfigError(f"{override.input_line} must have at most {MOST_CELLS} values")
    if not found:
        raise ConfigError(f"{override.input_line}: there is no such choice")
    return found


def combinations(overrides: Sequence[Override], configs: ConfigFolders) -> list[tuple[str, ...]]:
    """All combinations of the swept values, those of the last changing fastest; a setting's last word counts."""
    axes: dict[str, list[str]] = {}
    for override in overrides:
        key = override.get_key_element()
        if override.is_sweep_override():
            axes[key] = [f"{key}={value}" for value in values(override, configs)]
        else:
            axes[key] = [unswept(override)]
    count = math.prod(map(len, axes.values()))
    if count > MOST_CELLS:
        swept = " ".join(f"{key} ({len(words)} values)" for key, words in axes.items() if len(words) > 1)
        raise ConfigError(f"{swept} must make at most {MOST_CELLS} combinations, got {count}")
    return list(itertools.product(*axes.values()))


def unswept(override: Override) -> str:
    """The word of an override that stays as it is."""
    key = override.get_key_element()
    return (
        override.input_line or key if override.is_delete() else f"{key}={override.get_value_element_as_str()}"
    )


def first(overrides: Sequence[Override], configs: ConfigFolders) -> list[str]:
    """One combination, where only its settings of Hydra's count; intervals are left out."""
    parts = [override for override in overrides if not override.is_interval_sweep()]
    return [
        f"{override.get_key_element()}={values(override, configs)[0]}"
        if override.is_sweep_override()
        else unswept(override)
        for override in parts
    ]
