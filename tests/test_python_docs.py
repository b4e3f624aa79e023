"""The examples of docs/python.md and of the README run as they are written, but for the length of trainings."""

import re
from pathlib import Path

import pytest

import rnnchaos

ROOT = Path(rnnchaos.__file__).parents[1]


def examples(page: str) -> str:
    """The fenced Python of a page, in order."""
    return "\n".join(re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text("utf-8"), re.S | re.M))


@pytest.mark.slow  # each trains a network
@pytest.mark.parametrize("page", ["docs/python.md", "README.md"])
def test_examples_run(page, tmp_path, monkeypatch, capsys):
    train = rnnchaos.train

    def briefly(*words, **settings):
        return train("experiment=smoke", *words, **settings)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(rnnchaos, "train", briefly, raising=False)
    exec(compile(examples(page), page, "exec"), {})
    assert "Lyapunov exponents, nats per time unit" in capsys.readouterr().out
