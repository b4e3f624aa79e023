"""How long work takes at least: said where it is long, refused where it never ends."""

import pytest

from rnnchaos.duration import Work, in_time, require_end
from rnnchaos.setting import SettingError

DAY = 24 * 3600
VALUES = {"dataset.substeps": 8, "dataset.transient": 10**9, "training.num_steps": 5}


def works(days):
    return [Work("the training", 5 * DAY, ("training",)), Work("the data", (days - 5) * DAY, ("dataset",))]


def test_what_never_ends_names_what_it_would_take_and_the_setting_to_blame():
    with pytest.raises(SettingError) as caught:
        require_end(works(3 * 365), VALUES, usual={"dataset.substeps": 2, "dataset.transient": 10_000})
    assert str(caught.value) == (
        "dataset.transient must let the work end within 30 days, got 1000000000; this takes at least about 3.0 years; "
        "the longest part is the data, 3.0 years"
    )


def test_what_takes_hours_is_said_and_what_is_short_is_not():
    assert require_end(works(10), VALUES, usual={}) == (
        "this takes at least about 10 days; the longest part is the training, 5.0 days"
    )
    assert require_end([Work("the data", 3599, ("dataset",))], VALUES, usual={}) is None
    assert require_end([], VALUES, usual={}) is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(3600, "1.0 h"), (15 * 3600, "15 h"), (230 * DAY, "230 days"), (1e15, "3.2e+07 years")],
)
def test_times_are_said_in_words(seconds, said):
    assert in_time(seconds) == said
