"""A session ends in every web process when its user signs out."""

import http.client
import re
import urllib.parse

import pytest

from tests.waiting import LONG, wait_for

pytestmark = [pytest.mark.stores, pytest.mark.servers]

REQUESTS = 40
PASSWORD = "correct horse battery"


def test_signed_out_session_is_refused_by_all_processes(installation):
    installation.scene("token_of_a_lead", "news")
    installation.environment["WEB_PROCESSES"] = "2"
    installation.start("serve", "--without-worker")
    wait_for(lambda: "Ctrl-C stops it" in installation.log, why=lambda: installation.log)
    jar = {}

    def ask(path, form=None):
        """Send a request on a connection of its own, which either process may take."""
        connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=LONG)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = None if form is None else urllib.parse.urlencode(form)
        connection.request("GET" if form is None else "POST", path, body, headers)
        response = connection.getresponse()
        page = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            jar[name] = value
        connection.close()
        return response.status, page

    def form_token(page):
        return re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1]

    sign_in = {"username": "lena", "password": PASSWORD, "csrfmiddlewaretoken": form_token(ask("/sign-in/")[1])}
    assert ask("/sign-in/", sign_in)[0] == 302
    pages = [ask("/account/") for _ in range(REQUESTS)]
    assert {status for status, _ in pages} == {200}
    kept = dict(jar)
    assert ask("/sign-out/", {"csrfmiddlewaretoken": form_token(pages[-1][1])})[0] == 302
    jar.clear()
    jar.update(kept)

    assert {ask("/account/")[0] for _ in range(REQUESTS)} == {302}
