"""A server of pages, asked by real requests; and lives of cells."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from rnnchaos.live.server import Server
from rnnchaos.live.view import View
from rnnchaos.runs import Status
from rnnchaos.sweeps.standing import Journal, of_cell

TOKEN = "the-token"


class Answer(NamedTuple):
    status: int
    text: str
    headers: http.client.HTTPMessage


class Served:
    """A server, and what it answers."""

    def __init__(self, server: Server) -> None:
        self.port = server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}/{TOKEN}/"

    def __call__(
        self, path: str = "", *, method: str = "GET", at: str = f"/{TOKEN}/", **headers: str
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, at + path, headers=named)
        found = connection.getresponse()
        answer = Answer(found.status, found.read().decode(), found.headers)
        connection.close()
        return answer


@contextmanager
def serving_of(view: View) -> Iterator[Served]:
    with Server(view, token=TOKEN) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Served(server)
        finally:
            server.shutdown()
            thread.join()


def line(step: int, loss: float = 0.5, *, attempt: int = 1, of: int = 400) -> dict[str, float]:
    norms = {"gradient_norm": 1.0, "gradient_norm_max": 2.0}
    return {"step": step, "attempt": attempt, "attempt_steps": of, "loss": loss, **norms}


def train(sweep, cell, begin, **summary):
    """A cell's whole life."""
    folder = sweep.folder(cell)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with begin(name="made", outputs=sweep.path.parents[2] / "made") as run:
        run.history.append(line(100))
        run.finish(Status.FINISHED, {"learned": "no", "sentence": "not learned", **summary})
    run.path.rename(folder)
    Journal(sweep.study).ended(cell, of_cell(folder))
