"""What a reader finds on each figure, whatever the dimension; nothing warns, since warnings are errors."""

from typing import NamedTuple

import numpy as np
import pytest
from matplotlib.figure import Figure

from rnnchaos.figures import (
    Curves,
    Marked,
    attractor_figure,
    cycles_figure,
    divergence_figure,
    forecast_figure,
    gradients_figure,
    lyapunov_figure,
    save_figure,
    spectra_figure,
    traces_figure,
    training_figure,
)


class Spectra(NamedTuple):
    frequency: np.ndarray
    density: np.ndarray


def rotation(dimension, length=400, phase=0.0):
    angle = 0.1 * np.arange(length)[:, None] * (1 + np.arange(dimension)) + phase
    return np.sin(angle)


def spectra(dimension, length=50):
    frequency = np.linspace(0.1, 5, length)
    return Spectra(frequency, np.exp(-4 * frequency)[:, None] * np.ones(dimension))


def labels(figure):
    return [(axes.get_xlabel(), axes.get_ylabel()) for axes in figure.axes if axes.get_visible()]


def texts(axes):
    """Without the letter of the panel."""
    return [text.get_text() for text in axes.texts if text.get_gid() is None]


def legend_texts(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_splines_are_not_imported_for_curves_that_are_fine_enough():
    import subprocess
    import sys

    code = "import sys, rnnchaos.figures.attractor; sys.exit('scipy.interpolate' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_panels_are_measured_once_and_lie_where_they_do_in_the_whole_figure(monkeypatch):
    from matplotlib import _tight_layout
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from rnnchaos.figures.style import new_figure

    calls, measure = [], _tight_layout._auto_adjust_subplotpars
    monkeypatch.setattr(
        _tight_layout, "_auto_adjust_subplotpars", lambda *a, **k: calls.append(1) or measure(*a, **k)
    )

    def places(**rectangle):
        figure = new_figure(6, 3)
        for axes in figure.subplots(2, 3).ravel():
            axes.set_ylabel("what is drawn")
            axes.set_title("of which")
        figure.get_layout_engine().set(**rectangle)
        FigureCanvasAgg(figure).draw()
        return [axes.get_position().bounds for axes in figure.axes]

    once = places()
    assert len(calls) == 1
    np.testing.assert_allclose(once, places(rect=(0, 0, 1, 1)), rtol=1e-12)
    assert len(calls) == 3


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        (1, [("$x$$(t)$", "$x$$(t+7)$, in steps"), ("$x$$(t)$", "")]),
        (2, [("$x$", "$y$"), ("$x$", "")]),
        (3, [("", "$y$"), ("", ""), ("$x$", "$z$"), ("$x$", "")]),
    ],
)
def test_attractor_names_its_planes(dimension, expected):
    figure = attractor_figure(rotation(dimension), rotation(dimension, phase=1.0), lag=7)
    assert labels(figure) == expected
    assert [axes.get_title() for axes in figure.axes[:2]] == ["truth", "network"]


def test_attractor_of_many_dimensions_shows_principal_components():
    truth = rotation(5) * [1, 10, 1, 3, 1]
    figure = attractor_figure(truth, truth, axis_names=list("abcde"))
    shares = [axes.get_ylabel() for axes in figure.axes[::2]] + [figure.axes[2].get_xlabel()]
    # Five orthogonal sines of variances 1, 100, 1, 9, 1 over almost whole periods: 89 %, 8 % and 1 %.
    assert shares == [
        "principal component 2 (8%)",
        "principal component 3 (1%)",
        "principal component 1 (89%)",
    ]


def test_attractor_keeps_the_truth_in_view():
    generated = rotation(2)
    generated[100:] = 1e9
    generated[200:] = np.nan
    figure = attractor_figure(rotation(2), generated)
    left, right = figure.axes
    # The range -1 … 1, half of it to one side, and a margin of 5 %.
    assert left.get_xlim() == right.get_xlim()
    assert left.get_xlim()[1] < 2.2


def test_attractor_of_a_map_is_dots():
    axes = attractor_figure(rotation(2), rotation(2), connected=False).axes[0]
    assert axes.lines[0].get_marker() == "."
    assert axes.lines[0].get_linewidth() == 0


@pytest.mark.parametrize(("dimension", "length"), [(1, 2), (2, 1), (3, 1), (5, 1), (5, 2)])
def test_attractor_of_hardly_any_points(dimension, length, tmp_path):
    series = rotation(dimension, length)
    save_figure(attractor_figure(series, series, lag=5), tmp_path / "attractor.png")


