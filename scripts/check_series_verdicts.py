"""How often an exponent read off data is trusted where it should be, and where it should not.

    python scripts/check_series_verdicts.py --seeds 10

Each kind of `series_battery.py` is embedded as `embedding_dimension=auto embedding_lag=auto` does, where it is a
single axis, and judged as `rnnchaos lyapunov dataset=file` does. A series without chaos should not pass, not even with
a warning (at most 2 %); a chaotic one should, with an exponent within 3 standard errors or 10 % (at least 90 %).

Rules are tuned on the kinds for development, and on those of `catalogue`. The held-out ones were so before the first
rule was made, and have been looked at since; so have the unseen ones, of `series_catalogue.py` and `series_unseen.py`.
The fresh ones, of `series_fresh.py`, judged the rules before the present ones, which were mended on them, and those of
`third` and `fourth`, of `series_third.py` and `series_fourth.py`, have been looked at since they judged. Those of
`fifth`, of `series_fifth.py`, were chosen before the present rules were tried on any of them.
"""

import argparse
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import series_catalogue
import series_fifth
import series_fourth
import series_fresh
import series_third
import series_unseen
from series_battery import CHAOTIC, SEEDS, WITHOUT_CHAOS, Kind

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.series import (
    Embedding,
    JudgedExponent,
    better_embedding,
    choose_dimension,
    choose_lag,
    judged_exponent,
)

MOST_PASSES, LEAST_RIGHT = 0.02, 0.9


def judged(series: np.ndarray, dt: float, *, embed: bool) -> JudgedExponent | None:
    """The exponent of a series in standard deviations, embedded first; None where it shows none."""
    series = (series - series.mean(0)) / series.std(0)
    try:
        lag, delays = choose_lag(series).lag, 1
        if embed:
            chosen = Embedding(lag, choose_dimension(series, lag=lag).dimension)
            lag, delays = better_embedding(series, chosen) or chosen
            length = len(series) - (delays - 1) * lag
            parts = [series[(delays - 1 - k) * lag :][:length] for k in range(delays)]
            series = np.concatenate(parts, axis=1)
        return judged_exponent(series, dt=dt, delays=delays, spacing=lag)
    except (ConfigError, RunError):
        return None


def is_right(found: JudgedExponent, kind: Kind) -> bool:
    """Whether the exponent is within 3 standard errors, or 10 %, of the known one."""
    gap = abs(found.exponent - kind.exponent)
    return gap <= max(3 * found.standard_error, 0.1 * kind.exponent)


def row(kind: Kind, seeds: int, *, verbose: bool) -> tuple[int, int]:
    """How many are trusted, and of these how many are right; says so in a line."""
    begun = time.process_time()
    random = np.random.default_rng(zlib.crc32(kind.name.encode()))
    found = []
    for series in kind.draw(random, seeds):
        found.append(judged(series, kind.dt, embed=series.shape[1] == 1))
    grades = Counter("none" if each is None else str(each.grade) for each in found)
    trusted = [each for each in found if each is not None and each.grade.trusted]
    right = sum(kind.exponent is not None and is_right(each, kind) for each in trusted)
    against = Counter(
        f"{check.name} {check.grade}"
        for each in found
        if each is not None and not each.grade.trusted
        for check in each.checks
        if not check.grade.trusted
    )
    reasons = ", ".join(f"{name} {count}" for name, count in against.most_common(6 if verbose else 3))
    known = "" if kind.exponent is None else f"  right {right}/{seeds}"
    seconds = (time.process_time() - begun) / seeds
    print(
        f"{kind.name:32s} trusted {len(trusted):2d}/{seeds}{known}  {dict(grades)}  {reasons}  ({seconds:.1f} s)"
    )
    if verbose and kind.exponent is not None:
        shares = (
            f"{each.exponent / kind.exponent:.2f}({each.standard_error / kind.exponent:.2f}) by {each.method}"
            for each in found
            if each is not None
        )
        known = f"λ_max {kind.exponent:.4g}, sampled every {kind.dt:.4g}: "
        print(f"    {known}" + ", ".join(shares))
    sys.stdout.flush()
    return len(trusted), right


def groups(part: str) -> Iterator[tuple[str, str, Iterable[Kind]]]:
    """The kinds of a part, without chaos and with it."""
    for name, held_out in (("development", False), ("held-out", True)):
        if part in (name, "all"):
            for title, kinds in (("without chaos", WITHOUT_CHAOS), ("chaotic", CHAOTIC)):
                yield title, name, [kind for kind in kinds if kind.held_out == held_out]
    if part in ("catalogue", "all"):
        yield "chaotic", "catalogue", series_catalogue.kinds()
    if part in ("unseen", "all"):
        yield "without chaos", "unseen", series_unseen.WITHOUT_CHAOS
        yield "chaotic", "unseen", series_catalogue.held_out()
    if part in ("fresh", "all"):
        yield "chaotic", "fresh", series_fresh.chaotic()
        yield "without chaos", "fresh", series_fresh.WITHOUT_CHAOS
    if part in ("third", "all"):
        yield "chaotic", "third", series_fresh.chaotic(series_third.SYSTEMS)
        yield "without chaos", "third", series_third.WITHOUT_CHAOS
    if part in ("fourth", "all"):
        yield "chaotic", "fourth", series_fresh.chaotic(series_fourth.SYSTEMS)
        yield "without chaos", "fourth", series_fourth.WITHOUT_CHAOS
    if part in ("fifth", "all"):
        yield "chaotic", "fifth", series_fresh.chaotic(series_fifth.SYSTEMS)
        yield "without chaos", "fifth", series_fifth.WITHOUT_CHAOS


def main(seeds: int, part: str, *, verbose: bool, only: str, nature: str) -> bool:
    """Every kind; whether both rates hold, for each half."""
    well = True
    for title, name, kinds in groups(part):
        if nature not in (title, "both"):
            continue
        print(f"\n{title}, {name}")
        counts = [row(kind, seeds, verbose=verbose) for kind in kinds if only in kind.name]
        if not counts:
            continue
        trusted, right = np.mean(counts, axis=0) / seeds
        if title == "chaotic":
            print(f"trusted {trusted:.1%}, trusted and right {right:.1%} (at least {LEAST_RIGHT:.0%})")
            well &= right >= LEAST_RIGHT
        else:
            print(f"trusted {trusted:.1%} (at most {MOST_PASSES:.0%})")
            well &= trusted <= MOST_PASSES
    return bool(well)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument(
        "--part",
        choices=[
            "development",
            "held-out",
            "catalogue",
            "unseen",
            "fresh",
            "third",
            "fourth",
            "fifth",
            "all",
        ],
        default="all",
    )
    parser.add_argument("--only", default="", help="kinds whose name holds this")
    parser.add_argument("--nature", choices=["chaotic", "without chaos", "both"], default="both")
    parser.add_argument("--verbose", action="store_true", help="the exponents, as shares of the known ones")
    words = parser.parse_args()
    well = main(words.seeds, words.part, verbose=words.verbose, only=words.only, nature=words.nature)
    sys.exit(0 if well else 1)
