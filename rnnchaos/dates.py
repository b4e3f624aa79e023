"""Dates as they are shown: times in seconds since 1970 that were dates in a file."""

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float, Shaped

Calendar = Literal["", "local", "UTC"]
"""Of times that were dates, whether the file said their zone; empty of times that count from elsewhere."""

MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
"""What the names of months begin with, in small letters."""
_GAP = "[-/., ]"
NAMED_DATE = (
    rf"(\d{{1,4}}{_GAP}*({MONTHS})[a-z]*{_GAP}*|({MONTHS})[a-z]*{_GAP}+\d{{1,2}}{_GAP}+)\d{{1,4}}(\D.*)?"
)
"""A pattern of dates as 3-Jan-2024, 03JAN2024 and Jan 3, 2024, without regard to capitals."""


def datetimes(seconds: Float[np.ndarray, " time"]) -> Shaped[np.ndarray, " time"]:
    """To the microsecond, which is what seconds since 1970 resolve in float64."""
    return np.round(np.asarray(seconds) * 1e6).astype("datetime64[us]")


def iso_dates(seconds: Float[np.ndarray, " time"], calendar: Calendar) -> list[str]:
    """As ISO 8601 has them: without a time of day where all are midnights, with `Z` where the file said their zone."""
    found = datetimes(seconds)
    micros = found.astype(np.int64)
    sizes: dict[Literal["D", "s", "ms"], int] = {"D": 86_400_000_000, "s": 1_000_000, "ms": 1_000}
    unit: Literal["D", "s", "ms", "us"] = "us"
    unit = next((each for each, size in sizes.items() if not np.any(micros % size)), unit)
    ending = "Z" if calendar == "UTC" and unit != "D" else ""
    return [f"{each}{ending}" for each in np.datetime_as_string(found, unit=unit).tolist()]


def calendar_of(stored: Mapping[str, np.ndarray]) -> Calendar:
    """That of stored arrays; runs of earlier versions do not say."""
    word = str(stored.get("calendar", ""))
    return next((known for known in get_args(Calendar) if known == word), "")
