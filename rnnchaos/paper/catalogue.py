"""The figures of arXiv:2110.07238 and those that go beyond it: which preset makes each, and what it is held against."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean
from rnnchaos.paper import published
from rnnchaos.paper.gradients import GradientsFigure
from rnnchaos.paper.published import NOTHING, Lines

MODEL, DATASET = "model", "dataset"


class Result(NamedTuple):
    """A number of every training that gets a panel and a column of the table."""

    column: str
    label: str
    """In the figure."""
    name: str
    """In the table."""
    published: Lines = NOTHING
    logarithmic: bool = False
    truth: str | None = None
    """Column of the value that the true system has."""
    shown: tuple[float, float] = (-0.25, 1.5)
    """Limits of the axis in units of that value: networks far from it differ in nothing that matters."""
    relative: bool = False
    """Whether what it is off by is said as a share of the truth."""


class PaperFigure(NamedTuple):
    """One figure, and the table beside it: the cells of the preset `experiment=paper/NAME`."""

    title: str
    results: tuple[Result, ...]
    x: str = "tau_steps"
    x_label: str = r"forcing interval $\tau$ (steps)"
    line: str = MODEL
    """The setting that tells the lines apart."""
    marks: Mapping[str, float] = MappingProxyType({})
    """Places on the axis that the paper marks, by name."""
    logarithmic_x: bool = True

    @property
    def data_sets(self) -> Literal["x", "line"] | None:
        """What tells data sets apart, each with a truth and floors of its own; None where all is one data set."""
        if self.x == DATASET:
            return "x"
        return "line" if self.line == DATASET else None


_LAMBDA = Result(
    "lambda_max", r"$\lambda_{\max}$ (nats per time unit)", "λ_max", truth="lambda_max_true", relative=True
)
_DIMENSION = Result(
    "kaplan_yorke_dimension",
    "Kaplan–Yorke dimension",
    "D_KY",
    truth="kaplan_yorke_dimension_true",
    shown=(0.85, 1.1),
)
# Of measured data no exponents are known: what is read off a series is an estimate, and held against nothing here.
_OF_MEASURED = tuple(result._replace(truth=None, relative=False) for result in (_LAMBDA, _DIMENSION))
_WASSERSTEIN = Result(
    "wasserstein", "sliced Wasserstein distance (s.d.)", "Wasserstein distance", logarithmic=True
)
_D_STSP_LABEL, _D_H_LABEL = r"$D_{\mathrm{stsp}}$ (nats)", r"$D_{\mathrm{H}}$"


def _d_stsp(values: Lines = NOTHING, column: str = "d_stsp_paper") -> Result:
    return Result(column, _D_STSP_LABEL, "D_stsp", values, logarithmic=True)


def _d_h(values: Lines = NOTHING) -> Result:
    return Result("d_h_paper", _D_H_LABEL, "D_H", values)


_BINNED, _GAUSSIAN = "d_stsp_paper", "d_stsp_gmm_paper"


def _against_tau(
    title: str,
    d_stsp: Lines,
    d_h: Lines,
    tau: float | None,
    *,
    form: str = _BINNED,
    more: tuple[Result, ...] = (_LAMBDA, _DIMENSION),
) -> PaperFigure:
    """A result of the paper's figure over τ, with what the paper does not show: `more`."""
    marks = {} if tau is None else {"published predictability time": tau}
    return PaperFigure(title, (_d_stsp(d_stsp, form), _d_h(d_h), _WASSERSTEIN, *more), marks=marks)


def _moved(by: str, line: str) -> PaperFigure:
    """What may move the best interval on the paper's Lorenz series; the lines are values of a setting."""
    return PaperFigure(
        f"Lorenz, ρ = 38, against τ {by}",
        (_d_stsp({"LSTM": published.LORENZ_D_STSP["LSTM"]}), _LAMBDA),
        line=line,
        marks={"published predictability time": 46.2},
    )


def _over_windows(data: str, column: str) -> PaperFigure:
    """Measured series under generalised forcing."""
    return PaperFigure(
        f"{data} under generalised forcing, against the window",
        (_d_stsp(column=column), _d_h(), _WASSERSTEIN, _OF_MEASURED[0]),
        x="window_steps",
        x_label="window (steps)",
    )


def _growths(where: str = "") -> PaperFigure:
    """What the rule tau = ln g / lambda_max is worth, by g, on several data sets."""
    return PaperFigure(
        f"How far errors may grow between two forcings{where}",
        (_d_stsp(), _WASSERSTEIN, _LAMBDA, _DIMENSION),
        x="training.error_growth",
        x_label=r"growth of errors between forcings $g$, $\tau = \ln g / \lambda_{\max}$",
        line=DATASET,
    )


def _side(title: str, values: Lines, x: str, x_label: str) -> PaperFigure:
    """A side experiment of the paper on its Lorenz series."""
    return PaperFigure(title, (_d_stsp(values), _LAMBDA), x=x, x_label=x_label)


