"""Attacks on `rnnchaos sweep` by the folder of a sweep; commands of Slurm are stand-ins that note the job script."""

import json
import os
import pickle
import shutil

from stranger_folders import ESCAPE, OUTSIDE, SWEEP, Call, attack, call, lines, link, pipe, sparse

from rnnchaos.runs import jsonfile
from rnnchaos.runs.lines import to_line

STUDY = SWEEP.parent
_OWNED = f"touch {OUTSIDE.absolute()}/owned"
_STATUS = call("sweep", "status", SWEEP)
_RUN = call("sweep", "run", SWEEP, "--n-jobs=1", says="is a link; it is not followed")
_ON_SLURM = ("hydra/launcher=slurm", "--detach")


def untrained() -> None:
    for name in ("cells", "journal"):
        shutil.rmtree(STUDY / name)


def submission(**options: object) -> None:
    """What the folder says of the last jobs; without `cells` there is something left to train."""
    untrained()
    (SWEEP / "slurm").mkdir()
    line = {"time": "2026-01-01", "job": "7", "batches": [[0]], "options": {"timeout_min": 60, **options}}
    (SWEEP / "slurm" / "submissions.jsonl").write_text(to_line(line))


def in_a_job(name: str, value: object) -> None:
    def made() -> list[Call]:
        submission(**{name: value})
        again = call(
            "sweep", "run", SWEEP, says="what jobs are to say is not taken from its folder; type rnnchaos"
        )
        new = call("sweep", "run", SWEEP, *_ON_SLURM, codes=(0,))
        return [again, call("resume", STUDY, says="hydra/launcher=slurm"), new]

    made.__name__ = f"{name}_of_the_folder_in_a_job_script"
    attack(made)


in_a_job("setup", [_OWNED])
in_a_job("python", f"{_OWNED};")
in_a_job("constraint", f"a\n{_OWNED}")
in_a_job("additional_parameters", {"output": f"{OUTSIDE}/owned", "comment": f"a\n{_OWNED}"})


@attack
def lines_of_shell_in_values_of_the_command_line() -> list[Call]:
    untrained()
    names = ("constraint", "partition", "account", "qos", "python")
    return [
        call("sweep", "run", SWEEP, *_ON_SLURM, f'hydra.launcher.{name}="a\n{_OWNED}"', says="one line")
        for name in names
    ]


@attack
def shell_in_the_name_of_the_folder() -> list[Call]:
    untrained()
    folder = STUDY.with_name(f"many\n{_OWNED.replace('/', '')}.sweep")
    STUDY.rename(folder)
    return [call("sweep", "run", folder, *_ON_SLURM, says="one line")]


class _Makes:
    def __reduce__(self):
        return os.mkdir, (str(OUTSIDE.absolute() / "owned"),)


@attack
def pickles_where_a_job_looks_for_its_task() -> list[Call]:
    submission()
    for job in ("31", "31_0", "31_1"):
        (SWEEP / "slurm" / f"{job}_submitted.pkl").write_bytes(pickle.dumps(_Makes()))
    return [call("sweep", "run", SWEEP, *_ON_SLURM, codes=(0,))]


@attack
def the_folder_of_jobs_leads_outside() -> list[Call]:
    untrained()
    link(SWEEP / "slurm", OUTSIDE)
    return [call("sweep", "run", SWEEP, *_ON_SLURM, says="is a link"), _STATUS]


@attack
def a_cell_outside_of_the_sweep() -> list[Call]:
    untrained()
    lines(SWEEP / "cells.jsonl", lambda line: line | {"cell": "../../../../outside/owned"})
    return [call("sweep", "run", SWEEP, "--n-jobs=1", codes=(1, 2))]


def leads_outside(name: str) -> None:
    def made() -> list[Call]:
        (first, *_) = [json.loads(line)["cell"] for line in (SWEEP / "cells.jsonl").read_text().splitlines()]
        untrained()
        place = STUDY / name.format(start=first[:2], cell=first)
        place.parent.mkdir(parents=True, exist_ok=True)
        link(place, OUTSIDE)
        return [_RUN]

    made.__name__ = f"{name.format(start='ab', cell='ab12')} leads outside"
    attack(made)


for _name in ("cells", "cells/{start}", "cells/{start}/{cell}", "journal"):
    leads_outside(_name)


@attack
def the_figures_of_a_sweep_lead_outside() -> list[Call]:
    link(SWEEP / "figures", OUTSIDE)
    words = ("sweep", "plot", SWEEP, "--x=seed", "--y=cpu_seconds")
    return [call(*words, says="is a link")]


@attack
def a_table_is_written_through_a_link() -> list[Call]:
    link(SWEEP / "table.parquet")
    link(SWEEP / f".{os.getpid()}-table.parquet")
    return [call("sweep", "table", SWEEP, codes=(0,))]


_IS = {pipe: "a pipe", sparse: "4 TiB long"}


def never_ends(name: str, how) -> None:
    def made() -> list[Call]:
        for file in STUDY.glob(name):
            how(file)
        return [call("sweep", word, SWEEP, codes=(0, 1, 2)) for word in ("status", "table")]

    made.__name__ = f"{name.replace('*.jsonl', 'a file')} of a sweep is {_IS[how]}"
    attack(made)


for _name in ("v0001/sweep.json", "v0001/cells.jsonl", "journal/*.jsonl"):
    never_ends(_name, pipe)
never_ends("v0001/sweep.json", sparse)
never_ends("journal/*.jsonl", sparse)


@attack
def the_latest_sweep_leads_outside() -> list[Call]:
    SWEEP.rename(OUTSIDE / "v0001")
    link(STUDY / "latest", OUTSIDE / "v0001")
    return [call("sweep", "status", STUDY / "latest")]


@attack
def control_characters_in_a_sweep() -> list[Call]:
    lines(SWEEP / "cells.jsonl", lambda line: line | {"overrides": [ESCAPE], "settings": {ESCAPE: ESCAPE}})
    for file in (STUDY / "journal").iterdir():
        lines(file, lambda line: line | {"status": "failed", "reason": ESCAPE, "headline": {ESCAPE: ESCAPE}})
    shown = [
        call("sweep", *words, SWEEP, codes=(0, 1, 2)) for words in (["status"], ["table"], ["table", "--csv"])
    ]
    return [*shown, call("sweep", "run", SWEEP, codes=(0, 1, 2))]


@attack
def control_characters_in_the_head_of_a_sweep() -> list[Call]:
    head = jsonfile.unsealed(json.loads((SWEEP / "sweep.json").read_text()))
    changed = {
        "command": [ESCAPE],
        "plugins": [{"name": ESCAPE, "sha256": "0", "classes": [ESCAPE]}],
        "format": 1,
    }
    (SWEEP / "sweep.json").write_text(jsonfile.to_text(jsonfile.sealed(head | changed)))
    return [call("sweep", "run", SWEEP, codes=(1, 2)), call("sweep", "status", SWEEP, codes=(0, 1))]
