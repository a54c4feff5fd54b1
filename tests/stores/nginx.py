"""Debian's nginx with the configurations that we ship, for tests."""

import http.client
import os
import shutil
import ssl
import subprocess

from django.conf import settings

from tests.waiting import LONG, wait_for
from tools.services.processes import free_port

SAMPLE = settings.BASE_DIR / "docs/operators/proxies/nginx.conf"
CONTAINER = settings.BASE_DIR / "deploy/nginx.conf"
RULES = settings.BASE_DIR / "docs/operators/proxies/nginx-site.conf"
HOST = "annotate.example.org"
NGINX = os.environ.get("NGINX_PATH") or shutil.which("nginx") or "/usr/sbin/nginx"


def start_sample(tmp_path, site_port):
    """Start the sample configuration in front of a site, with its own certificate; return process and port."""
    port = free_port()
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={HOST}",
         "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True,
    )  # fmt: skip
    process = start_nginx(SAMPLE, tmp_path, {
        "127.0.0.1:8000": f"127.0.0.1:{site_port}",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        f"/etc/letsencrypt/live/{HOST}/fullchain.pem": str(certificate),
        f"/etc/letsencrypt/live/{HOST}/privkey.pem": str(key),
    })  # fmt: skip
    return process, port


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
