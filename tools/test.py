"""Run all the tests: `make test`.

Python tests on SQLite, JavaScript tests in Node, browser tests in Chromium, the core of the editor in Firefox, and what
touches database and broker again on a real PostgreSQL and a real Redis. Services are started while the first tests
run. Short parts, which mostly wait or use one processor, run beside the others and print their output when they end. A
missing service is a failure that names it; so is a skipped test. The last line adds everything up.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tools.services.environments import runtime_python
from tools.services.processes import Process, start_group, stop_group
from tools.services.provision import Services
from tools.test_reports import Outcome, read_report

# A test must not depend on the settings of this machine. Without compiled modules, each of the hundreds of processes
# that the tests start compiles 600 modules again.
SETTINGS = (
    "PYTHONDONTWRITEBYTECODE",
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "PUBLIC_URL",
    "PORT",
    "VAR_DIR",
    "SQLITE_SYNC",
    "MAX_UPLOAD_BYTES",
    "BACKUP_DIR",
)
NEEDS = {
    "python": (),
    "javascript": (),
    "browser": ("chromium", "dejavu"),
    "layout": ("chromium", "noto"),
    "firefox": ("firefox", "dejavu"),
    "stores": ("postgresql", "redis", "nginx", "stores"),
    "consumers": ("consumers",),
    "soak": ("chromium", "dejavu", "nginx", "caddy"),
    "properties": (),
}


# The environment variables that name the services to the tests.
VARIABLES = {
    "chromium": "CHROMIUM_PATH",
    "firefox": "FIREFOX_PATH",
    "dejavu": "FONTCONFIG_FILE",
    "noto": "FONTCONFIG_FILE",
    "postgresql": "DATABASE_URL",
    "redis": "REDIS_URL",
    "nginx": "NGINX_PATH",
    "caddy": "CADDY_PATH",
}
# Tests that wait for pages and processes: one worker more than processors, modules in the order of tests/conftest.py.
BY_MODULE = ("-n", "3", "--dist", "loadscope", "--no-loadscope-reorder")


class Interrupted(Exception):
    """Raised when a signal stops the tests; holds its name."""


@dataclass
class Run:
    """One run of the tests: its folder, the arguments for pytest, and the services."""

    scratch: Path
    arguments: Sequence[str]
    services: Services
    provisioning: threading.Thread
    running: list[Process] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: bool = False

    def part(self, name: str, *, beside: bool = False) -> Outcome:
        """Run one part and return its outcome; beside another one, print its output only at its end."""
        if NEEDS[name]:
            self.provisioning.join()
        missing = [self.services.missing[need] for need in NEEDS[name] if need in self.services.missing]
        if missing:
            return Outcome.missing(name, missing)
        began, report = time.monotonic(), self.scratch / f"{name}.xml"
        command, environment = PARTS[name](self, report), self._environment(name)
        if beside:
            log = self.scratch / f"{name}.log"
            with log.open("wb") as output:
                code = self._execute(command, environment, output)
            print(f"\n== {name}\n{log.read_text(errors='replace')}", flush=True)
        else:
            print(f"\n== {name}", flush=True)
            code = self._execute(command, environment)
        if self.stopped:  # its report ends somewhere in the middle
            return Outcome(name)
        return read_report(name, report, exit_code=code, seconds=time.monotonic() - began)

    def _environment(self, part: str) -> dict[str, str]:
        environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        directory = self.scratch / f"var-{part}"
        directory.mkdir(mode=0o700)
        environment["ANNOTATOR_TEST_DIR"] = str(directory)  # read by tests/settings.py
        environment["TEST_PART"] = part  # read by tests/browser/screens.py
        for need, variable in VARIABLES.items():
            if need in NEEDS[part]:
                environment[variable] = self.services.urls[need]
        if part == "stores":
            environment["RUNTIME_PYTHON"] = runtime_python()  # read by tests/stores/installation.py
        return environment

    def _execute(self, command: Sequence[str], environment: dict[str, str], output: BinaryIO | None = None) -> int:
        with self.lock:
            if self.stopped:
                return 1
            process = start_group(command, environment=environment, output=output)
            self.running.append(process)
        try:
            return process.wait()
        except Interrupted:
            self.stop()
            raise
        finally:
            stop_group(process)

    def stop(self) -> None:
        """End all parts that run, and start no other one."""
        with self.lock:
            self.stopped = True
            for process in self.running:
                if process.poll() is None:
                    stop_group(process, first=signal.SIGINT)


def _pytest(run: Run, report: Path, *options: str, python: str = sys.executable) -> list[str]:
    return [python, "-m", "pytest", f"--junitxml={report}", *options, *run.arguments]


def _python(run: Run, report: Path) -> list[str]:
    others = "not browser and not consumers and not soak and not servers"
    elsewhere = [f"--ignore=tests/{folder}" for folder in ("bench", "browser", "consumers", "soak")]
    return _pytest(run, report, "-n", "2", "--dist", "worksteal", "-m", others, *elsewhere)


def _consumers(run: Run, report: Path) -> list[str]:
    """Return the command for the tools that read our files, in their own environment, which take long to import."""
    python, paths = run.services.urls["consumers"], _modules_with("mark.consumers")
    return _pytest(run, report, "-m", "consumers", *paths, python=python)


def _browser(run: Run, report: Path) -> list[str]:
    return _pytest(run, report, *BY_MODULE, "-m", "browser and not firefox", "tests/browser")


def _layout(run: Run, report: Path) -> list[str]:
    """Return the command for tests of layout, which the part `browser` runs with other fonts."""
    return _pytest(run, report, *BY_MODULE, "-m", "layout and not firefox", "tests/browser")


def _firefox(run: Run, report: Path) -> list[str]:
    return _pytest(run, report, "-m", "firefox", "tests/browser")


def _stores(run: Run, report: Path) -> list[str]:
    """Return the command for tests on top of requirements.txt alone, without those that need development packages."""
    python, paths = run.services.urls["stores"], _modules_with("mark.stores")
    return _pytest(run, report, *BY_MODULE, "-m", "stores", *paths, python=python)


def _javascript(_run: Run, report: Path) -> list[str]:
    """Return the command of Node's own test runner, which comes with the environment; one process runs all files."""
    node = str(Path(sys.executable).with_name("node"))
    reporters = ["--test-reporter=dot", "--test-reporter-destination=stdout"]
    reporters += ["--test-reporter=junit", f"--test-reporter-destination={report}"]
    return [
        node,
        "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
        "--test",
        "--test-isolation=none",
        *reporters,
        "tests/js/**/*.test.js",
    ]


