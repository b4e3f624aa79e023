"""One run of the benchmark of attractors: trained by the public command and measured, in a process of its own."""

import dataclasses
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from attractor_rows import KILLED, numbers, row_of, text

ROOT = Path(__file__).parents[1]

MODELS = {
    "default": [],
    "smooth": ["model=shrnn", "model.layer_size=100", "protocol=adaptive_gtf", "protocol.partial=true"],
    "lstm": ["model=lstm"],
    "plrnn": ["model=plrnn"],
    "esn": ["model=esn"],
    "ngrc": ["model=ngrc"],
    "copy": [],
}
"""What is said to `rnnchaos train` beside system and seed; `copy` is the copy of the past, which has no seed."""
TABLES = ("main", "conservative", "larger")
# Orbits and steps of each, of which so many rows are looked at.
_ORBITS, _STEPS, _LONG, _WATCHED = 64, 100_000, 1_000_000, 20_000
# λ_max is measured to this share of it, where so many times the first of these steps of each orbit tell it: the rule
# allows five times as much, and what a run says of itself has an error of half of that.
_TARGET, _MEASURED, _LONGEST = 0.01, 5_000, 20
# Seconds after which the process that asked is looked for again.
_POLL = 0.5


class Cell(NamedTuple):
    """One run."""

    model: str
    system: str
    table: str
    seed: int

    @property
    def key(self) -> tuple[str, str, int]:
        """As rows name it."""
        return self.model, self.system, self.seed

    def words(self, more: Iterable[str]) -> list[str]:
        """What is said to `rnnchaos train`."""
        return [f"dataset={self.system}", f"seed={self.seed}", *MODELS[self.model], *more]


def cells_of(systems: Mapping[str, str], models: Iterable[str], seeds: Iterable[int]) -> list[Cell]:
    """The default first, table by table, seed by seed; then the rivals, all of them with one seed before the next."""
    seeds = list(seeds)
    cells = [
        Cell(model, system, table, seed)
        for model in models
        for system, table in systems.items()
        for seed in (seeds[:1] if model == "copy" else seeds)
    ]
    order = {model: place for place, model in enumerate(MODELS)}
    return sorted(
        cells,
        key=lambda cell: (
            cell.model != "default",
            TABLES.index(cell.table),
            cell.seed,
            order[cell.model],
        ),
    )


def measure(cell: Cell, more: list[str], outputs: str, *, long: bool) -> dict[str, str]:
    """Train and measure one cell in this process; a failure is a row as well."""
    words = cell.words(more)
    said = " ".join(["rnnchaos train", *words])
    head = {
        "model": cell.model,
        "system": cell.system,
        "table": cell.table,
        "seed": str(cell.seed),
        "commit": commit(),
        "command": f"the rival of rnnchaos judge: dataset={cell.system}" if cell.model == "copy" else said,
    }
    try:
        if cell.model == "copy":
            found = {"status": "finished", **_copied(cell.system)}
            return {**head, **found, "cpu_seconds": text(time.process_time())}
        place = [f"outputs={outputs}", f"name={cell.model}-{cell.system}-{cell.seed}"]
        return {**head, **_trained([*words, *place, "diagnostics.figures=false"], long=long)}
    except Exception as error:
        return {**head, "status": "failed", "reason": text(f"{type(error).__name__}: {error}")}


def _trained(words: list[str], *, long: bool) -> dict[str, str]:
    import rnnchaos
    from rnnchaos.runs.status import RESULTS

    run = rnnchaos.train(*words, quiet=True)
    if run.status not in RESULTS:
        return {"status": KILLED, "reason": run.status}
    row = {"status": run.status, "cpu_seconds": text(time.process_time()), **row_of(run.summary)}
    try:
        row |= _watched(run, long=long)
        return row | remeasured(run.network, run.dataset.scaled, row)
    except Exception as error:  # one that diverged has no orbits, and all else of it is known
        return row | {"reason": text(f"not watched to the end: {error}")}


