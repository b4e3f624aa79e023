"""Importing what the user has named or installed; whatever goes wrong is one line."""

import importlib.util
import inspect
import os
import sys
import traceback
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import spelt_hint
from rnnchaos.plugins.classes import bases, check, classes_of
from rnnchaos.plugins.naming import FLAG, is_file

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint  # takes its time, and a TAB press has none


class Plugin(NamedTuple):
    """Where classes come from."""

    name: str
    """As messages say it: my_things.py, my_package.things, or an installed distribution."""
    file: str | None
    sha256: str | None
    """Of the file, or of all sources of a package."""
    version: str | None
    """Of an installed distribution."""


class Loaded(NamedTuple):
    """A named plugin, and the classes it offers by their targets, each with its group."""

    plugin: Plugin
    classes: Mapping[str, tuple[str, type]]


@cache
def load(name: str) -> Loaded:
    """Import a file or a module. Raises ConfigError for one that does not import, or offers nothing."""
    from_file = is_file(name)
    beside = from_file and Path(name).is_relative_to(Path.cwd())
    said = os.path.relpath(name) if beside else name
    try:
        module = _run_file(Path(name)) if from_file else _import(name)
        label = Path(name).stem if from_file else name
        classes = {f"{label}.{member.__name__}": (group, member) for group, member in classes_of(module)}
    except ConfigError as error:
        raise ConfigError(f"{FLAG} {said}: {error}") from error
    return Loaded(Plugin(Path(name).name if from_file else name, *_file_and_hash(module), None), classes)


@cache
def load_installed(entry: "EntryPoint", group: str) -> tuple[type, Plugin]:
    """Import the class of an entry point. Raises ConfigError for one that does not import, or is no such class."""
    try:
        try:
            member = entry.load()
        except (Exception, SystemExit) as error:
            raise ConfigError(_one_line(error)) from error
        if not (inspect.isclass(member) and issubclass(member, bases(group))):
            raise ConfigError(f"it is no {group} class")
        check(member, group)
    except ConfigError as error:
        raise ConfigError(f"{distribution(entry)}: {entry.value}: {error}") from error
    assert entry.dist is not None
    file_and_hash = _file_and_hash(sys.modules[member.__module__])
    return member, Plugin(entry.dist.name, *file_and_hash, entry.dist.version)


def distribution(entry: "EntryPoint") -> str:
    """Who has brought an entry point, in words."""
    assert entry.dist is not None
    return f"the installed {entry.dist.name} {entry.dist.version}"


class _Source(SourceFileLoader):
    """A file read anew: no bytecode is left beside the user's file, and none is taken that may be stale."""

    def path_stats(self, path: Any) -> Mapping[str, Any]:
        raise OSError


def _run_file(file: Path) -> ModuleType:
    """The module of a file, under a name that is the same in every process."""
    if not os.path.isfile(file):
        beside = (path.name for path in file.parent.glob("*.py"))
        raise ConfigError(f"there is no such file{spelt_hint(file.name, beside, cutoff=0.6)}")
    name = f"rnnchaos_plugin_{file.stem}"
    if name in sys.modules and sys.modules[name].__file__ != str(file):
        raise ConfigError(f"{sys.modules[name].__file__} has the same name; rename one of them")
    spec = importlib.util.spec_from_loader(name, _Source(name, str(file)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise ConfigError(f"{_where(error, file)}{_one_line(error)}") from error
    return module


def _import(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise ConfigError(_one_line(error)) from error  # of what it imports itself
        hint = f"; did you mean {FLAG} {name}.py?" if os.path.isfile(f"{name}.py") else ""
        raise ConfigError(f"there is no module {error.name}{hint}") from error
    except (Exception, SystemExit) as error:
        raise ConfigError(_one_line(error)) from error


def _file_and_hash(module: ModuleType) -> tuple[str | None, str | None]:
    import hashlib

    file = getattr(module, "__file__", None)
    if file is None:
        return None, None
    if not hasattr(module, "__path__"):
        return file, hashlib.sha256(Path(file).read_bytes()).hexdigest()
    whole = hashlib.sha256()
    for source in sorted(Path(file).parent.rglob("*.py")):
        whole.update(source.read_bytes())
    return file, whole.hexdigest()


def _where(error: BaseException, file: Path) -> str:
    """The line of the file at which an error arose."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return f"line {error.lineno}: "
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)
    ]
    return f"line {lines[-1]}: " if lines else ""


def _one_line(error: BaseException) -> str:
    text = str(error.msg) if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {' '.join(text.split())}"
