"""The cells of a column as numbers: decimal points or commas, words for what is missing, dates and times of day."""

import dataclasses
import itertools
import re
from typing import NamedTuple

import numpy as np
import polars
from jaxtyping import Float, Int

from rnnchaos.data.text_format import TextFormat
from rnnchaos.dates import MONTHS, NAMED_DATE, Calendar

MISSING = (
    "",
    "-",
    "na",
    "n/a",
    "#n/a",
    "nan",
    "-nan",
    "nil",
    "none",
    "null",
    "<na>",
    "1.#ind",
    "-1.#ind",
    "1.#qnan",
)
"""Words for a missing value, in small letters."""

MINUS = "[\u2010-\u2013\u2212\ufe63\uff0d]([0-9.,])"
"""Minus signs of typesetters, before a number."""

_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y")
_NAMED_DAYS = (
    *("%d-%b-%Y", "%d %b %Y", "%d/%b/%Y", "%d. %b %Y", "%d.%b.%Y", "%d%b%Y", "%d %b, %Y"),
    *("%b %d %Y", "%b %d, %Y", "%b-%d-%Y", "%Y-%b-%d", "%Y %b %d"),
)
# 3 January 2024, Jan. 3, 2024, and a day of the week before them.
_MONTH, _WEEKDAY = rf"(?i)\b(\d*)({MONTHS})[a-z]*\.?", r"(?i)^(mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]? +"
_NAMED = rf"(?i)^{NAMED_DATE}$"
# 31.12.99: of two digits, %Y would make years of the first century.
_SHORT_YEAR = (
    r"^\d{1,2}[-/. ]+(\d{1,2}|[A-Za-z]{3,9})[-/., ]+\d{1,2}(\D|$)|^[A-Za-z]{3,9}[-. ]\d{1,2},?[- ]\d{1,2}$"
)
_CLOCKS = ("%H:%M", "%H:%M:%S%.f", "%I:%M %p", "%I:%M:%S %p", "%H:%M:%S%.f%#z", "%H:%M:%S%.fZ", "%H:%MZ")
# In a number, a comma in such places may be between thousands as well.
_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(,\d{3})+$"
BLANKS = "'’ \u00a0\u2009\u202f"
"""What may stand between thousands, beside the sign that is not the decimal one."""

# What stands between thousands, and the decimal sign that goes with it.
_GROUPED = ((",", "."), ("[.]", ","), (f"[{BLANKS}]", "."), (f"[{BLANKS}]", ","))


# Of such numbers it is beyond doubt which sign is the decimal one.
_DECIMAL = (
    r"^[+-]?(\d*[{0}](\d{{1,2}}|\d{{4,}})|0?[{0}]\d{{3}}|\d{{1,3}}([{1}]\d{{3}})+[{0}]\d+)([eE][+-]?\d+)?$"
)


_LIKE_A_NUMBER = re.compile(
    r"[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?"  # 1.5e-3
    r"|[+-]?(\d*,)?\d+([eE][+-]?\d+)?"  # 1,5
    rf"|[+-]?[1-9]\d{{0,2}}([.,{BLANKS}]\d{{3}})+([.,]\d*)?"  # 1.234,5
    r"|[+-]?inf(inity)?|\d+[-/.]\d+[-/.]\d+([ T].*)?|\d+:\d+.*"  # dates and times
    rf"|([a-z]{{3,9}}[.,]? )?{NAMED_DATE}",
    re.IGNORECASE,
)


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.lower() in MISSING


def is_like_a_number(cell: str) -> bool:
    """Whether a cell has a number, a date or a time, or none."""
    return is_missing(cell) or _LIKE_A_NUMBER.fullmatch(cell) is not None


class Column(NamedTuple):
    """The numbers of a column, NaN where an entry is missing or no number."""

    values: Float[np.ndarray, " time"]
    text: str = ""
    """Of a column that does not hold numbers, what it does hold."""
    dates: bool = False
    """Or times of day, or durations."""
    calendar: Calendar = ""
    codes: Int[np.ndarray, " time"] | None = None
    """Of a text, which entries are equal: numbers from 0, -1 where one is missing."""


