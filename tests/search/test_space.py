"""Hydra's sweep syntax as a space to search."""

import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.search.space import read_space
from rnnchaos.settings.axes import parse
from rnnchaos.settings.compose import BUILTIN


def space_of(*words):
    return read_space(parse(words, BUILTIN), BUILTIN)


def dimension(word):
    (found,) = space_of(word).dimensions.values()
    return found


@pytest.mark.parametrize(
    ("word", "said", "ends"),
    [
        ("model=lstm,gru,lstm", "lstm, gru", ["lstm", "gru"]),
        ("a.b=shuffle(3,1,2)", "3, 1, 2", ["3", "1", "2"]),
        ("a.b=true,null", "True, null", ["True", "null"]),
        ("a.b=range(5,100)", "integers from 5 to 99", ["5", "99"]),
        ("a.b=range(9,0,-3)", "integers from 3 to 9 in steps of 3", ["3", "9"]),
        ("a.b=tag(log,range(1,9))", "integers from 1 to 8, logarithmic", ["1", "8"]),
        ("a.b=int(interval(5,100))", "integers from 5 to 100", ["5", "100"]),
        ("a.b=range(0,0.5,0.1)", "5 numbers from 0.0 to 0.4", ["0.0", "0.4"]),
        ("a.b=interval(0,1)", "numbers from 0.0 to 1.0", ["0.0", "0.618", "1.0"]),
        (
            "a.b=tag(log,interval(1,2))",
            "numbers from 1.0 to 2.0, logarithmic",
            ["1.0", repr(1 + 0.618), "2.0"],
        ),
    ],
)
def test_each_kind_of_sweep_is_a_dimension(word, said, ends):
    found = dimension(word)
    assert (str(found), list(found.ends)) == (said, ends)


def test_steps_are_written_as_a_plain_sweep_writes_them():
    (plain,) = parse(["a.b=range(0,1,0.1)"], BUILTIN)
    found = dimension("a.b=range(0,1,0.1)")
    assert [found.word(place) for place in range(10)] == list(plain.sweep_string_iterator())


def test_fixed_words_keep_their_place():
    space = space_of("seed=3", "model=lstm,gru", "~protocol.x", "a.b=[1,2]", "+c.d=range(2)")
    assert space.words({"model": "gru", "+c.d": "1"}) == [
        "seed=3", "model=gru", "~protocol.x", "a.b=[1,2]", "+c.d=1",
    ]  # fmt: skip


def test_each_value_is_tried_beside_the_first_and_the_last_of_the_others():
    corners = list(space_of("a=1,2,3", "b=range(5,10)").corners())
    assert corners[1] == [{"a": "2", "b": "5"}, {"a": "2", "b": "9"}]
    assert len(corners) == 5


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("seed=3", "a search needs a setting to vary, as in protocol.tau=range"),
        ("outputs=a,b", "outputs=a,b: outputs cannot be searched"),
        ("a.b=range(9,5)", r"a.b=range\(9,5\): the range is empty"),
        ("a.b=range(0.5,0,0.1)", r"a.b=range\(0.5,0,0.1\): the range is empty"),
        ("a.b=interval(1,1)", r"a.b=interval\(1,1\): an interval must begin below its end"),
        ("a.b=tag(log,interval(0,1))", "what is drawn logarithmically must begin above 0, got 0.0"),
        ("a.b=tag(log,range(-1,4))", "what is drawn logarithmically must begin above 0, got -1"),
        ("a.b=tag(log,range(1,9,2))", "a logarithmic range must have a step of 1, got 2"),
        ("a.b=tag(log,range(1,2,0.1))", "the tag log needs an interval or a range of integers"),
        ("a.b=tag(log,choice(1,2))", "the tag log needs an interval or a range of integers"),
        ("a.b=tag(lgo,interval(1,2))", r"a search knows no tag 'lgo'; did you mean log\? \(tags: log\)"),
    ],
)
def test_a_space_that_cannot_be_searched_is_one_line(word, message):
    with pytest.raises(ConfigError, match=message) as refused:
        space_of(word)
    assert "\n" not in str(refused.value)
