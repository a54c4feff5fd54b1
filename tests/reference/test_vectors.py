"""Our measures against values that other people printed or other programs computed.

`AGREEMENT_VECTORS` names another folder of vectors of the same format.
"""

import json

import pytest

from tests.reference.vectors import EDGE_CASES_NOT_IMPLEMENTED, FAMILIES, FOLDER, NOT_IMPLEMENTED, flat

VECTORS = [
    pytest.param(vector, id=f"{path.stem}-{vector['id']}")
    for path in sorted(FOLDER.glob("*.json"))
    for vector in json.loads(path.read_text("utf-8"))["vectors"]
]
COMPARABLE = [case for case in VECTORS if case.values[0]["measure"] not in NOT_IMPLEMENTED]


def test_there_are_vectors_and_every_measure_in_them_is_known():
    known = FAMILIES.keys() | NOT_IMPLEMENTED.keys()

    measures = {case.values[0]["measure"] for case in VECTORS}

    assert measures
    assert measures <= known, f"Nobody has said how to compute {sorted(measures - known)}."
    print(
        f"{len(COMPARABLE)} of {len(VECTORS)} vectors compared; not implemented: {', '.join(sorted(NOT_IMPLEMENTED))}"
    )


@pytest.mark.parametrize("vector", COMPARABLE)
def test_a_measure_gives_the_reference_value(vector):
    found = FAMILIES[vector["measure"]](vector)
    expected = dict(flat(vector["expected"]))
    if vector["measure"] == "edge_case":
        expected = {key: v for key, v in expected.items() if key.split(".")[0] not in EDGE_CASES_NOT_IMPLEMENTED}

    assert found.keys() == expected.keys()
    for path, value in expected.items():
        if value is None:
            assert not found[path].is_defined, path
            assert found[path].undefined == vector.get("reason", found[path].undefined), path
        else:
            assert found[path].value == pytest.approx(value, abs=vector["tolerance"], rel=0), path
