"""Our measures against values that were published or computed by other programs.

`AGREEMENT_VECTORS` names another folder of vectors of the same format.
"""

import json
from collections import Counter

import pytest

from tests.reference.vectors import FAMILIES, FOLDER, figures_of, flat, has_empty_span

FILES = sorted(FOLDER.glob("*.json"))
VECTORS = [
    pytest.param(vector, id=f"{path.stem}-{vector['id']}")
    for path in FILES
    for vector in json.loads(path.read_text("utf-8"))["vectors"]
]


def test_every_measure_in_the_vectors_is_known(capsys):
    measures = Counter(case.values[0]["measure"] for case in VECTORS)

    assert measures
    assert measures.keys() <= FAMILIES.keys(), f"No function computes {measures.keys() - FAMILIES.keys()}."
    with capsys.disabled():
        print(f"\n{len(VECTORS)} vectors of {len(measures)} measures in {len(FILES)} files, all of them compared.")


def is_compared_here(path, vector):
    """Return whether a value is compared here; the family compares names, and numbers with their own error."""
    applies_to = vector.get("params", {}).get("tolerance_applies_to", path)
    return not path.startswith("majority.") and path in applies_to.split(",")


@pytest.mark.parametrize("vector", VECTORS)
def test_measure_gives_the_reference_value(vector):
    figures = figures_of(vector)
    expected = {path: value for path, value in flat(vector["expected"]) if is_compared_here(path, vector)}

    assert figures.keys() == expected.keys()
    for path, value in expected.items():
        if value is None:
            assert not figures[path].is_defined, path
            if not has_empty_span(vector):
                assert figures[path].undefined == vector.get("reason", figures[path].undefined), path
        else:
            assert figures[path].value == pytest.approx(value, abs=vector["tolerance"], rel=0), path
