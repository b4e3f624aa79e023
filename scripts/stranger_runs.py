"""Attacks on `rnnchaos resume`, `runs` and the diagnostics by a run folder."""

import io
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import yaml
from small_runs import RUN, copied

from stranger_folders import ESCAPE, OUTSIDE, Attack, Call, attack, call, config, finished  # isort: skip
from stranger_folders import link, pipe, record, resume, setting, sparse  # isort: skip

from rnnchaos.runs import checksums, layout
from rnnchaos.runs.tensors import to_safetensors


def folder_behind(name: str) -> Attack:
    def made() -> list[Call]:
        link(RUN / name, OUTSIDE)
        return resume(says="is a link; it is not followed")

    made.__name__ = f"{name}_leads_outside"
    return made


def file_behind(name: str, *others: Call) -> Attack:
    def made() -> list[Call]:
        link(RUN / name)
        return [*(others or resume(says="is a link; it is not followed"))]

    made.__name__ = f"{name}_leads_outside"
    return made


def never_ends(name: str, how: Callable[[Path], object], *others: Call) -> Attack:
    def made() -> list[Call]:
        how(RUN / name)
        return [*(others or resume())]

    made.__name__ = f"{name}_is_{_IS[how.__name__]}"
    return made


_IS = {"pipe": "a pipe", "zero": "a device without end", "sparse": "4 TiB long"}


def zero(file: Path) -> None:
    link(file, Path("/dev/zero"))


_LISTED = call("runs", "outputs=o", codes=(0,))
for _name in ("checkpoints", "figures", "arrays"):
    attack(folder_behind(_name))
for _name in ("log.txt", "history.jsonl", "config.yaml", "provenance.json"):
    attack(file_behind(_name))
attack(file_behind("run.json", _LISTED, *resume()))
for _name in ("config.yaml", "provenance.json", "log.txt", "history.jsonl"):
    attack(never_ends(_name, pipe))
attack(never_ends("run.json", pipe, _LISTED, *resume()))
attack(never_ends("run.json", zero, _LISTED, *resume()))
attack(never_ends("run.json", sparse, _LISTED, *resume()))
attack(never_ends("config.yaml", sparse))
attack(never_ends("config.yaml", zero))


@attack
def a_claim_is_a_pipe() -> list[Call]:
    pipe(RUN / ".claim-0007")
    os.utime(RUN / ".claim-0007", (0, 0))  # a fresh one would hold the folder for five minutes
    return [_LISTED, *resume((0,))]


@attack
def a_temporary_file_leads_outside() -> list[Call]:
    for name in ("run.json", "config.yaml", "SHA256SUMS", "summary.json"):
        link(RUN / f".{os.getpid()}-{name}")
    link(RUN / "checkpoints" / f".{os.getpid()}-step_00000030.safetensors")
    return resume((0,))


@attack
def latest_leads_outside() -> list[Call]:
    copied(RUN, OUTSIDE / "run")
    link(RUN.parent / "latest", OUTSIDE / "run")
    return [call("resume", RUN.parent / "latest", says="to no version beside it")]


@attack
def results_of_a_diagnostic_lead_outside() -> list[Call]:
    finished()
    link(Path("o", "small.lyapunov"), OUTSIDE)
    return [call("lyapunov", RUN, says="is a link; it is not followed")]


@attack
def an_empty_folder_outside_is_cleaned_up() -> list[Call]:
    (OUTSIDE / "v0001").mkdir()
    link(Path("o", "husk"), OUTSIDE)
    link(Path("o", "small", "v0002"), OUTSIDE / "v0001")
    return [call("runs", "--clean", "outputs=o", codes=(0,))]


@attack
def a_version_leads_nowhere() -> list[Call]:
    link(Path("o", "small", "v0002"), Path("nowhere"))
    return [_LISTED]


@attack
def checksums_of_files_outside() -> list[Call]:
    finished()
    for name in ("../../../outside/kept", str(OUTSIDE / "kept")):
        with (RUN / "SHA256SUMS").open("a") as file:
            file.write(f"{'0' * 64}  {name}\n")
    return [call("verify", RUN, says="leads out of")]


@attack
def a_weight_file_leads_outside() -> list[Call]:
    finished()
    link(RUN / "weights.safetensors")
    return [call("lyapunov", RUN, says="is a link; it is not followed")]


@attack
def references_to_references_in_the_config() -> list[Call]:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 25))
    config(bomb + (RUN / "config.yaml").read_text())
    return resume(says="references (*name) are not read")


@attack
def a_config_nested_without_end() -> list[Call]:
    config("a: " + "[" * 200_000)
    return resume(says="nested too deep")


@attack
def a_config_that_runs_code() -> list[Call]:
    config(f"a: !!python/object/apply:os.mkdir ['{OUTSIDE}/made']\n")
    return resume(says="is not YAML")


@attack
def a_class_outside_the_package() -> list[Call]:
    setting("model._target_", "os.system")
    return resume()


@attack
def equations_from_another_file() -> list[Call]:
    setting("dataset._target_", "rnnchaos.equations.EquationsFile")
    return resume()


