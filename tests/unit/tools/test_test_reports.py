from pathlib import Path

from tools.test_reports import Outcome, read_report

REPORT = """<testsuites><testsuite>
<testcase classname="tests.a" name="test_fine"/>
<testcase classname="tests.a" name="test_wrong"><failure message="assert 1 == 2&#10;more"/></testcase>
<testcase classname="tests.a" name="test_broken"><error>no</error></testcase>
<testcase classname="tests.a" name="test_later"><skipped/></testcase>
</testsuite></testsuites>"""


def test_failures_errors_and_skipped_tests_are_failures_with_their_names(tmp_path: Path):
    report = tmp_path / "report.xml"
    report.write_text(REPORT)

    outcome = read_report("python", report, exit_code=1, seconds=2.0)

    assert (outcome.passed, outcome.failed) == (1, 3)
    assert outcome.failures == [
        "FAILED python: tests.a test_wrong - assert 1 == 2",
        "FAILED python: tests.a test_broken",
        "FAILED python: tests.a test_later was skipped; here every test has to run",
    ]


def test_a_run_that_broke_down_without_a_report_is_one_failure(tmp_path: Path):
    outcome = read_report("python", tmp_path / "none.xml", exit_code=4, seconds=0.1)

    assert (outcome.passed, outcome.failed) == (0, 1)
    assert outcome.failures == ["FAILED python: the test runner ended with 4, see above"]


def test_a_part_without_any_test_is_a_failure(tmp_path: Path):
    report = tmp_path / "report.xml"
    report.write_text("<testsuites/>")

    assert read_report("browser", report, exit_code=0, seconds=0.1).failures == ["FAILED browser: no test was found"]


def test_each_missing_service_is_a_failure_that_names_it():
    outcome = Outcome.missing("stores", ["PostgreSQL: gone", "Redis: gone"])

    assert outcome.failed == 2
    assert outcome.failures == ["FAILED stores: PostgreSQL: gone", "FAILED stores: Redis: gone"]
