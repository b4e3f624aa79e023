"""Files of a sweep that were damaged: named, never believed, and made good from the run folders."""

import json
import re

import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.runs import Status, jsonfile, notices
from rnnchaos.runs.lines import append_line, read_lines
from rnnchaos.sweeps.cells import asked_for
from rnnchaos.sweeps.standing import Standing, standings
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.table import table_of
from rnnchaos.sweeps.worker import train_batch


@pytest.fixture
def said(caplog):
    """What was said so far, each line once."""
    notices.say_once.cache_clear()
    return lambda: [record.getMessage() for record in caplog.records]


@pytest.fixture
def done(sweep, trained):
    """A sweep of four cells, of which three have a result."""
    train_batch(sweep.path, (0, 1, 2))
    return Sweep.open(sweep.path)


def journal(sweep):
    (file,) = (sweep.study / "journal").iterdir()
    return file


def flipped_digit(content):
    at = content.index(b'"d_stsp_paper": ') + 16
    return content[:at] + (b"9" if content[at : at + 1] != b"9" else b"8") + content[at + 1 :]


def without_digest(content):
    return re.sub(rb', "sha256": "\w+"', b"", flipped_digit(content), count=3)


JOURNALS = {
    "a digit": flipped_digit,
    "a digit, without its digest": without_digest,
    "NULs in place of a line": lambda content: content.replace(content.split(b"\n")[1], b"\0" * 50),
    "NULs in place of all": lambda content: b"\0" * len(content),
    "cut in a line": lambda content: content[: len(content) // 2],
    "cut between lines": lambda content: content[: content.index(b"\n") + 1],
    "no text": lambda content: content.replace(b'"finished"', b'"fin\xff\xfehed"', 1),
    "no object": lambda content: b"[" * 100_000 + b"\n[]\n7\nNaN\n" + content[200:],
    "emptied": lambda content: b"",
}


AT_THE_END_OF_A_LINE = (JOURNALS["cut between lines"], JOURNALS["emptied"])  # as a process leaves it


@pytest.mark.parametrize("damage", JOURNALS.values(), ids=JOURNALS)
def test_a_damaged_journal_changes_nothing_and_is_named(done, said, damage):
    whole, table, file = standings(done), table_of(done), journal(done)
    file.write_bytes(damage(file.read_bytes()))
    again = Sweep.open(done.path)
    assert standings(again) == whole
    assert table_of(again).equals(table)
    assert [line.startswith(f"{file}: line") for line in said()] == [True] * (
        damage not in AT_THE_END_OF_A_LINE
    )


@pytest.mark.parametrize("index", [0, 1, 3])
@pytest.mark.parametrize("damage", ["a digit", "NULs", "gone", "no end"])
def test_a_damaged_line_of_a_cell_is_read_from_its_run_folder(done, said, cells, index, damage):
    table, ids, cell = table_of(done), done.ids, done.cell(index)
    lines = done.cells_file.read_bytes().splitlines(keepends=True)
    lines[index] = {
        "a digit": re.sub(rb'"protocol.tau=\d', b'"protocol.tau=7', lines[index]),
        "NULs": b"\0" * len(lines[index][:-1]) + b"\n",
        "gone": b"",
        "no end": lines[index][:-1] + b"*",
    }[damage]
    done.cells_file.write_bytes(b"".join(lines))
    again = Sweep.open(done.path)
    assert again.ids == ids
    assert any(line.startswith(f"{done.cells_file}") for line in said())
    if index < 3:
        assert again.cell(index).config == cell.config
        assert table_of(again).equals(table)
    else:
        found = standings(again)[index]
        assert (found.status, "damaged" in found.reason) == (Status.FAILED, True)
        assert table_of(again)["protocol.tau"][index] is None
        (standing,) = train_batch(done.path, (index,), True)  # of what is left nothing is trained
        assert standing.has_result or "stands for" in standing.reason
    Sweep.create(done.study.parent, "demo", cells(), command=[])  # the same command again
    assert [line.get("damaged") for line in Sweep.open(done.path).lines] == [None] * 4


def test_settings_that_the_data_decide_are_as_they_were_asked_for(sweep):
    cell = sweep.cell(2)
    assert cell.config["precision"] == "auto"
    trained = {**cell.config, "precision": "float32"}
    assert asked_for(cell.id, trained, sweep.base).config == cell.config
    with pytest.raises(ConfigError, match="its settings are not those"):
        asked_for(cell.id, {**trained, "seed": 9}, sweep.base)


def test_other_settings_are_not_trained_under_the_name_of_a_cell(sweep, trained):
    lines = [json.loads(line) for line in sweep.cells_file.read_text().splitlines()]
    lines[3]["settings"]["protocol.tau"] = 11
    sealed = [
        jsonfile.to_line(jsonfile.sealed(jsonfile.unsealed(lines[0]))),
        *map(jsonfile.to_line, lines[1:3]),
    ]
    changed = {key: value for key, value in lines[3].items() if key != "sha256"}
    sweep.cells_file.write_text("".join([*sealed, jsonfile.to_line(jsonfile.sealed(changed))]))
    (standing,) = train_batch(sweep.path, (3,))
    assert standing.status == Status.FAILED
    assert f"its settings are not those that {sweep.ids[3]} stands for" in standing.reason
    assert trained == []
    assert not sweep.folder(sweep.ids[3]).exists()
    assert standings(Sweep.open(sweep.path))[3] == standing


def test_a_sweep_whose_lines_have_no_digests_opens_as_before(done):
    table = table_of(done)
    for file in (done.cells_file, journal(done)):
        lines = [jsonfile.unsealed(json.loads(line)) for line in file.read_text().splitlines()]
        file.write_text("".join(map(jsonfile.to_line, lines)))
    head = jsonfile.unsealed(json.loads((done.path / "sweep.json").read_text()))
    del head["ids"]
    (done.path / "sweep.json").write_text(jsonfile.to_text(head))
    assert table_of(Sweep.open(done.path)).equals(table)


@pytest.mark.parametrize(
    "content", ["", "\0" * 9, "[]", "{}", '{"format": 1}', '{"format": "x"}', "[" * 99_999]
)
def test_a_damaged_head_is_one_line_and_the_command_makes_it_anew(sweep, cells, said, content):
    (sweep.path / "sweep.json").write_text(content)
    with pytest.raises(ConfigError, match=r"sweep\.json is damaged \(") as refused:
        Sweep.open(sweep.path)
    assert "\n" not in str(refused.value)
    again = Sweep.create(sweep.study.parent, "demo", cells(), command=[])
    assert (again.path.name, again.folder(again.ids[0])) == ("v0002", sweep.folder(sweep.ids[0]))
    assert said() == [str(refused.value)]


def test_rebuilding_holds_records_against_their_digests(done):
    run = done.folder(done.ids[0]) / "run.json"
    run.write_text(run.read_text().replace('"d_stsp_paper": 0.5', '"d_stsp_paper": 9.5'))
    found = standings(done, rebuild=True)[0]
    assert found == Standing(
        str(Status.FAILED), f"{run} is damaged (ValueError: its content does not fit its digest)"
    )
    assert standings(done)[0].headline["d_stsp_paper"] == 0.5  # which the journal knows


def test_a_line_after_half_a_line_is_one_of_its_own(tmp_path, said):
    file = tmp_path / "lines.jsonl"
    append_line(file, {"a": 1})
    file.write_bytes(file.read_bytes() + b'{"a": 2')
    append_line(file, {"a": 3})
    assert read_lines(file, lambda line: line["a"], instead="nothing") == [{"a": 1}, None, {"a": 3}]
    assert said() == [f"{file}: line 2 is damaged: nothing"]
