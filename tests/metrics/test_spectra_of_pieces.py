"""D_H and power spectra of series in pieces: no segment crosses a border."""

import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.metrics import attractor_metrics, power_spectra, power_spectrum_distance
from rnnchaos.pieces import Pieces

PHASES = np.random.default_rng(0).uniform(0, 2 * np.pi, 80)


def waves(lengths, *, frequency=0.05, jump=0.0):
    """A sine in pieces, each from another phase, and from another level."""
    parts = [
        np.sin(2 * np.pi * frequency * np.arange(length) + phase) + jump * index
        for index, (length, phase) in enumerate(zip(lengths, PHASES, strict=False))
    ]
    return Pieces(np.concatenate(parts)[:, None], tuple(lengths))


def test_a_single_piece_is_an_array():
    one, other = waves([3000]), waves([4000], frequency=0.06)
    for form in ("paper", "gtf"):
        expected = power_spectrum_distance(one.values, other.values, form=form)
        assert power_spectrum_distance(one, other, form=form) == expected


@pytest.mark.parametrize("form", ["paper", "gtf"])
def test_borders_are_no_part_of_the_spectrum(form):
    """Pieces at levels far apart have the spectrum of pieces at one level; joined end to end they have another."""
    lengths = 5 * [410, 390]
    level, jumping = waves(lengths), waves(lengths, jump=50.0)
    apart = power_spectrum_distance(level, jumping, form=form)
    itself = power_spectrum_distance(level, level, form=form)
    assert apart == pytest.approx(itself, abs=1e-9)
    assert power_spectrum_distance(level.values, jumping.values, form=form) > itself + 0.02


def test_short_pieces_are_refused():
    with pytest.raises(ConfigError, match='form "gtf" needs pieces of at least 320 steps, got 300'):
        power_spectrum_distance(waves(10 * [300]), waves(10 * [300]), form="gtf")
    with pytest.raises(ConfigError, match='form "paper" needs pieces of at least 40 steps, got 30'):
        power_spectrum_distance(waves(80 * [30]), waves([3000]), form="paper")


def test_welch_takes_no_window_across_a_border():
    whole, pieces = waves([4000]), waves(10 * [400], jump=50.0)
    found = power_spectra(pieces, 1.0)
    peak = found.frequency[np.argmax(found.density[:, 0])]
    assert peak == pytest.approx(0.05, abs=1 / 400)
    assert found.density[0, 0] < 1e-3 * found.density.max()
    assert power_spectra(whole, 1.0).frequency.size == 250


def test_metrics_take_pieces():
    truth, generated = waves(10 * [400]), waves([4000])
    found = {metric.name: metric for metric in attractor_metrics(truth, truth, generated)}
    arrays = {m.name: m for m in attractor_metrics(truth.values, truth.values, generated.values)}
    for name in ("d_stsp_paper", "d_stsp_strict", "wasserstein"):
        assert found[name].value == arrays[name].value
    assert all(found[name].value is not None for name in ("d_h_paper", "d_h_gtf"))
