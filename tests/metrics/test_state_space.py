import itertools

import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.metrics import default_forms, gaussian_mixture_divergence, state_space_divergence

BINNED = ("paper", "gtf")


def cloud(dimension, size=500, shift=0.0, seed=0):
    return np.random.default_rng(seed).standard_normal((size, dimension)) + shift


def dense_divergence(truth, generated, edges, *, keeps_all):
    """The definition spelt out over a full array of bins, with points put on bins by `numpy.histogramdd`."""
    if keeps_all:
        generated = np.clip(generated, [e[0] for e in edges], [e[-1] for e in edges])
    p, q = (np.histogramdd(points, edges)[0] for points in (truth, generated))
    if not keeps_all:
        for counts, axis in itertools.product((p, q), range(truth.shape[1])):
            np.moveaxis(counts, axis, 0)[0] = 0
    p, q = (p + 1e-5) / (p + 1e-5).sum(), (q + 1e-5) / (q + 1e-5).sum()
    return np.sum(p * np.log(p / q))


@pytest.mark.parametrize("dimension", [1, 2, 3])
@pytest.mark.parametrize("form", BINNED)
def test_sparse_counts_agree_with_the_definition_over_all_bins(form, dimension):
    truth, generated = cloud(dimension), 1.3 * cloud(dimension, 300, shift=0.2, seed=1)
    sd = truth.std(axis=0)
    if form == "paper":
        edges = [np.linspace(-2 * s, 2 * s, 11) for s in sd]
    else:
        low, high = truth.min(axis=0) - 0.1 * sd, truth.max(axis=0) + 0.1 * sd
        edges = [np.linspace(a, b, 31) for a, b in zip(low, high, strict=True)]
    expected = dense_divergence(truth, generated, edges, keeps_all=form == "gtf")
    # Up to 27 000 terms summed in another order: rounding only.
    np.testing.assert_allclose(state_space_divergence(truth, generated, form=form), expected, rtol=1e-10)


@pytest.mark.parametrize("form", BINNED)
def test_identical_series_are_at_exactly_zero_whatever_their_order(form):
    truth = cloud(3)
    assert state_space_divergence(truth, truth, form=form) == 0
    assert state_space_divergence(truth, truth[::-1], form=form) == 0


def test_one_lobe_of_two():
    # Truth on ±1 (σ = 1: bins 2 and 7 of 10 over ±2), generated on +1 only.
    truth, generated = np.array([[1.0], [-1.0]]), np.ones((2, 1))
    a, total = 1e-5, 2 + 1e-4
    p = np.array([1 + a, 1 + a] + 8 * [a]) / total
    q = np.array([2 + a, a] + 8 * [a]) / total
    expected = np.sum(p * np.log(p / q))
    np.testing.assert_allclose(state_space_divergence(truth, generated, form="paper"), expected, rtol=1e-12)


def test_only_the_paper_form_drops_what_lies_outside_and_in_the_lowest_bin():
    truth, generated = cloud(2), cloud(2, seed=1)
    # The lowest of ten bins over ±2σ reaches from -2σ to -1.6σ.
    lowest = -1.9 * truth.std(axis=0)
    more = np.concatenate([generated, [[50.0, 50.0], [0.0, -1e90], lowest, [0.0, lowest[1]]]])
    paper, gtf = (
        [state_space_divergence(truth, points, form=form) for points in (generated, more)] for form in BINNED
    )
    assert paper[0] == paper[1]
    assert gtf[0] != gtf[1]


def test_only_the_paper_form_depends_on_the_origin():
    truth, generated = cloud(2), cloud(2, seed=1)
    # A power of two: shifting by it moves no point across the edge of a bin by rounding.
    shifted = {
        form: state_space_divergence(truth + 0.5, generated + 0.5, form=form)
        - state_space_divergence(truth, generated, form=form)
        for form in BINNED
    }
    assert abs(shifted["gtf"]) < 1e-9
    assert abs(shifted["paper"]) > 0.01


def test_five_dimensions_take_no_memory_of_their_bins():
    # 30⁵ bins of 8 bytes would be 194 MB; 10⁵ is the paper's.
    truth = cloud(5, 2000)
    assert state_space_divergence(truth, truth, form="gtf") == 0
    assert state_space_divergence(truth, cloud(5, 2000, seed=1), form="gtf") > 0


