import itertools

import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.metrics import (
    attractor_metrics,
    default_forms,
    gaussian_mixture_divergence,
    state_space,
    state_space_divergence,
    state_space_estimate,
)
from rnnchaos.metrics.blocks import error_of_square
from rnnchaos.metrics.mixtures import NO_LIKELIHOOD, log_sums

BINNED = ("paper", "gtf", "dynamix", "strict")


def cloud(dimension, size=500, shift=0.0, seed=0):
    return np.random.default_rng(seed).standard_normal((size, dimension)) + shift


def dense_divergence(truth, generated, edges, form):
    """The definition spelt out over a full array of bins, with points put on bins by `numpy.histogramdd`."""
    if form == "strict":
        generated = np.clip(generated, [e[0] for e in edges], [e[-1] for e in edges])
    # Half open, as the forms have them: a point at the upper end of all lies outside.
    inside = [
        np.all(points < [e[-1] for e in edges], axis=1) | (form == "strict") for points in (truth, generated)
    ]
    p, q = (
        np.histogramdd(points[kept], edges)[0]
        for points, kept in zip((truth, generated), inside, strict=True)
    )
    if form in ("paper", "dynamix"):
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
        margin = 0 if form == "dynamix" else 0.1 * sd
        low, high = truth.min(axis=0) - margin, truth.max(axis=0) + margin
        edges = [np.linspace(a, b, 31) for a, b in zip(low, high, strict=True)]
    expected = dense_divergence(truth, generated, edges, form)
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


def test_only_the_strict_form_counts_what_lies_outside():
    truth, generated = cloud(2), cloud(2, seed=1)
    # The lowest of ten bins over ±2σ reaches from -2σ to -1.6σ; truth.min lies in the lowest of thirty.
    more = np.concatenate([generated, [[50.0, 50.0], [0.0, -1e90]]])
    lowest = np.concatenate([more, [-1.9 * truth.std(axis=0)], [truth.min(axis=0)]])
    for form in BINNED:
        values = [state_space_divergence(truth, points, form=form) for points in (generated, more, lowest)]
        assert (values[1] == values[0]) == (form != "strict"), form
        assert (values[2] == values[1]) == (form == "paper"), form


@pytest.mark.parametrize("form", ["paper", "gtf", "dynamix"])
def test_all_outside_has_no_value_but_in_the_strict_form(form):
    truth, outside = cloud(2), cloud(2) + 100.0
    with pytest.raises(
        ConfigError, match=rf'^d_stsp form "{form}" has no value: no generated point lies where it'
    ):
        state_space_divergence(truth, outside, form=form)
    assert state_space_divergence(truth, outside, form="strict") > 5
    (found,) = (m for m in attractor_metrics(truth, None, outside) if m.name == f"d_stsp_{form}")
    assert (found.value, found.above_floor) == (None, None)
    assert found.note.startswith(f'd_stsp form "{form}" has no value')


def test_only_the_form_gtf_begins_to_count_again_at_65536():
    # Bins 2 and 27 of 30 alone are occupied, at (±1 ∓ .1σ): the truth equally, the generated series 65 536 + 4 times in
    # the one and twice in the other.
    truth = np.array([[1.0], [-1.0]] * 2)
    generated = np.repeat([[1.0], [-1.0]], [65_540, 2], axis=0)

    def divergence(counts):
        p, q = (np.append(c, np.zeros(28)) + 1e-5 for c in ((2, 2), counts))
        p, q = p / p.sum(), q / q.sum()
        return np.sum(p * np.log(p / q))

    wrapped, full = (state_space_divergence(truth, generated, form=form) for form in ("gtf", "strict"))
    np.testing.assert_allclose(wrapped, divergence((4, 2)), rtol=1e-12)
    np.testing.assert_allclose(full, divergence((65_540, 2)), rtol=1e-12)


