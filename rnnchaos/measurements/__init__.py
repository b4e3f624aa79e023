"""What diagnostics measure is opened here, and what they find is stored. Loaded on first use, for JAX takes a while."""

from rnnchaos.lazy import lazily

_LAZY = {
    "export_run": "rnnchaos.measurements.export",
    "forecast_run": "rnnchaos.measurements.forecast",
    "judge_models": "rnnchaos.measurements.judging",
    "measure_run": "rnnchaos.measurements.stored_run",
    "measure_source": "rnnchaos.measurements.source",
    "measure_weights": "rnnchaos.measurements.weights_file",
    "show_data": "rnnchaos.measurements.data_shown",
}

__all__ = list(_LAZY)

__getattr__ = lazily(__name__, _LAZY)
