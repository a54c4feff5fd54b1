"""Properties of the resemblance of two texts, and of split plans."""

from hypothesis import given
from hypothesis import strategies as st

from annotator.datasets.splits.requests import SplitItem, SplitRequest
from annotator.datasets.splits.rule_1.planner import plan_splits
from annotator.datasets.splits.rule_1.sketches import SHINGLE, resemblance, sketch

LETTERS = st.text(st.sampled_from("abcd "), min_size=20, max_size=400).filter(str.strip)
DOCUMENTS = st.lists(
    st.builds(
        SplitItem,
        st.uuids().map(str),
        st.text(max_size=60),
        st.dictionaries(st.sampled_from(["source", "story"]), st.sampled_from("abc"), max_size=2),
        st.dictionaries(st.sampled_from(["Claim", "Hedge"]), st.integers(0, 9)),
    ),
    max_size=25,
    unique_by=lambda item: item.id,
)


def shingles(text: str) -> set[str]:
    level = " ".join(text.lower().split()).ljust(SHINGLE)
    return {level[start : start + SHINGLE] for start in range(len(level) - SHINGLE + 1)}


@given(LETTERS, LETTERS)
def test_estimate_is_near_the_jaccard_resemblance(text: str, other: str) -> None:
    for second in (other, text + other, text[: len(text) // 2] + other, text):
        if second.strip():
            exact = len(shingles(text) & shingles(second)) / len(shingles(text) | shingles(second))
            first_sketch, second_sketch = sketch(text), sketch(second)
            assert first_sketch is not None
            assert second_sketch is not None
            # Texts with few shingles fill few bins, so that one bin represents several.
            assert abs(resemblance(first_sketch, second_sketch) - exact) <= 0.35 * (0 < exact < 1)


@given(DOCUMENTS, st.randoms())
def test_groups_stay_in_one_split_in_any_order(documents: list[SplitItem], random) -> None:
    plan = plan_splits(documents, SplitRequest())
    assert set(plan.split_of) == {item.id for item in documents}
    for name in ("source", "story"):
        for value in "abc":
            assert len({plan.split_of[item.id] for item in documents if item.together.get(name) == value}) <= 1
    random.shuffle(documents)
    assert plan_splits(documents, SplitRequest()) == plan


@given(DOCUMENTS, st.integers(0, 25))
def test_new_documents_move_no_earlier_document(documents: list[SplitItem], count: int) -> None:
    request = SplitRequest(near_duplicates=False, together=())
    first = plan_splits(documents[:count], request)
    second = plan_splits(documents, SplitRequest(near_duplicates=False, together=(), salt=first.salt))
    assert {document: second.split_of[document] for document in first.split_of} == first.split_of
