"""What arXiv:2110.07238 reports, read off its figures to about 1 %: numbers to compare with."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

Number = int | float
_ARCHITECTURES = ("RNN", "PLRNN", "LSTM")


class Value(NamedTuple):
    """A published mean over runs; the error is given where the paper gives it."""

    value: float
    error: float | None = None


Lines = Mapping[str, Mapping[Number, Value]]
"""By the name of the line, and the place on the axis."""

NOTHING: Lines = MappingProxyType({})


def _lines(rows: Mapping[Number, tuple[float | Value | None, ...]]) -> Lines:
    """Of rows (RNN, PLRNN, LSTM) by τ."""
    return {
        name: {
            x: cell if isinstance(cell, Value) else Value(cell)
            for x, row in rows.items()
            if (cell := row[place]) is not None
        }
        for place, name in enumerate(_ARCHITECTURES)
    }


def _lstm(values: Mapping[Number, float | Value]) -> Lines:
    return {"LSTM": {x: value if isinstance(value, Value) else Value(value) for x, value in values.items()}}


LORENZ_D_STSP = _lines({
    5: (8.71, 9.71, 4.36),
    30: (0.196, 0.893, Value(0.062, 0.007)),
    50: (1.50, 3.33, 0.191),
    60: (3.98, 4.75, 0.415),
    70: (8.19, 10.7, 1.34),
    100: (7.32, 10.9, 9.34),
    200: (6.96, None, 12.1),
})  # fmt: skip
LORENZ_D_H = _lines({
    5: (0.436, 0.627, 0.360),
    30: (0.125, 0.235, 0.112),
    50: (0.192, 0.188, 0.114),
    60: (0.155, 0.430, 0.136),
    70: (0.426, 0.478, 0.167),
    100: (0.597, 0.874, 0.482),
    200: (0.653, None, 0.493),
})  # fmt: skip
ROSSLER_D_STSP = _lines({
    5: (10.5, 10.2, 3.54),
    30: (5.12, 1.27, 2.61),
    70: (9.96, 3.12, 2.30),
    100: (9.5, 2.87, 1.65),
    200: (15.2, 5.42, 2.98),
    500: (16.5, 16.4, 14.7),
})  # fmt: skip
ROSSLER_D_H = _lines({100: (0.109, 0.066, 0.065), 500: (0.85, 0.85, 0.30)})
PARTIAL_D_STSP = _lines({
    5: (9.89, 10.8, 7.65),
    30: (3.68, 2.44, 1.78),
    50: (9.8, 8.8, 9.4),
    200: (16.9, 8.8, 13.6),
})  # fmt: skip
PARTIAL_D_H = _lines({30: (0.469, 0.255, 0.395)})
DUFFING_D_STSP = _lines({5: (9.1, 8.1, 14.5), 30: (9.76, 7.33, 2.51), 50: (6.77, 12.1, 9.53)})
DUFFING_D_H = _lines({30: (0.54, 0.36, 0.32)})
MACKEY_GLASS_D_STSP = _lines({
    5: (34.0, None, 74.0),
    30: (10.8, 6.5, 2.3),
    70: (0.297, 0.482, 1.20),
    100: (4.3, 6.5, 0.556),
    200: (21.9, 18.5, 2.57),
})  # fmt: skip
MACKEY_GLASS_D_H = _lines({70: (0.091, 0.079, 0.206)})
TEMPERATURE_D_STSP = _lines({5: (11.8, 10.7, 12.8), 30: (9.03, 7.48, 6.64), 50: (17.0, 17.0, 5.89)})
TEMPERATURE_D_H = _lines({30: (0.221, 0.215, 0.215)})
EEG_D_STSP = _lines({
    5: (2.7, 37.7, 9.9),
    20: (1.18, 1.04, 0.204),
    30: (0.81, 0.73, 0.127),
    50: (0.91, 0.73, 0.047),
    100: (2.2, 5.3, 0.094),
    150: (6.4, 26.0, 1.7),
})  # fmt: skip
EEG_D_H = _lines({50: (0.321, 0.214, 0.157)})

CLIPPED_BY_VALUE = _lstm({1: 8.44, 10: 8.12, 100: 8.26, 1000: 8.39})
CLIPPED_BY_NORM = _lstm({1: 12.8, 10: 8.44, 100: 8.24, 1000: 10.3})
WINDOWED = _lstm({10: 7.41, 30: 7.53, 50: 7.27, 100: 7.55, 200: 12.2})
TRUNCATED = _lstm({10: 9.8, 30: 10.9, 50: 11.7, 100: 10.2, 200: 12.3})
RANDOM_TAU = _lstm({10: 0.0207, 20: 0.093, 30: 0.110, 50: 8.13, 70: 8.79})
ANNEALED_TAU = _lstm({46: Value(0.077, 0.063)})

# log10 of ‖dz_T/dz_1‖₂ by T, of a PLRNN trained on Lorenz with τ = 30 and of one trained on the 2-cycle.
LORENZ_STATE_GRADIENT: Mapping[Number, float] = {10: 0.568, 100: 3.56, 300: 10.18, 1000: 33.45}
CYCLE_STATE_GRADIENT: Mapping[Number, float] = {10: -0.367, 100: -6.64}
