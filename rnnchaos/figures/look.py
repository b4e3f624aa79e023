"""How figures look: their width, their style, their resolution, as long as a look is in use."""

import contextlib
import functools
import logging
import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import matplotlib

from rnnchaos.errors import ConfigError
from rnnchaos.escaping import one_line
from rnnchaos.nearest import did_you_mean

COLUMN, PAGE = 3.4, 7.0  # inches: one column of a journal's page, and both
_NARROW = 5.0  # inches: below it panels stand under each other
_LEAST, _MOST = 2.0, 20.0
_DPI = (50, 1200)
_MM_PER_INCH = 25.4
_WIDTH = re.compile(r"(?P<number>\d+(\.\d*)?|\.\d+) ?(?P<unit>mm|cm|in|)")
_UNITS = {"mm": _MM_PER_INCH, "cm": _MM_PER_INCH / 10, "in": 1.0, "": 1.0}
_STYLES = Path(__file__).parent / "styles"
_SUFFIX = ".mplstyle"
STYLES = ("screen", "paper")

_NO_LOOKS = (
    *("backend", "interactive", "toolbar", "timezone", "keymap", "webagg", "tk.", "macosx", "docstring"),
    *("savefig", "figure.figsize", "figure.max_open_warning", "figure.raise_window", "date.epoch"),
)


class Look(NamedTuple):
    """What a caller asks of figures."""

    width: float | None = None
    """Inches; each figure's own where None."""
    style: Mapping[str, Any] = MappingProxyType({})
    """Settings of matplotlib, over those of the style `screen`."""
    dpi: int | None = None
    """Dots per inch of PNG; that of the caller where None."""


_OWN = Look()
_look: ContextVar[Look] = ContextVar("look", default=_OWN)


def look_of(*, style: str = "screen", width: str | None = None, dpi: int | None = None) -> Look:
    """The look that words of a command line ask for.

    Raises ConfigError for a width or a resolution out of bounds, and for a style that is none.
    """
    if dpi is not None and not _DPI[0] <= dpi <= _DPI[1]:
        raise ConfigError(f"--dpi must be from {_DPI[0]} to {_DPI[1]} dots per inch, got {dpi}")
    return Look(None if width is None else _inches(width), _style(style), dpi)


@contextlib.contextmanager
def using(look: Look) -> Iterator[None]:
    """Figures that are made and saved in the block have this look."""
    token = _look.set(look)
    try:
        yield
    finally:
        _look.reset(token)


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """The settings of the look in use, whatever matplotlibrc says: equal arrays are equal files everywhere."""
    wanted = _defaults() | dict(_look.get().style)
    # Those alone that differ: matplotlib checks every value anew, which takes it a quarter of a second for all.
    now: Mapping[Any, Any] = matplotlib.rcParams
    changed: Any = {name: value for name, value in wanted.items() if now[name] != value}
    with matplotlib.rc_context(changed):
        yield


def width_in_use(own: float) -> float:
    """The width that is asked for in inches, or a figure's own."""
    wanted = _look.get().width
    return own if wanted is None else wanted


def dpi_in_use(own: int) -> int:
    """The resolution that is asked for, or the caller's own."""
    wanted = _look.get().dpi
    return own if wanted is None else wanted


def narrow() -> bool:
    """Whether panels that stand side by side on a page have to stand under each other."""
    return width_in_use(PAGE) < _NARROW


def _inches(word: str) -> float:
    named = {"one": COLUMN, "two": PAGE}
    if word in named:
        return named[word]
    found = _WIDTH.fullmatch(word.strip())
    if not found:
        raise ConfigError(
            f"--width must be one or two (columns, of {COLUMN:g} and {PAGE:g} inches), or a length such as 86mm or "
            f"3.4in, got {word!r}"
        )
    inches = float(found["number"]) / _UNITS[found["unit"]]
    if not _LEAST <= inches <= _MOST:
        hint = f"; {found['number']}mm are millimetres" if not found["unit"] and inches > _MOST else ""
        raise ConfigError(
            f"--width must be from {_LEAST:g} to {_MOST:g} inches ({_LEAST * _MM_PER_INCH:.0f} to "
            f"{_MOST * _MM_PER_INCH:.0f} mm), got {word}{hint}"
        )
    return inches


def _style(word: str) -> Mapping[str, Any]:
    if word == STYLES[0]:
        return {}
    if word in STYLES:
        return _settings(_STYLES / f"{word}{_SUFFIX}")
    file = Path(word)
    if file.suffix != _SUFFIX:
        raise ConfigError(
            f"--style must be {' or '.join(STYLES)}, or a file that ends in {_SUFFIX}, got {word}"
            f"{did_you_mean(word, STYLES)}"
        )
    if not file.is_file():
        raise ConfigError(f"--style: there is no file {word}")
    return _settings(file)


@functools.cache
def _defaults() -> dict[str, Any]:
    return _of_looks(dict(matplotlib.rcParamsDefault)) | _settings(_STYLES / f"{STYLES[0]}{_SUFFIX}")


def _of_looks(settings: Mapping[Any, Any]) -> dict[str, Any]:
    """The settings that are a matter of looks: not those of windows, keys, files and the time zone."""
    return {name: value for name, value in settings.items() if not name.startswith(_NO_LOOKS)}


def _settings(file: Path) -> dict[str, Any]:
    """The settings of a style file.

    Raises ConfigError where matplotlib does not understand it: it would say so in its log, and go on.
    """
    faults = _Faults()
    log = logging.getLogger("matplotlib")
    log.addHandler(faults)
    propagated, log.propagate = log.propagate, False
    try:
        found = matplotlib.rc_params_from_file(file, use_default_template=False)
    except Exception as error:
        raise ConfigError(f"--style: {file} cannot be read: {one_line(str(error))}") from None
    finally:
        log.removeHandler(faults)
        log.propagate = propagated
    if faults.found:
        raise ConfigError(f"--style: {file}: {faults.found[0]}")
    return _of_looks(dict(found))


class _Faults(logging.Handler):
    """What matplotlib warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(one_line(record.getMessage()))
