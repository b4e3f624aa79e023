"""Plugins that a test writes and names; what one test has named no other one sees."""

import sys

import pytest

from rnnchaos.plugins import VARIABLE, loading, offered


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.chdir(tmp_path)
    yield
    _forget()


@pytest.fixture
def forget():
    """As in a process that begins."""
    return _forget


def _forget() -> None:
    for cached in (loading.load, loading.load_installed, offered._choices):
        cached.cache_clear()
    for name in [name for name in sys.modules if name.startswith("rnnchaos_plugin_")]:
        del sys.modules[name]


@pytest.fixture
def plugin(monkeypatch, tmp_path):
    """`plugin("mine.py", text)`: a file in the working folder, and named."""

    def write(name: str, text: str):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        monkeypatch.setenv(VARIABLE, str(file), prepend=":")
        return file

    return write
