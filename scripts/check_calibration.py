"""Does what is printed with ± hold the truth as often as it should?

    python scripts/check_calibration.py [--cases lorenz slopes …] [--repeats 200]

Each case (calibration_cases.py) measures the same thing many times from independent starts, and counts how often the
truth lies within twice the printed standard error, and where there is a 95 % interval, within that. The truth is known,
or a run so much longer than a measurement that its own error does not count. Per row: the truth, the standard error
that is stated (root mean square), the scatter of the estimates about the truth, and the shares that hold it with their
binomial error.

A share must lie between 90 and 98 %. A row fails where it cannot: where a true share of 90 % would give so few, or one
of 98 % so many, in less than 1 of 50 such checks. Exact zeros are counted apart: a "zero" is a flow's neutral exponent,
whose error may be too wide, and a "bound" the one-sided figure of an exponent that falls as ln T / T only, which must
hold by itself in at least 90 %, and may hold always. Of fewer than 8 pieces ("t") two standard errors hold less, by
Student's t, and only the interval is judged. Exits 1 where any row fails.
"""

import argparse
import sys
import time

import numpy as np
from calibration_cases import CASES, Row
from scipy.stats import binom

LOW, HIGH, CHANCE = 0.90, 0.98, 0.02


def judge(name: str, row: Row) -> bool:
    """Print one line; whether its shares are what they should be."""
    apart = np.abs(row.values - row.truth)
    # A bound is the figure itself where nothing else is known, up to rounding.
    held = [apart <= (row.errors * (1 + 1e-9) if row.kind == "bound" else 2 * row.errors)]
    if row.intervals is not None:
        held.append((row.intervals[:, 0] <= row.truth) & (row.truth <= row.intervals[:, 1]))
    stated, scatter = (float(np.sqrt(np.mean(part**2))) for part in (row.errors, apart))
    good, shares = True, []
    for each in held:
        count, hits = len(each), int(each.sum())
        judged = row.kind != "t" or each is not held[0]
        few = judged and binom.cdf(hits, count, LOW) < CHANCE
        many = row.kind == "±" and binom.sf(hits - 1, count, HIGH) < CHANCE
        good &= not (few or many)
        share = hits / count
        error = 100 * np.sqrt(max(share * (1 - share), 1 / count) / count)
        shares.append(f"{100 * share:5.1f}({error:.1f}){'!' if few or many else ' '}")
    numbers = f"{row.truth:12.6g} {stated:10.2g} {scatter:10.2g} {row.kind:>6} {len(row.values):5}"
    print(f"{name:18} {row.quantity:32} {numbers}", *shares, flush=True)
    return good


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=200, help="measurements of each case")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    options = parser.parse_args()
    columns = f"{'case':18} {'quantity':32} {'truth':>12} {'stated':>10} {'scatter':>10} {'':>6} {'runs':>5}"
    print(f"{columns}  2 s.e. %  interval %")
    failed = 0
    for name in options.cases:
        begun = time.process_time()
        failed += sum(not judge(name, row) for row in CASES[name](options.repeats))
        print(f"  {time.process_time() - begun:.0f} s of CPU", flush=True)
    print(
        f"{failed} rows outside {LOW:.0%} to {HIGH:.0%}"
        if failed
        else "all rows hold as often as they should"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
