"""What is taken from a named file or module, and the one line that says why nothing is."""

import hashlib
import os
import sys

import pytest

from rnnchaos import plugins
from rnnchaos.errors import ConfigError
from rnnchaos.plugins import VARIABLE

FLOW = """\
import jax.numpy as jnp
from rnnchaos.systems import AbstractFlow, Lorenz63

class {name}(AbstractFlow):
    rate: float = 1.0
    dt: float = 0.1
    substeps: int = 1

    @property
    def dimension(self):
        return 1

    def initial_state(self):
        return jnp.ones(1)

    def {velocity}(self, state):
        return -self.rate * state
"""
CELL = """\
from rnnchaos.models import AbstractCell

class Mine(AbstractCell):
    hidden_size: int

    def __init__(self, {parameters}):
        self.hidden_size = 3

    def step(self, state):
        return state
"""


def flow(name: str = "MyFlow", velocity: str = "velocity") -> str:
    return FLOW.format(name=name, velocity=velocity)


def test_the_words_go_into_the_environment(tmp_path):
    words = ["train", "--plugin", "mine.py", "model=lstm", "--plugin=pkg.things", "--plugin", "mine.py"]
    assert plugins.take(words) == ["train", "model=lstm"]
    assert plugins.names() == (str(tmp_path / "mine.py"), "pkg.things")
    assert os.environ[VARIABLE] == f"{tmp_path}/mine.py{os.pathsep}pkg.things"
    assert plugins.take(["runs"]) == ["runs"]  # what the environment says stays
    assert plugins.names() == (str(tmp_path / "mine.py"), "pkg.things")


@pytest.mark.parametrize("words", [["train", "--plugin"], ["--plugin", "--json"], ["train", "--plugin="]])
def test_a_flag_that_names_nothing(words):
    with pytest.raises(ConfigError, match=r"--plugin needs a file or a module, as in --plugin my_things\.py"):
        plugins.take(words)


def test_the_classes_that_a_file_defines_are_choices(plugin):
    file = plugin("mine.py", flow() + "\nclass AbstractOne(AbstractFlow):\n    pass\n")
    (choice,) = plugins.choices(
        "dataset"
    ).values()  # neither Lorenz63, which it imports, nor what is abstract
    assert (choice.name, choice.target) == ("my_flow", "mine.MyFlow")
    member, origin = choice.load()
    assert member().rate == 1.0
    assert sys.modules[member.__module__].__file__ == str(file)
    assert origin == ("mine.py", str(file), hashlib.sha256(file.read_bytes()).hexdigest(), None)
    assert plugins.find("mine.MyFlow", "dataset") is member
    assert plugins.find("mine.MyFlow", "model") is None
    assert not (file.parent / "__pycache__").exists()


def test_a_module_and_a_package(forget, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / "a_package"
    package.mkdir()
    (package / "things.py").write_text(flow())
    (package / "__init__.py").write_text("from a_package.things import MyFlow\n")
    monkeypatch.setenv(VARIABLE, "a_package")
    (choice,) = plugins.choices("dataset").values()
    assert choice.target == "a_package.MyFlow"
    before = choice.load()[1].sha256
    (package / "things.py").write_text(flow() + "# changed\n")  # a part of the package counts
    forget()
    assert plugins.choices("dataset")["my_flow"].load()[1].sha256 != before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\ny = z\n", "line 2: NameError: name 'z' is not defined"),
        ("def f():\n    return g()\n\nf()\n", "line 2: NameError: name 'g' is not defined"),
        ("x = 1\nx = (\n", "line 2: SyntaxError: '\\(' was never closed"),
        ("import sys\nsys.exit('no')\n", "line 2: SystemExit: no"),
        ("import no_such_module\n", "line 1: ModuleNotFoundError: No module named 'no_such_module'"),
        ("x = 1\n", "no class in it derives from AbstractSystem, AbstractCell, AbstractProtocol"),
        (flow(velocity="speed"), "class MyFlow does not define velocity"),
        (CELL.format(parameters="rate, *, key"), "class Mine: the parameter rate has no annotation"),
        (CELL.format(parameters="**options: float"), r"class Mine: \*\*options: float names no setting"),
        (
            CELL.format(parameters="rate: 'Nowhere'"),
            "class Mine: an annotation cannot be read: name 'Nowhere'",
        ),
    ],
)
def test_what_does_not_do(plugin, text, said):
    plugin("mine.py", text)
    for _ in range(2):  # what has failed once fails again, with the same words
        with pytest.raises(ConfigError, match=f"^--plugin mine.py: {said}") as caught:
            plugins.load_named()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("my_thigns.py", r"my_thigns\.py: there is no such file; did you mean my_things\.py\?"),
        ("zzz.py", r"zzz\.py: there is no such file$"),
        ("my_things", r"my_things: there is no module my_things; did you mean --plugin my_things\.py\?"),
        ("rnnchaos.nothing", r"rnnchaos\.nothing: there is no module rnnchaos\.nothing$"),
    ],
)
def test_what_is_not_there(tmp_path, named, said):
    (tmp_path / "my_things.py").write_text("")
    plugins.take(["--plugin", named])
    with pytest.raises(ConfigError, match=f"^--plugin {said}"):
        plugins.load_named()


def test_a_choice_is_offered_once(plugin):
    plugin("mine.py", flow())
    plugin("yours.py", flow())
    with pytest.raises(
        ConfigError, match=r"^dataset=my_flow is offered twice, by yours\.py and by mine\.py$"
    ):
        plugins.choices("dataset")


def test_a_plugin_is_known_by_its_name(plugin):
    file = plugin("mine.py", flow())
    plugins.load_named()
    plugin("elsewhere/mine.py", flow("Other"))
    with pytest.raises(ConfigError, match=f"{file} has the same name; rename one of them"):
        plugins.load_named()


def test_a_class_may_name_its_choice(plugin):
    plugin(
        "mine.py",
        "from typing import ClassVar\n" + flow().replace("rate:", 'name: ClassVar[str] = "jerk"\n    rate:'),
    )
    assert list(plugins.choices("dataset")) == ["jerk"]


@pytest.mark.parametrize(
    ("name", "choice"),
    [("MyFlow", "my_flow"), ("Lorenz84b", "lorenz84b"), ("GRUCell2D", "gru_cell2_d"), ("A", "a")],
)
def test_snake_case(name, choice):
    assert plugins.choice_name(type(name, (), {})) == choice


def distribution(folder, entry_points: str):
    """What pip leaves of an installed distribution."""
    info = folder / "a_dist-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: a-dist\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(entry_points)


def test_an_installed_class_is_imported_when_it_is_used(tmp_path, monkeypatch):
    distribution(
        tmp_path, "[rnnchaos.dataset]\njerk = installed_things:MyFlow\nbad = installed_things:nothing\n"
    )
    (tmp_path / "installed_things.py").write_text(flow())
    monkeypatch.syspath_prepend(tmp_path)
    assert sorted(plugins.choices("dataset")) == ["bad", "jerk"]
    assert "installed_things" not in sys.modules
    member = plugins.find("installed_things.MyFlow", "dataset")
    assert member is not None
    assert member.__name__ == "MyFlow"
    assert plugins.choices("dataset")["jerk"].load()[1][::3] == ("a-dist", "1.2")
    said = "^the installed a-dist 1.2: installed_things:nothing: AttributeError: module 'installed_things' has no"
    with pytest.raises(ConfigError, match=said):
        plugins.find("installed_things.nothing", "dataset")
