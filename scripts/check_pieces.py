"""Does it matter to training that a series is in pieces, or has gaps?

    python scripts/check_pieces.py --seeds 3

Lorenz-63 is recorded three times with as many points: in one stretch, in 40 stretches of different parts of an orbit,
and in one stretch of which 5 % are missing, in gaps of up to 50 points. A network is trained on each with the same
settings, and judged on the same test file: the three should agree within the seeds' spread.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

import rnnchaos
from rnnchaos.data import orbit
from rnnchaos.systems import Lorenz63

POINTS, PIECES, APART = 100_000, 40, 2_000
MISSING, LONGEST_GAP = 0.05, 50
COLUMNS = ("d_stsp_paper", "wasserstein", "d_h_gtf", "lambda_max")


def recordings(folder: Path) -> dict[str, Path]:
    """The files, by what they are, and test.npy beside them."""
    per_piece = POINTS // PIECES
    series = orbit(Lorenz63(), num_steps=2 * POINTS + PIECES * (per_piece + APART), transient=10_000)
    whole, test, rest = np.split(series, [POINTS, 2 * POINTS])
    gappy = whole.copy()
    rng = np.random.default_rng(0)
    while np.isnan(gappy[:, 0]).mean() < MISSING:
        first = rng.integers(1, POINTS - LONGEST_GAP - 1)
        gappy[first : first + rng.integers(1, LONGEST_GAP + 1)] = np.nan
    arrays = {
        "one stretch": whole,
        f"{PIECES} pieces": rest.reshape(PIECES, per_piece + APART, 3)[:, :per_piece],
        f"{MISSING:.0%} missing": gappy,
    }
    np.save(folder / "test.npy", test)
    for name, array in arrays.items():
        np.save(folder / f"{name.replace(' ', '_').replace('%', '')}.npy", array)
    return {name: folder / f"{name.replace(' ', '_').replace('%', '')}.npy" for name in arrays}


def trained(path: Path, seed: int, words: list[str]) -> list[float]:
    """The columns of one training."""
    run = rnnchaos.train(
        "dataset=file",
        f"dataset.path={path}",
        f"dataset.test_path={path.parent / 'test.npy'}",
        "dataset.dt=0.01",
        "dataset.flow=true",
        "protocol.tau=29",
        "diagnostics.figures=false",
        f"outputs={path.parent / 'outputs'}",
        *words,
        seed=seed,
        quiet=True,
    )
    found = run.summary
    return [found[name] if found.get(name) is not None else np.nan for name in COLUMNS]


def main(seeds: int, words: list[str]) -> None:
    """Train all, a line for each, and the means with their standard deviations over the seeds."""
    with tempfile.TemporaryDirectory() as folder:
        for name, path in recordings(Path(folder)).items():
            rows = []
            for seed in range(seeds):
                rows.append(trained(path, seed, words))
                values = ", ".join(f"{key} {value:.4g}" for key, value in zip(COLUMNS, rows[-1], strict=True))
                print(f"{name}, seed {seed}: {values}", flush=True)
            spread = zip(COLUMNS, np.mean(rows, 0), np.std(rows, 0, ddof=1 if seeds > 1 else 0), strict=True)
            print(
                f"{name}: " + ", ".join(f"{key} {mean:.4g} ± {sd:.2g}" for key, mean, sd in spread),
                flush=True,
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("words", nargs="*", help="settings of the trainings, as on the command line")
    chosen = parser.parse_args()
    main(chosen.seeds, chosen.words)
