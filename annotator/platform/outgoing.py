"""Requests to other servers: only to those that the operator named, without redirects, in bounded time and size.

Every request of the site to another HTTP server goes through here. The name of a server is resolved once, its addresses
are checked, and the connection is made to a checked address, so that a name cannot lead into the network of the site.
Proxies of the environment are not used.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from urllib.parse import urlsplit

import orjson

from annotator.platform.operations import AllowedServer

CONNECT_SECONDS = 10.0
USER_AGENT = "span-annotator"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswer(Exception):
    """Raised when a server could not be asked; `is_final` when asking again cannot help."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Line:
    """A line to a server for one request at a time; `close`, also from another thread, ends what is under way."""

    def __init__(self, server: AllowedServer) -> None:
        self._server = server
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._late = threading.Event()
        self.is_closed = False

    def post(self, path: str, payload: Mapping[str, object], *, seconds: float, most_bytes: int) -> Answer:
        """Send JSON and return the answer; raises `NoAnswer`. Time is that of the whole exchange."""
        late = self._late = threading.Event()

        def end() -> None:
            late.set()
            self._hang_up()

        clock = threading.Timer(seconds, end)
        clock.daemon = True
        clock.start()
        try:
            answer = self._exchange(path, orjson.dumps(payload), most_bytes)
            if late.is_set() or self.is_closed:  # What was read may be cut off.
                raise TimeoutError
            return answer
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = f"no answer within {seconds:.0f} seconds" if late.is_set() else _reason(error)
            raise NoAnswer(f"{self._server.host}: {reason}") from error
        finally:
            clock.cancel()
            self._hang_up()

    def close(self) -> None:
        """End what is under way, and take no more requests."""
        self.is_closed = True
        self._hang_up()

    def _exchange(self, path: str, body: bytes, most_bytes: int) -> Answer:
        parts = urlsplit(self._server.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        secure = parts.scheme == "https"
        connection = http.client.HTTPConnection(self._server.host, port)
        connection.default_port = 443 if secure else 80
        connection.sock = self._connected(_checked_addresses(self._server, port), port, secure=secure)
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": USER_AGENT,
                   "Connection": "close"}  # fmt: skip
        if self._server.key:
            headers["Authorization"] = f"Bearer {self._server.key}"
        with closing(connection):
            connection.request("POST", f"{parts.path.rstrip('/')}/{path}", body, headers)
            with connection.getresponse() as response:
                return self._read(response, most_bytes)

    def _read(self, response: http.client.HTTPResponse, most_bytes: int) -> Answer:
        if HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:
            raise NoAnswer(f"{self._server.host} redirects, which is not followed", is_final=True)
        content = response.read(most_bytes + 1)
        if len(content) > most_bytes:
            raise NoAnswer(f"{self._server.host}: the answer has more than {most_bytes:,} bytes")
        if response.length:
            raise OSError("the connection was cut")
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)

    def _connected(self, addresses: Sequence[Address], port: int, *, secure: bool) -> socket.socket:
        """Return a connection to the first of the addresses that accepts one."""
        for number, address in enumerate(addresses, 1):
            try:
                made = socket.create_connection((str(address), port), CONNECT_SECONDS)
                break
            except OSError:
                if number == len(addresses):
                    raise
        self._keep(made)
        if secure:
            made = _trusted().wrap_socket(made, server_hostname=self._server.host)
            self._keep(made)
        made.settimeout(None)  # the clock ends it
        return made

    def _keep(self, made: socket.socket) -> None:
        with self._lock:
            self._socket = made
        if self.is_closed or self._late.is_set():
            raise OSError("the line was closed")

    def _hang_up(self) -> None:
        with self._lock:
            kept, self._socket = self._socket, None
        if kept is not None:
            try:
                kept.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # The other side was first.
            finally:
                kept.close()


@cache
def _trusted() -> ssl.SSLContext:
    """Return the certificates of the system; reading them takes longer than a request."""
    return ssl.create_default_context()


def is_literal(host: str) -> bool:
    """Return whether a host is an IP address or this machine.

    >>> is_literal("127.0.0.1"), is_literal("localhost"), is_literal("example.org")
    (True, True, False)
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def fault_of_address(address: Address, *, private: bool, secure: bool) -> str:
    """Return why a server at an address is not asked; "" when it is.

    >>> fault_of_address(ipaddress.ip_address("169.254.169.254"), private=True, secure=True)
    '169.254.169.254 is not an address of a server'
    """
    plain = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = plain or address
    if address.is_multicast or address.is_unspecified or address.is_link_local:
        return f"{address} is not an address of a server"
    if address.is_global:
        return "" if secure else f"{address} is in a public network, and http:// is not encrypted"
    return "" if private else f"{address} is in a private network, which the operator did not allow"


def _checked_addresses(server: AllowedServer, port: int) -> Sequence[Address]:
    """Return the addresses of a server; raises `NoAnswer` when one of them is refused."""
    found = socket.getaddrinfo(server.host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    secure = server.url.startswith("https://")
    for address in addresses:
        if fault := fault_of_address(address, private=server.private or is_literal(server.host), secure=secure):
            raise NoAnswer(f"{server.host}: {fault}", is_final=True)
    return list(dict.fromkeys(addresses))


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not valid: {error.verify_message}"
    if isinstance(error, socket.gaierror):
        return "the name cannot be resolved"
    return str(error) or type(error).__name__
