"""The sample configuration of Caddy, run by Debian's Caddy; `CADDY_PATH` names another one of version 2.6."""

import socket
import ssl
import subprocess

import pytest
from django.conf import settings

from tests.stores.installation import Installation
from tests.stores.nginx import HOST, ask
from tests.waiting import LONG, wait_for
from tools.services.caddy import find_caddy
from tools.services.processes import free_port

pytestmark = pytest.mark.soak

SAMPLE = settings.BASE_DIR / "docs/operators/proxies/Caddyfile"


@pytest.fixture
def start_caddy(tmp_path):
    """Return a function that runs the sample in front of a port, with a certificate of its own; it returns its port."""
    path, started = find_caddy(), []

    def start(site_port):
        port = free_port()
        options = "\n".join(
            [
                "{",
                "admin off",
                "local_certs",
                "skip_install_trust",
                f"default_sni {HOST}",
                f"http_port {free_port()}",
                f"https_port {port}\n",
            ]
        )
        config = tmp_path / "Caddyfile"
        sample = SAMPLE.read_text()
        assert sample.count("127.0.0.1:8000") == 2
        config.write_text(sample.replace("127.0.0.1:8000", f"127.0.0.1:{site_port}").replace("{\n", options, 1))
        environment = {name: str(tmp_path / "caddy") for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
        log = tmp_path / "caddy.log"
        with log.open("wb") as output:
            started.append(
                subprocess.Popen([path, "run", "--config", str(config)], env=environment, stdout=output, stderr=output)
            )
        wait_for(lambda: _shakes_hands(port), why=log.read_text)
        return port

    yield start
    for process in started:
        process.terminate()
        process.wait(LONG)


def _shakes_hands(port):
    try:
        with connected(port):
            return True
    except OSError:
        return False


def connected(port):
    """Return an encrypted connection to a server with a certificate of its own."""
    return ssl._create_unverified_context().wrap_socket(
        socket.create_connection(("127.0.0.1", port), LONG), server_hostname=HOST
    )


@pytest.fixture
def site(tmp_path):
    """The site as an operator runs it behind a proxy."""
    installation = Installation(tmp_path / "var", on_sqlite=True)
    installation.environment |= {"PUBLIC_URL": f"https://{HOST}", "LOG_REQUESTS": "1"}
    installation.start("serve", "--without-worker")
    try:
        wait_for(lambda: "Ctrl-C stops it" in installation.log, why=lambda: installation.log)
        yield installation
    finally:
        installation.close()


def test_sample_serves_the_site_and_passes_on_no_forged_address(start_caddy, site):
    proxy = start_caddy(site.port)
    member = {"Authorization": f"Bearer {site.scene('token_of_a_lead', 'news')}"}
    status, headers, page = ask(proxy, "/sign-in/")

    assert (status, b'name="password"' in page) == (200, True)
    assert all("Secure" in cookie for cookie in headers.get_all("Set-Cookie"))
    assert ask(proxy, "/api/v1/projects/", headers=member)[0] == 200
    large = b"x" * (5 << 20)
    assert ask(proxy, "/api/v1/projects/", method="POST", body=large, headers=member)[0] == 413
    form = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n' + large + b"\r\n--x--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    uploaded = ask(proxy, "/api/v1/projects/news/imports/", method="POST", body=form, headers=member | kind)
    assert uploaded[0] == 202, uploaded

    token = page.decode().partition('csrfmiddlewaretoken" value="')[2].partition('"')[0]
    cookie = headers["Set-Cookie"].partition(";")[0]
    for number in range(6):
        status, _, _ = ask(
            proxy, "/sign-in/", method="POST", body=f"csrfmiddlewaretoken={token}&username=lena&password=wrong",
            headers={
                "X-Forwarded-For": f"203.0.113.{number}", "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": cookie, "Referer": f"https://{HOST}/sign-in/",
            },
        )  # fmt: skip
    assert status == 429


def test_half_sent_requests_wait_at_the_proxy(start_caddy):
    with socket.create_server(("127.0.0.1", 0)) as site:
        proxy = start_caddy(site.getsockname()[1])
        with connected(proxy) as client:
            client.sendall(f"POST /sign-in/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 8\r\n\r\nhalf".encode())
            site.settimeout(3)
            with pytest.raises(TimeoutError):
                site.accept()
            client.sendall(b"half")
            site.settimeout(LONG)
            served, _ = site.accept()
            with served:
                wait_for(lambda: served.recv(65_536).endswith(b"halfhalf"))
