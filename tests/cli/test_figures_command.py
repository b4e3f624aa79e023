"""Figures on the command line: a file's name decides its format; what cannot be drawn is refused before the work."""

from pathlib import Path

import numpy as np
import pytest

from rnnchaos.runs import RunWriter, Status


@pytest.fixture
def run(rnnchaos):
    """A folder with one figure to draw; in the empty folder of the command."""
    writer = RunWriter.create(
        Path("outputs"), name="small", kind="train", config_text="seed: 0\n", provenance={"seed": 0}
    )
    with writer:
        writer.save_arrays("lyapunov", {"running": np.ones((10, 2)), "running_error": np.zeros((10, 2))})
        writer.finish(Status.FINISHED, {})
    return writer.path


def test_a_run_is_drawn_again(rnnchaos, run):
    result = rnnchaos("figures", str(run), "--json")
    assert result.exit_code == 0
    assert result.record()["files"] == ["small-v0001-figures/lyapunov.pdf"]
    assert Path("small-v0001-figures/lyapunov.pdf").read_bytes().startswith(b"%PDF-")
    two = rnnchaos("figures", str(run), "--format", "svg,png", "--width", "86mm", "--output", "here")
    assert two.out == "written to here: lyapunov.svg, lyapunov.png\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["figures", "{run}", "--format", "eps"],
            "--format must be png, pdf or svg, or several with commas between "
            "them, got 'eps'; did you mean pdf?",
        ),
        (
            ["figures", "{run}", "--width", "half"],
            "--width must be one or two (columns, of 3.4 and 7 inches), or a "
            "length such as 86mm or 3.4in, got 'half'",
        ),
        (["figures", "{run}", "--style", "none.mplstyle"], "--style: there is no file none.mplstyle"),
        (["figures", "{run}", "--dpi", "9"], "--dpi must be from 50 to 1200 dots per inch, got 9"),
        (
            ["figures", "{run}", "--only", "lyap"],
            "--only: there is no figure lyap here; did you mean lyapunov?",
        ),
        (["figures", "outputs"], "outputs is not a run folder; did you mean outputs/small/v0001?"),
        (["figure", "{run}"], "figure is not a command; did you mean rnnchaos figures?"),
        (["plot", "{run}"], "plot is not a command; did you mean rnnchaos figures?"),
        (
            ["systems", "henon", "--figure", "x.jpg"],
            "--figure must end in .png, .pdf or .svg, got x.jpg; did you mean png?",
        ),
        (["systems", "henon", "--figure", "x"], "--figure must end in .png, .pdf or .svg, got x"),
        (
            ["systems", "henon", "--figure", "no/x.pdf"],
            "--figure must lie in a folder that exists, got no/x.pdf",
        ),
        (
            ["systems", "henon", "--figure", "x.pdf", "--style", "papper"],
            "--style must be screen or paper, or a file "
            "that ends in .mplstyle, got papper; did you mean paper?",
        ),
        (
            ["sweep", "plot", "S", "--output", "x.gif"],
            "--output must end in .png, .pdf or .svg, got x.gif; did you mean png?",
        ),
    ],
)
def test_wrong_words(rnnchaos, run, words, said):
    result = rnnchaos(*(word.format(run=run) for word in words))
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == f"rnnchaos: error: {said}\n"
    assert [entry.name for entry in Path().iterdir()] == ["outputs"]