@pytest.mark.parametrize("dimension", [1, 2, 3, 5])
def test_forecast_has_a_panel_an_axis_and_one_of_errors(dimension):
    truth = rotation(dimension, 600).reshape(6, 100, dimension)
    figure = forecast_figure(
        truth, truth + 0.01, time_per_step=0.1, lyapunov_exponent=0.9, threshold=0.4, axis_names=list("abcde")
    )
    names = [*(f"${name}$" for name in "abcde"[: min(dimension, 4)]), "error (s.d.)"]
    assert [y for _, y in labels(figure)] == names
    assert labels(figure)[-1][0] == "time after the start (Lyapunov times)"
    # In each panel truth and forecast of its own axis, and none of the axes that have no panel among the errors.
    assert [len(axes.lines) for axes in figure.axes] == [2] * min(dimension, 4) + [6 + 2]
    assert figure.axes[0].get_title(loc="right") == ("4 of 5 axes" if dimension == 5 else "")
    # 100 steps of 0.1 · 0.9.
    np.testing.assert_allclose(figure.axes[-1].get_xlim(), (0, 9.0))
    assert figure.axes[-1].get_title(loc="right") == "6 forecasts and their median; dashed: threshold 0.4"


@pytest.mark.parametrize("exponent", [None, 0.0, -0.1])
def test_forecast_without_chaos_counts_time_units(exponent):
    truth = rotation(1, 20)[None]
    figure = forecast_figure(truth, truth, time_per_step=0.1, lyapunov_exponent=exponent)
    assert labels(figure)[-1][0] == "time after the start (time units)"
    assert figure.axes[-1].get_title(loc="right") == "one forecast"


def test_forecast_shows_the_median_start_and_counts_divergence_as_error():
    truth = np.zeros((3, 50, 1)) + rotation(1, 50)
    predicted = truth + np.array([0.5, 0.1, 0.2])[:, None, None]
    predicted[1, 20:] = np.nan
    figure = forecast_figure(truth, predicted, time_per_step=1.0)
    np.testing.assert_array_equal(figure.axes[0].lines[1].get_ydata(), predicted[0, :, 0])
    median = figure.axes[-1].lines[-1].get_ydata()
    scale = truth.std()
    # First the middle of 0.1, 0.2, 0.5; once the best has diverged, of 0.2, 0.5, ∞.
    np.testing.assert_allclose(median[[0, 49]], [0.2 / scale, 0.5 / scale], rtol=1e-9)


@pytest.mark.parametrize(("dimension", "panels"), [(1, 1), (2, 2), (3, 3), (5, 5), (40, 6)])
def test_spectra_have_a_panel_an_axis(dimension, panels):
    figure = spectra_figure(spectra(dimension), spectra(dimension, 30), distances={"paper": 0.1614})
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert len(shown) == panels
    assert {axes.get_ylabel() for axes in shown} <= {"power (scaled units² · time unit)", ""}
    assert shown[-1].get_xlabel() == "frequency (cycles per time unit)"
    assert legend_texts(shown[0]) == ["truth", "network"]
    some = f"{panels} of {dimension} axes; " if panels < dimension else ""
    assert figure.get_suptitle() == f"{some}Hellinger distance of the spectra $D_H$ = 0.161 (paper)"


def test_spectra_show_eight_decades():
    axes = spectra_figure(spectra(1), spectra(1)).axes[0]
    peak = np.exp(-0.4)
    np.testing.assert_allclose(axes.get_ylim(), (1e-8 * peak, 10 * peak))
    # e^{-4f} has fallen by 10⁸ at f = 0.1 + 8 ln 10 / 4 = 4.705; the last of the grid of 0.1 below it is 4.7.
    np.testing.assert_allclose(axes.get_xlim()[1], 4.7)


def test_spectra_of_a_constant_axis(tmp_path):
    flat = Spectra(np.array([0.5]), np.zeros((1, 1)))
    save_figure(spectra_figure(flat, flat), tmp_path / "spectra.png")


def test_training_panels():
    loss = np.exp(-np.arange(1000) / 200)
    products = np.linspace(0, np.log(1e6), 10)
    figure = training_figure(
        loss,
        10 * loss,
        record_steps=np.arange(100, 1001, 100),
        log_jacobian_over_tau=0 * products,
        log_jacobian_over_window=products,
        learning_rate=np.full(1000, 1e-3),
    )
    names = [
        "loss (scaled units²)",
        "gradient norm",
        r"$\log_{10}\,\|J_T \cdots J_2\|$",
        "learning rate",
    ]
    assert [y for _, y in labels(figure)] == names
    assert labels(figure)[-1][0] == "optimiser step"
    # Nats in, decades out.
    np.testing.assert_allclose(figure.axes[2].lines[0].get_ydata()[-1], 6.0)
    assert legend_texts(figure.axes[2]) == ["over a window", "over a forcing interval"]


