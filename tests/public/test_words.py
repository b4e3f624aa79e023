"""Settings of Python as words that Hydra reads back to the same values."""

from pathlib import Path

import numpy as np
import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from rnnchaos.errors import ConfigError
from rnnchaos.public.words import words_of


@pytest.mark.parametrize(
    "value",
    [0, -3, 1e-3, 1e300, True, False, None, "lstm", "a b", "it's", "null", "1e3", "x=1", "a,b", "[1]", "{a: 1}", "",
     "true", "back\\slash", "ends\\", "a\\'b", '"quoted"', "tab\t", [1, 2.5, "three"], [[1], []], "ümlaut", "a\\\\b"],
)  # fmt: skip
def test_values_come_back(value):
    (word,) = words_of({"group": {"setting": value}})
    (override,) = OverridesParser.create().parse_overrides([word])
    assert override.key_or_group == "group.setting"
    read = override.value()
    assert read == value
    assert type(read) is type(value)


def test_paths_arrays_and_nested_dicts():
    settings = {"outputs": Path("a b"), "dataset": {"axes": np.array([0, 2]), "deep": {"er": (1, 2)}}}
    assert list(words_of(settings)) == ["outputs='a b'", "dataset.axes=[0,2]", "dataset.deep.er=[1,2]"]


def test_what_is_no_setting():
    with pytest.raises(
        ConfigError, match=r"dataset\.a must be a number, a text, a list or a dict of settings"
    ):
        list(words_of({"dataset": {"a": object()}}))
