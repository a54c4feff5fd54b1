"""Figures of the sample corpus by krippendorff and scikit-learn, which know nothing of our code."""

from tests.reference.corpus import sample_records
from tests.reference.independent import differences, documents_of


def test_alpha_f1_and_kappa_equal_those_of_other_libraries():
    compared, different = differences(list(documents_of(sample_records())))

    assert compared >= 16
    assert different == []
