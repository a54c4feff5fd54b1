"""Two hundred slow clients, stalled readers and a flood of sign-ins beside people who work."""

import http.client
import re
import socket
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.waiting import LONG, wait_for

# What the server does with slow clients does not depend on the database: once is enough.

SLOW_CLIENTS = 200
SIGN_INS = 8


@pytest.fixture(scope="module")
def site(shared_installation):
    """A running site without a worker."""
    shared_installation.environment["REAL_PASSWORD_HASHERS"] = "1"
    shared_installation.start("serve", "--without-worker")
    wait_for(lambda: "Ctrl-C stops it" in shared_installation.log, why=lambda: shared_installation.log)
    return shared_installation


def ask(site, path, *, method="GET", body=None, headers=None):
    """Return status, headers and body of a response."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=LONG)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def slow(site, stack, sent):
    """Open a connection that sends some bytes and then nothing."""
    connection = stack.enter_context(socket.socket())
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.connect(("127.0.0.1", site.port))
    connection.sendall(sent)
    return connection


def is_open(connection):
    """Return whether the server has neither answered nor closed a connection."""
    connection.setblocking(False)
    try:
        connection.recv(1)
    except BlockingIOError:
        return True
    return False


def test_slow_clients_stop_nothing(site):
    page = ask(site, "/sign-in/")[2].decode()
    style = re.search(r'href="(/static/css/components[^"]+)"', page)[1]
    host = f"Host: 127.0.0.1:{site.port}\r\n"
    beginnings = [
        b"GET / HTT",
        f"GET / HTTP/1.1\r\n{host}X-Slow: ".encode(),
        f"POST /sign-in/ HTTP/1.1\r\n{host}Content-Length: 1000\r\n\r\nusername=".encode(),
        # Reads nothing of what it asks for.
        (f"GET {style} HTTP/1.1\r\n{host}\r\n" * 40).encode(),
    ]
    with ExitStack() as stack:
        connections = [slow(site, stack, beginnings[number % len(beginnings)]) for number in range(SLOW_CLIENTS)]

        assert [ask(site, path)[0] for path in ("/healthz/live/", "/sign-in/")] == [200, 200]
        # They were answered beside the slow clients, not once these had been turned away, as the first are by and by.
        unfinished = [connection for number, connection in enumerate(connections) if number % len(beginnings) < 3]
        assert all(is_open(connection) for connection in unfinished[-30:])


def test_sign_ins_do_not_delay_other_requests(site):
    def wrong_sign_in(number):
        _status, headers, body = ask(site, "/sign-in/")
        token = re.search(rb'csrfmiddlewaretoken" value="(\w+)"', body)[1].decode()
        form = {"csrfmiddlewaretoken": token, "username": f"name-{number}", "password": "wrong"}
        sent = {"Cookie": headers["Set-Cookie"].partition(";")[0], "Content-Type": "application/x-www-form-urlencoded"}
        return ask(site, "/sign-in/", method="POST", body=urllib.parse.urlencode(form), headers=sent)[0]

    with ThreadPoolExecutor(SIGN_INS) as pool:
        answers = [pool.submit(wrong_sign_in, number) for number in range(3 * SIGN_INS)]
        while not any(answer.done() for answer in answers):
            time.sleep(0.05)
        beside = [ask(site, "/api/schema/")[0] for _ in range(5)]
        still_busy = not all(answer.done() for answer in answers)

        assert {answer.result() for answer in answers} <= {200, 429}
    assert beside == [200] * 5
    assert still_busy, "the other requests were answered only after the sign-ins"


def test_large_bodies_of_strangers_are_not_read(site):
    for path in ("/", "/projects/news/documents/import/", "/api/v1/projects/news/imports/"):
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nContent-Length: {64 << 20}\r\n"
        head += "Content-Type: multipart/form-data; boundary=x\r\nExpect: 100-continue\r\n\r\n"
        with socket.create_connection(("127.0.0.1", site.port), timeout=LONG) as connection:
            connection.sendall(head.encode())
            first_line = connection.recv(64).decode().split("\r\n")[0]

        assert first_line.split()[1] in ("302", "401", "403", "413"), path


def test_large_upload_of_a_member_is_imported(site):
    token = site.scene("token_of_a_lead", "news")
    text = ("Ada said it rained.\n" * 250_000).encode()
    body = b"\r\n".join(
        [b"--x", b'Content-Disposition: form-data; name="files"; filename="a.txt"', b"", text, b"--x--", b""]
    )
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=x"}

    status, _headers, answer = ask(site, "/api/v1/projects/news/imports/", method="POST", body=body, headers=headers)

    assert (status, len(body) > 4 << 20) == (202, True), answer