def _soak(run: Run, report: Path) -> list[str]:
    """Return the command for long runs, which take part only when they are asked for."""
    return _pytest(run, report, "-n", "2", "--dist", "worksteal", "-m", "soak")


def _properties(run: Run, report: Path) -> list[str]:
    """Return the command for properties on many examples: `tests/examples.py` reads the name of the part."""
    # Consumers need an environment of their own; soak tests choose their examples themselves.
    paths = [path for path in _modules_with("@given") if not path.startswith(("tests/consumers/", "tests/soak/"))]
    return _pytest(
        run, report, "-n", "2", "--dist", "worksteal", "-m", "not consumers and not soak and not servers", *paths
    )


def _modules_with(words: str) -> list[str]:
    """Return the test modules that contain `words`; to import all others takes longer than to read them."""
    found = [path for path in Path("tests").rglob("test_*.py") if words in path.read_text("utf-8")]
    return sorted(map(str, found))


PARTS: dict[str, Callable[[Run, Path], list[str]]] = {
    "python": _python,
    "javascript": _javascript,
    "browser": _browser,
    "layout": _layout,
    "firefox": _firefox,
    "stores": _stores,
    "consumers": _consumers,
    "soak": _soak,
    "properties": _properties,
}
ON_REQUEST = ("soak", "properties")
BESIDE = ("javascript", "firefox", "consumers")


def main() -> int:
    """Run the selected parts, print their outcomes, and return 0 only when everything ran and passed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--part", action="append", choices=PARTS, help="run only this part; may be repeated")
    parser.add_argument("arguments", nargs="*", help="passed on to pytest, after --")
    options = parser.parse_args()
    usual = [name for name in PARTS if name not in ON_REQUEST]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    # Readable for others: as root the servers run as another user. What is private lies in directories of its own.
    scratch = Path(tempfile.mkdtemp(prefix="annotator-tests-"))
    scratch.chmod(0o755)
    services = Services()
    try:
        return _run_parts(options.part or usual, options.arguments, scratch, services)
    except Interrupted as error:
        print(f"\nStopped by {error}.", file=sys.stderr)
        return 130
    finally:
        services.close()
        shutil.rmtree(scratch, ignore_errors=True)


def _run_parts(names: Sequence[str], arguments: Sequence[str], scratch: Path, services: Services) -> int:
    needed = dict.fromkeys(need for name in names for need in NEEDS[name])
    provisioning = threading.Thread(target=services.provide, args=(needed, scratch), daemon=True)
    provisioning.start()
    run = Run(scratch, arguments, services, provisioning)
    beside = [name for name in names if name in BESIDE] if set(names) - set(BESIDE) else []
    done: dict[str, Outcome] = {}
    lane = threading.Thread(
        target=lambda: done.update({name: run.part(name, beside=True) for name in beside}), daemon=True
    )
    lane.start()
    try:
        done |= {name: run.part(name) for name in names if name not in beside}
        lane.join()
    except Interrupted:
        run.stop()
        raise
    outcomes = [done[name] for name in names]
    print()
    for outcome in outcomes:
        print(outcome.line())
        for failure in outcome.failures:
            print(f"  {failure}")
    total = Outcome.total(outcomes)
    print(f"{total.passed} passed, {total.failed} failed", flush=True)
    return 1 if total.failed else 0


def _interrupt(number: int, _frame: object) -> None:
    # A second signal must not interrupt the cleanup.
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    raise Interrupted(signal.Signals(number).name)


if __name__ == "__main__":
    sys.exit(main())