def read_columns(frame: polars.DataFrame, how: TextFormat) -> list[Column]:
    """The columns of a text or a data frame as numbers; the decimal sign that some of them show is that of all.

    Dates become seconds since 1970, times of day since midnight.
    """
    if how.decimal_comma is None:
        how = dataclasses.replace(how, decimal_comma=_shown_comma(frame))
    return [_read(frame[name], how) for name in frame.columns]


def _shown_comma(frame: polars.DataFrame) -> bool | None:
    """Whether its numbers have decimal commas, or points; None where they show neither, or both."""
    texts = [frame[name] for name, kind in frame.schema.items() if kind == polars.String]
    comma, point = (
        any(cells.str.strip_chars().str.contains(_DECIMAL.format(sign, other)).any() for cells in texts)
        for sign, other in (",.", ".,")
    )
    return comma if comma != point else None


def _read(series: polars.Series, how: TextFormat) -> Column:
    kind = series.dtype
    if kind in (polars.Categorical, polars.Enum, polars.String):
        return _of_text(series.cast(polars.String), how)
    if kind.is_temporal():
        return Column(_seconds(series), dates=True, calendar=_calendar(series))
    if kind.is_numeric() or kind in (polars.Boolean, polars.Null):
        return Column(_floats(series.cast(polars.Float64)))
    return Column(np.full(len(series), np.nan), f"{kind} entries")


def _of_text(cells: polars.Series, how: TextFormat) -> Column:
    cells = cells.str.strip_chars().str.replace_all(MINUS, "-${1}")
    words = {*MISSING, *(str(word).lower() for word in how.null_values)}
    cells = cells.zip_with(
        ~cells.str.to_lowercase().is_in(list(words)).fill_null(True),
        polars.Series([None], dtype=polars.String),
    )
    for candidate in (_pointed, _grouped, _with_commas, _of_fortran, _truths):
        numbers = candidate(cells, how)
        if numbers is not None and numbers.null_count() == cells.null_count():
            return Column(_floats(numbers))
    dates = _dates(cells)
    if dates is not None:
        found, calendar = dates
        return Column(_seconds(found), dates=True, calendar=calendar)
    codes = (cells.rank("dense").cast(polars.Int64) - 1).fill_null(-1).to_numpy()
    return Column(np.full(len(cells), np.nan), _said(cells, how), codes=codes)


def _pointed(cells: polars.Series, how: TextFormat) -> polars.Series | None:
    return None if how.decimal_comma else cells.cast(polars.Float64, strict=False)


def _with_commas(cells: polars.Series, how: TextFormat) -> polars.Series | None:
    mixed = cells.str.contains(".", literal=True).any()
    if how.decimal_comma is False or (how.decimal_comma is None and (mixed or _undecided(cells))):
        return None
    return cells.str.replace(",", ".", literal=True).cast(polars.Float64, strict=False)


def _grouped(cells: polars.Series, how: TextFormat) -> polars.Series | None:
    """1.234,5 or 1 234.5, where it is known or one number shows what stands between thousands."""
    given = cells.drop_nulls()
    for apart, decimal in _GROUPED:
        if how.decimal_comma not in (None, decimal == ","):
            continue
        number = rf"^[+-]?(\d*|[1-9]\d{{0,2}}({apart}\d{{3}})+)([{decimal}]\d*)?$"
        told = rf"\d{apart}\d{{3}}" + (rf"[{decimal}]" if apart in ",[.]" else "")
        doubtless = how.decimal_comma is not None or given.str.contains(told).any()
        if doubtless and given.str.contains(number).all():
            plain = cells.str.replace_all(apart, "").str.replace(decimal, ".", literal=True)
            return plain.cast(polars.Float64, strict=False)
    return None


