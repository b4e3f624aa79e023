"""Compute the exponents of every system again, and hold them against the stored ones and the literature.

    python scripts/check_catalogue.py [NAME …] [--relative-error 0.005] [--write]

Each system is measured four times as long as a training measures it by itself, and on until λ_max has that relative
standard error (a system without chaos once), with all the checks of `rnnchaos lyapunov`. `--write` stores what was
measured as the reference of the package, system by system, and lists everything in docs/systems.md and for `rnnchaos
systems`. Exits 1 where a stored reference is missed by more than 4 standard errors of the difference, or a check fails;
the literature is compared and listed: it is not always right.
"""

import argparse
import dataclasses
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["JAX_ENABLE_X64"] = "1"

import numpy as np

from rnnchaos.attractors import Attractor
from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system, checks_of_system
from rnnchaos.diagnostics.tables import number
from rnnchaos.listings import facts
from rnnchaos.listings.systems import Entry, entries
from rnnchaos.systems import AbstractSystem, PublishedExponents, settings_of
from rnnchaos.tangent import Check, Grade, LyapunovSpectrum, worst

ROOT = Path(__file__).parents[1]
REFERENCES = ROOT / "rnnchaos" / "systems" / "references.json"
PAGE = ROOT / "docs" / "systems.md"
# Differences in standard errors; of some hundred numbers none should lie beyond the second by chance.
NOTABLE, WRONG = 3.0, 4.0
# What a training takes from here instead of measuring it itself must be known better than it would have known it.
LONGER, LONGEST = 4, 500
AS_IN_A_RUN = LyapunovSettings()
SETTINGS = dataclasses.replace(
    AS_IN_A_RUN,
    system_steps=LONGER * AS_IN_A_RUN.system_steps,
    max_extension=LONGEST // LONGER,
)

INTRODUCTION = """\
# Systems with known equations

`dataset=NAME` trains on one, `rnnchaos systems NAME` shows its equation and picture. Exponents are in nats per
time unit (per iteration for maps), computed by `scripts/check_catalogue.py --write`, which writes this page; digits in
brackets are standard errors. Of a driven system they are those of drive and response together.

| dataset | family | dim | λ_1, λ_2, … | D_KY | τ_pred, steps | source |
|---|---|---|---|---|---|---|"""
DISAGREEMENTS = """
## Where the literature differs

Published values further than 3 standard errors of the difference from what is measured here. The measured ones have
passed the [checks](lyapunov.md#checks) (sum rule, zero exponent, half the step).

| dataset | parameters | published | differs by, s.e. | source |
|---|---|---|---|---|"""


class Finding(NamedTuple):
    """One system, measured."""

    entry: Entry
    spectrum: LyapunovSpectrum
    checks: tuple[Check, ...]
    published: list[tuple[PublishedExponents, np.ndarray]]
    """What the literature says, and by how many standard errors the measured exponents differ from it."""


def main() -> int:
    known = {entry.name: entry for entry in entries()}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", choices=[*known, []], default=[])
    parser.add_argument("--relative-error", type=float, default=0.005)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    wrong = 0
    for name in options.names or known:
        started = time.process_time()
        finding = measure(known[name], options.relative_error)
        wrong += report(finding, time.process_time() - started)
        if options.write:
            store(finding)
    if options.write:
        again = entries()
        PAGE.write_text(page([entry for entry in again if entry.reference is not None]), encoding="utf-8")
        facts.FILE.write_text(facts.as_json([entry.facts for entry in again]), encoding="utf-8")
    return 1 if wrong else 0


def measure(entry: Entry, relative_error: float) -> Finding:
    """The exponents at the default parameters, and at all those for which some are published.

    Another case of a system, chosen by a word, is an entry of its own.
    """
    transient = entry.settings.preparation.transient
    attractor = known_well(entry.system, SETTINGS, transient, relative_error)
    spectrum, checks = attractor.spectrum, checks_of_system(entry.system, attractor, AS_IN_A_RUN)
    compared = []
    for published in entry.system.published:
        words = {name: value for name, value in published.parameters.items() if isinstance(value, str)}
        if not words.items() <= settings_of(entry.system).items():
            continue
        system = type(entry.system)(**{**settings_of(entry.system), **published.parameters})
        found = spectrum
        if settings_of(system) != settings_of(entry.system):
            found = known_well(system, AS_IN_A_RUN, transient, relative_error).spectrum
        compared.append((published, distances(found, published)))
    return Finding(entry, spectrum, checks, compared)


def known_well(
    system: AbstractSystem, settings: LyapunovSettings, transient: int, relative_error: float
) -> Attractor:
    """The attractor, measured on where λ_max is positive until it is known with the relative error."""
    return attractor_of_system(system, settings, transient=transient, target_relative_error=relative_error)


