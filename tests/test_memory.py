"""What there is of memory, and what is refused for want of it."""

import pytest

from rnnchaos import memory
from rnnchaos.errors import ConfigError
from rnnchaos.memory import Part, in_bytes, in_words, memory_here, require
from rnnchaos.setting import SettingError

PARTS = [
    Part("the weights", 60e9, ("model", "ensemble.seeds")),
    Part("the forecasts", 20e9, ("diagnostics.prediction",)),
]
VALUES = {"model.hidden_size": 4000, "model.layer_size": 3000, "ensemble.seeds": 2, "models": 1e9}


def test_what_does_not_fit_names_the_figure_and_the_setting_to_blame(monkeypatch):
    monkeypatch.setattr(memory, "memory_here", lambda: int(23e9))
    # 4000 of 500 is 8 times, 3000 of 50 is 60 times as much as usual; `models` is not within `model`.
    usual = {"model.hidden_size": 500, "model.layer_size": 50, "ensemble.seeds": 1}
    with pytest.raises(SettingError) as caught:
        require(PARTS, VALUES, usual=usual)
    assert str(caught.value) == (
        "model.layer_size must fit into memory, got 3000; this needs about 80 GB, 23 GB here; "
        "the largest part is the weights, 60 GB"
    )


@pytest.mark.parametrize("here", [None, int(80e9)])
def test_nothing_is_refused_that_fits_or_where_nothing_is_known(here, monkeypatch):
    monkeypatch.setattr(memory, "memory_here", lambda: here)
    require(PARTS, VALUES, usual={})


def test_there_is_some_memory_here():
    found = memory_here()
    assert found is not None
    assert found > 0


@pytest.mark.parametrize(
    ("groups", "files", "expected"),
    [
        (
            "0::/job/step",
            {"job/memory.max": 1000, "job/memory.current": 400, "job/step/memory.max": "max"},
            [600],
        ),
        # A container: the path is the host's, the limit stands at the root; what is only a cache of files gives way.
        (
            "0::/docker/1",
            {"memory.max": 1000, "memory.current": 900, "memory.stat": "anon 5\ninactive_file 300"},
            [400],
        ),
        (
            "5:cpu:/\n4:memory:/a",
            {"memory/a/memory.limit_in_bytes": 1000, "memory/a/memory.usage_in_bytes": 250},
            [750],
        ),
        ("0::/", {}, []),
    ],
)
def test_limits_of_control_groups_are_found(groups, files, expected, tmp_path, monkeypatch):
    tree, own = tmp_path / "tree", tmp_path / "cgroup"
    own.write_text(groups)
    for name, content in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(f"{content}\n")
    monkeypatch.setattr(memory, "_TREE", tree)
    monkeypatch.setattr(memory, "_GROUPS", own)
    assert list(memory._of_groups()) == expected


@pytest.mark.parametrize(
    ("size", "said"), [(0, "0 B"), (999, "999 B"), (80e9, "80 GB"), (999.6e9, "1 TB"), (1e30, "1.0e+12 EB")]
)
def test_sizes_are_said_in_decimal_units(size, said):
    assert in_bytes(size) == said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "ran out of memory"),
        (
            RuntimeError("RESOURCE_EXHAUSTED: Out of\nmemory"),
            "ran out of memory: RESOURCE_EXHAUSTED: Out of memory",
        ),
        (ConfigError("no such\nthing"), "no such thing"),
        (KeyError("x"), "KeyError: 'x'"),
    ],
)
def test_errors_are_said_on_one_line(error, said):
    assert in_words(error) == said
