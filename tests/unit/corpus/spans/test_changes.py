"""Changes: read strictly, written back alike, inverted."""

import pytest

from annotator.corpus.spans import changes as log
from annotator.corpus.spans.changes import Load, parse_changes, read_change, read_stored
from annotator.corpus.spans.problems import InvalidChange
from tests.unit.corpus.spans.builders import add, new_id, relation, remove, span, update

EVERY_KIND = [
    add(span()),
    remove(span("s2", "Hedge", (1, 4), (6, 9), note="why", kind="epistemic")),
    update("s1", {"label": "Claim", "attributes": {"kind": "fact"}}, {"label": "Hedge", "attributes": {"kind": None}}),
    update("s1", {"fragments": ((0, 3),), "note": ""}, {"fragments": ((0, 2), (3, 5)), "note": "split"}),
    add(relation()),
    remove(relation()),
]


@pytest.mark.parametrize("change", [*EVERY_KIND, Load(new_id(), (span(), span("s2")), (relation(),))])
def test_change_is_read_back_unchanged(change):
    kind = log.KINDS[type(change)]

    assert read_change(log.wire(change)) == change
    assert read_stored(change.id, kind, log.payload(change)) == change


@pytest.mark.parametrize("change", EVERY_KIND)
def test_inverse_of_the_inverse_is_the_change(change):
    inverse = log.invert(change, change_id=new_id())

    assert inverse != change
    assert log.invert(inverse, change_id=change.id) == change


def test_load_has_no_inverse():
    with pytest.raises(ValueError, match="first entry"):
        log.invert(Load(new_id(), (), ()), change_id=new_id())


def refused(*raw):
    with pytest.raises(InvalidChange) as caught:
        parse_changes(list(raw))
    return caught.value


def test_batch_is_read_in_order():
    assert parse_changes([log.wire(change) for change in EVERY_KIND]) == EVERY_KIND


@pytest.mark.parametrize("raw", [None, {}, [], "x", [log.wire(add(span())) for _ in range(501)]])
def test_batch_holds_1_to_500_changes(raw):
    with pytest.raises(InvalidChange, match="500"):
        parse_changes(raw)


def test_problem_points_into_the_change():
    good, bad = log.wire(add(span())), log.wire(add(span("s2", "Claim", (4, 5))))
    bad["span"]["fragments"] = [[5, 4]]

    problem = refused(good, bad)

    assert problem.as_document()["change_id"] == bad["id"]
    assert problem.as_document()["reason"] == "fragments"
    assert problem.errors[0]["pointer"] == "/changes/1/span/fragments/0"
    assert problem.status == 422


# Not made anew: what is run in two processes must have the same names in both.
UUID = "3e6bc36d-5590-49c0-a33a-7f24fc57b5ae"


@pytest.mark.parametrize("change_id", ["7", "c1", "", None, 3, UUID.upper(), UUID + "0", f"{{{UUID}}}"])
def test_change_id_must_be_a_uuid(change_id):
    problem = refused(log.wire(add(span())) | {"id": change_id})

    assert problem.errors[0]["pointer"] == "/changes/0/id"


def test_id_is_used_once_in_a_batch():
    change = log.wire(add(span()))

    assert "twice" in refused(change, change).detail


def test_load_cannot_be_sent():
    assert refused(log.wire(Load(new_id(), (), ()))).errors[0]["pointer"] == "/changes/0/kind"


@pytest.mark.parametrize(
    "raw",
    [
        None,
        7,
        [],
        {},
        {"id": new_id()},
        {"id": new_id(), "kind": "drop_table"},
        {"id": new_id(), "kind": ["add_span"]},
        {"id": new_id(), "kind": "add_span"},
        {"id": new_id(), "kind": "add_span", "span": {}, "relation": {}},
        {"id": new_id(), "kind": "update_span", "span_id": "s1", "before": {}, "after": {}},
        {"id": new_id(), "kind": "update_span", "span_id": "s1", "before": {"note": ""}, "after": {"label": "Claim"}},
        {"id": new_id(), "kind": "update_span", "span_id": "s1", "before": {"origin": "a"}, "after": {"origin": "b"}},
        {"id": new_id(), "kind": "update_span", "span_id": "s1", "before": {"note": 1}, "after": {"note": ""}},
        {
            "id": new_id(),
            "kind": "update_span",
            "span_id": "s1",
            "before": {"attributes": {"a": None}},
            "after": {"attributes": {"b": "x"}},
        },
    ],
)
def test_malformed_changes_are_refused(raw):
    assert refused(raw).as_document()["reason"] == "malformed"