def distances(spectrum: LyapunovSpectrum, published: PublishedExponents) -> np.ndarray:
    """Measured minus published exponents, in standard errors of the difference."""
    count = min(len(published.exponents), len(spectrum.exponents))
    error = np.hypot(spectrum.standard_error[:count], published.standard_error[:count])
    # What an orbit's end adds to a neutral exponent does not show in its spread.
    error = np.hypot(error, 2.0 / (spectrum.num_steps * spectrum.time_per_step) * (error > 0))
    gap = spectrum.exponents[:count] - np.array(published.exponents[:count])
    return np.where(np.abs(gap) < 1e-9, 0.0, gap / np.maximum(error, 1e-12))


def report(finding: Finding, seconds: float) -> bool:
    """Print what was found; whether anything is wrong."""
    entry, spectrum = finding.entry, finding.spectrum
    shown = ", ".join(
        number(value, error)
        for value, error in zip(spectrum.exponents[:4], spectrum.standard_error[:4], strict=True)
    )
    grade = worst(finding.checks)
    print(
        f"{entry.name:22} {shown}  D_KY {number(spectrum.kaplan_yorke)}  checks {grade}  {seconds:.0f} s",
        flush=True,
    )
    for check in finding.checks:
        if check.grade is not Grade.PASS:
            figures = f"{check.figure:.3g}, bound {check.bound:.3g}"
            print(f"{'':22}   {check.name} {check.grade}: {figures}, {check.meaning}")
    for published, apart in finding.published:
        if np.abs(apart).max() > NOTABLE:
            print(f"{'':22}   literature differs: {published.exponents}, by {np.round(apart, 1)} s.e.")
    wrong = grade is Grade.FAIL
    if (stored := entry.reference) is not None:
        # Exponents are stored with six digits.
        errors = tuple(np.hypot(stored.standard_error, 5e-6 * np.abs(stored.exponents)))
        as_published = PublishedExponents({}, stored.exponents, errors, "stored")
        apart = distances(spectrum, as_published)
        wrong |= bool(np.abs(apart).max() > WRONG)
        print(f"{'':22}   stored reference: apart by at most {np.abs(apart).max():.1f} s.e.", flush=True)
    return wrong


def store(finding: Finding) -> None:
    """Put one system into the file of references."""
    spectrum = finding.spectrum
    stored = json.loads(REFERENCES.read_text(encoding="utf-8"))
    stored[finding.entry.name] = {
        "system": type(finding.entry.system).__name__,
        "settings": settings_of(finding.entry.system),
        # What is rounding is 0.
        "exponents": [float(f"{round(value, 12):.6g}") + 0.0 for value in spectrum.exponents],
        "standard_error": [float(f"{round(value, 12):.2g}") for value in spectrum.standard_error],
        "kaplan_yorke": None if spectrum.kaplan_yorke is None else round(spectrum.kaplan_yorke, 6),
        "kaplan_yorke_error": None
        if spectrum.kaplan_yorke_error is None
        else float(f"{spectrum.kaplan_yorke_error:.2g}"),
        "orbits": spectrum.num_orbits,
        "steps": spectrum.num_steps,
        # A figure without end is of a check that had nothing to check.
        "checks": [record_of(check) for check in finding.checks if np.isfinite(check.figure)],
        "published": [
            {
                "parameters": published.parameters,
                "exponents": published.exponents,
                "standard_errors_apart": [round(float(value), 1) for value in apart],
            }
            for published, apart in finding.published
        ],
    }
    text = json.dumps(dict(sorted(stored.items())), indent=1, ensure_ascii=False)
    REFERENCES.write_text(text + "\n", encoding="utf-8")


def record_of(check: Check) -> dict[str, Any]:
    """A check as JSON keeps it."""
    record = check._asdict()
    return record | {"grade": str(check.grade), "figure": float(f"{round(check.figure, 12):.3g}") + 0.0}


def page(known: list[Entry]) -> str:
    """docs/systems.md."""
    stored = json.loads(REFERENCES.read_text(encoding="utf-8"))
    lines = [INTRODUCTION]
    for entry in known:
        found = entry.reference
        assert found is not None
        exponents = ", ".join(
            number(value, error)
            for value, error in zip(found.exponents[:4], found.standard_error[:4], strict=True)
        )
        exponents += ", …" if len(found.exponents) > 4 else ""
        steps = "–" if entry.predictability_steps is None else f"{entry.predictability_steps:.1f}"
        dimension = number(found.kaplan_yorke, found.kaplan_yorke_error)
        lines.append(
            f"| `{entry.name}` | {entry.family} | {entry.system.dimension} | {exponents} | {dimension} | {steps} "
            f"| {entry.source} |"
        )
    lines.append(DISAGREEMENTS)
    for entry in known:
        for published in entry.system.published:
            for record in stored[entry.name]["published"]:
                apart = record["standard_errors_apart"]
                if record["parameters"] == published.parameters and max(map(abs, apart), default=0) > NOTABLE:
                    parameters = ", ".join(
                        f"{key} = {value}" if isinstance(value, str) else f"{key} = {value:.4g}"
                        for key, value in published.parameters.items()
                    )
                    values = ", ".join(f"{value:.4g}" for value in published.exponents)
                    differs = ", ".join(f"{value:+.1f}" for value in apart)
                    lines.append(
                        f"| `{entry.name}` | {parameters} | {values} | {differs} | {published.source} |"
                    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
