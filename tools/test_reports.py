"""Outcomes of the parts of the tests, read from the JUnit reports that pytest and Node both write."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

SHOWN = 30
LONGEST_REASON = 150
NO_TESTS = 5  # how pytest ends when it collected none


@dataclass
class Outcome:
    """How many tests of a part passed and failed; `failures` are lines that name the failed ones."""

    name: str
    passed: int = 0
    failed: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)

    @classmethod
    def missing(cls, name: str, reasons: Sequence[str]) -> "Outcome":
        """Return the outcome of a part that could not run: one failure for each missing service."""
        return cls(name, failed=len(reasons), failures=[f"FAILED {name}: {reason}" for reason in reasons])

    @classmethod
    def total(cls, outcomes: Sequence["Outcome"]) -> "Outcome":
        """Return the outcome of all parts together."""
        return cls("all", sum(part.passed for part in outcomes), sum(part.failed for part in outcomes))

    def line(self) -> str:
        """Return one line for the summary, not in pytest's words, so that only the last line of all counts tests."""
        return f"{self.name:<12}{self.passed:>6} ok {self.failed:>5} not ok {self.seconds:>7.1f} s"


def read_report(name: str, report: Path, *, exit_code: int, seconds: float) -> Outcome:
    """Count the tests of a report. A skipped test, a broken run and a run without any test are failures."""
    outcome = Outcome(name, seconds=seconds)
    if report.exists():
        for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314 - written by our own tests
            _count(case, outcome)
    if not outcome.passed and not outcome.failed and exit_code in (0, NO_TESTS):
        outcome.failed += 1
        outcome.failures.append(f"FAILED {name}: no test was found")
    elif exit_code != 0 and not outcome.failed:
        outcome.failed += 1
        outcome.failures.append(f"FAILED {name}: the test runner ended with {exit_code}, see above")
    del outcome.failures[SHOWN:]
    return outcome


def _count(case: ElementTree.Element, outcome: Outcome) -> None:
    title = f"{case.get('classname', '')} {case.get('name', '')}".strip()
    problem = case.find("failure") if case.find("failure") is not None else case.find("error")
    if problem is not None:
        reason = (problem.get("message") or "").partition("\n")[0][:LONGEST_REASON]
        outcome.failures.append(f"FAILED {outcome.name}: {title}" + (f" - {reason}" if reason else ""))
    elif case.find("skipped") is not None:
        outcome.failures.append(f"FAILED {outcome.name}: {title} was skipped; here every test has to run")
    else:
        outcome.passed += 1
        return
    outcome.failed += 1
