"""A sample of the check that every command refuses wrong and absurd words by one line."""

import importlib
from pathlib import Path


def test_wrong_and_absurd_words_are_refused(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "scripts"))
    said = []
    found = importlib.import_module("check_overrides").check(30, 7, said.append)
    assert not said, "\n".join(said)
    assert found["refused"] > 20
