"""What was typed about a network from elsewhere, held against what its file says and what kind it is."""

from rnnchaos.errors import ConfigError
from rnnchaos.measurements.weights_reading import WeightsFile
from rnnchaos.models import ImportedNetwork
from rnnchaos.models.foreign.recurrent import RecurrentNetwork
from rnnchaos.setting import SettingError
from rnnchaos.settings.schema import WeightsSettings

# What a class takes where nothing is typed; the file's word counts against these.
_UNTYPED: dict[str, tuple[object, ...]] = {"activation": ("tanh", "silu"), "rectified": (4,)}


def check_said(settings: WeightsSettings, network: ImportedNetwork, file: WeightsFile) -> None:
    """Raise ConfigError for a word that would change nothing, or that contradicts the file."""
    _check_against_file(settings, file)
    if settings.activation != "auto" and network.title != "RNN":
        must = f"be auto for {network.title}, it is that of a vanilla RNN"
        hint = "model.activation is that of smooth units" if network.title.endswith("shallow network") else ""
        raise SettingError("activation", must, settings.activation, hint)
    if isinstance(network, RecurrentNetwork):
        return
    for name, nothing in (("readout", ("auto", None)), ("feedback", ("all", "none"))):
        if (value := getattr(settings, name)) not in nothing:
            must = f"be {nothing[0]} for {network.title}, whose next state depends on no readout"
            raise SettingError(name, must, value)


def _check_against_file(settings: WeightsSettings, file: WeightsFile) -> None:
    arguments = {} if settings.model is None else settings.model.cell.arguments
    for name, untyped in _UNTYPED.items():
        told = file.metadata.get(name)
        typed = [(f"model.{name}", arguments.get(name))] if arguments.get(name) not in untyped else []
        if name == "activation" and settings.activation != "auto":
            typed.append((name, settings.activation))
        for setting, value in typed:
            if told is not None and value is not None and str(value) != told:
                said = f"{setting}={value} does not fit {settings.weights}"
                raise ConfigError(f"{said}: it says that its {name} is {told}")


def overruled(settings: WeightsSettings, file: WeightsFile) -> list[str]:
    """Lines on what the file says other than the defaults of `model=`, which may as well have been typed."""
    arguments = {} if settings.model is None else settings.model.cell.arguments
    return [
        f"its {name} is {told}, as the file says; model.{name}={arguments[name]}, the default, does not count"
        for name, untyped in _UNTYPED.items()
        if (told := file.metadata.get(name)) is not None
        and arguments.get(name) in untyped
        and str(arguments[name]) != told
    ]
