"""A cell whose process the system kills, beside others on this machine."""

import os
import signal
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import joblib.externals.loky as loky
from rich.console import Console

from rnnchaos.sweeps import local, running
from rnnchaos.sweeps.standing import Standing


def test_a_failed_cell_that_is_killed_when_it_is_tried_again_is_not_asked_for_a_second_time(
    sweep, tmp_path, monkeypatch
):
    tries = tmp_path / "tries"

    def killed(path, batch, retry_failed=False):
        with tries.open("a", encoding="utf-8") as file:
            file.write(f"{batch[0]} {retry_failed}\n")
        many = tries.read_text("utf-8").count("0 True")
        if batch == (0,) and retry_failed and many < 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return [Standing("failed")]

    monkeypatch.setattr(running, "train_batch", killed)
    running.run(sweep, Console(quiet=True), n_jobs=2, retry_failed=True)
    done = tries.read_text("utf-8").splitlines()
    assert [line for line in done if line.startswith("0")] == ["0 True", "0 False"]
    assert {line[0] for line in done} == {"0", "1", "2", "3"}


def test_a_piece_that_a_broken_pool_does_not_take_is_done_by_the_next(monkeypatch):
    class Pool:
        _processes = ()
        broken = True

        def __init__(self, *_, **__):
            pass

        def submit(self, _, train, work):
            if Pool.broken:
                Pool.broken = False
                raise BrokenProcessPool
            future = Future()
            future.set_result(train(work))
            return future

        def shutdown(self):
            pass

    monkeypatch.setattr(loky, "ProcessPoolExecutor", Pool)
    left = [2, 1]
    done = local.train_all(
        lambda _: left.pop() if left else None,
        lambda work: [Standing(f"asked for {work}")],
        n_jobs=2,
        once_killed=lambda work: [Standing(f"killed {work}")],
    )
    assert sorted(done) == [(1, [Standing("asked for 1")]), (2, [Standing("asked for 2")])]
