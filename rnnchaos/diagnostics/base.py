"""What every diagnostic is: a name, settings, and what it finds in each of the subjects that it takes."""

import dataclasses
import inspect
import re
from typing import TYPE_CHECKING, Any, ClassVar

from rnnchaos.errors import ConfigError

if TYPE_CHECKING:
    from rnnchaos.diagnostics.findings import Findings
    from rnnchaos.diagnostics.subjects import DataSource, ForeignNetwork, TrainedNetwork


class AbstractDiagnostic:
    """One diagnostic. Its docstring begins with the line that the help of the commands shows.

    A subclass overrides those of `of_run`, `of_source` and `of_weights` whose subjects it takes; there is then a
    command `rnnchaos NAME` that takes a run folder, dataset=…, or weights=…. What is slow to import, such as JAX, is
    imported inside these methods, so that help and completion stay fast.
    """

    name: ClassVar[str]
    """Of the command, of the kind of its runs, and of its settings below `diagnostics`."""
    settings: ClassVar[type | None] = None
    """A frozen dataclass whose fields all have defaults, `diagnostics.NAME.FIELD`; None where there are none."""
    group: ClassVar[str] = ""
    """Where the settings stand below `diagnostics`, if not under the name."""
    against_any: ClassVar[bool] = False
    """Whether its command holds anything against a truth that `against=` or `dataset=` names."""
    takes_input: ClassVar[bool] = False
    """Whether `of_weights` follows a network along the inputs that input=FILE gives."""

    def of_run(self, network: "TrainedNetwork") -> "Findings":
        """What is found in the network of a stored run. Raises RunError or ConfigError where nothing can be."""
        raise NotImplementedError

    def of_source(self, source: "DataSource") -> "Findings":
        """What is found in a system with known equations, or in a measured series; raises as `of_run` does."""
        raise NotImplementedError

    def of_weights(self, network: "ForeignNetwork") -> "Findings":
        """What is found in a network that was trained elsewhere; raises as `of_run` does."""
        raise NotImplementedError

    def after_training(self, network: "TrainedNetwork") -> "Findings | None":
        """What every training measures at its end; None leaves it to the command."""

    @classmethod
    def takes_run(cls) -> bool:
        """Whether stored runs can be measured."""
        return cls.of_run is not AbstractDiagnostic.of_run

    @classmethod
    def takes_source(cls) -> bool:
        """Whether systems and series can be measured, without any network."""
        return cls.of_source is not AbstractDiagnostic.of_source

    @classmethod
    def takes_weights(cls) -> bool:
        """Whether files of weights can be measured."""
        return cls.of_weights is not AbstractDiagnostic.of_weights

    @classmethod
    def measures_training(cls) -> bool:
        """Whether every training is measured at its end."""
        return cls.after_training is not AbstractDiagnostic.after_training

    @classmethod
    def summary(cls) -> str:
        """One line on what it is."""
        return (inspect.getdoc(cls) or "").partition("\n")[0]

    @classmethod
    def group_name(cls) -> str:
        """Where its settings stand below `diagnostics`."""
        return cls.group or cls.name

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """Its settings as they are unless they are changed, by name."""
        if cls.settings is None:
            return {}
        return {field.name: getattr(cls.settings(), field.name) for field in dataclasses.fields(cls.settings)}


def check(diagnostic: type[AbstractDiagnostic]) -> None:
    """Raise ConfigError for a class that is no diagnostic, with what it lacks."""
    said = f"class {diagnostic.__name__}"
    name = getattr(diagnostic, "name", "")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ConfigError(f"{said}: name must be a word of small letters, digits and _, got {name!r}")
    if not (diagnostic.takes_run() or diagnostic.takes_source() or diagnostic.takes_weights()):
        raise ConfigError(f"{said} overrides none of of_run, of_source, of_weights")
    settings = diagnostic.settings
    if settings is None:
        return
    if not dataclasses.is_dataclass(settings):
        raise ConfigError(f"{said}: settings must be a dataclass, got {settings.__name__}")
    for field in dataclasses.fields(settings):
        if field.default is field.default_factory is dataclasses.MISSING:
            raise ConfigError(f"{said}: the setting {field.name} must have a default")
