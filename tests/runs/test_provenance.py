"""Where a run comes from."""

import json
import shutil
import subprocess
import sys
from importlib import metadata

import numpy as np
import pytest

import rnnchaos
from rnnchaos.runs import collect_provenance, jsonfile, provenance


def test_it_tells_code_packages_machine_and_command(monkeypatch):
    monkeypatch.setenv("A_SECRET_TOKEN", "hunter2")
    monkeypatch.setattr(sys, "argv", ["rnnchaos", "train", "seed=7"])
    found = collect_provenance(seed=7, precision="float32")
    assert (found.seed, found.precision, found.command) == (7, "float32", ["rnnchaos", "train", "seed=7"])
    assert found.rnnchaos == rnnchaos.__version__
    assert found.packages["numpy"] == np.__version__
    assert found.python == ".".join(map(str, sys.version_info[:3]))
    assert found.x64 is True  # as the tests run
    assert found.device_count >= 1
    text = jsonfile.to_text(found._asdict())
    assert json.loads(text)["packages"]["jax"]
    assert "hunter2" not in text  # no dump of the environment


def test_packages_are_those_that_the_standard_library_finds():
    expected = {found.name: found.version for found in metadata.distributions()}
    assert collect_provenance(seed=0, precision="float64").packages == expected


def test_a_package_with_odd_metadata_is_named_as_the_standard_library_does(tmp_path, monkeypatch):
    (tmp_path / "Odd-1.egg-info").write_text("Metadata-Version: 1.0\nName: Odd\nVersion: 1\n", "utf-8")
    (odd,) = metadata.distributions(path=[str(tmp_path)])
    monkeypatch.setattr(provenance.metadata, "distributions", lambda: [odd])
    assert collect_provenance(seed=0, precision="float64").packages == {"Odd": "1"}


def test_a_launcher_can_give_its_own_command():
    assert collect_provenance(seed=0, precision="float64", command=["a", "b"]).command == ["a", "b"]


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_commit_and_whether_the_checkout_was_changed(tmp_path, monkeypatch):
    def git(*words: str) -> str:
        identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
        answer = subprocess.run(
            ["git", *identity, "-C", str(tmp_path), *words], capture_output=True, text=True, check=True
        )
        return answer.stdout.strip()

    package = tmp_path / "rnnchaos"
    package.mkdir()
    monkeypatch.setattr(provenance, "_PACKAGE_FOLDER", package)
    assert provenance._git() == (None, None)
    git("init", "-q")
    (package / "code.py").write_text("1\n")
    git("add", "."), git("commit", "-q", "-m", "first")
    assert provenance._git() == (git("rev-parse", "HEAD"), False)
    (package / "new.py").write_text("2\n")
    assert provenance._git() == (git("rev-parse", "HEAD"), True)
    monkeypatch.setattr(
        provenance, "_PACKAGE_FOLDER", package / "deeper"
    )  # installed inside someone's checkout
    assert provenance._git() == (None, None)
