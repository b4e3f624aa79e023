"""Bounds of single settings."""

from typing import Literal

from rnnchaos.errors import ConfigError

Auto = Literal["auto"]


def check_least(key: str, value: int | float | Auto | None, *, minimum: int | float, unit: str = "") -> None:
    """Raise ConfigError for a number below `minimum`."""
    if isinstance(value, int | float) and value < minimum:
        raise ConfigError(f"{key} must be at least {minimum:g}{unit and ' ' + unit}, got {value}")


def check_positive(key: str, value: float | None) -> None:
    """Raise ConfigError for a number that is not above 0."""
    if value is not None and value <= 0:
        raise ConfigError(f"{key} must be greater than 0, got {value:g}")
