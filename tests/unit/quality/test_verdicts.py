import numpy as np
import pytest

from annotator.quality.verdicts import Measured, Verdict, drift, judge, measured, paired_change, together

GOOD, POOR = [20.0, 9.0], [20.0, 5.0]


def test_interval_decides_between_passing_failing_and_not_known():
    rows = np.array([[20.0, 9.0], [20.0, 10.0], [20.0, 8.0]] * 4)
    figure = measured(rows)

    assert (figure.value, figure.documents, figure.spans) == (0.9, 12, 240)
    assert 0.8 < figure.low < 0.9 < figure.high < 0.96
    verdicts = [judge(figure, threshold).verdict for threshold in (0.8, 0.88, 0.97, None)]
    assert verdicts == [Verdict.PASSES, Verdict.UNKNOWN, Verdict.FAILS, Verdict.PASSES]
    assert judge(figure, 0.88).more > 10


def test_too_few_documents_say_how_many_are_missing_and_perfection_has_a_lower_end():
    assert judge(measured(np.array([GOOD] * 3)), 0.5).more == 7
    assert measured(np.zeros((12, 2))) == Measured(None, None, None, 12, 0)
    perfect = measured(np.array([[4.0, 2.0]] * 10))
    assert judge(perfect, 0.8).verdict is Verdict.PASSES
    assert judge(perfect, 0.9).verdict is Verdict.UNKNOWN
    one_bad = measured(np.array([[4.0, 2.0]] * 10 + [[4.0, 0.0]]))
    assert 0 <= one_bad.low < one_bad.value < one_bad.high <= 1


def test_one_failing_measure_fails_all():
    judged = [judge(measured(np.array([GOOD, [20.0, 8.5]] * 6)), threshold) for threshold in (0.5, 0.99)]

    assert together(judged) is Verdict.FAILS
    assert together(judged[:1]) is Verdict.PASSES


def test_drift_compares_the_later_half_with_the_earlier_one():
    varied = [[20.0, 9.0], [20.0, 8.0]]
    fallen = drift(np.array(varied * 5 + [[20.0, 5.0], [20.0, 4.0]] * 5))
    assert fallen.change == pytest.approx(-0.4)
    assert fallen.high < 0
    level = drift(np.array(varied * 10))
    assert level.low < 0 < level.high
    assert drift(np.array(varied * 9)) is None


def test_paired_change_uses_the_same_documents():
    before = np.array([[20.0, 5.0], [20.0, 8.0], [20.0, 3.0]] * 4)
    change = paired_change(before, np.add(before, [0.0, 1.0]))

    assert change.change == pytest.approx(0.1)
    assert change.low > 0.09
