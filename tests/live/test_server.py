"""The server shows its pages to who has the token, on this machine, and nothing else to anybody."""

import contextlib
import re
import socket

import pytest
from served import TOKEN

from rnnchaos.live import server as serving
from rnnchaos.live.view import View


@pytest.fixture
def served(serve, begin):
    with begin() as run:
        run.log("secret words")
        yield serve(run.path)


@pytest.mark.parametrize(
    "at", ["/", "/x/", "/the-toke/", "/the-token2/", "/%74he-token%20/", "//", "/%C3%A9/", "/%FF/"]
)
def test_a_wrong_token_shows_nothing(served, at):
    answer = served(at=at)
    assert answer.status == 403
    assert answer.text == "The address has the wrong token: the terminal shows the right one.\n"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{}", "127.0.0.1.evil.example", "0.0.0.0:{}", "", "[::1]:{}"]
)
def test_a_name_that_leads_here_is_refused(served, host):
    answer = served(Host=host.format(served.port))
    assert answer.status == 421
    assert answer.text == "This server answers to 127.0.0.1 alone.\n"


def spoken(port, text):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(text.encode())
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def test_requests_that_no_browser_makes(served):
    host = f"Host: 127.0.0.1:{served.port}\r\n"
    assert " 421 " in spoken(served.port, f"GET /{TOKEN}/ HTTP/1.1\r\n\r\n")
    assert " 421 " in spoken(served.port, f"GET /{TOKEN}/ HTTP/1.1\r\n{host}Host: evil.example\r\n\r\n")
    assert spoken(served.port, "nonsense\r\n\r\n") == "Bad request syntax ('nonsense')\n"
    assert " 431 " in spoken(served.port, f"GET /{TOKEN}/ HTTP/1.1\r\n{host}" + "a: b\r\n" * 200 + "\r\n")
    assert " 414 " in spoken(served.port, f"GET /{TOKEN}/ HTTP/1.1\r\n{host}a: {'b' * 20_000}\r\n\r\n")
    assert served("x" * 5000).status == 414
    assert served("?" + "x" * 70_000).status == 414
    assert served().status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"])
def test_other_methods_are_refused(served, method):
    answer = served(method=method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert answer.text == "This server only shows pages: GET or HEAD.\n"


@pytest.mark.parametrize(
    "path",
    [
        *(
            "config.yaml/",
            "arrays/",
            "../",
            "../../",
            "..%2f..%2f/",
            "%2e%2e/",
            "//etc/passwd/",
            "demo/v0001/",
        ),
        *("%00/", "%ff/", "log.txt/", "latest/"),
    ],
)
def test_only_pages_are_served(served, path):
    answer = served(path)
    assert (answer.status, answer.text) == (404, "There is no such page.\n")


@pytest.mark.parametrize(
    "path",
    [
        "demo/",
        "demo/v0001/x/",
        "demo/v0002/",
        "demo/latest/",
        "../demo/v0001/",
        "away/v0001/",
        "demo/v0001/../",
    ],
)
def test_ways_out_of_a_folder_of_runs_are_none(serve, begin, tmp_path, path):
    with begin() as run, begin(outputs=tmp_path / "elsewhere"):
        outputs = run.path.parents[1]
        (outputs / "away").symlink_to(tmp_path / "elsewhere" / "demo")
        served = serve(outputs)
        assert served("demo/v0001/").status == 200
        assert served(path).status == 404
        assert "away/v0001/" not in served().text


def test_head_has_no_content(served):
    full, head = served(), served(method="HEAD")
    assert (head.status, head.text) == (200, "")
    assert head.headers["Content-Length"] == full.headers["Content-Length"] == str(len(full.text.encode()))


def test_the_page_is_let_do_what_it_needs_and_no_more(served):
    answer = served()
    policy = answer.headers["Content-Security-Policy"]
    inside = re.search('Content-Security-Policy" content="([^"]+)"', answer.text)[1].replace("&#39;", "'")
    assert policy == f"{inside}; frame-ancestors 'none'"
    assert "default-src 'none'; img-src data:; style-src 'sha256-" in policy
    assert "connect-src 'self'; " in policy
    assert "unsafe" not in policy
    headers = {
        name: answer.headers[name] for name in ("Cache-Control", "X-Content-Type-Options", "Referrer-Policy")
    }
    assert list(headers.values()) == ["no-store", "nosniff", "no-referrer"]
    assert answer.headers["Server"].strip() == "rnnchaos"


def test_the_same_page_is_not_sent_twice(served):
    tag = served().headers["ETag"]
    assert served(If_None_Match=tag).status == 304
    assert served(If_None_Match='"another"').status == 200


def test_an_address_without_its_slash_leads_to_the_one_with_it(served):
    answer = served(at=f"/{TOKEN}")
    assert (answer.status, answer.headers["Location"]) == (308, f"./{TOKEN}/")
    assert served(at="/nothing").status == 403


class Broken(View):
    def page(self):
        raise ZeroDivisionError("in a place of ours")

    def stamp(self):
        return 0


def test_what_goes_wrong_is_said_in_the_terminal_alone(serve, caplog):
    answer = serve(Broken())()
    assert (answer.status, answer.text) == (500, "This page could not be made; the terminal says why.\n")
    assert "a page could not be made: ZeroDivisionError: in a place of ours" in caplog.text


def test_so_many_at_once_and_no_more(serve, begin, monkeypatch):
    monkeypatch.setattr(serving, "_MOST_AT_ONCE", 2)
    with begin() as run:
        served = serve(run.path)
        idle = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(2)]
        with pytest.raises(OSError, match=r"closed|reset"):
            served()
        for each in idle:
            each.close()
        answer = None
        while answer is None:  # until the server has seen that they are gone
            with contextlib.suppress(OSError):
                answer = served()
        assert answer.status == 200
