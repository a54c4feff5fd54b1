"""A separate site to measure, in a temporary folder and on a free port."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.processes import Measurement, run_measured
from tools.services.processes import free_port, stop_group

LONGEST_START = 120.0
# Variables of the surrounding environment that the measured site must not use.
IGNORED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL")


@dataclass(frozen=True)
class Site:
    """A folder for data and a port; the site runs only inside `running`."""

    folder: Path
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address of the site."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its commands."""
        environment = {name: value for name, value in os.environ.items() if name not in IGNORED}
        return environment | {"VAR_DIR": str(self.folder / "var"), "PORT": str(self.port), **self.settings}

    def command(self, *arguments: str) -> Measurement:
        """Run one of the site's commands to its end and measure it."""
        return run_measured([sys.executable, "manage.py", *arguments], environment=self.environment)

    @contextmanager
    def running(self, *arguments: str) -> Iterator[tuple[int, float]]:
        """Start the site with a command such as `serve`; yield its process id and seconds to the first response."""
        with (self.folder / "serve.log").open("ab") as log:
            began = time.monotonic()
            process = subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            while not self._responds():
                if process.poll() is not None or time.monotonic() - began > LONGEST_START:
                    raise RuntimeError(f"The site did not start:\n{(self.folder / 'serve.log').read_text()}")
                time.sleep(0.02)
            yield process.pid, time.monotonic() - began
        finally:
            stop_group(process)

    def _responds(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz/live/", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:  # refused, or too busy to respond in time
            return False


@contextmanager
def new_site() -> Iterator[Site]:
    """Yield an empty site that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="annotator-bench-") as folder:
        yield Site(Path(folder), free_port())
