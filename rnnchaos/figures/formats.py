"""The formats of figures, by the suffix of a file; without matplotlib."""

from pathlib import Path

from rnnchaos.errors import ConfigError

FORMATS = ("png", "pdf", "svg")
_OTHER_NAMES = {
    "jpg": "png",
    "jpeg": "png",
    "tif": "png",
    "tiff": "png",
    "gif": "png",
    "eps": "pdf",
    "ps": "pdf",
}


def format_of(path: Path, *, setting: str = "a figure") -> str:
    """png, pdf or svg. Raises ConfigError, with the name of the `setting`, for any other suffix and for none."""
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise ConfigError(f"{setting} must end in {_listed(FORMATS, '.')}, got {path}{_nearest(suffix)}")
    return suffix


def formats_of(word: str, *, setting: str = "--format") -> tuple[str, ...]:
    """The formats that a word such as `pdf,svg` lists, each once. Raises ConfigError for any that is none."""
    found = tuple(dict.fromkeys(each.strip().lower().removeprefix(".") for each in word.split(",")))
    for each in found:
        if each not in FORMATS:
            raise ConfigError(
                f"{setting} must be {_listed(FORMATS)}, or several with commas between them, got {word!r}"
                f"{_nearest(each)}"
            )
    return found


def _nearest(suffix: str) -> str:
    return f"; did you mean {_OTHER_NAMES[suffix]}?" if suffix in _OTHER_NAMES else ""


def _listed(words: tuple[str, ...], before: str = "") -> str:
    *first, last = (f"{before}{word}" for word in words)
    return f"{', '.join(first)} or {last}"
