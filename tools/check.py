"""Check everything that can be checked without running the tests: `make check`.

Two checks run at a time. Each prints one line, and its output when it fails. All run, also after a failure.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

BIN = Path(sys.executable).parent
NODE_BIN = Path("tools/javascript/node_modules/.bin")
CONFIGURATION = Path("tools/javascript")


@dataclass(frozen=True)
class Check:
    """A command that ends with 0 when it passes."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """Exit code, output and duration of a check."""

    check: Check
    code: int
    output: str
    seconds: float


def _python(name: str, *arguments: str, **environment: str) -> Check:
    return Check(name, (sys.executable, *arguments), environment)


def _node(name: str, tool: str, *arguments: str) -> Check:
    return Check(name, (str(NODE_BIN / tool), *arguments))


# The slowest first, so that the others run beside it.
CHECKS = (
    _python("types (mypy)", "-m", "mypy"),
    _node("script types (tsc)", "tsc", "--project", str(CONFIGURATION / "tsconfig.json")),
    _node("script test types (tsc)", "tsc", "--project", str(CONFIGURATION / "tsconfig.tests.json")),
    _node(
        "script lint (eslint)",
        "eslint",
        "--config",
        str(CONFIGURATION / "eslint.config.js"),
        "static",
        "tests/js",
        str(CONFIGURATION / "firefox.js"),
    ),
    _node(
        "style lint (stylelint)",
        "stylelint",
        "--config",
        str(CONFIGURATION / "stylelint.config.js"),
        "static/**/*.css",
    ),
    _python("lint (ruff)", "-m", "ruff", "check", "--quiet", "."),
    _python("format (ruff)", "-m", "ruff", "format", "--check", "--quiet", "."),
    _python(
        "architecture (import-linter)",
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-logo",
    ),
    _python("templates (djlint)", "-m", "djlint", "--lint", "--quiet", "annotator", "projects"),
    _python("sizes (tools.lengths)", "-m", "tools.lengths"),
    _python("project rules (tools.rules)", "-m", "tools.rules"),
    _python("wording (tools.wording)", "-m", "tools.wording"),
    _python("messages (tools.messages)", "-m", "tools.messages", "--check"),
    _python("migrations", "manage.py", "makemigrations", "--check", "--dry-run", "--no-input"),
    _python(
        "deployment",
        *("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        PUBLIC_URL="https://annotate.example.org",
    ),
    _python("API description", "manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull),
)


def main() -> int:
    """Run all checks and return 0 only when all pass."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="annotator-check-") as scratch, ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(_run, check, scratch) for check in CHECKS]
        for future in as_completed(futures):
            result = future.result()
            _show(result)
            if result.code:
                failed.append(result.check.name)
    if failed:
        print(f"\n{len(failed)} of {len(CHECKS)} checks failed: {', '.join(failed)}")
        return 1
    print(f"\nAll {len(CHECKS)} checks passed.")
    return 0


def _run(check: Check, scratch: str) -> Result:
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])  # the tools need the environment's node
    environment = os.environ | {"PATH": path, "VAR_DIR": scratch, "NO_COLOR": "1"} | dict(check.environment)
    began = time.monotonic()
    done = subprocess.run(
        check.command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Result(check, done.returncode, done.stdout, time.monotonic() - began)


def _show(result: Result) -> None:
    verdict = "FAILED" if result.code else "ok"
    print(f"{result.check.name:<36}{result.seconds:>6.1f} s  {verdict}", flush=True)
    if result.code:
        print("".join(f"    {line}\n" for line in result.output.strip().splitlines()), flush=True)


if __name__ == "__main__":
    sys.exit(main())
