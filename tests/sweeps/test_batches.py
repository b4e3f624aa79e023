"""Which cells are trained in one program, and that each of them ends as if it had been alone."""

import contextlib

import pytest

from rnnchaos import trainings
from rnnchaos.runs import Claim, Status
from rnnchaos.settings.read import read_settings
from rnnchaos.sweeps import batches as rules
from rnnchaos.sweeps.batches import batches, has_gpu
from rnnchaos.sweeps.cells import Cell
from rnnchaos.sweeps.standing import standings
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.worker import train_batch


def of_form(tmp_path, cells, form):
    made = [
        Cell(cell.id, cell.overrides, {**cell.config, "ensemble": {"seeds": 1, "form": form}})
        for cell in cells
    ]
    return Sweep.create(tmp_path / form, "demo", made, command=[])


def test_cells_alike_but_for_their_seeds_are_one_batch_where_it_pays(tmp_path, cells):
    made = cells(seeds=(0, 1, 2), taus=(5, 10))
    alone, together = [(index,) for index in range(6)], [(0, 2, 4), (1, 3, 5)]
    found = {
        (form, gpu): batches(of_form(tmp_path, made, form), range(6), gpu=gpu)
        for form in ("auto", "batch", "processes")
        for gpu in (False, True)
    }
    assert found == {
        ("auto", False): alone, ("auto", True): together, ("batch", False): together, ("batch", True): together,
        ("processes", False): alone, ("processes", True): alone,
    }  # fmt: skip
    assert batches(of_form(tmp_path, made, "batch"), [0, 2, 4, 5], gpu=False, largest=2) == [
        (0, 2),
        (4,),
        (5,),
    ]


@pytest.mark.parametrize(
    ("platforms", "plugin", "device", "expected"),
    [("", True, True, True), ("", True, False, False), ("", False, True, False), ("cpu", True, True, False),
     ("cuda,cpu", True, True, True)],
)  # fmt: skip
def test_a_gpu_is_found_without_starting_jax(monkeypatch, tmp_path, platforms, plugin, device, expected):
    monkeypatch.setenv("JAX_PLATFORMS", platforms)
    monkeypatch.setattr(rules, "_GPU_PLUGINS", ("jax" if plugin else "no_such_plugin",))
    monkeypatch.setattr(rules, "_GPU_DEVICES", (str(tmp_path if device else tmp_path / "none"),))
    assert has_gpu() == expected


@pytest.fixture
def together(monkeypatch, trained):
    """The seeds of each program; its trainings are the stand-in's."""
    seen = []

    stand_in = trainings.train_at

    def train_at(claims, settings, console, titles):
        seen.append([own.seed for own in settings])
        for claim, own in zip(claims, settings, strict=True):
            with contextlib.suppress(ZeroDivisionError):  # recorded as that run's failure
                stand_in([claim], [own], console, titles)

    monkeypatch.setitem(vars(trainings), "train_at", train_at)
    return seen


def test_a_batch_leaves_out_what_is_done_and_what_others_are_at(tmp_path, cells, together, trained):
    sweep = Sweep.create(tmp_path, "demo", cells(seeds=(0, 1, 2, 3, 7), taus=(5,)), command=[])
    assert train_batch(sweep.path, (0,))[0].status == Status.FINISHED
    sweep.folder(sweep.ids[3]).mkdir(parents=True)
    claim = Claim.take(sweep.folder(sweep.ids[3]))
    found = train_batch(sweep.path, (0, 1, 2, 3, 4))
    claim.release()
    assert together == [[0], [1, 2, 7]]
    expected = [Status.FINISHED, Status.DIVERGED, Status.FINISHED, Status.RUNNING, Status.FAILED]
    assert [standing.status for standing in found] == expected
    assert [standing.status for standing in standings(sweep)] == [*expected[:3], "waiting", Status.FAILED]
    again = train_batch(sweep.path, (0, 1, 2, 3, 4))
    assert [standing.status for standing in again] == [*expected[:3], Status.FINISHED, Status.FAILED]
    assert trained[-1] == (3, 5)  # alone: nothing else was left


def test_what_stops_a_batch_before_it_has_begun_is_said_of_each(tmp_path, cells, monkeypatch):
    def refused(*_):
        raise KeyboardInterrupt

    monkeypatch.setitem(vars(trainings), "train_at", refused)
    sweep = Sweep.create(tmp_path, "demo", cells(seeds=(0, 1), taus=(5,)), command=[])
    found = train_batch(sweep.path, (0, 1))
    assert [standing.status for standing in found] == [Status.INTERRUPTED] * 2
    assert read_settings(sweep.cell(0).config).seed == 0
    for cell in sweep.ids:
        assert Claim.take(sweep.folder(cell)) is not None  # let go of
