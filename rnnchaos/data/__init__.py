"""Series to train on: integrated or read from files, scaled, embedded and split."""

from rnnchaos.data.dataset import AllAxes, Dataset
from rnnchaos.data.description import described, off_attractor_told, too_short
from rnnchaos.data.dysts_series import DystsSeries
from rnnchaos.data.embedding import delay_embedding, embedded
from rnnchaos.data.fillers import check_measured
from rnnchaos.data.history_file import History, read_history
from rnnchaos.data.oddities import oddities, out_of_range
from rnnchaos.data.off_attractor import OffAttractor, check_off_attractor, window_too_long
from rnnchaos.data.orbits import observed_orbit, orbit
from rnnchaos.data.preparation import Preparation, Source, check_whole, lengths_of_orbit, prepare
from rnnchaos.data.scaling import Scaling, fit_scaling
from rnnchaos.data.series_file import MeasuredSeries, SeriesFile
from rnnchaos.data.tables import read_table
from rnnchaos.data.tangents import check_equations, tangents_of_data, tangents_of_equations
from rnnchaos.data.text_format import TextFormat
from rnnchaos.data.units import DataUnits

__all__ = [
    "AllAxes",
    "DataUnits",
    "Dataset",
    "DystsSeries",
    "History",
    "MeasuredSeries",
    "OffAttractor",
    "Preparation",
    "Scaling",
    "SeriesFile",
    "Source",
    "TextFormat",
    "check_equations",
    "check_measured",
    "check_off_attractor",
    "check_whole",
    "delay_embedding",
    "described",
    "embedded",
    "fit_scaling",
    "lengths_of_orbit",
    "observed_orbit",
    "oddities",
    "out_of_range",
    "off_attractor_told",
    "orbit",
    "prepare",
    "read_history",
    "read_table",
    "tangents_of_data",
    "tangents_of_equations",
    "too_short",
    "window_too_long",
]