def _undecided(cells: polars.Series) -> bool:
    """Whether every comma may stand for a decimal point and between thousands alike."""
    with_comma = cells.filter(cells.str.contains(",", literal=True).fill_null(False))
    return len(with_comma) > 0 and bool(with_comma.str.contains(_THOUSANDS).all())


def _of_fortran(cells: polars.Series, how: TextFormat) -> polars.Series:
    return cells.str.replace("[dD]", "e").cast(polars.Float64, strict=False)


def _truths(cells: polars.Series, how: TextFormat) -> polars.Series:
    return cells.str.to_lowercase().replace_strict(
        {"true": 1.0, "false": 0.0}, default=None, return_dtype=polars.Float64
    )


def _said(cells: polars.Series, how: TextFormat) -> str:
    plain = cells.cast(polars.Float64, strict=False).is_null() & cells.is_not_null()
    row = int(plain.arg_max() or 0)
    decided = "; decimal_comma=true or false decides what its comma is" if how.decimal_comma is None else ""
    return f"{str(cells[row])[:40]!r} in row {row}{decided if _undecided(cells) else ''}"


def _calendar(times: polars.Series) -> Calendar:
    kind = times.dtype
    if isinstance(kind, polars.Datetime) and kind.time_zone is not None:
        return "UTC"
    return "local" if kind in (polars.Date, polars.Datetime) else ""


def _dates(cells: polars.Series) -> tuple[polars.Series, Calendar] | None:
    """Dates, with or without a time of day, or times of day; of several readings the one with the evenest steps."""
    found: list[tuple[polars.Series, Calendar]] = []
    given = cells.drop_nulls()
    if given.is_empty():
        return None
    has_name = given.head(1).str.replace(_WEEKDAY, "").str.contains(_NAMED)[0]
    if has_name:
        cells = cells.str.replace(_WEEKDAY, "").str.replace(_MONTH, "${1}${2}")
        given = cells.drop_nulls()
    if not has_name and not given.head(1).str.contains(r"^\d+[-/.:]\d+")[0]:
        return None
    days: tuple[str, ...] = _NAMED_DAYS if has_name else _DAYS
    if given.head(1).str.contains(_SHORT_YEAR)[0]:
        days = tuple(day.replace("%Y", "%y") for day in days)
    forms = [day + clock for day in days for clock in ("", *(f"{gap}{c}" for gap in " T" for c in _CLOCKS))]
    texts = itertools.chain(
        ((given, cells, form) for form in forms),
        (("1970-01-01 " + given, "1970-01-01 " + cells, f"%Y-%m-%d {clock}") for clock in _CLOCKS),
    )
    for sample, whole, form in texts:
        if _parsed(sample.head(20), form).null_count() == 0:
            dates = _parsed(whole, form)
            if dates.null_count() == cells.null_count():
                calendar: Calendar = "UTC" if form.lower().endswith("z") else "local"
                found.append((dates, calendar if whole is cells else ""))
    return min(found, key=lambda each: _unevenness(each[0]), default=None)


def _parsed(cells: polars.Series, form: str) -> polars.Series:
    return cells.str.to_datetime(form, strict=False, time_unit="us").dt.replace_time_zone(None)


def _unevenness(dates: polars.Series) -> float:
    steps = np.diff(_seconds(dates))
    return float(np.nanstd(steps)) if np.isfinite(steps).any() else 0.0


def _seconds(times: polars.Series) -> Float[np.ndarray, " time"]:
    if times.dtype == polars.Duration:
        return _floats(times.dt.total_microseconds().cast(polars.Float64)) / 1e6
    if times.dtype == polars.Time:
        return _floats(times.cast(polars.Int64).cast(polars.Float64)) / 1e9
    return _floats(times.dt.epoch("us").cast(polars.Float64)) / 1e6


def _floats(numbers: polars.Series) -> Float[np.ndarray, " time"]:
    return numbers.fill_null(float("nan")).to_numpy().astype(np.float64)
