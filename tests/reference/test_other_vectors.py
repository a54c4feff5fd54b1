"""Another folder of vectors, with faults in it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reference.vectors import FAMILIES, figures_of

HERE = Path(__file__).parent
OWN = HERE.parent / "data" / "agreement-vectors"


def outcome(folder):
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rf", str(HERE / "test_vectors.py")],
        env={**os.environ, "AGREEMENT_VECTORS": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return process.returncode, process.stdout


def test_wrong_values_and_unknown_measures_fail(tmp_path):
    content = json.loads((OWN / "items.json").read_text("utf-8"))
    good, wrong, unknown = (json.loads(json.dumps(content["vectors"][0])) for _ in range(3))
    wrong["id"], unknown["id"], unknown["measure"] = "wrong-value", "unknown-measure", "measure_without_family"
    wrong["expected"] = moved(wrong["expected"])
    (tmp_path / "altered.json").write_text(json.dumps({**content, "vectors": [good, wrong, unknown]}))

    code, output = outcome(tmp_path)

    assert code == 1
    assert "3 vectors of 2 measures in 1 files" in output or "No function computes" in output
    failed = [line for line in output.splitlines() if line.startswith("FAILED")]
    assert [any(name in line for line in failed) for name in ("wrong-value", "unknown-measure", "every_measure")] == [
        True,
        True,
        True,
    ]
    assert not any(f"-{good['id']}]" in line for line in failed)


def moved(expected):
    """Return expected values with the first number changed a little."""
    if isinstance(expected, dict):
        name = next(iter(expected))
        return {**expected, name: moved(expected[name])}
    return expected + 0.001


def test_no_items_have_no_figure_and_three_annotators_pair_in_every_way():
    """Cases of other folders of vectors: no values at all, and a categorial disorder of three annotators."""
    nothing = {"measure": "alpha_nominal", "input": {"values": []}}
    assert not FAMILIES["alpha_nominal"](nothing)[""].is_defined
    span, other = [0, 10, "a"], [0, 10, "b"]
    alignment = [[span, span, other], [[20, 30, "a"], None, [20, 30, "a"]], [[40, 50, "a"], None, None]]
    vector = {"input": {"alignment": alignment}, "params": {"alpha": 3, "beta": 1, "delta_empty": 1.0}}
    # Three pairs with weight 1/2 of which two differ, and one pair with weight 1.
    assert FAMILIES["gamma_cat_disorder"](vector)["disorder"].value == pytest.approx(1 / 2.5)


def test_span_without_length_is_refused_and_gives_no_figure():
    spans = {"a": [[5, 5, "x"]], "b": [[5, 9, "x"]]}
    vector = {
        "measure": "edge_case",
        "input": {"annotators": spans, "doc_length": 20},
        "params": {"alpha": 3, "beta": 1, "delta_empty": 1.0},
        "expected": {"gamma": None, "span_f1": None},
    }

    figures = figures_of(vector)

    assert [name for name, figure in figures.items() if not figure.is_defined] == ["gamma", "span_f1"]
    with pytest.raises(ValueError, match="start at 0"):
        figures_of(vector | {"input": {"annotators": {"a": [[-5, 5, "x"]], "b": []}, "doc_length": 20}})
