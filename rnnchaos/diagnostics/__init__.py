"""What is measured on networks, systems and series: one file a diagnostic, with its settings.

Importing this room imports no JAX: what computes is loaded on first use.
"""

from typing import TYPE_CHECKING

from rnnchaos.diagnostics.base import AbstractDiagnostic
from rnnchaos.diagnostics.findings import Findings
from rnnchaos.diagnostics.registry import (
    at_hand,
    diagnostics,
    find,
    names,
    register,
    setting_names,
    settings_class,
    settings_classes,
    settings_of,
)
from rnnchaos.diagnostics.settings import DiagnosticsSettings, FreeRunSettings
from rnnchaos.lazy import lazily

if TYPE_CHECKING:
    from rnnchaos.diagnostics.after_training import measure_after_training
    from rnnchaos.diagnostics.subjects import DataSource, ForeignNetwork, TrainedNetwork

_LAZY = {
    "DataSource": "rnnchaos.diagnostics.subjects",
    "ForeignNetwork": "rnnchaos.diagnostics.subjects",
    "TrainedNetwork": "rnnchaos.diagnostics.subjects",
    "measure_after_training": "rnnchaos.diagnostics.after_training",
}

__all__ = [
    "AbstractDiagnostic",
    "DataSource",
    "DiagnosticsSettings",
    "Findings",
    "ForeignNetwork",
    "FreeRunSettings",
    "TrainedNetwork",
    "at_hand",
    "diagnostics",
    "find",
    "measure_after_training",
    "names",
    "register",
    "setting_names",
    "settings_class",
    "settings_classes",
    "settings_of",
]

__getattr__ = lazily(__name__, _LAZY)
