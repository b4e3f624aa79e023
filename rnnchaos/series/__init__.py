"""What a measured series says of the dynamics behind it: exponents, delays, a test for chaos."""

from rnnchaos.series.closure import STATE_SEEN, error_of_most, prediction_errors
from rnnchaos.series.data_checks import better_of, data_checks
from rnnchaos.series.delays import (
    DimensionChoice,
    LagChoice,
    autocorrelation_time,
    choose_dimension,
    choose_lag,
)
from rnnchaos.series.determinism import remembered_distance
from rnnchaos.series.embedding import Embedding, better_embedding
from rnnchaos.series.from_data import DataExponent, lyapunov_by_kantz, lyapunov_from_data
from rnnchaos.series.judged import JudgedExponent, judged_exponent
from rnnchaos.series.map_exponents import FittedMap, MapExponent, lyapunov_by_maps
from rnnchaos.series.surrogates import SurrogateTest, surrogate, surrogate_test
from rnnchaos.series.zero_one import ZeroOne, zero_one_test

__all__ = [
    "STATE_SEEN",
    "DataExponent",
    "DimensionChoice",
    "Embedding",
    "FittedMap",
    "JudgedExponent",
    "LagChoice",
    "MapExponent",
    "SurrogateTest",
    "ZeroOne",
    "autocorrelation_time",
    "better_embedding",
    "better_of",
    "choose_dimension",
    "choose_lag",
    "data_checks",
    "error_of_most",
    "judged_exponent",
    "lyapunov_by_kantz",
    "lyapunov_by_maps",
    "lyapunov_from_data",
    "prediction_errors",
    "remembered_distance",
    "surrogate",
    "surrogate_test",
    "zero_one_test",
]
