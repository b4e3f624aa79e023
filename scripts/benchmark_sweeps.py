"""What a sweep of many cells costs: creating it, claiming cells, `rnnchaos sweep status` and `sweep table`.

    python scripts/benchmark_sweeps.py                  100 000 cells, half of them done by 200 processes
    python scripts/benchmark_sweeps.py --cells 10000
    python scripts/benchmark_sweeps.py --programs       4 τ × 3 seeds, by a program for each τ and by one for all

The cells are synthetic: real configs, invented results, and no run folders but for the claims.
"""

import argparse
import functools
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rnnchaos import environment
from rnnchaos.runs import Claim, Status
from rnnchaos.sweeps.cells import Cell
from rnnchaos.sweeps.identity import cell_id
from rnnchaos.sweeps.standing import Journal, Standing
from rnnchaos.sweeps.sweep import Sweep

_PROCESSES = 200
_CLAIMED = 1000
_TAUS, _SEEDS = (5, 10, 15, 20), 3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, default=100_000)
    parser.add_argument("--programs", action="store_true")
    wanted = parser.parse_args()
    if wanted.programs:
        programs()
        return
    with tempfile.TemporaryDirectory() as folder:
        made = cells(wanted.cells)
        sweep = timed(
            f"create {wanted.cells} cells", lambda: Sweep.create(Path(folder), "many", made, command=[])
        )
        work(sweep)
        timed(f"claim {_CLAIMED} cells", lambda: claim(sweep))
        for words in (["status"], ["table"], ["table", "--by", "seed"]):
            timed(f"rnnchaos sweep {' '.join(words)}", lambda words=words: command(sweep, *words))
        files = sum(path.is_file() for path in sweep.path.iterdir()) + _PROCESSES
        print(f"files that status and table read: {files}")


def programs() -> None:
    """CPU seconds of trainings, compiling included, in two forms that run in turn; no network is measured."""
    os.environ["JAX_ENABLE_COMPILATION_CACHE"] = "false"
    environment.prepare()
    few = ["model.hidden_size=3", "training.window=20", "training.batch_size=26", "training.num_steps=20"]
    newton = ["optimizer=gauss_newton", *few]
    descent = ["optimizer=adamw", "model=lstm", "model.hidden_size=10", "training.window=100"]
    dataset()
    for name, words in {
        "20 Gauss–Newton steps": newton,
        "500 steps of adamw": [*descent, "training.num_steps=500"],
        "2000 steps of adamw": [*descent, "training.num_steps=2000"],
    }.items():
        seconds = dict.fromkeys(("a program each τ", "one program"), 0.0)
        for tau, seed in itertools.product(_TAUS, range(_SEEDS)):
            for form in seconds:
                began = time.process_time()
                train(*words, f"protocol.tau={tau}", seed=seed, one=form == "one program")
                seconds[form] += time.process_time() - began
        print(
            f"{name:<24} {', '.join(f'{form} {spent:.1f} s' for form, spent in seconds.items())}", flush=True
        )


@functools.cache
def dataset() -> Any:
    """That of the default config."""
    from rnnchaos.settings import build
    from rnnchaos.settings.compose import compose
    from rnnchaos.settings.read import read_settings

    settings = read_settings(compose("train", ["protocol.tau=1"]))
    return build.dataset(build.source(settings), settings.dataset.preparation)


def train(*words: str, seed: int, one: bool) -> None:
    """A training whose interval is data, or a constant as it was before it could be data."""
    import jax

    from rnnchaos.settings import build
    from rnnchaos.settings.compose import compose
    from rnnchaos.settings.read import read_settings
    from rnnchaos.training import TrainingSeries

    settings = read_settings(compose("train", [*words, f"training.segments={not one}".lower()]))
    data = dataset()
    trainer, key = build.trainer(settings), jax.random.key(seed)
    precision = "float64" if build.is_gauss_newton(settings) else "float32"
    network = build.network(settings, data.dimension, key=key).astype(precision)
    series = TrainingSeries.of(data.train, window=trainer.window, dtype=precision)
    run = trainer.run if one else trainer._run
    jax.block_until_ready(run(trainer.init(network, key=key), series, trainer.num_steps)[1].loss)


def cells(count: int) -> list[Cell]:
    """The default config with as many seeds, intervals and learning rates."""
    shown = subprocess.run(
        [sys.executable, "-c", "from rnnchaos.cli import main; main()", "train", "--cfg", "job", "--resolve"],
        capture_output=True,
        text=True,
        check=True,
    )
    import yaml

    base: dict[str, Any] = yaml.safe_load(shown.stdout)

    def cell(index: int) -> Cell:
        words = {
            "seed": index % 100,
            "protocol.tau": 1 + index // 100 % 100,
            "training.num_steps": 1 + index // 10_000,
        }
        config = {
            **base,
            "seed": words["seed"],
            "protocol": {**base["protocol"], "tau": words["protocol.tau"]},
            "training": {**base["training"], "num_steps": words["training.num_steps"]},
        }
        return Cell(cell_id(config), tuple(f"{name}={value}" for name, value in words.items()), config)

    return [cell(index) for index in range(count)]


def work(sweep: Sweep) -> None:
    """The journals of many processes that have done half of the cells."""
    numbers = {f"number_{index}": index / 7 for index in range(30)}
    journals = [Journal(sweep.study) for _ in range(_PROCESSES)]
    for index, cell in enumerate(sweep.ids[::2]):
        journal = journals[index % _PROCESSES]
        status = Status.DIVERGED if index % 10 == 0 else Status.FINISHED
        journal.began(cell)
        journal.ended(cell, Standing(str(status), None, numbers | {"d_stsp_paper": index * 1e-5}))


def claim(sweep: Sweep) -> None:
    """Claim and release some cells."""
    for cell in sweep.ids[1 : 2 * _CLAIMED : 2]:
        folder = sweep.folder(cell)
        folder.mkdir(parents=True)
        taken = Claim.take(folder)
        assert taken is not None
        taken.release()


def command(sweep: Sweep, *words: str) -> None:
    """A whole command, with its start."""
    call = [sys.executable, "-c", "from rnnchaos.cli import main; main()", "sweep", *words, str(sweep.path)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(json.dumps(done.stderr))


def timed(name: str, act: Callable[[], Any]) -> Any:
    """The result, after a line with wall and CPU seconds, of this process and of those that it has started."""
    wall, cpu = time.perf_counter(), _cpu_seconds()
    result = act()
    print(
        f"{name:<32} {time.perf_counter() - wall:7.2f} s wall {_cpu_seconds() - cpu:7.2f} s CPU", flush=True
    )
    return result


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


if __name__ == "__main__":
    main()
