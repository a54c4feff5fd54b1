"""The sample configuration of nginx, in front of the real site."""

import http.client

import pytest

from tests.stores.nginx import CONTAINER, HOST, ask, start_nginx, start_sample
from tests.waiting import LONG, wait_for
from tools.services.processes import free_port

pytestmark = [pytest.mark.stores, pytest.mark.servers]


@pytest.fixture(scope="module")
def site(shared_installation):
    """The site as an operator runs it behind a proxy."""
    shared_installation.environment["PUBLIC_URL"] = f"https://{HOST}"
    shared_installation.start("serve", "--without-worker")
    wait_for(lambda: "Ctrl-C stops it" in shared_installation.log, why=lambda: shared_installation.log)
    return shared_installation


@pytest.fixture
def proxy(site, tmp_path):
    """The sample configuration in front of the site; yields its port."""
    process, port = start_sample(tmp_path, site.port)
    yield port
    process.terminate()
    process.wait(LONG)


def test_sample_configuration_serves_the_site(proxy, site):
    token = site.scene("token_of_a_lead", "news")
    member = {"Authorization": f"Bearer {token}"}
    status, headers, page = ask(proxy, "/sign-in/")

    assert (status, b'name="password"' in page) == (200, True)
    assert "max-age" in headers["Strict-Transport-Security"]
    assert all("Secure" in cookie for cookie in headers.get_all("Set-Cookie"))
    assert ask(proxy, "/api/v1/projects/", headers=member)[0] == 200
    assert ask(proxy, "/healthz/live/")[0] == 200
    large = b"x" * (5 << 20)
    assert ask(proxy, "/api/v1/projects/", method="POST", body=large, headers=member)[0] == 413
    form = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n' + large + b"\r\n--x--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    uploaded = ask(proxy, "/api/v1/projects/news/imports/", method="POST", body=form, headers=member | kind)
    assert uploaded[0] == 202, uploaded


def test_forged_addresses_do_not_reach_the_site(proxy, site):
    for number in range(6):
        _, headers, page = ask(proxy, "/sign-in/")
        token = page.decode().partition('csrfmiddlewaretoken" value="')[2].partition('"')[0]
        status, _, _ = ask(
            proxy, "/sign-in/", method="POST", body=f"csrfmiddlewaretoken={token}&username=lena&password=wrong",
            headers={
                "X-Forwarded-For": f"203.0.113.{number}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": headers["Set-Cookie"].partition(";")[0],
                "Referer": f"https://{HOST}/sign-in/",
            },
        )  # fmt: skip

    # Locked for the address of the proxy's client, although each request claimed to come from another one.
    assert status == 429


def test_proxy_of_the_containers_keeps_what_an_outer_proxy_says(site, tmp_path):
    port = free_port()
    process = start_nginx(
        CONTAINER, tmp_path, {"site:8000": f"127.0.0.1:{site.port}", "listen 8080;": f"listen 127.0.0.1:{port};"}
    )
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG)
    try:
        connection.request("GET", "/sign-in/", headers={"Host": HOST, "X-Forwarded-Proto": "https"})
        response = connection.getresponse()
        assert (response.status, "max-age" in response.headers["Strict-Transport-Security"]) == (200, True)
    finally:
        connection.close()
        process.terminate()
        process.wait(LONG)
