"""Formats, widths, styles and names: what a journal asks of a figure."""

import re
import struct
import zlib
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.figures import Trainings, save_figure, sweep_figure, system_figure
from rnnchaos.figures.formats import formats_of
from rnnchaos.figures.look import Look, look_of, using
from rnnchaos.figures.names import in_print
from rnnchaos.figures.orbits import smooth

ORBIT = np.stack(
    [np.sin(0.1 * np.arange(300)), np.cos(0.13 * np.arange(300)), np.sin(0.07 * np.arange(300))], 1
)
MAGIC = {"png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-", "svg": b"<?xml"}


def saved(folder, kind, look=None, name="figure"):
    with using(look or Look()):
        figure = system_figure(ORBIT, axis_names=["x", "p_x", "heart rate"])
        save_figure(figure, folder / f"{name}.{kind}")
    return (folder / f"{name}.{kind}").read_bytes()


def streams(pdf):
    """The parts of a PDF, unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return [zlib.decompress(each) if each[:1] == b"x" else each for each in packed]


@pytest.mark.parametrize("kind", MAGIC)
def test_the_suffix_decides_and_equal_figures_are_equal_bytes(kind, tmp_path):
    one, two = (saved(tmp_path, kind, name=name) for name in ("one", "two"))
    assert one.startswith(MAGIC[kind])
    assert one == two
    assert b"CreationDate" not in one
    assert b"<dc:date>" not in one
    assert matplotlib.__version__.encode() not in one


def test_pdf_has_its_fonts_in_it_as_truetype(tmp_path):
    pdf = saved(tmp_path, "pdf", look_of(style="paper"))
    assert b"/FontFile2" in pdf
    assert b"/CIDFontType2" in pdf or b"/TrueType" in pdf
    assert b"/Type3" not in pdf
    assert b"STIX" in pdf


def test_svg_has_text_as_text(tmp_path):
    svg = saved(tmp_path, "svg").decode()
    assert re.search(r"<text[^>]*>\s*heart rate\s*</text>", svg)
    assert ">p<" in svg


@pytest.mark.parametrize(
    ("word", "inches"),
    [("one", 3.4), ("two", 7.0), ("86mm", 86 / 25.4), ("8.6cm", 8.6 / 2.54), ("3.5in", 3.5), ("5", 5)],
)
def test_widths(word, inches, tmp_path):
    look = look_of(width=word, dpi=100)
    content = saved(tmp_path, "png", look)
    width, height = struct.unpack(">II", content[16:24])
    assert width == int(100 * inches)
    # Two planes stand beside each other on a page, and under each other in a column.
    assert height == (600 if inches < 5 else 300)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"width": "three"},
            "--width must be one or two (columns, of 3.4 and 7 inches), or a length such as 86mm or ",
        ),
        ({"width": "86"}, "--width must be from 2 to 20 inches (51 to 508 mm), got 86; 86mm are millimetres"),
        ({"width": "1in"}, "--width must be from 2 to 20 inches (51 to 508 mm), got 1in"),
        (
            {"style": "papper"},
            "--style must be screen or paper, or a file that ends in .mplstyle, got papper; did you "
            "mean paper?",
        ),
        ({"style": "mine.mplstyle"}, "--style: there is no file mine.mplstyle"),
        ({"dpi": 5}, "--dpi must be from 50 to 1200 dots per inch, got 5"),
    ],
)
def test_words_that_are_no_look(asked, said):
    with pytest.raises(ConfigError) as refused:
        look_of(**asked)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lines.linewidht: 2\n", "lines.linewidht"),
        ("font.size: big\n", "font.size: big"),
        ("nothing\n", "Missing colon"),
    ],
)
def test_a_style_file_with_a_mistake_is_refused(text, said, tmp_path):
    file = tmp_path / "own.mplstyle"
    file.write_text(text)
    with pytest.raises(ConfigError, match=re.escape(said)) as refused:
        look_of(style=str(file))
    assert str(refused.value).startswith(f"--style: {file}: ")
    assert "\n" not in str(refused.value)


def test_a_style_file_of_ones_own(tmp_path):
    file = tmp_path / "own.mplstyle"
    file.write_text("font.size: 12\nlines.linewidth: 2.4\naxes.spines.top: True\nbackend: TkAgg\n")
    before, plain = dict(matplotlib.rcParams), system_figure(ORBIT)
    with using(look_of(style=str(file))):
        figure = system_figure(ORBIT)
    assert figure.axes[0].xaxis.label.get_fontsize() == 12
    assert figure.axes[0].spines["top"].get_visible()
    assert figure.axes[0].lines[0].get_linewidth() == 2 * plain.axes[0].lines[0].get_linewidth()
    assert dict(matplotlib.rcParams) == before


def test_settings_of_the_machine_change_nothing(tmp_path):
    own = saved(tmp_path, "png")
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "red"}):
        assert saved(tmp_path, "png") == own


@pytest.mark.parametrize("name", ["x.jpg", "x", "x.PDFX"])
def test_other_suffixes_are_refused_with_the_list(name, tmp_path):
    said = f"a figure must end in .png, .pdf or .svg, got {tmp_path / name}"
    with pytest.raises(ConfigError) as refused:
        save_figure(system_figure(ORBIT), tmp_path / name)
    assert str(refused.value) == said + ("; did you mean png?" if name.endswith("jpg") else "")
    assert not (tmp_path / name).exists()


def test_formats_are_read_from_a_word():
    assert formats_of("pdf,svg, PDF") == ("pdf", "svg")
    with pytest.raises(
        ConfigError, match=r"^--format must be png, pdf or svg, .*, got 'pdf,eps'; did you mean pdf\?$"
    ):
        formats_of("pdf,eps")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("x", "$x$"),
        ("x_12", "$x_{12}$"),
        ("p_x", "$p_{x}$"),
        ("cos θ_1", "cos $θ_{1}$"),
        ("θ_1'", "$θ_{1}'$"),
        ("heart rate", "heart rate"),
        ("cost in $", r"cost in \$"),
        ("two\nlines", r"two\nlines"),
    ],
)
def test_names_in_print(name, label):
    assert in_print(name) == label


def test_a_coarse_curve_is_drawn_smoothly_and_through_its_points():
    angle = np.arange(40) * 0.9  # seven points a turn
    circle = np.stack([np.cos(angle), np.sin(angle)], 1)
    curve = smooth(circle)
    assert len(curve) > 200
    # Of the chords' middles, cos 0.45 = 0.900 from the centre, the worst is a polygon; the spline is within 2 %.
    assert abs(np.linalg.norm(curve[10:-10], axis=1) - 1).max() < 0.02
    np.testing.assert_allclose(curve[:: (len(curve) - 1) // 39], circle, atol=1e-12)
    fine = np.stack([np.cos(angle / 20), np.sin(angle / 20)], 1)
    assert smooth(fine) is not None
    assert len(smooth(fine)) == len(fine)


def test_gaps_of_a_curve_stay_gaps():
    angle = np.arange(40) * 0.9
    circle = np.stack([np.cos(angle), np.sin(angle)], 1)
    circle[20] = np.nan
    assert np.isnan(smooth(circle)).any(axis=1).sum() == 1


def test_counts_of_near_places_stand_in_rows():
    x = np.array([1.0, 1.02, 1.04, 10.0])
    figure = sweep_figure(
        [Trainings(None, np.append(x, [1.0, 10.0]), np.array([np.nan] * 4 + [1.0, 2.0]))],
        x_label="x",
        y_label="y",
        verticals={},
        logarithmic=(True, False),
    )
    rows = [text.xyann[1] for text in figure.axes[0].texts]
    assert len(set(rows[:3])) == 3
    assert rows[3] == rows[0]


def test_panels_have_letters_where_there_are_several():
    figure = system_figure(ORBIT)
    letters = [
        [text.get_text() for text in axes.texts if text.get_gid() == "panel letter"] for axes in figure.axes
    ]
    assert letters == [["a"], ["b"]]
    assert len(system_figure(ORBIT[:, :2]).axes[0].texts) == 0


def test_the_styles_are_in_the_package():
    import rnnchaos.figures.look as look

    assert sorted(file.stem for file in (Path(look.__file__).parent / "styles").glob("*.mplstyle")) == [
        "paper",
        "screen",
    ]
