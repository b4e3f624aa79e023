"""Values of a config checked against the annotations of the class that takes them."""

import dataclasses
import functools
import inspect
import json
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Union

from pydantic import ConfigDict, PydanticSchemaGenerationError, TypeAdapter, ValidationError

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean, nearest
from rnnchaos.setting import Declaration, SettingError, at_home, within

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
_OUT_OF_BOUNDS = {"greater_than", "greater_than_equal", "less_than", "less_than_equal", "multiple_of"}


def coerce(value: Any, annotation: Any, key: str) -> Any:
    """`value` as the annotated type, or a SettingError that names `key`.

    Lossless conversions only: 30.0 is a whole number, 3 is a number, a list is a tuple, 7 is a name. Infinities and
    NaN are no numbers. Annotations that YAML cannot express are left to the class itself.
    """
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return _group(value, annotation, key)
    if dataclasses.is_dataclass(value) and type(value) in typing.get_args(annotation):
        return value  # a group that was read before, where there may be none
    read = _reader(annotation)
    if read is None:
        return value
    for candidate in _readings(value):
        try:
            found = read(json.dumps(candidate))
            return at_home(found) if isinstance(found, Path) else found
        except TypeError:  # YAML has dates, JSON has none
            break
        except ValidationError as error:
            if {problem["type"] for problem in error.errors()} & _OUT_OF_BOUNDS:
                declaration = Declaration.of(annotation)
                raise SettingError(key, declaration.must, value, declaration.reason) from None
    raise SettingError(key, f"be {describe(annotation)}", value, _meant(value, annotation))


def _meant(value: Any, annotation: Any) -> str:
    """The word that a value means, of those that can be named; nothing where none is near."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    said = describe(annotation)
    kinds = {"true or false": ["true", "false"], "null": ["null"]}
    named = [word for kind, words in kinds.items() if kind in said for word in words]
    return (
        did_you_mean(str(value), re.findall(r'"([^"]+)"', said) + named).removeprefix("; ").removeprefix(": ")
    )


@functools.cache
def _reader(annotation: Any) -> Callable[[str], Any] | None:
    """What reads values of an annotation from JSON; None where it is of a type that YAML cannot express."""
    try:
        return TypeAdapter(annotation, config=ConfigDict(strict=True, allow_inf_nan=False)).validate_json
    except PydanticSchemaGenerationError:
        return None


def _readings(value: Any) -> Iterator[Any]:
    """What a value may stand for: itself, with 30.0 as a whole number, or 7 as text."""
    yield value
    yield _whole(value)
    if type(value) is int:
        yield str(value)


def _whole(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_whole(entry) for entry in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _group(value: Any, annotation: type, key: str) -> Any:
    if isinstance(value, annotation):
        return value
    if not isinstance(value, Mapping):
        raise SettingError(key, f"be a group of settings ({key}.name=value)", value)
    values = arguments(value, parameters(annotation), key)
    with within(key):
        return annotation(**values)


def describe(annotation: Any) -> str:
    """The values an annotation accepts, in words: `int | Literal["auto"]` is `a whole number or "auto"`."""
    annotation = _bare(annotation)
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


def _bare(annotation: Any) -> Any:
    """An annotation without its bounds and unit."""
    return annotation.__origin__ if typing.get_origin(annotation) is Annotated else annotation


def _plural(annotation: Any) -> str:
    annotation = _bare(annotation)
    return _PLURALS.get(annotation, "mappings" if typing.get_origin(annotation) is dict else "values")


def _choices(annotation: Any) -> list[str]:
    """The words for each of the values of a Literal, or the ones for another annotation."""
    if typing.get_origin(annotation) is Literal:
        return [f'"{choice}"' for choice in typing.get_args(annotation)]
    return [describe(annotation)]


def parameters(target: type, *, ignore: Sequence[str] = ()) -> dict[str, tuple[Any, bool]]:
    """`{name: (annotation, required)}` of what can be set on a class, less its `ignore`d parameters."""
    hints = typing.get_type_hints(target.__init__, include_extras=True)  # type: ignore[misc]
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
            key = _join(prefix, name)
            near = nearest(key, [_join(prefix, known) for known in accepted])
            instead = did_you_mean(key, ())
            hint = f"; did you mean {near}?" if near else f"{owner and f' of {owner}'}{instead}"
            raise ConfigError(f"{key} is not a setting{hint}")
    for name, (annotation, required) in accepted.items():
        if required and name not in node:
            expected = describe(annotation)
            raise ConfigError(
                f"{_join(prefix, name)} must be given{'' if expected == _ANY else f': {expected}'}"
            )
    return {name: coerce(value, accepted[name][0], _join(prefix, name)) for name, value in node.items()}


def _is_list(origin: Any) -> bool:
    return isinstance(origin, type) and issubclass(origin, Sequence)


def _element(annotation: Any) -> Any:
    return next(iter(typing.get_args(annotation)), Any)


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else str(name)