_ALL_AXES = Result(
    "d_stsp_all_axes_paper",
    r"$D_{\mathrm{stsp}}$ on all three axes (nats)",
    "D_stsp on all axes",
    published.PARTIAL_D_STSP,
    logarithmic=True,
)
_ALL_AXES_MANY_STARTS = Result(
    "d_stsp_all_axes",
    r"$D_{\mathrm{stsp}}$ on all axes, many starts (nats)",
    "D_stsp on all axes, read off after many starts",
    logarithmic=True,
)

FIGURES: Mapping[str, PaperFigure | GradientsFigure] = {
    "gradients": GradientsFigure(
        "Gradients on a 2-cycle, a torus and Lorenz, and products of Jacobians over training",
        {"TwoCycle": "2-cycle", "Torus": "torus", "Lorenz63": "Lorenz, ρ = 38"},
        {"TwoCycle": published.CYCLE_STATE_GRADIENT, "Lorenz63": published.LORENZ_STATE_GRADIENT},
    ),
    "lorenz_tau": _against_tau(
        "Lorenz, ρ = 38, against τ", published.LORENZ_D_STSP, published.LORENZ_D_H, 46.2
    ),
    "lorenz28_tau": _against_tau("Lorenz, ρ = 28, against τ", NOTHING, NOTHING, None),
    "lorenz_partial_tau": _against_tau(
        "Lorenz, ρ = 38, of which y and z are seen, against τ",
        NOTHING,
        published.PARTIAL_D_H,
        46.2,
        more=(_ALL_AXES, _ALL_AXES_MANY_STARTS, _LAMBDA),
    ),
    "rossler_tau": _against_tau("Rössler against τ", published.ROSSLER_D_STSP, published.ROSSLER_D_H, 77.0),
    "duffing_tau": _against_tau("Duffing against τ", published.DUFFING_D_STSP, published.DUFFING_D_H, 39.3),
    "duffing_partial_tau": _against_tau(
        "Duffing against τ, the observed part of the state alone being forced",
        published.DUFFING_D_STSP,
        published.DUFFING_D_H,
        39.3,
    ),
    "mackey_glass_tau": _against_tau(
        "Mackey–Glass against τ", published.MACKEY_GLASS_D_STSP, published.MACKEY_GLASS_D_H, 82.2, form=_GAUSSIAN
    ),
    "temperature_tau": _against_tau(
        "Temperature against τ",
        published.TEMPERATURE_D_STSP,
        published.TEMPERATURE_D_H,
        43.3,
        more=_OF_MEASURED,
    ),
    "eeg_tau": _against_tau(
        "EEG against τ",
        published.EEG_D_STSP,
        published.EEG_D_H,
        40.8,
        form=_GAUSSIAN,
        more=_OF_MEASURED,
    ),
    "lorenz_budget": _moved("at several lengths of training", "training.num_steps"),
    "lorenz_learning_rate": _moved("at several learning rates", "optimizer.learning_rate"),
    "lorenz_noise": _moved("under noise of several strengths", "dataset.noise"),
    "error_growth": _growths(),
    "error_growth_partial": _growths(", the observed part of the state alone being forced"),
    "eeg_generalized": _over_windows("EEG", _GAUSSIAN),
    "temperature_generalized": _over_windows("Temperature", _BINNED),
    "generalized": PaperFigure(
        "Generalised forcing that adapts to the Jacobians",
        (_d_stsp(), _d_h(), _WASSERSTEIN, _LAMBDA, _DIMENSION),
        x=DATASET,
        x_label="",
    ),
    "clipping_norm": _side(
        "Free training, gradients clipped by norm", published.CLIPPED_BY_NORM, "optimizer.clip_norm", "largest norm"
    ),
    "clipping_value": _side(
        "Free training, gradients clipped by value", published.CLIPPED_BY_VALUE, "optimizer.clip_value", "largest entry"
    ),
    "windowing": _side("Windows from the state 0", published.WINDOWED, "window_steps", "window (steps)"),
    "truncated": _side(
        "Truncated backpropagation", published.TRUNCATED, "protocol.length", "steps that gradients reach back"
    ),
    "random_tau": _side("Random τ about 30 steps", published.RANDOM_TAU, "protocol.spread", "spread (steps)"),
    "annealed_tau": _side("τ annealed from 1", published.ANNEALED_TAU, "tau_steps", r"last $\tau$ (steps)"),
}  # fmt: skip


def figure_named(name: str) -> PaperFigure | GradientsFigure:
    """The figure of a name. Raises ConfigError for one that is not there, naming the nearest."""
    if name not in FIGURES:
        near = did_you_mean(name, list(FIGURES)) or f" (figures: {', '.join(FIGURES)})"
        raise ConfigError(f"there is no figure {name!r}{near}")
    return FIGURES[name]