@attack
def a_series_that_never_ends() -> list[Call]:
    pipe(Path("o", "series.csv"))
    found = yaml.safe_load((RUN / "config.yaml").read_text())
    found["dataset"] |= {"_target_": "rnnchaos.data.SeriesFile", "path": str(Path("o", "series.csv"))}
    found["dataset"].pop("initial_state", None)
    config(yaml.safe_dump(found))
    return resume()


@attack
def a_record_nested_without_end() -> list[Call]:
    (RUN / "run.json").write_text("[" * 200_000)
    return [_LISTED, *resume()]


@attack
def a_record_of_absurd_numbers() -> list[Call]:
    for number, changed in enumerate(
        [
            {"headline": {"lambda_max": 10**4000, "tau_steps": {"a": [1]}, "share": "x"}},
            {"started": "0001-01-01T00:00:00+00:00"},
            {"process": {"pid": 10**30} | dict.fromkeys(("host", "boot", "namespace", "start_ticks"))},
            {"reason": {"a": "b"}, "status": "failed"},
            {"headline": [["lambda_max", "x" * 10**6]], "name": 3, "version": "7"},
        ],
        start=2,
    ):  # fmt: skip
        record(copied(RUN, RUN.parent / f"v{number:04d}"), **changed)
    return [_LISTED]


@attack
def control_characters_and_markup_in_a_record() -> list[Call]:
    record(status="failed", reason=ESCAPE, name=ESCAPE, headline={"learned": ESCAPE}, parent=ESCAPE)
    other = Path("o", "[bold]\x1b[2J") / "v0001"
    copied(RUN, other)
    record(other, kind="lyapunov")
    return [_LISTED, call("lyapunov", other), *resume((0,))]


@attack
def control_characters_in_the_config() -> list[Call]:
    setting("model._target_", ESCAPE)
    return resume()


@attack
def control_characters_in_names_of_files() -> list[Call]:
    finished()
    (RUN / "weights.safetensors").rename(RUN / f"{ESCAPE.replace('/', '')}.safetensors")
    (RUN / "checkpoints" / f"{ESCAPE.replace('/', '')}.safetensors").touch()
    return [call("lyapunov", RUN)]


def arrays(make: Callable[[], bytes], name: str) -> None:
    """Attack what reads the arrays of a run."""

    def made() -> list[Call]:
        finished()
        content = make()
        (RUN / "arrays" / "free_run.npz").write_bytes(content)
        sums = (RUN / layout.CHECKSUMS).read_text().splitlines()
        others = [line for line in sums if not line.endswith("free_run.npz")]
        others.append(f"{checksums.digest(content)}  arrays/free_run.npz")
        (RUN / layout.CHECKSUMS).write_text("".join(f"{line}\n" for line in others))
        return [call("arrays", RUN, says="is damaged")]

    made.__name__ = name
    attack(made)


def _zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"{name}.npy", data)
    return content.getvalue()


def _npy(shape: tuple[int, ...], data: bytes = b"") -> bytes:
    content = io.BytesIO()
    np.lib.format.write_array_header_1_0(content, {"descr": "<f8", "fortran_order": False, "shape": shape})
    return content.getvalue() + data


def _zip_bomb() -> bytes:
    """Two arrays of 4 GB in some megabytes: of zeros, and said to be so large."""
    packed = bytearray(_zipped(a=_npy((1000,), bytes(8000)), b=_npy((1000,), bytes(8000))))
    size = (8000 + 128).to_bytes(4, "little")
    return bytes(packed.replace(size, (2**32 - 2).to_bytes(4, "little")))


class _Makes:
    def __reduce__(self):
        return os.mkdir, (str(OUTSIDE / "made"),)


def _objects() -> bytes:
    content = io.BytesIO()
    np.save(content, np.array([_Makes()], dtype=object), allow_pickle=True)
    return _zipped(a=content.getvalue())


arrays(lambda: _zipped(a=_npy((2**33,))), "an_array_that_says_to_be_huge")
arrays(_zip_bomb, "an_archive_that_unpacks_to_gigabytes")
arrays(_objects, "an_array_of_pickled_objects")
arrays(lambda: pickle.dumps(_Makes()), "a_pickle_in_place_of_an_archive")
arrays(lambda: _zipped(a=b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65535), "a_header_of_brackets")


def checkpoint(make: Callable[[bytes], bytes], name: str) -> None:
    """Attack what a training goes on from; it begins anew, or goes on from an earlier one."""

    def made() -> list[Call]:
        for file in (RUN / "checkpoints").iterdir():
            file.write_bytes(make(file.read_bytes()))
        return resume((0,), says="begins anew")

    made.__name__ = name
    attack(made)


def _of_other_shapes(content: bytes) -> bytes:
    return to_safetensors({"cell.weight": np.zeros((3, 3)), "key": np.zeros(7, bool)}, {"step": "20"})


checkpoint(lambda content: (2**60).to_bytes(8, "little") + content[8:], "a_checkpoint_with_a_huge_header")
checkpoint(lambda content: pickle.dumps(_Makes()), "a_checkpoint_that_is_a_pickle")
checkpoint(_of_other_shapes, "a_checkpoint_of_other_shapes")
