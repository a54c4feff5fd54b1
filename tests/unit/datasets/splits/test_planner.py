"""Plans of splits."""

import random
import string

import pytest

from annotator.datasets.splits.requests import SplitItem, SplitPlan, SplitRequest
from annotator.datasets.splits.rule_1.planner import SplitPlanner, plan_splits
from annotator.problems import InvalidInput

WORDS = ["".join(random.Random(number).choices(string.ascii_lowercase, k=6)) for number in range(4000)]


def article(seed: int, words: int = 120) -> str:
    """Return a text that does not resemble others."""
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def items(count: int, first: int = 0) -> list[SplitItem]:
    return [
        SplitItem(f"doc-{number:04}", article(number), labels={"Claim": 3}) for number in range(first, first + count)
    ]


def straddling(plan: SplitPlan) -> list[tuple[str, ...]]:
    return [group.members for group in plan.groups if len({plan.split_of[one] for one in group.members}) > 1]


def test_documents_are_divided_by_shares() -> None:
    plan = plan_splits(items(600), SplitRequest())
    assert sorted(plan.split_of) == [item.id for item in items(600)]
    assert {name: counts["documents"] for name, counts in plan.counts.items()} == {
        name: pytest.approx(600 * share, abs=15) for name, share in SplitRequest().shares.items()
    }
    assert plan.counts["train"]["Claim"] == 3 * plan.counts["train"]["documents"]
    assert plan.groups == ()
    assert plan.notes == ()


def test_documents_of_one_source_stay_together() -> None:
    documents = [SplitItem(f"{number}", article(number), {"source": f"paper {number % 40}"}) for number in range(400)]
    plan = plan_splits(documents, SplitRequest())
    assert len(plan.groups) == 40
    assert {group.reasons for group in plan.groups} == {("source",)}
    assert straddling(plan) == []
    assert len(set(plan.split_of.values())) == 3


def test_near_duplicates_stay_together() -> None:
    copies = [SplitItem(f"copy-{one.id}", one.text[:-40] + " and so it was", labels=one.labels) for one in items(60)]
    plan = plan_splits(items(60) + copies, SplitRequest())
    assert [group.members for group in plan.groups] == [(f"copy-{one.id}", one.id) for one in items(60)]
    assert {group.reasons for group in plan.groups} == {("near-duplicate",)}
    assert straddling(plan) == []


def test_near_duplicates_may_be_in_different_splits() -> None:
    copies = [SplitItem(f"copy-{one.id}", one.text) for one in items(5)]
    assert plan_splits(items(5) + copies, SplitRequest(near_duplicates=False)).groups == ()


def test_common_footer_does_not_make_near_duplicates() -> None:
    notice = "All rights reserved; this text must not be copied without leave of the agency that wrote it. "
    assert plan_splits([SplitItem(one.id, notice + one.text) for one in items(80)], SplitRequest()).groups == ()


def test_thousand_copies_of_one_text_are_one_group() -> None:
    documents = [SplitItem(str(number), article(1) + f" {number}") for number in range(1000)]
    plan = plan_splits(documents, SplitRequest())
    assert [len(group.members) for group in plan.groups] == [1000]
    assert len(set(plan.split_of.values())) == 1
    assert "The largest group that must stay together has 1,000 of 1,000 documents" in " ".join(plan.notes)


def test_chain_of_links_is_one_group_with_all_reasons() -> None:
    documents = [
        SplitItem("a", article(1), {"source": "Gazette"}),
        SplitItem("b", article(2), {"source": "Gazette", "story": "ferry"}),
        SplitItem("c", article(3), {"story": "ferry"}),
        SplitItem("d", article(3) + " again"),
        SplitItem("e", article(4), {"source": "ferry"}),
    ]
    (group,) = plan_splits(documents, SplitRequest()).groups
    assert group.members == ("a", "b", "c", "d")
    assert group.reasons == ("near-duplicate", "source", "story")


def test_later_documents_do_not_move_others() -> None:
    first = plan_splits(items(300), SplitRequest())
    second = plan_splits(items(500), SplitRequest(salt=first.salt))
    assert {one: second.split_of[one] for one in first.split_of} == first.split_of


def test_earlier_split_is_kept_when_a_copy_joins() -> None:
    first = plan_splits(items(50), SplitRequest())
    copies = [SplitItem(f"0-{one.id}", one.text) for one in items(50)]
    second = plan_splits(items(50) + copies, SplitRequest(salt=first.salt), earlier=first.split_of)
    assert {one: second.split_of[one] for one in first.split_of} == first.split_of
    assert second.moved == {}
    assert straddling(second) == []


def test_documents_linked_by_a_new_one_move() -> None:
    documents = [SplitItem(str(one), article(one), {"source": f"paper {one}"}) for one in range(40)]
    first = plan_splits(documents, SplitRequest())
    train = next(one for one, split in first.split_of.items() if split == "train")
    other = next(one for one, split in first.split_of.items() if split == "test")
    bridge = SplitItem("bridge", article(int(other)), {"source": f"paper {train}"})
    second = plan_splits([*documents, bridge], SplitRequest(salt=first.salt), earlier=first.split_of)
    assert second.split_of[train] == second.split_of[other] == second.split_of["bridge"]
    assert second.moved in ({train: "train"}, {other: "test"})


def test_best_salt_spreads_a_rare_label_evenly() -> None:
    documents = [
        SplitItem(str(number), article(number), labels={"Claim": 5, "Denial": int(number % 25 == 0)})
        for number in range(500)
    ]
    plan = plan_splits(documents, SplitRequest())
    assert {name: plan.counts[name]["Denial"] for name in plan.counts} == {"train": 16, "validation": 2, "test": 2}


def test_no_split_is_empty_if_avoidable() -> None:
    plan = plan_splits(items(6), SplitRequest())
    assert sorted(counts["documents"] for counts in plan.counts.values()) == [1, 1, 4]


def test_order_of_documents_does_not_matter() -> None:
    forwards = plan_splits(items(80), SplitRequest())
    assert plan_splits(reversed(items(80)), SplitRequest()) == forwards


@pytest.mark.parametrize("text", ["", " \n", "…", "No.", "字"])
def test_very_short_texts_are_divided(text: str) -> None:
    plan = plan_splits([SplitItem("a", text), SplitItem("b", text), *items(1)], SplitRequest())
    assert len(plan.split_of) == 3
    assert bool(plan.groups) is bool(text.strip())


def test_plan_without_documents_is_empty() -> None:
    plan = SplitPlanner(SplitRequest()).plan()
    assert plan.split_of == {}
    assert plan.counts == {name: {"documents": 0} for name in SplitRequest().shares}


def test_empty_split_is_reported() -> None:
    plan = plan_splits(items(1), SplitRequest())
    assert len(plan.notes) == 2
    assert "is empty: there are 1 groups of documents" in plan.notes[0]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"shares": {}}, "/shares"),
        ({"shares": {"train": 0.8, "test": 0.1}}, "/shares"),
        ({"shares": {"train": 1.2, "test": -0.2}}, "/shares"),
        ({"shares": {"train": float("nan")}}, "/shares"),
        ({"shares": {"../train": 1.0}}, "/shares/../train"),
        ({"threshold": 0.4}, "/threshold"),
        ({"salt": ""}, "/salt"),
    ],
)
def test_invalid_request_names_its_field(wrong: dict[str, object], pointer: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        SplitRequest(**wrong)  # type: ignore[arg-type]
    assert f"'pointer': '{pointer}'" in str(caught.value.extra["errors"])
