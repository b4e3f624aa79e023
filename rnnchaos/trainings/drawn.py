"""What the windows of a training are drawn from: the series on the attractor, and what is beside it."""

from rnnchaos.data import Dataset, off_attractor_told, window_too_long
from rnnchaos.setting import SettingError
from rnnchaos.settings.schema import Settings
from rnnchaos.training import AbstractTrainer, Regression, TrainingSeries
from rnnchaos.typing import Tangents


def training_series(
    settings: Settings, dataset: Dataset, *, window: int, tangents: Tangents | None = None
) -> TrainingSeries:
    """All that is trained on, with the places of windows of `window` predicted steps."""
    share = settings.dataset.preparation.off_attractor_share
    return TrainingSeries.of(
        dataset.train,
        window=window,
        dtype=settings.precision,
        added=None if dataset.off_attractor is None else dataset.off_attractor.series,
        share=None if share == "auto" else share,
        tangents=tangents,
    )


def check_drawn(settings: Settings, dataset: Dataset, trainer: AbstractTrainer) -> None:
    """Raise SettingError where no window fits into a piece, or a share is asked of a fit to all points."""
    train, off, window = dataset.train, dataset.off_attractor, trainer.window
    if train.longest <= window:
        whole = f"the training series' {len(train)}"
        most = whole if len(train.lengths) == 1 else f"the longest piece's {train.longest} of {whole}"
        raise SettingError("training.window", f"be below {most} steps", window)
    wanted = settings.dataset.preparation
    if off is None:
        return
    if off.series.longest <= window:
        if wanted.off_attractor_orbits:
            raise window_too_long(wanted.off_attractor_steps, window)
        raise SettingError(
            "dataset.off_attractor_path",
            f"hold a piece of more than the window of {window} steps (training.window)",
            settings.dataset.source.arguments["off_attractor_path"],
            f"the longest has {off.series.longest}",
        )
    if isinstance(trainer, Regression) and wanted.off_attractor_share != "auto":
        must = "be auto for protocol=closed_form, which is fitted to all points alike"
        raise SettingError("dataset.off_attractor_share", must, wanted.off_attractor_share)


def drawn_in_words(settings: Settings, dataset: Dataset, trainer: AbstractTrainer) -> str:
    """A line or two on what is trained on from off the attractor; empty where there is nothing."""
    off, window = dataset.off_attractor, trainer.window
    if off is None:
        return ""
    if isinstance(trainer, Regression):
        points = len(off.series)
        share, of = points / (points + len(dataset.train)), "training points"
    else:
        found = training_series(settings, dataset, window=window).share
        assert found is not None  # a window fits, or the training was refused
        share, of = float(found), "training windows"
    return off_attractor_told(off, share=share, of=of, window=window)
