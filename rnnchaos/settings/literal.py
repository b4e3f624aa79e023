"""Words whose value is a path or the like: quoted where Hydra's grammar would change or refuse it."""

import re
from collections.abc import Sequence

from rnnchaos.setting import at_home
from rnnchaos.settings.index import path_lists, paths

# Beside paths: texts that may be a single mark, or hold brackets and blanks.
_OF_DATASET = ("separator", "comment_prefix", "time_column", "trial_column", "variable", "encoding")
_TEXTS = tuple(f"dataset.{name}" for name in _OF_DATASET)
_LISTS = ("dataset.columns", "dataset.inputs", "dataset.null_values", "ignore")
_WORD = re.compile(r"(?P<key>\+{0,2}(?P<name>[\w.]+)=)(?P<value>.+)", re.DOTALL)
_FUNCTION = re.compile(r"(choice|glob|range|interval|sort|shuffle|tag)\(.*\)", re.DOTALL)
# One of several values between commas: quoted, or up to the next comma.
_VALUE = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^,]*)(?:,|$)""", re.DOTALL)


def literal(words: Sequence[str], *, swept: bool) -> list[str]:
    """The words, with values that stand for themselves quoted where that is needed; others as they are.

    Where words are `swept`, a comma goes on separating the values of several jobs, and so do Hydra's functions.
    """
    return [_literal(word, swept=swept) for word in words]


def quoted(text: str) -> str:
    """A text in Hydra's grammar, whatever is in it."""
    # The grammar wants a backslash before a quote, and before those backslashes that precede one.
    escaped = text.replace("\\", "\\\\") if text.endswith("\\") or "\\'" in text else text
    return "'" + escaped.replace("'", "\\'") + "'"


def _literal(word: str, *, swept: bool) -> str:
    found = _WORD.fullmatch(word)
    if found is not None and found["name"] in _LISTS:
        return _list(word, found["key"], found["value"])
    if found is None or found["name"] not in (*paths(), *_TEXTS):
        return word
    if _is_list(found["name"], found["value"]):
        return _list(word, found["key"], found["value"])
    key, value, is_path = found["key"], found["value"], found["name"] not in _TEXTS
    if swept and "," in value:
        if _FUNCTION.fullmatch(value):
            return word
        parts = [part.strip() for part in _VALUE.findall(value)]
        return key + ",".join(_one(key, part, is_path=is_path) for part in parts if part)
    if swept and _FUNCTION.fullmatch(value) and _read(key + value) is not None:
        return word
    if "," in value and all(part and at_home(part).exists() for part in value.split(",")):
        return word  # several files: it is said that this needs -m
    return key + _one(key, value, is_path=is_path)


def _is_list(name: str, value: str) -> bool:
    """Whether a value is a list of files, or of variables, and no file with commas between brackets in its name."""
    if not (value.startswith("[") and value.endswith("]")) or at_home(value).exists():
        return False
    listed = "," in value or at_home(value[1:-1]).exists()
    return listed and (name == "dataset.variable" or name in path_lists())


def _list(word: str, key: str, value: str) -> str:
    """A list of names as it is where the grammar reads it, else with those in quotes that need them."""
    if not (value.startswith("[") and value.endswith("]")) or _read(word) is not None:
        return word
    parts = [part.strip() for part in _VALUE.findall(value[1:-1])]
    return f"{key}[{','.join(_one(key, part, is_path=False) for part in parts if part)}]"


def _one(key: str, value: str, *, is_path: bool) -> str:
    """A value as it is where the grammar reads it as that text, or as null; else in quotes."""
    found = _read(key + value)
    if found is not None:
        (read,) = found
        is_quoted = value[:1] in ("'", '"')
        if read is None or (isinstance(read, str) and (is_quoted or read == value)):
            return value
        if not is_path and isinstance(read, int | float):  # the index of a column
            return value
    return quoted(value)


def _read(word: str) -> tuple[object] | None:
    """The value that Hydra reads in a word; None where it reads none."""
    # Hydra takes a while to import, and few words come here.
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        return (OverridesParser.create().parse_override(word).value(),)
    except HydraException:
        return None
