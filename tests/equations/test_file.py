"""Files of equations: what is read of them, and one line for each thing that does not fit."""

import time
from pathlib import Path

import pytest

from rnnchaos.equations import EquationsFile
from rnnchaos.equations.file import MOST_BYTES
from rnnchaos.errors import ConfigError
from rnnchaos.settings.build import instance
from rnnchaos.settings.read import read_dataset
from rnnchaos.systems import EquationsFlow, EquationsMap

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "equations").glob("*.yaml"))
JERK = """\
kind: flow
equations: {x: y, y: z, z: -a*z + y**2 - x}
parameters: {a: 2.017}
initial_state: {x: -1.0, y: 0.0, z: 1e-3}
dt: 1e-1
"""


@pytest.fixture
def written(tmp_path):
    def write(text, name="jerk.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_numbers_are_numbers_however_they_are_written(written):
    target, content = EquationsFile(written(JERK)).content()
    assert target == "rnnchaos.systems.EquationsFlow"
    assert content == {
        "name": "jerk",
        "equations": {"x": "y", "y": "z", "z": "-a*z + y**2 - x"},
        "parameters": {"a": 2.017},
        "initial_state": {"x": -1.0, "y": 0.0, "z": 1e-3},
        "dt": 0.1,
    }
    assert list(content["equations"]) == ["x", "y", "z"]


def test_the_command_line_goes_before_the_file(written):
    changed = EquationsFile(
        written(JERK + "substeps: 8\nname: mine\n"),
        {"a": "1e1/4"},
        {"z": 2},
        substeps=16,
        dt=0.05,
        tolerance=1e-6,
    )
    content = changed.content()[1]
    assert content["parameters"] == {"a": 2.5}
    assert content["initial_state"] == {"x": -1.0, "y": 0.0, "z": 2.0}
    assert (content["substeps"], content["dt"], content["tolerance"], content["name"]) == (
        16,
        0.05,
        1e-6,
        "mine",
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_of_the_docs_are_read(path):
    settings = read_dataset({"_target_": "rnnchaos.equations.EquationsFile", "path": str(path)})
    system = instance(settings.source, "dataset")
    assert isinstance(system, EquationsFlow | EquationsMap)
    assert system.label == path.stem
    # What is stored is read back to the same system, without the file.
    again = read_dataset({"_target_": settings.source.target, **settings.source.arguments})
    assert instance(again.source, "dataset") == system


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("y**2", "y^2", "equations.z = '-a*z + y^2 - x': a power is written **, at 'y^2'"),
        ("y**2", "q**2", "equations.z = '-a*z + q**2 - x': unknown name q"),
        ("y**2", "y.imag", "an attribute is not allowed, at 'y.imag'"),
        ("x: -1.0, ", "", "initial_state.x must be given: a number"),
        ("z: 1e-3", "z: 1e-3, w: 2", "initial_state.w has no equation"),
        ("1e-3", "abc", "initial_state.z must be a number, got 'abc': unknown name abc"),
        ("1e-3", ".inf", "initial_state.z must be a finite number, got inf"),
        ("1e-3", "1" + "0" * 400, "initial_state.z must be a finite number"),
        ("1e-3", "null", "initial_state.z must be a number, got null"),
        ("1e-3", "true", "initial_state.z must be a number, got True"),
        ("1e-3", "[1]", "is nested too deep"),
        ("a: 2.017", "a: 2.017, b: 1", "parameters.b stands in no equation"),
        ("a: 2.017", "b: 2.017", "unknown name a"),
        ("a: 2.017", "a: 2.017, x: 1", "parameters.x has the name of a variable"),
        ("a: 2.017", "a: 2.017, sin: 1", "parameters.sin: sin is a function; give it another name"),
        ("a: 2.017", "a: 2.017, t: 1", "parameters.t: t is the time; give it another name"),
        ("a: 2.017", "a: 2.017, pi: 3", "parameters.pi: pi is a constant; give it another name"),
        ("a: 2.017", "a: 2.017, lambda: 1", "parameters.lambda: lambda is a word of Python; call it lam"),
        ("a: 2.017", "a: 2.017, off: 1", "must be a name, got false; YAML needs quotes around such a word"),
        ("a: 2.017", "a: 2.017, 3: 1", "must be a name, got 3"),
        ("a: 2.017", "a: 2.017, a-b: 1", "must be a name of letters a-z, digits and _, got 'a-b'"),
        ("a: 2.017", "a: 2.017, a: 3", "a stands twice in it"),
        ("{a: 2.017}", "2", "parameters must give a number for each name, got 2"),
        ("kind: flow", "kind: flux", "kind must be flow or map, got 'flux'"),
        ("kind: flow", "{}", "is not YAML"),
        ("kind: flow\n", "", "kind must be flow or map, got null"),
        ("kind: flow", "kind: map", "dt is of flows alone"),
        ("dt: 1e-1\n", "", "dt must be given: time units per sampling step"),
        ("dt: 1e-1", "dt: fast", "dt must be a number, got 'fast'"),
        ("dt: 1e-1", "dt: 0.1\nsubsteps: 2.5", "substeps must be a whole number, got 2.5"),
        ("dt: 1e-1", "dt: 0.1\nsubstep: 2", "substep is not a key of equations; did you mean substeps?"),
        ("equations:", "equation:", "equation is not a key of equations; did you mean equations?"),
        (
            "{x: y, y: z, z: -a*z + y**2 - x}",
            "[y, z]",
            "equations must be given: a formula for each variable",
        ),
        ("{x: y, y: z, z: -a*z + y**2 - x}", "{}", "equations must have from 1 to 1000 entries, got 0"),
        ("x: y,", "x: null,", "equations.x must be a formula, got nothing"),
        ("x: y,", "x: &a y, w: *a,", "references (*name) are not read"),
        ("x: y,", "x: !!python/name:os.system y,", "is not YAML: could not determine a constructor"),
        ("x: y,", "x: {y: {z: 1}},", "is nested too deep"),
        ("kind: flow", "kind: flow\0", "is not YAML"),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(written, old, new, said):
    assert old in JERK
    path = written(JERK.replace(old, new, 1))
    with pytest.raises(ConfigError) as refused:
        EquationsFile(path).content()
    assert str(refused.value).startswith(f"{path}: ")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_the_command_line_changes_has_to_be_there(written):
    path = written(JERK)
    for changes, said in (
        ({"parameters": {"b": 1}}, "there is no parameters.b (parameters: a)"),
        ({"parameters": {"A": 1}}, "there is no parameters.A; did you mean a?"),
        ({"initial_state": {"w": 1}}, "there is no initial_state.w (initial_state: x, y, z)"),
        ({"parameters": {"a": "b"}}, "parameters.a must be a number, got 'b'"),
    ):
        with pytest.raises(ConfigError) as refused:
            EquationsFile(path, **changes).content()
        assert str(refused.value).startswith(f"{path}: {said}")


def test_what_is_no_file_of_equations(written, tmp_path):
    (tmp_path / "folder.yaml").mkdir()
    written(JERK)
    for path, said in (
        (tmp_path / "jerks.yaml", f"no such file; did you mean {tmp_path / 'jerk.yaml'}?"),
        (tmp_path / "folder.yaml", "no such file"),
        (tmp_path / "nowhere" / "jerk.yaml", "no such file"),
        (Path("/dev/zero"), "no such file"),
        (written(b"\xff\xff", "bytes.yaml"), "is not YAML"),
        (written("", "empty.yaml"), "must hold kind, equations and initial_state, got nothing"),
        (written("- 1\n- 2", "list.yaml"), "must hold kind, equations and initial_state, got [1, 2]"),
        (written("a: [", "open.yaml"), "is not YAML"),
    ):
        with pytest.raises(ConfigError) as refused:
            EquationsFile(path).content()
        assert str(refused.value).startswith(f"{path}: {said}")


@pytest.mark.parametrize(
    "text",
    [
        "a: " * MOST_BYTES,
        "[" * (MOST_BYTES - 1),
        "{a: " * 20_000,
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "kind: flow\nequations:\n" + "".join(f"  x{i}: x0\n" for i in range(6_000)),
        JERK.replace("y**2", "9**9**9**9"),
        JERK.replace("y**2", "(" * 9_000 + "y" + ")" * 9_000),
        JERK.replace("2.017", "9" * 90_000),
    ],
    ids=["large", "brackets", "braces", "aliases", "variables", "power", "parentheses", "digits"],
)
def test_hostile_files_are_refused_soon(written, text):
    path, started = written(text), time.process_time()
    with pytest.raises(ConfigError) as refused:
        EquationsFile(path).content()
    assert time.process_time() - started < 5  # PyYAML reads 100 kB in about a second
    assert len(str(refused.value)) < 400
