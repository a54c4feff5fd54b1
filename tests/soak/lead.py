"""A program of a lead, which uploads files, starts jobs and waits for them over the API."""

import http.client
import json

from tests.waiting import LONG, wait_for

BOUNDARY = "0123456789abcdef"
FINAL = ("done", "failed", "cancelled")


class Lead:
    """The program; a request that is not answered raises `OSError` or `http.client.HTTPException`."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token

    def ask(self, method, path, body=None, kind="application/json"):
        """Send a request; return the status and the JSON of the response."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=LONG)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": kind}
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        return response.status, json.loads(content) if content else None

    def upload(self, files, slug="news"):
        """Send files to be imported."""
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode() + data
            for name, data in files.items()
        ]
        body = b"\r\n".join([*parts, f"--{BOUNDARY}--\r\n".encode()])
        path = f"/api/v1/projects/{slug}/imports/"
        return self.ask("POST", path, body, f"multipart/form-data; boundary={BOUNDARY}")

    def ended(self, job):
        """Wait for the end of a job and return it."""

        def final():
            status, found = self.ask("GET", f"/api/v1/jobs/{job}/")
            return found if status == 200 and found["state"] in FINAL else None

        return wait_for(final)
