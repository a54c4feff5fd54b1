from tests.bench.figures import at_least, at_most, noted, table
from tests.bench.processes import growth


def test_verdict_depends_on_the_median():
    assert at_most("start", [3.0, 9.0, 4.0], "s", 4).reached
    assert not at_most("start", [3.0, 9.0, 5.0], "s", 4).reached
    assert at_least("spans", [100_000], "", 100_000).reached
    assert not at_least("spans", [99_999], "", 100_000).reached


def test_table_shows_median_target_and_ratio():
    lines = table(
        "Start", [at_most("second start", [1.0, 2.0, 30.0], "s", 4), noted("idle CPU", 0.8, "%")]
    ).splitlines()

    assert lines[0] == "Start"
    assert lines[2].split() == ["second", "start", "2", "s", "≤", "4", "0.50", "reached"]
    assert lines[3].split() == ["idle", "CPU", "0.80", "%"]


def test_target_of_zero_has_no_ratio():
    assert at_most("errors", 0, "", 0).cells() == ("errors", "0 ", "≤ 0", "", "reached")


def test_warming_up_is_not_memory_growth():
    assert growth([10, 20, 30, 30, 40, 40, 40, 40]) == 0
    assert growth([10, 20, 30, 40, 50, 60, 70, 80]) > 0.3
    assert growth([10]) == 0
