"""The settings of rnnchaos forecast."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rnnchaos import yamltext
from rnnchaos.data import TextFormat
from rnnchaos.errors import ConfigError
from rnnchaos.setting import Steps, check_fields
from rnnchaos.settings.coerce import arguments, parameters

# What stands in these is taken to the letter.
_TEXTS = ("history", "inputs", "time_column", "separator", "comment_prefix", "encoding")


@dataclass(frozen=True)
class ForecastSettings(TextFormat):
    """From where a trained network goes on, and how far; how a text is read is else as it is for the run's data."""

    history: Path
    """A file with the last rows before the forecast, in the units of the run's data: any that dataset.path takes."""
    inputs: Path | None = None
    """A file with the inputs of the steps to forecast, for a run with inputs; else rows of the history without data."""
    num_steps: Steps = 500
    """Rows to forecast."""
    time_column: str | int | None = None
    """Column of sampling times; None takes the run's own, or one that is named like that."""

    def __post_init__(self) -> None:
        check_fields(self)


def read_forecast(words: Sequence[str]) -> ForecastSettings:
    """The settings that words such as `history=last_week.csv` make. Raises ConfigError for an unknown or unfit one."""
    values = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise ConfigError(f"cannot read {word!r}: an override is written setting=value")
        values[name] = (
            text if name in _TEXTS and text != "null" and not text.isdecimal() else _value(word, text)
        )
    if "history" not in values:
        raise ConfigError("history must be given, as in history=last_week.csv")
    return ForecastSettings(**arguments(values, parameters(ForecastSettings), "", owner="forecast"))


def _value(word: str, text: str) -> object:
    try:
        return yamltext.load(text)
    except ConfigError:
        raise ConfigError(f"cannot read {word!r}") from None