def test_training_line_is_the_median_of_a_hundredth():
    loss = np.arange(1.0, 1001.0)
    line = training_figure(loss, loss).axes[0].lines[-1]
    assert len(line.get_xdata()) == 100
    np.testing.assert_allclose(line.get_ydata(), line.get_xdata())
    assert line.get_xdata()[0] == 5.5


def test_training_marks_divergence():
    loss = np.ones(50)
    loss[30:] = np.nan
    figure = training_figure(loss, loss)
    assert figure.axes[0].get_title(loc="right") == "diverged at step 31"


def test_training_marks_where_attempts_begin():
    loss = np.ones(50)
    figure = training_figure(loss, loss, attempt=np.repeat([1, 2, 3], [20, 20, 10]))
    marks = [line.get_xdata()[0] for line in figure.axes[1].lines if len(line.get_xdata()) == 2]
    assert marks == [20.5, 40.5]
    assert figure.axes[0].get_title(loc="left") == "3 attempts"
    one = training_figure(loss, loss, attempt=np.ones(50, int))
    assert len(one.axes[0].lines) == len(figure.axes[0].lines) - 2
    assert one.axes[0].get_title(loc="left") == ""


@pytest.mark.parametrize("loss", [[0.5], [np.nan], [0.0, 0.0], [np.inf, 1.0]])
def test_training_of_hardly_any_steps(loss, tmp_path):
    save_figure(training_figure(np.array(loss), np.array(loss)), tmp_path / "training.png")


def test_gradients_in_decades_with_slope_and_exponent():
    lags = np.arange(1, 101)
    norms = 0.1 * lags + np.array([[-1.0], [1.0]])
    figure = gradients_figure(
        lags, norms, lags[:50], norms[0, :50], exponent=0.1, slope=0.1, slope_error=0.003
    )
    assert labels(figure) == [
        ("lag T (steps)", r"$\log_{10}\,\|\partial z_T/\partial z_1\|$"),
        ("lag T (steps)", r"$\log_{10}\,\|\partial L_T/\partial\theta\|$"),
    ]
    *_, mean, theory = figure.axes[0].lines
    np.testing.assert_allclose(mean.get_ydata(), 0.1 * lags / np.log(10))
    np.testing.assert_allclose(theory.get_ydata(), mean.get_ydata())
    assert legend_texts(figure.axes[0]) == [
        "mean: slope 0.1000 ± 0.003 nats per step",
        r"$\lambda_{\max}$ = 0.1000 nats per step",
    ]
    assert legend_texts(figure.axes[1])[0] == "one start"


def test_gradients_that_are_exactly_zero_are_gaps(tmp_path):
    lags = np.arange(1, 11)
    norms = np.where(lags > 5, -np.inf, 0.1 * lags)[None]
    figure = gradients_figure(lags, norms, exponent=0.1)
    assert len(figure.axes) == 1
    np.testing.assert_array_equal(np.isnan(figure.axes[0].lines[1].get_ydata()), lags > 5)
    save_figure(gradients_figure(lags, np.full((3, 10), -np.inf), exponent=0.1), tmp_path / "zero.png")


@pytest.mark.parametrize("count", [1, 3, 60])
def test_lyapunov_shows_every_exponent_and_labels_the_leading(count):
    final = np.linspace(0.9, -30.0, count) if count > 1 else np.array([0.9])
    running = final + 0.1 / np.arange(1, 11)[:, None]
    figure = lyapunov_figure(
        running, np.full((10, count), 0.01), block_time=2.0, reference=np.array([0.9, 0.0])
    )
    convergence, spectrum = figure.axes
    assert labels(figure) == [
        ("averaging time (time units)", r"$\lambda_i$ (nats per time unit)"),
        ("index $i$", r"$\lambda_i$ (nats per time unit)"),
    ]
    assert convergence.get_xlim() == (0, 20.0)
    # Those above -3 · 0.91: the only one; the first of 0.9, -14.5, -30; the first five of 0.9 - 0.524 i.
    names = texts(convergence)
    assert names == [rf"$\lambda_{{{i}}}$" for i in range(1, {1: 2, 3: 2, 60: 6}[count])]
    assert len(spectrum.containers[0].lines[0].get_xdata()) == count
    assert set(legend_texts(spectrum)) == {"estimate", "true system"}


