"""A series in pieces: rows, borders, and what never crosses them."""

import numpy as np
import pytest

from rnnchaos.data.embedding import embedded
from rnnchaos.pieces import Pieces

SERIES = Pieces(np.arange(12.0)[:, None], (5, 1, 6), np.arange(12.0)[:, None] / 10)


def test_rows_know_their_piece():
    assert SERIES.firsts.tolist() == [0, 5, 6]
    assert SERIES.since.tolist() == [0, 1, 2, 3, 4, 0, 0, 1, 2, 3, 4, 5]
    assert SERIES.longest == 6
    assert SERIES.typical_length == 6
    assert [part.values[:, 0].tolist() for part in SERIES.parts()] == [
        [0, 1, 2, 3, 4],
        [5],
        [6, 7, 8, 9, 10, 11],
    ]
    np.testing.assert_array_equal(SERIES.parts()[2].inputs[:, 0], [0.6, 0.7, 0.8, 0.9, 1.0, 1.1])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (0, 0, list(range(12))),
        (2, 1, [2, 3, 8, 9, 10]),
        (0, 5, [6]),
        (4, 0, [4, 10, 11]),
        (6, 0, []),
    ],
)
def test_ends_have_their_neighbours_in_their_own_piece(before, after, expected):
    assert SERIES.ends(before=before, after=after).tolist() == expected
    spread = SERIES.spread(40, before=before, after=after)
    assert sorted(set(spread.tolist())) == expected


@pytest.mark.parametrize("count", [1, 4, 5, 6, 9, 12, 20])
def test_a_head_keeps_the_borders(count):
    head = SERIES.head(count)
    assert len(head) == min(count, 12) == len(head.inputs)
    whole = np.diff([0, *(end for end in (5, 6) if end < count), min(count, 12)]).tolist()
    assert list(head.lengths) == whole


def test_short_pieces_are_left_out():
    assert SERIES.at_least(2).lengths == (5, 6)
    assert SERIES.at_least(7).lengths == ()
    assert SERIES.at_least(1) is SERIES
    np.testing.assert_array_equal(SERIES.at_least(6).inputs, SERIES.inputs[6:])


def test_segments_lie_in_one_piece():
    assert SERIES.segments(2)[..., 0].tolist() == [[0, 1], [2, 3], [6, 7], [8, 9], [10, 11]]


def test_parts_join_again():
    joined = Pieces.joined(SERIES.parts())
    assert joined.lengths == SERIES.lengths
    np.testing.assert_array_equal(joined.values, SERIES.values)
    np.testing.assert_array_equal(joined.inputs, SERIES.inputs)


def test_no_delay_reaches_into_another_piece():
    found = embedded(SERIES, dimension=3, lag=2)
    assert found.lengths == (1, 2)
    assert found.values.tolist() == [[4, 2, 0], [10, 8, 6], [11, 9, 7]]
    assert found.inputs[:, 0].tolist() == [0.4, 1.0, 1.1]
