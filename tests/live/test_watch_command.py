"""rnnchaos watch as a user types it."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from rnnchaos.console import Console
from rnnchaos.errors import ConfigError
from rnnchaos.live import watching
from rnnchaos.runs import Status

COMMAND = [sys.executable, "-c", "from rnnchaos.cli import main; main()", "watch"]


def test_it_serves_until_it_is_interrupted(begin, tmp_path):
    with begin() as run:
        run.finish(Status.FINISHED, {})
    words = [*COMMAND, "outputs/demo/latest", "--no-open"]
    with subprocess.Popen(
        words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        first, second = process.stdout.readline(), process.stdout.readline()
        assert second == "for this machine alone; Ctrl-C ends\n"
        address = re.fullmatch(r"outputs/demo/latest: (http://127\.0\.0\.1:\d+/[\w-]{32}/)\n", first)[1]
        with urllib.request.urlopen(address) as page:
            assert "demo v0001" in page.read().decode()
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert rest == "stopped watching; what is trained goes on\n"


def test_a_port_in_use_is_one_line(begin, capsys):
    with begin() as run, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            ConfigError, match=f"^--port {port} is in use; without --port any free one is taken$"
        ):
            watching.watch(run.path, port=port, show=False, console=Console())


def test_jax_is_not_needed(begin):
    code = (
        "import sys; from pathlib import Path; from rnnchaos.live.views import view_of; "
        "import rnnchaos.live.watching; view_of(Path(sys.argv[1])).page(); "
        "print({'jax', 'hydra', 'matplotlib'} & set(sys.modules))"
    )
    with begin() as run:
        for folder in (run.path, run.path.parents[1]):
            found = subprocess.run(
                [sys.executable, "-c", code, folder], capture_output=True, text=True, check=True
            )
            assert found.stdout == "set()\n"


def test_the_address_is_in_no_command_line(monkeypatch):
    """Other users of a machine can read the command lines of all processes."""
    seen = []
    monkeypatch.setattr(watching.webbrowser, "open", lambda address: seen.append((address, _read(address))))
    with watching._shown("http://127.0.0.1:1/secret/", wanted=True):
        while not seen:
            pass
        file = Path(seen[0][0].removeprefix("file://"))
        assert os.stat(file.parent).st_mode & 0o077 == 0
    ((address, text),) = seen
    assert "secret" not in address
    assert 'content="0; url=http://127.0.0.1:1/secret/"' in text
    assert not file.exists()


def _read(address):
    return Path(address.removeprefix("file://")).read_text()
