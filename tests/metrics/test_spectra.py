import numpy as np
import pytest
import scipy

from rnnchaos.errors import ConfigError
from rnnchaos.metrics import power_spectra, power_spectrum_distance, power_spectrum_estimate, spectra


def noise(length=4000, dimension=2, seed=0):
    return np.random.default_rng(seed).standard_normal((length, dimension))


def wave(period, length=20_000):
    return np.sin(2 * np.pi * np.arange(length)[:, None] / period)


def test_gtf_is_zero_for_identical_spectra_whatever_scale_and_offset():
    series = noise()
    assert power_spectrum_distance(series, series, form="gtf") == 0
    # Rounding of the transform, relative 1e-15, enters through a square root of squares.
    assert power_spectrum_distance(series, 3 * series + 5, form="gtf") < 1e-12


def test_paper_form_leaves_identical_slow_series_apart():
    # All power in bin 20 of 200, far from both ends for a kernel of ± 10 bins: smoothing loses nothing.
    # What is left is the square root of rounding, √1e-16.
    middle = wave(20)
    assert power_spectrum_distance(middle, middle, form="paper") < 1e-7
    # All power in bin 1: smoothing loses what falls below bin 0, and the trapezoidal rule half of bin 0.
    slow = wave(400)
    kernel = np.exp(-(np.arange(-10, 11) ** 2) / 8)
    kernel /= kernel.sum()
    expected = np.sqrt(1 - (kernel[9:].sum() - kernel[9] / 2))
    np.testing.assert_allclose(power_spectrum_distance(slow, slow, form="paper"), expected, rtol=1e-10)


@pytest.mark.parametrize("form", ["paper", "gtf"])
def test_waves_of_far_frequencies_are_at_distance_one(form):
    # 40 bins apart in a 400-step segment, 2000 in the whole: the smoothed lines do not overlap.
    np.testing.assert_allclose(power_spectrum_distance(wave(40), wave(8), form=form), 1.0, atol=1e-6)


@pytest.mark.parametrize("form", ["paper", "gtf"])
def test_distance_is_symmetric_and_cuts_the_longer_series(form):
    one, two = noise(), noise(seed=1).cumsum(axis=0)
    distance = power_spectrum_distance(one, two, form=form)
    np.testing.assert_allclose(distance, power_spectrum_distance(two, one, form=form), rtol=1e-12)
    longer = np.concatenate([two, noise(1000)])
    assert power_spectrum_distance(one, longer, form=form) == distance


@pytest.mark.parametrize("form", ["paper", "gtf"])
def test_a_fixed_point_is_as_far_as_its_rounding_errors(form):
    truth = noise().cumsum(axis=0)
    constant = np.tile(truth.mean(axis=0), (len(truth), 1))
    rounded = constant + 1e-12 * noise(seed=2)
    distance = power_spectrum_distance(truth, constant, form=form)
    assert power_spectrum_distance(truth, rounded, form=form) == distance
    # White noise itself fluctuates: 200 smoothed bins of 2000 samples, a few per cent.
    white = power_spectrum_distance(truth, noise(seed=3), form=form)
    np.testing.assert_allclose(distance, white, rtol=0.05)


@pytest.mark.parametrize(("form", "least"), [("paper", 2000), ("gtf", 320)])
def test_short_series_are_refused_by_their_length(form, least):
    with pytest.raises(
        ConfigError, match=f'^d_h form "{form}" needs at least {least} steps, got {least - 1}$'
    ):
        power_spectrum_distance(noise(least - 1), noise(), form=form)
    assert 0 <= power_spectrum_distance(noise(least), noise(least, seed=1), form=form) < 0.6


def test_power_spectra_have_their_peak_and_integrate_to_the_variance():
    series = 2.0 * wave(50) + 0.01 * noise(20_000, 1)
    spectra = power_spectra(series, time_per_step=0.1)
    # Period 50 steps of 0.1 is frequency 0.2; bins are 1/(2500 · 0.1) = 0.004 apart.
    assert abs(spectra.frequency[spectra.density[:, 0].argmax()] - 0.2) <= 0.002
    power = spectra.density[:, 0].sum() * spectra.frequency[0]
    # Amplitude 2 has variance 2; windows hold whole periods, so that only the weak noise remains.
    np.testing.assert_allclose(power, 2.0, rtol=1e-3)


def test_power_spectra_of_two_steps():
    assert power_spectra(noise(2), time_per_step=1.0).frequency.tolist() == [0.5]
    with pytest.raises(ConfigError, match=r"^a power spectrum needs at least 2 steps, got 1$"):
        power_spectra(noise(1), time_per_step=1.0)


def test_the_form_gtf_is_its_definition_with_mirrored_ends():
    one, two = noise(3001).cumsum(axis=0), noise(3001, seed=1)

    def spectrum(series):
        power = np.abs(np.fft.rfft((series - series.mean(0)) / series.std(0), axis=0)) ** 2
        # Mirrored at both ends without the end itself twice, as the published code pads.
        padded = np.pad(power, [(80, 80), (0, 0)], mode="reflect")
        kernel = np.exp(-(np.arange(-80, 81) ** 2) / 800)
        smooth = np.stack(
            [np.convolve(axis, kernel / kernel.sum(), mode="valid") for axis in padded.T], axis=1
        )
        return smooth / smooth.sum(axis=0)

    expected = np.mean(np.sqrt(0.5 * np.sum((np.sqrt(spectrum(one)) - np.sqrt(spectrum(two))) ** 2, axis=0)))
    # The published code keeps frequency 0, which is rounding of a standardised series.
    np.testing.assert_allclose(power_spectrum_distance(one, two, form="gtf"), expected, rtol=1e-9)


@pytest.mark.parametrize("form", ["paper", "gtf"])
def test_the_standard_error_is_that_over_series(form):
    truth, runs = noise().cumsum(axis=0), [noise(seed=seed) for seed in range(1, 25)]
    found = [power_spectrum_estimate(truth, run, form=form) for run in runs]
    spread = np.std([estimate.value for estimate in found], ddof=1)
    # 24 values know their deviation to 15 %, and 10 parts of a series that of one to 25 %, less in the mean.
    assert 0.6 < np.mean([estimate.standard_error for estimate in found]) / spread < 2


@pytest.mark.parametrize("bins", [161, 320, 1001])
def test_smoothing_is_that_of_a_gaussian_filter(bins):
    power = np.random.default_rng(0).random((2, bins)) ** 4
    expected = scipy.ndimage.gaussian_filter1d(power, spectra._GTF_SIGMA, mode="mirror")
    np.testing.assert_allclose(spectra._smoothed(power, spectra._GTF_TAPS), expected, rtol=1e-13)
