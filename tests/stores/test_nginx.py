"""The sample configuration of nginx, in front of the real site."""

import http.client
import os
import shutil
import ssl
import subprocess

import pytest
from django.conf import settings

from tests.stores.installation import free_port
from tests.waiting import LONG, wait_for

pytestmark = pytest.mark.stores

SAMPLE = settings.BASE_DIR / "docs/operators/proxies/nginx.conf"
CONTAINER = settings.BASE_DIR / "deploy/nginx.conf"
RULES = settings.BASE_DIR / "docs/operators/proxies/nginx-site.conf"
HOST = "annotate.example.org"
NGINX = os.environ.get("NGINX_PATH") or shutil.which("nginx") or "/usr/sbin/nginx"


@pytest.fixture
def site(installation):
    """The site as an operator runs it behind a proxy."""
    installation.environment["PUBLIC_URL"] = f"https://{HOST}"
    installation.start("serve", "--without-worker")
    wait_for(lambda: "Ctrl-C stops it" in installation.log, why=lambda: installation.log)
    return installation


@pytest.fixture
def proxy(site, tmp_path):
    """The sample configuration, with ports and a certificate of its own; yields its port."""
    port = free_port()
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={HOST}",
         "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True,
    )  # fmt: skip
    process = start_nginx(SAMPLE, tmp_path, {
        "127.0.0.1:8000": f"127.0.0.1:{site.port}",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        f"/etc/letsencrypt/live/{HOST}/fullchain.pem": str(certificate),
        f"/etc/letsencrypt/live/{HOST}/privkey.pem": str(key),
    })  # fmt: skip
    yield port
    process.terminate()
    process.wait(LONG)


def start_nginx(sample, tmp_path, replaced):
    """Start nginx with a configuration in which addresses and paths are replaced; return its process."""
    server = sample.read_text()
    for given, own in {**replaced, "/etc/nginx/annotator-site.conf": str(RULES)}.items():
        assert given in server
        server = server.replace(given, own)
    paths = "".join(
        f"{name}_temp_path {tmp_path}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = tmp_path / "nginx.conf"
    config.write_text(
        f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; {'user root;' if os.geteuid() == 0 else ''}"
        f"events {{}} http {{ access_log off; {paths} {server} }}"
    )
    process = subprocess.Popen([NGINX, "-c", str(config), "-p", str(tmp_path)])
    wait_for((tmp_path / "pid").exists, why=(tmp_path / "error.log").read_text)
    return process


def ask(port, path, *, method="GET", body=None, headers=None):
    """Return status, headers and body of a request over HTTPS."""
    trusting = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=LONG, context=trusting)
    connection.request(method, path, body, {"Host": HOST} | (headers or {}))
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, response.headers, content


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