def _watched(run: Any, *, long: bool) -> dict[str, str]:
    """The share of orbits from all along the test series that stay; nothing of a network that inputs drive."""
    import equinox as eqx
    import jax
    import numpy as np

    from rnnchaos.attractors.staying import share_staying
    from rnnchaos.models.simulation import histories, measured

    network, dataset = run.network, run.dataset.scaled
    if network.num_inputs:
        return {}
    steps = _LONG if long else _STEPS
    every = steps // _WATCHED

    @eqx.filter_jit
    def follow(network, history):
        def advance(state, _):
            state = jax.lax.fori_loop(0, every, lambda _, each: network.step(each), state)
            return state, network.observe(state)

        return jax.lax.scan(advance, network.start(history), None, _WATCHED)[1]

    test = dataset.test
    starts = histories(network, test, test.spread(_ORBITS, before=network.history - 1))
    with jax.enable_x64(True):
        orbits = np.asarray(eqx.filter_vmap(follow, in_axes=(None, 0))(measured(network), starts))
    found = share_staying(orbits, test.values, dataset.second_test.values, every=every)
    return {
        "staying": text(found.share_after(_STEPS)),
        "staying_long": text(found.share) if long else "",
    }


def remeasured(network: Any, dataset: Any, row: Mapping[str, str]) -> dict[str, str]:
    """The exponents again, more precisely than the run has them; nothing of a network that inputs drive."""
    import jax

    from rnnchaos.diagnostics import settings_of
    from rnnchaos.diagnostics.spectra import attractors_of_network

    own, errors = numbers(row, "exponents"), numbers(row, "exponents_error")
    if network.num_inputs or not own:
        return {}
    settings = settings_of()
    lyapunov = dataclasses.replace(
        settings.lyapunov,
        num_orbits=_ORBITS,
        num_steps=_MEASURED,
        watch=_WATCHED,
        max_extension=_LONGEST,
    )
    target = _TARGET * own[0] if own[0] > 3 * errors[0] else None
    settings = dataclasses.replace(settings, lyapunov=lyapunov, target_stderr=target)
    with jax.enable_x64(True):
        spectrum = attractors_of_network(network, dataset, settings).main.spectrum
    return {
        "exponents": text(spectrum.exponents[: len(own)].tolist()),
        "exponents_error": text(spectrum.standard_error[: len(own)].tolist()),
        "kaplan_yorke": text(spectrum.kaplan_yorke),
        "kaplan_yorke_error": text(spectrum.kaplan_yorke_error),
    }


def _copied(system: str) -> dict[str, str]:
    """The trivial rival: what followed in the training data is said to follow again."""
    import jax

    from rnnchaos.data import prepare
    from rnnchaos.diagnostics import settings_of
    from rnnchaos.diagnostics.judged import judged_parrot
    from rnnchaos.diagnostics.truth import truth_of
    from rnnchaos.diagnostics.yardstick import yardstick_of_dataset
    from rnnchaos.listings.systems import entries

    (entry,) = (entry for entry in entries() if entry.name == system)
    with jax.enable_x64(True):
        settings, preparation = settings_of(), entry.settings.preparation
        dataset = prepare(entry.system, preparation)
        truth = truth_of(entry.system, dataset, settings, preparation)
        yardstick = yardstick_of_dataset(dataset, preparation, settings, seed=0, find_truth=lambda: truth)
        row = row_of(judged_parrot(yardstick).summary())
    row["true_exponents"] = text(truth.exponents.tolist())
    row["true_exponents_error"] = text(truth.standard_error.tolist())
    return {**row, "true_kaplan_yorke": text(truth.kaplan_yorke)}


def commit() -> str:
    """Of the checkout, with a + where it has changes that are not committed."""
    found = _git("rev-parse", "--short=10", "HEAD")
    return found + (
        "+" if _git("status", "--porcelain", "--untracked-files=no", "--", "rnnchaos", "configs") else ""
    )


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def in_this_process(told: str) -> None:
    """One cell, as `Job` asks for it; ends with the process that asked."""
    fields, words, outputs, long, into, parent = json.loads(told)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_POLL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    row = measure(Cell(*fields), words, outputs, long=long)
    unfinished = Path(into).with_suffix(".part")
    unfinished.write_text(json.dumps(row), "utf-8")
    unfinished.replace(into)
