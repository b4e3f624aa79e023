"""Values of a config checked against the annotations of the class that takes them."""

import dataclasses
import inspect
import math
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Union

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean
from rnnchaos.setting import within

_ANY = "a value"
_WORDS = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    Path: "a path",
    types.NoneType: "null",
}
_PLURALS = {int: "whole numbers", float: "numbers", bool: "true or false", str: "names", Path: "paths"}


class _Mismatch(Exception):
    """A value is not of the annotated type."""


def coerce(value: Any, annotation: Any, key: str) -> Any:
    """`value` as the annotated type, or a ConfigError that names `key`.

    Lossless conversions only: 30.0 is a whole number, 3 is a number, a list is a tuple. Infinities and NaN
    are no numbers. Annotations that YAML cannot express are left to the class itself.
    """
    try:
        return _convert(value, annotation, key)
    except _Mismatch:
        raise ConfigError(f"{key} must be {describe(annotation)}, got {_show(value)}") from None


def describe(annotation: Any) -> str:
    """The values an annotation accepts, in words: `int | Literal["auto"]` is `a whole number or "auto"`."""
    origin = typing.get_origin(annotation)
    if origin is Literal:
        return _either(_choices(annotation))
    if origin in (Union, types.UnionType):
        members = [word for member in typing.get_args(annotation) for word in _choices(member)]
        return _either(list(dict.fromkeys(members)))
    if _is_list(origin):
        element = _element(annotation)
        kinds = (
            typing.get_args(element) if typing.get_origin(element) in (Union, types.UnionType) else (element,)
        )
        return f"a list of {_either([_plural(kind) for kind in kinds])}"
    if origin in (dict, Mapping):
        of_name, of_entry = typing.get_args(annotation)
        return f"a mapping of {_plural(of_name)} to {_plural(of_entry)}"
    return _WORDS.get(annotation, _ANY)


def _plural(annotation: Any) -> str:
    return _PLURALS.get(annotation, "mappings" if typing.get_origin(annotation) is dict else "values")


def _choices(annotation: Any) -> list[str]:
    """The words for each of the values of a Literal, or the ones for another annotation."""
    if typing.get_origin(annotation) is Literal:
        return [f'"{choice}"' for choice in typing.get_args(annotation)]
    return [describe(annotation)]


def parameters(target: type, *, ignore: Sequence[str] = ()) -> dict[str, tuple[Any, bool]]:
    """`{name: (annotation, required)}` of what can be set on a class, less its `ignore`d parameters."""
    hints = typing.get_type_hints(target.__init__)  # type: ignore[misc]
    found = {}
    for name, parameter in inspect.signature(target).parameters.items():
        if name not in ignore:
            found[name] = (hints.get(name, Any), parameter.default is inspect.Parameter.empty)
    return found


def arguments(
    node: Mapping[str, Any], accepted: Mapping[str, tuple[Any, bool]], prefix: str, *, owner: str = ""
) -> dict[str, Any]:
    """The values of `node` as the `accepted` parameters of `owner` take them.

    Raises ConfigError for a key that is not accepted, a required one that is missing, and a wrong type.
    """
    for name in node:
        if name not in accepted:
            hint = did_you_mean(_join(prefix, name), [_join(prefix, key) for key in accepted])
            raise ConfigError(f"{_join(prefix, name)} is not a setting{hint or (owner and f' of {owner}')}")
    for name, (annotation, required) in accepted.items():
        if required and name not in node:
            expected = describe(annotation)
            raise ConfigError(
                f"{_join(prefix, name)} must be given{'' if expected == _ANY else f': {expected}'}"
            )
    return {name: coerce(value, accepted[name][0], _join(prefix, name)) for name, value in node.items()}


def _convert(value: Any, annotation: Any, key: str) -> Any:
    origin = typing.get_origin(annotation)
    if origin in (Union, types.UnionType):
        return _convert_union(value, typing.get_args(annotation), key)
    if origin is Literal:
        known = any(value == choice and type(value) is type(choice) for choice in typing.get_args(annotation))
        return value if known else _mismatch()
    if _is_list(origin):
        return _convert_list(value, annotation, key)
    if origin in (dict, Mapping):
        return _convert_mapping(value, typing.get_args(annotation), key)
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return _convert_dataclass(value, annotation, key)
    converter = _CONVERTERS.get(annotation)
    return value if converter is None else converter(value)


def _convert_union(value: Any, members: Sequence[Any], key: str) -> Any:
    # The value's own type is tried first, so that 3 stays 3 under str | int.
    for member in sorted(members, key=lambda member: member is not type(value)):
        try:
            return _convert(value, member, key)
        except _Mismatch:
            continue
    return _mismatch()


def _convert_list(value: Any, annotation: Any, key: str) -> tuple[Any, ...] | list[Any]:
    if not isinstance(value, list | tuple):
        _mismatch()
    values = [_convert(entry, _element(annotation), key) for entry in value]
    return values if typing.get_origin(annotation) is list else tuple(values)


def _convert_mapping(value: Any, kinds: Sequence[Any], key: str) -> dict[Any, Any]:
    if not isinstance(value, Mapping):
        _mismatch()
    of_name, of_entry = kinds
    # JSON turns the whole numbers that name entries into text.
    names = [int(name) if of_name is int and str(name).isdecimal() else name for name in value]
    return {
        _convert(name, of_name, key): _convert(entry, of_entry, key)
        for name, entry in zip(names, value.values(), strict=True)
    }


def _convert_dataclass(value: Any, annotation: type, key: str) -> Any:
    if isinstance(value, annotation):
        return value
    if not isinstance(value, Mapping):
        raise ConfigError(f"{key} must be a group of settings ({key}.name=value), got {_show(value)}")
    values = arguments(value, parameters(annotation), key)
    with within(key):
        return annotation(**values)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        _mismatch()
    return int(value) if value == int(value) else _mismatch()


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        _mismatch()
    return float(value)


def _boolean(value: Any) -> bool:
    return value if isinstance(value, bool) else _mismatch()


def _text(value: Any) -> str:
    # An unquoted whole number is text too: name=7. Other numbers do not read back as they were typed.
    return str(value) if isinstance(value, str) or type(value) is int else _mismatch()


def _path(value: Any) -> Path:
    return Path(_text(value))


def _nothing(value: Any) -> None:
    return None if value is None else _mismatch()


_CONVERTERS: dict[Any, Callable[[Any], Any]] = {
    int: _integer,
    float: _number,
    bool: _boolean,
    str: _text,
    Path: _path,
    types.NoneType: _nothing,
}


def _mismatch() -> typing.NoReturn:
    raise _Mismatch


def _is_list(origin: Any) -> bool:
    return isinstance(origin, type) and issubclass(origin, Sequence)


def _element(annotation: Any) -> Any:
    return next(iter(typing.get_args(annotation)), Any)


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else str(name)


def _show(value: Any) -> str:
    """A value as the user writes it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else repr(value)
