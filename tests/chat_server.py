"""A server on the loopback address that speaks the OpenAI-compatible chat API, for tests: it answers by a script."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, str], bytes]


def said(content: Any, *, sent: int = 100, received: int = 20) -> Reply:
    """Return a reply whose message has this content: a string as it is, other values as JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    usage = {"prompt_tokens": sent, "completion_tokens": received}
    message = {"choices": [{"message": {"role": "assistant", "content": text}}], "usage": usage}
    return 200, {}, json.dumps(message).encode()


def error(status: int, message: str = "", **headers: str) -> Reply:
    """Return an error as the API gives it."""
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(
        {"error": {"message": message}}
    ).encode()  # fmt: skip


@dataclass
class ChatServer:
    """A running server: the requests that it got, with their headers, and what it replies to each."""

    reply: Callable[[dict[str, Any]], Reply]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    """Set when the test ends: a reply may wait for it."""


@contextmanager
def running_chat_server(reply: Callable[[dict[str, Any]], Reply]) -> Iterator[ChatServer]:
    """Run a server on a free port."""
    chat = ChatServer(reply)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            chat.paths.append(self.path)
            chat.headers.append({name.lower(): value for name, value in self.headers.items()})
            chat.requests.append(body)
            status, headers, content = chat.reply(body)
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(content)
            except ConnectionError:
                return  # The client has hung up.

        def log_message(self, *_arguments: object) -> None:
            """Print nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    server = Server(("127.0.0.1", 0), Handler)
    chat.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield chat
    finally:
        chat.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
