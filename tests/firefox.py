"""One page of a real Firefox, for tests and benchmarks."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from tests.waiting import LONG
from tools.services.firefox import driver_command, find_firefox
from tools.services.processes import stop_group


@dataclass
class Firefox:
    """A page and the process that drives it; every call waits until it ends and raises `RuntimeError` on failure."""

    process: subprocess.Popen[str]

    def call(self, name: str, *arguments: object) -> Any:
        """Call a function of the driver `tools/javascript/firefox.js` by name."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"name": name, "arguments": arguments}) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> Any:
        """Return the answer in the next line of the driver."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("Firefox or its driver has ended.")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"Firefox: {answer['error']}")
        return answer["value"]

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page, as text, since the protocol drops repeated objects."""
        return json.loads(self.call("evaluate", f"JSON.stringify(({expression}) ?? null)"))

    def press(self, *keys: str) -> None:
        """Press keys such as "1" or "Control+z" one after the other."""
        for key in keys:
            self.call("press", key)

    def wait_until(self, expression: str) -> None:
        """Wait until an expression is true in the page; raise `RuntimeError` when it stays false."""
        deadline = time.monotonic() + LONG
        while not self.evaluate(expression):
            if time.monotonic() > deadline:
                raise RuntimeError(f"Firefox: the expression stayed false: {expression}")
            time.sleep(0.02)


@contextmanager
def running_firefox() -> Iterator[Firefox]:
    """Yield an empty page of a new Firefox with a new profile; close it afterwards."""
    with tempfile.TemporaryDirectory(prefix="annotator-firefox-") as home:
        process = subprocess.Popen(
            driver_command(find_firefox()),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"HOME": home, "TMPDIR": home},
            start_new_session=True,
        )
        firefox = Firefox(process)
        try:
            firefox.answer()
            yield firefox
        finally:
            assert process.stdin
            assert process.stdout
            process.stdin.close()
            with suppress(subprocess.TimeoutExpired):  # ended below
                process.wait(LONG)
            stop_group(process)
            process.stdout.close()
