"""A mail server on the loopback address that speaks SMTP, for tests: it keeps what it accepts."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """A running server: its port, the messages it accepted by recipient, and the recipients that it refuses."""

    port: int = 0
    refused: set[str] = field(default_factory=set)
    messages: list[tuple[str, EmailMessage]] = field(default_factory=list)
    connections: int = 0

    def texts(self, recipient: str) -> list[str]:
        """Return the texts of the messages to a recipient."""
        return [message.get_content() for to, message in self.messages if to == recipient]


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    """Run a server on a free port."""
    mail = MailServer()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            mail.connections += 1
            recipients: list[str] = []
            self._say("220 test ESMTP")
            while line := self.rfile.readline():
                command, argument = line[:4].upper().strip(), line[4:].strip().decode()
                if command in (b"EHLO", b"HELO", b"MAIL", b"RSET", b"NOOP"):
                    recipients = recipients if command == b"NOOP" else []
                    self._say("250 ok")
                elif command == b"RCPT":
                    address = argument.partition("<")[2].partition(">")[0]
                    accepted = address not in mail.refused
                    recipients += [address] if accepted else []
                    self._say("250 ok" if accepted else "550 no such mailbox")
                elif command == b"DATA":
                    self._say("354 go on")
                    self._keep(recipients)
                    self._say("250 kept")
                elif command == b"QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("502 unknown command")

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def _keep(self, recipients: list[str]) -> None:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            message = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(message, EmailMessage)
            mail.messages += [(recipient, message) for recipient in recipients]

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Session) as server:
        mail.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield mail
        finally:
            server.shutdown()
            thread.join()
