"""The command, in this process and with stand-in workflows."""

import json
import logging
import os
import sys
from typing import Any, NamedTuple

import pytest
import stand_in

from rnnchaos.cli import main


class Result(NamedTuple):
    exit_code: int
    out: str
    err: str

    def record(self) -> dict[str, Any]:
        """The one JSON object on stdout; anything beside it fails to parse."""
        return json.loads(self.out)


@pytest.fixture
def rnnchaos(tmp_path, monkeypatch, capsys):
    """`rnnchaos("train", "seed=3")` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name, workflow in stand_in.WORKFLOWS.items():
        monkeypatch.setitem(vars(stand_in.room_of(name)), name, workflow)
    monkeypatch.setattr(logging.root, "handlers", list(logging.root.handlers))  # --info adds one
    for name, value in os.environ.items():
        monkeypatch.setenv(name, value)  # the command sets some; they are put back after the test

    def run(*words: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["rnnchaos", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return Result(ended.value.code or 0, *capsys.readouterr())

    return run