def test_a_count_that_comes_to_zero_again_has_no_value():
    truth = np.array([[1.0], [-1.0]])
    with pytest.raises(ConfigError, match="has no value"):
        state_space_divergence(truth, np.ones((65_536, 1)), form="gtf")
    assert np.isfinite(state_space_divergence(truth, np.ones((65_537, 1)), form="gtf"))


def test_the_published_forms_have_their_published_values(published):
    """The figures of an independent port of the published code, to all their digits."""
    x, y = published("lorenz63_test.npy"), published("lorenz63_noise5_train.npy")
    half = len(y) // 2
    # Independent figures of D_stsp of arXiv:2306.04406: points outside dropped, counts wrapped at 65 536.
    known = {
        0.118704: y,
        0.55274: 1.2 * y,
        1.913344: 1.5 * y,
        14.293337: y + 3,
        0.168534: np.concatenate([y[:half], y[:half] + 10]),
        15.371717: np.tile(x[0], (len(y), 1)),
    }
    for value, generated in known.items():
        assert abs(state_space_divergence(x, generated, form="gtf") - value) < 1e-6
    with pytest.raises(ConfigError, match="has no value"):
        state_space_divergence(x, np.full_like(y, 9.0), form="gtf")
    # Good models score the same with all points, to 1 %; half an orbit outside scores .90, all outside 16.4.
    assert abs(state_space_divergence(x, y, form="strict") - 0.118704) < 0.002
    apart = np.concatenate([y[:half], y[:half] + 10])
    assert abs(state_space_divergence(x, apart, form="strict") - 0.9) < 0.1
    assert abs(state_space_divergence(x, np.full_like(y, 9.0), form="strict") - 16.4) < 0.1


def test_only_the_paper_form_depends_on_the_origin():
    truth, generated = cloud(2), cloud(2, seed=1)
    # A power of two: shifting by it moves no point across the edge of a bin by rounding.
    shifted = {
        form: state_space_divergence(truth + 0.5, generated + 0.5, form=form)
        - state_space_divergence(truth, generated, form=form)
        for form in BINNED
    }
    assert abs(shifted.pop("paper")) > 0.01
    assert max(map(abs, shifted.values())) < 1e-9


def test_five_dimensions_take_no_memory_of_their_bins():
    # 30⁵ bins of 8 bytes would be 194 MB; 10⁵ is the paper's.
    truth = cloud(5, 2000)
    assert state_space_divergence(truth, truth, form="gtf") == 0
    assert state_space_divergence(truth, cloud(5, 2000, seed=1), form="gtf") > 0


@pytest.mark.parametrize(("form", "variance"), [("gmm_gtf", 1.0), ("gmm_paper", 0.1), ("gmm_strict", 1.0)])
def test_two_single_gaussians_have_the_closed_form(form, variance):
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
    missing = state_space_divergence(truth, generated, form="gmm_strict", rng=rng)
    # Half of the samples lie at the missing lobe, 20²·6/2 = 1200 nats away; four binomial errors are 76.
    assert abs(missing - 600) < 76
    covered = state_space_divergence(truth, generated, form="gmm_paper", rng=rng)
    np.testing.assert_allclose(covered, np.log(2), atol=1e-9)
    # In single precision those samples have likelihood 0, and are left out: the missing lobe is not seen, ln 1/2.
    unseen = state_space_divergence(truth, generated, form="gmm_gtf", rng=rng)
    np.testing.assert_allclose(unseen, -np.log(2), atol=1e-9)


@pytest.mark.parametrize(("distance", "seen"), [(14.41, True), (14.43, False)])
def test_a_likelihood_is_zero_below_the_smallest_number_of_single_precision(distance, seen):
    # exp(-d²/2) is below half of 2**-149 beyond d = √(300 ln 2) = 14.421.
    truth, generated = np.zeros((1, 6)), np.array([[distance, 0, 0, 0, 0, 0]])

    likelihood = np.exp(np.float32(-(distance**2) / 2))
    assert (likelihood > 0) == seen
    samples = np.zeros((1, 6))
    (_, largest) = log_sums(samples, generated - truth, 1.0)
    assert (largest[0] > NO_LIKELIHOOD) == seen