@pytest.mark.parametrize("form", ["gmm_gtf", "gmm_paper"])
def test_two_single_gaussians_have_the_closed_form(form):
    variance = {"gmm_gtf": 1.0, "gmm_paper": 0.1}[form]
    shift = np.array([[0.3, -0.2, 0.1, 0.0, 0.2, 0.4]])
    exact = np.sum(shift**2) / (2 * variance)
    estimate = gaussian_mixture_divergence(np.zeros((1, 6)), shift, form=form, rng=np.random.default_rng(0))
    # log p/q is normal with standard deviation |shift|/√v, from 1000 samples.
    np.testing.assert_allclose(estimate.standard_error, np.sqrt(2 * exact / 1000), rtol=0.1)
    assert abs(estimate.value - exact) < 4 * estimate.standard_error


def test_mixtures_are_compared_in_opposite_directions():
    # Generated covers one of the truth's two far lobes: KL(truth‖gen) is huge, KL(gen‖truth) = ln 2.
    truth, generated = np.array([[-10.0] * 6, [10.0] * 6]), np.array([[10.0] * 6])
    rng = np.random.default_rng(0)
    missing = state_space_divergence(truth, generated, form="gmm_gtf", rng=rng)
    # Half of the samples lie at the missing lobe, 20²·6/2 = 1200 nats away; four binomial errors are 76.
    assert abs(missing - 600) < 76
    covered = state_space_divergence(truth, generated, form="gmm_paper", rng=rng)
    np.testing.assert_allclose(covered, np.log(2), atol=1e-9)


def test_mixtures_stay_finite_far_apart():
    rng = np.random.default_rng(0)
    assert np.isfinite(state_space_divergence(cloud(6), cloud(6, shift=1e6), form="gmm_gtf", rng=rng))


def test_default_forms_are_binned_up_to_five_dimensions():
    assert default_forms(5) == ("paper", "gtf")
    assert default_forms(6) == ("gmm_paper", "gmm_gtf")


@pytest.mark.parametrize(
    ("truth", "generated", "form", "message"),
    [
        (cloud(6), cloud(6), "gtf", 'd_stsp form "gtf" takes at most 5 dimensions, got 6: use "gmm_gtf"'),
        (cloud(2), cloud(3), "gtf", "generated series must have the truth's 2 dimensions, got 3"),
        (cloud(2) * [1, 0], cloud(2), "gtf", "d_stsp has no scale on axis 1: the truth is constant there"),
        (
            cloud(2, shift=9.0),
            cloud(2),
            "paper",
            'd_stsp form "paper" counts points within 2 standard deviations of zero, and the truth has none '
            'there: standardise the data or use form "gtf"',
        ),
        (cloud(6), cloud(6), "gmm_gtf", 'd_stsp form "gmm_gtf" draws random samples: pass rng'),
        (
            cloud(1, 3),
            np.array([[0.0], [np.nan], [1.0]]),
            "gtf",
            "the generated series must be finite, but diverges at step 1 of 3",
        ),
        (
            np.empty((0, 2)),
            cloud(2),
            "gtf",
            "the truth must be (time, dimension) and not empty, got shape (0, 2)",
        ),
    ],
)
def test_refuses_what_it_cannot_compare(truth, generated, form, message):
    with pytest.raises(ConfigError) as caught:
        state_space_divergence(truth, generated, form=form)
    assert str(caught.value) == message


def test_a_mixture_far_away_has_an_error_bar():
    far = gaussian_mixture_divergence(
        cloud(6), 1e90 * cloud(6, seed=1), form="gmm_paper", rng=np.random.default_rng(0)
    )
    # KL is the mean of |s - c|²/2v, and the radius squared of a six-dimensional Gaussian has mean 6, variance 12.
    np.testing.assert_allclose(far.value, 6e180 / 0.2, rtol=0.1)
    np.testing.assert_allclose(far.standard_error, np.sqrt(12 / 1000) * 1e180 / 0.2, rtol=0.1)
