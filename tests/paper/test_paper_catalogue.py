"""Every figure has a preset with its sweep, and the other way round."""

import pytest
import yaml

from rnnchaos.errors import ConfigError
from rnnchaos.paper import published
from rnnchaos.paper.catalogue import FIGURES, PaperFigure, figure_named
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder

CONFIGS = ConfigFolders((builtin_folder(),))


def test_figures_and_presets_have_the_same_names():
    presets = {
        name.removeprefix("paper/") for name in CONFIGS.choices("experiment") if name.startswith("paper/")
    }
    assert presets == set(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_every_preset_sweeps_at_least_five_seeds(name):
    swept = {}
    for part in CONFIGS._parts(f"experiment/paper/{name}"):
        swept |= part.get("hydra", {}).get("sweeper", {}).get("params", {})
    assert swept["seed"] == "range(5)"
    assert len(swept) >= 2


@pytest.mark.parametrize(
    "name", [name for name, figure in FIGURES.items() if isinstance(figure, PaperFigure)]
)
def test_published_values_are_positive_and_of_one_sign_of_axis(name):
    for result in FIGURES[name].results:
        for values in result.published.values():
            assert values
            assert all(x > 0 and value.value > 0 for x, value in values.items())


def test_a_misspelt_figure_names_the_nearest():
    with pytest.raises(ConfigError, match=r"there is no figure 'lorenz_tua'; did you mean lorenz_tau\?"):
        figure_named("lorenz_tua")


def test_the_lorenz_figure_has_what_the_paper_shows():
    text = (builtin_folder() / "experiment" / "paper" / "lorenz_tau.yaml").read_text(encoding="utf-8")
    swept = yaml.safe_load(text)["hydra"]["sweeper"]["params"]
    assert swept["model"].split(",") == ["lstm", "rnn", "plrnn"]
    intervals = [int(tau) for tau in swept["protocol.tau"].split(",")]
    assert len(intervals) >= 9
    assert {5, 30, 100, 200} <= {*intervals} & {*published.LORENZ_D_STSP["LSTM"]}