@pytest.mark.parametrize(("form", "most"), [("gmm_paper", 5000), ("gmm_gtf", 10_000), ("gmm_strict", None)])
def test_the_authors_mixtures_see_the_first_points_alone(form, most):
    truth, generated = cloud(6, 11_000), cloud(6, 11_000, seed=1)

    def value(series):
        return state_space_divergence(truth, series, form=form, rng=np.random.default_rng(0))

    whole, changed = value(generated), value(np.concatenate([generated[:-1000], generated[-1000:] + 3]))
    assert (whole == changed) == (most is not None)
    if most is not None:
        assert whole == pytest.approx(value(generated[:most]), abs=1e-12)


def test_mixtures_stay_finite_far_apart():
    rng = np.random.default_rng(0)
    truth, far = cloud(6), cloud(6, shift=1e6)
    assert np.isfinite(state_space_divergence(truth, far, form="gmm_strict", rng=rng))
    with pytest.raises(
        ConfigError, match=r'^d_stsp form "gmm_gtf" has no value: all samples have likelihood 0'
    ):
        state_space_divergence(truth, far, form="gmm_gtf", rng=rng)


def test_default_forms_are_binned_up_to_five_dimensions():
    assert default_forms(5) == BINNED
    assert default_forms(6) == ("gmm_paper", "gmm_gtf", "gmm_strict")


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
            'there: standardise the data or use form "strict"',
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
        cloud(6), 1e90 * cloud(6, seed=1), form="gmm_strict", rng=np.random.default_rng(0)
    )
    # KL is the least of |s - c|²/2v over the centres, all far from the samples at the origin.
    nearest = np.min(np.sum(cloud(6, seed=1) ** 2, axis=1))
    np.testing.assert_allclose(far.value, nearest * 1e180 / 2, rtol=0.01)
    assert 0 < far.standard_error < np.inf


@pytest.mark.parametrize("form", BINNED)
def test_a_run_that_repeats_itself_has_no_scatter(form):
    truth, once = np.tile(cloud(2, 50), (20, 1)), cloud(2, 50, seed=1)
    estimate = state_space_estimate(truth, np.tile(once, (20, 1)), form=form)
    assert estimate.standard_error == pytest.approx(0, abs=1e-6)
    assert state_space_estimate(truth, once, form=form).standard_error is None


def test_an_excursion_that_the_run_does_not_make_is_in_its_error():
    # Both sit on ±1 but for ten points of the truth: over other truths and runs those come and go, with their whole
    # contribution to the value. Without a block the jackknife changes by it.
    both, excursion = np.tile([[1.0], [-1.0]], (500, 1)), np.full((10, 1), 3.0)
    truth = np.concatenate([both[:-10], excursion])
    estimate = state_space_estimate(truth, both, form="strict")
    assert estimate.value > 0.05
    assert estimate.standard_error > estimate.value / 2


@pytest.mark.parametrize("root", [0.0, 0.3, 5.0])
def test_an_error_of_a_square_reaches_as_far_as_the_interval_of_its_root(root):
    reached = (root + 1.96 * 0.2) ** 2 - root**2
    np.testing.assert_allclose(1.96 * error_of_square(root, 0.2), reached, rtol=1e-12)


@pytest.mark.parametrize("form", BINNED)
def test_bins_that_are_listed_and_points_that_are_sorted_give_the_same_digits(form, monkeypatch):
    truth, generated = cloud(3), cloud(3, seed=1)
    listed = state_space_estimate(truth, generated, form=form)
    monkeypatch.setattr(state_space, "_MOST_LISTED", 0)
    assert state_space_estimate(truth, generated, form=form) == listed
    assert listed.standard_error > 0