def test_lyapunov_labels_stay_apart(tmp_path):
    figure = lyapunov_figure(np.tile([0.5, 0.5, 0.5, -0.5], (5, 1)), block_time=1.0)
    heights = np.array([text.xy[1] for text in figure.axes[0].texts if text.get_gid() is None])
    assert np.all(np.diff(heights) <= -0.07 + 1e-12)


def test_lyapunov_counts_minus_infinity(tmp_path):
    running = np.tile([0.1, -1.0, -np.inf, -np.inf], (1, 1))
    error = np.tile([0.01, 0.1, np.nan, np.nan], (1, 1))
    figure = lyapunov_figure(running, error, block_time=1.0)
    assert "2 of 4 at −∞" in texts(figure.axes[1])
    save_figure(figure, tmp_path / "some.png")
    save_figure(lyapunov_figure(np.full((2, 3), -np.inf), block_time=1.0), tmp_path / "all.png")


def test_divergence_shades_the_fit():
    lags = np.linspace(0, 3, 31)
    figure = divergence_figure(lags, [Curves("Rosenstein", (0.9 * lags - 4)[None], ((0.5, 2.0),), 0.9, 0.0)])
    assert labels(figure) == [("lag (time units)", "mean log distance (nats)")]
    axes = figure.axes[0]
    size, curve, fitted, line, _ = axes.lines
    assert list(size.get_ydata()) == [0.0, 0.0]
    assert len(curve.get_xdata()) == 31
    for drawn in (fitted, line):
        np.testing.assert_allclose(drawn.get_ydata(), 0.9 * drawn.get_xdata() - 4)
        assert drawn.get_xdata()[[0, -1]].tolist() == [0.5, 2.0]
    assert legend_texts(axes) == [
        "fitted: 0.5 to 2 time units",
        r"Rosenstein: $\lambda_{\max}$ = 0.9 nats/time unit",
    ]


def test_saving_is_reproducible_png_at_200_dots_per_inch(tmp_path):
    import struct

    for name in ("one.png", "two.png"):
        figure = attractor_figure(rotation(2), rotation(2))
        assert isinstance(figure, Figure)
        save_figure(figure, tmp_path / name)
    content = (tmp_path / "one.png").read_bytes()
    assert content == (tmp_path / "two.png").read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", content[16:20]) == (1400,)


def test_no_global_state_is_touched():
    import subprocess
    import sys

    code = "import sys, rnnchaos.figures; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_writes_other_formats_is_not_imported_for_a_png():
    import subprocess
    import sys

    code = "import sys, rnnchaos.figures.saving; sys.exit('matplotlib.backends.backend_pdf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        (1, [("$x$$(t)$", "$x$$(t+1)$, in steps")]),
        (2, [("$x$", "$y$")]),
        (3, [("$x$", "$y$"), ("$x$", "$z$")]),
        (5, [("$x_{1}$", "$x_{2}$"), ("$x_{1}$", "$x_{3}$")]),
    ],
)
def test_cycles_are_marked_by_kind_and_stability(dimension, expected):
    cycles = [
        Marked(np.zeros((1, dimension)), stable=False),
        Marked(np.full((1, dimension), 0.1), stable=False),
        Marked(np.array([[-0.5], [0.5]]) * np.ones(dimension), stable=True),
        Marked(np.full((1, dimension), 50.0), stable=True),
    ]
    figure = cycles_figure(rotation(dimension), cycles)
    assert labels(figure) == expected
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["unstable fixed point", "stable cycle"]
    assert legend.get_title().get_text() == "1 further outside"
    low, high = figure.axes[0].get_xlim()
    assert low > -2
    assert high < 2


def test_cycles_figure_without_any(tmp_path):
    figure = cycles_figure(rotation(2), [], connected=False)
    assert figure.legends == []
    save_figure(figure, tmp_path / "cycles.png")


def test_what_falls_by_decades_has_a_logarithmic_axis():
    """Damping falls from 1 to 1e-8; alpha may touch 0, which has no logarithm."""
    steps = np.arange(100)
    figure = traces_figure({"damping": np.exp(-0.2 * steps), "alpha": np.linspace(0.0, 1.0, 100)})
    assert [axes.get_yscale() for axes in figure.axes] == ["log", "linear"]
