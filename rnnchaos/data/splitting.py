"""A measured series in parts: to train on, to choose weights on, to be judged on."""

import dataclasses
from typing import NamedTuple

import numpy as np

from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces
from rnnchaos.setting import SettingError

# This share of a series is trained on where no lengths are given.
_TRAINING_SHARE = 0.8
# Of that part, this share is kept back for validation.
_VALIDATION_SHARE = 0.1
# By this factor a part that consists of whole pieces may be longer or shorter than it should be.
_NEAR = 1.5


class Lengths(NamedTuple):
    """Steps of each part, None for the usual share."""

    train: int | None
    validation: int | None
    test: int | None


class Split(NamedTuple):
    """The parts, with what embedding will take from them, and how they were cut, in words."""

    train: Pieces
    validation: Pieces
    test: Pieces
    said: str


def split(series: Pieces, wanted: Lengths, *, lost: int, test: Pieces | None, said: str) -> Split:
    """Training, validation and test series, in the order of time; the last from elsewhere where it is given.

    Where no length is given, parts consist of whole pieces if these are short enough for parts of about the usual
    length. Else pieces are cut, each part being as long as it should be. `lost` steps of every piece are lost to
    embedding. Raises ConfigError where the series is too short; `said` names it.
    """
    pieces, series = series, series.at_least(lost + 1)
    if not len(series):
        raise ConfigError(
            f"{said}: its {len(pieces.lengths)} pieces, at most {pieces.longest} rows long, are all shorter than the "
            f"{lost + 1} rows that embedding needs"
        )
    if wanted == Lengths(None, None, None) and (whole := _by_pieces(series, lost, test)) is not None:
        return whole
    return _by_time(series, wanted, lost, test, said)


def _by_pieces(series: Pieces, lost: int, test: Pieces | None) -> Split | None:
    parts = series.parts()
    share = _TRAINING_SHARE if test is None else 1.0
    shares = np.array([share * (1 - _VALIDATION_SHARE), share * _VALIDATION_SHARE, 1 - share])
    points = np.array([length - lost for length in series.lengths])
    done = np.concatenate([[0], np.cumsum(points)]) / points.sum()
    first, second = (int(np.abs(done - border).argmin()) for border in np.cumsum(shares[:2]))
    reached = np.diff(done[[0, first, second, len(parts)]])
    due = shares > 1e-9
    if ((reached * _NEAR < shares) | (reached > shares * _NEAR))[due].any():
        return None
    judged = Pieces.joined(parts[second:]) if test is None else test
    of_test = f"the last {len(parts) - second}" if test is None else "a file of its own"
    return Split(
        Pieces.joined(parts[:first]),
        Pieces.joined(parts[first:second]),
        judged,
        f"by pieces, the first {first} to train on, {second - first} for validation, {of_test} as test",
    )


def _by_time(series: Pieces, wanted: Lengths, lost: int, test: Pieces | None, said: str) -> Split:
    total = sum(length - lost for length in series.lengths)
    available = total - (2 if test is None else 1) * lost
    train, validation = wanted.train, wanted.validation
    if train is None:
        if test is None:
            kept = wanted.test or 0
            train = min(int(_TRAINING_SHARE * available), available - kept)
        else:
            train = available - (0 if validation is None else validation)
    if validation is None:
        validation = max(2, int(_VALIDATION_SHARE * train))
        if wanted.train is None:
            train -= validation
    length = available - train - validation if wanted.test is None else wanted.test
    if test is not None:
        length = _points(test, lost) if wanted.test is None else wanted.test
        if length > _points(test, lost):
            raise SettingError(
                "test_length", f"be at most the {_points(test, lost)} steps of the test file", length
            )
    needed = train + validation + (0 if test is not None else length)
    if train < 2 or length < 2 or needed > available:
        # What no length is given for takes at least two rows, and not what is left, which may be less than none.
        lengths = f"train_length = {max(train, 2)}, validation_length = {validation}"
        if test is None:
            lengths += f", test_length = {max(length, 2)}"
        gone = total - available + lost
        embedding = f" and {gone} steps lost to embedding" if gone else ""
        raise ConfigError(f"{said}: {len(series)} rows are too few for {lengths}{embedding}")
    training, rest = _cut(series, train, lost)
    validating, rest = _cut(rest, validation, lost)
    if test is not None or wanted.test is not None:
        rest, _ = _cut(rest if test is None else test, length, lost)
    pieces = "" if len(series.lengths) == 1 else "; pieces are cut where a part ends"
    source = "the rest" if test is None else "a file of its own"
    how = f"by time, the first steps to train on, the next for validation, {source} as test{pieces}"
    return Split(training, validating, rest, how)


def halves(series: Pieces, lost: int) -> tuple[Pieces, Pieces]:
    """The first and the second half of the points that there are after embedding."""
    series = series.at_least(lost + 1)
    half = _points(series, lost) // 2
    first, _ = _cut(series, half, lost)
    return first, _cut(series, half, lost, overlap=True)[1]


def _points(series: Pieces, lost: int) -> int:
    """After embedding."""
    return sum(max(0, length - lost) for length in series.lengths)


def _cut(series: Pieces, points: int, lost: int, *, overlap: bool = False) -> tuple[Pieces, Pieces]:
    """The first `points` after embedding, and the rest; these may share the rows that embedding takes."""
    taken: list[Pieces] = []
    rest: list[Pieces] = []
    for part in series.at_least(lost + 1).parts():
        use = min(points, len(part) - lost)
        points -= use
        end = use + lost if use else 0
        if use:
            taken.append(_rows(part, 0, end))
        left = use if overlap else end
        if len(part) - left > lost:
            rest.append(_rows(part, left, len(part)))
    return _join(taken, series), _join(rest, series)


def _join(parts: list[Pieces], like: Pieces) -> Pieces:
    return Pieces.joined(parts) if parts else like.head(0)


def _rows(part: Pieces, first: int, end: int) -> Pieces:
    inputs = None if part.inputs is None else part.inputs[first:end]
    return dataclasses.replace(part, values=part.values[first:end], lengths=(end - first,), inputs=inputs)
