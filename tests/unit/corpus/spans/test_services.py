"""Saving, submitting, reopening and settling, with the rows and the log looked at afterwards."""

import pytest
from django.db import IntegrityError, connection, transaction

from annotator.corpus.spans import lifecycle, selectors, services, state
from annotator.corpus.spans.changes import wire
from annotator.corpus.spans.models import AnnotationSet, Relation, SetState, Span
from annotator.corpus.spans.problems import (
    InvalidChange,
    SetClosed,
    StaleRevision,
    WrongText,
)
from tests.unit.corpus.spans.builders import add, new_id, relation, remove, span, update

pytestmark = [pytest.mark.django_db, pytest.mark.stores]

CLAIM = span("c", "Claim", (9, 18), kind="fact")
SPEAKER = span("s", "Speaker", (0, 3))
SPLIT = span("d", "Denial", (20, 30), (35, 45), note="two pieces")
SAID = relation("r", "attributed-to", "c", "s")


def test_changes_become_rows_and_log(annotation_set, save, ada, now):
    changes = [add(CLAIM), add(SPEAKER), add(SAID), add(SPLIT)]

    done = save(annotation_set, *changes)

    assert done == services.Applied(4, [change.id for change in changes], [])
    assert selectors.state_of_rows(annotation_set) == selectors.replay(annotation_set)
    row = annotation_set.spans.get(uid="d")
    assert (row.start, row.end, row.fragments, row.note) == (20, 45, [[20, 30], [35, 45]], "two pieces")
    assert annotation_set.spans.get(uid="c").fragments is None
    assert selectors.changes_since(annotation_set, 2) == [
        wire(changes[2]) | {"revision": 3, "by": "ada", "at": now},
        wire(changes[3]) | {"revision": 4, "by": "ada", "at": now},
    ]
    annotation_set.refresh_from_db()
    assert annotation_set.revision == 4


def test_every_kind_of_change_reaches_the_rows(annotation_set, save):
    save(annotation_set, add(CLAIM), add(SPEAKER), add(SAID))
    note = update("s", {"note": "", "attributes": {"kind": None}}, {"note": "who?", "attributes": {"kind": "person"}})
    save(annotation_set, note, remove(SAID), remove(CLAIM), add(SPLIT))
    save(annotation_set, update("d", {"fragments": SPLIT.fragments}, {"fragments": ((20, 30),)}))

    after = {"s": span("s", "Speaker", (0, 3), note="who?", kind="person")}
    after["d"] = span("d", "Denial", (20, 30), note="two pieces")
    assert selectors.state_of_rows(annotation_set).spans == after
    assert selectors.replay(annotation_set).spans == after
    assert not Relation.objects.exists()


def test_span_is_removed_and_added_in_one_batch(annotation_set, save):
    save(annotation_set, add(CLAIM), add(SPEAKER), add(SAID))
    moved = span("c", "Denial", (20, 30))
    save(annotation_set, remove(SAID), remove(CLAIM), add(moved), add(relation("r", "attributed-to", "c", "s")))

    assert selectors.state_of_rows(annotation_set) == selectors.replay(annotation_set)
    assert selectors.state_of_rows(annotation_set).spans["c"] == moved


def test_relation_id_is_reused_in_one_batch(annotation_set, save):
    save(annotation_set, add(CLAIM), add(SPEAKER), add(SPLIT), add(SAID))
    save(annotation_set, remove(SAID), add(relation("r", "attributed-to", "d", "s")))

    assert selectors.state_of_rows(annotation_set).relations == {"r": relation("r", "attributed-to", "d", "s")}


def test_resend_changes_nothing(annotation_set, save):
    changes = [add(CLAIM), add(SPEAKER)]
    save(annotation_set, *changes, base=0)

    again = save(annotation_set, *changes, base=0)

    assert again == services.Applied(2, [], [change.id for change in changes])
    assert annotation_set.changes.count() == 2


def test_partly_known_batch_is_completed(annotation_set, save):
    first, second, third = add(CLAIM), add(SPEAKER), add(SAID)
    save(annotation_set, first, base=0)

    done = save(annotation_set, first, second, third, base=0)

    assert done == services.Applied(3, [second.id, third.id], [first.id])


def test_resend_to_a_closed_set_is_acknowledged(annotation_set, save, now):
    change = add(CLAIM)
    save(annotation_set, change, base=0)
    lifecycle.submit(annotation_set, now=now)

    assert save(annotation_set, change, base=0).duplicates == [change.id]


@pytest.mark.parametrize("base", [0, 5])
def test_stale_base_is_refused_with_later_changes(annotation_set, save, base):
    other = add(CLAIM)
    save(annotation_set, other)

    with pytest.raises(StaleRevision) as caught:
        save(annotation_set, add(SPEAKER), base=base)

    document = caught.value.as_document()
    assert (document["status"], document["code"], document["revision"]) == (409, "stale_revision", 1)
    assert [change["id"] for change in document["changes"]] == ([other.id] if base == 0 else [])
    assert annotation_set.changes.count() == 1


def test_resend_returns_the_revision_known_to_the_client(annotation_set, save):
    mine, also_mine = add(CLAIM), add(SPEAKER)
    save(annotation_set, mine, also_mine, base=0)
    save(annotation_set, add(SPLIT))

    # Taking 3 for its base, the client would pass over the third change.
    assert save(annotation_set, mine, base=0).revision == 1
    assert save(annotation_set, mine, also_mine, base=0).revision == 2
    assert save(annotation_set, mine, base=3).revision == 3


def test_resend_before_changes_of_others_is_stale(annotation_set, save):
    other, mine = add(CLAIM), add(SPEAKER)
    save(annotation_set, other)
    save(annotation_set, mine)

    with pytest.raises(StaleRevision) as caught:
        save(annotation_set, mine, base=0)
    assert [change["id"] for change in caught.value.extra["changes"]] == [other.id, mine.id]


def test_known_change_does_not_excuse_an_unknown_one(annotation_set, save):
    mine, other = add(CLAIM), add(SPEAKER)
    save(annotation_set, mine)
    save(annotation_set, other)

    with pytest.raises(StaleRevision):
        save(annotation_set, mine, add(SPLIT), base=0)


def test_one_invalid_change_refuses_the_batch(annotation_set, save):
    bad = remove(SPEAKER)

    with pytest.raises(InvalidChange) as caught:
        save(annotation_set, add(CLAIM), bad)

    assert caught.value.as_document()["change_id"] == bad.id
    assert caught.value.as_document()["reason"] == "span_missing"
    assert caught.value.errors[0]["pointer"] == "/changes/1/span/id"
    annotation_set.refresh_from_db()
    assert (annotation_set.revision, annotation_set.spans.count(), annotation_set.changes.count()) == (0, 0, 0)


def test_rules_apply_to_unnamed_rows(annotation_set, save):
    save(annotation_set, add(CLAIM), add(SPEAKER), add(SAID))

    claim = {"label": "Claim", "attributes": {"kind": "fact"}}
    speaker = {"label": "Speaker", "attributes": {"kind": None}}
    for change, reason in [
        (remove(CLAIM), "span_has_relations"),
        (remove(SPEAKER), "span_has_relations"),
        (add(relation("r2", "attributed-to", "c", "s")), "relation_twice"),
        (update("s", {"label": "Speaker"}, {"label": "Claim"}), "schema"),
        (update("c", claim, speaker), "schema"),
    ]:
        with pytest.raises(InvalidChange) as caught:
            save(annotation_set, change)
        assert caught.value.as_document()["reason"] == reason


def test_changes_over_a_different_text_are_refused(annotation_set, save):
    with pytest.raises(WrongText, match=annotation_set.document.sha256):
        save(annotation_set, add(CLAIM), sha256="0" * 64)


@pytest.mark.parametrize("closed", [SetState.SUBMITTED, SetState.ADJUDICATED])
def test_closed_set_takes_no_changes(annotation_set, save, closed):
    AnnotationSet.objects.update(state=closed)

    with pytest.raises(SetClosed, match=closed.value):
        save(annotation_set, add(CLAIM))
    assert not annotation_set.spans.exists()


def test_size_of_a_set_is_limited(annotation_set, save, monkeypatch):
    monkeypatch.setattr(services, "MOST_SPANS", 2)
    save(annotation_set, add(CLAIM), add(SPEAKER))

    with pytest.raises(InvalidChange, match="at most 2 spans"):
        save(annotation_set, add(SPLIT))
    save(annotation_set, remove(CLAIM), add(SPLIT))


def test_saving_reads_only_named_rows(annotation_set, save, ada, now, django_assert_num_queries):
    many = [add(span(f"m{number}", "Claim", (number % 40, number % 40 + 1))) for number in range(500)]
    save(annotation_set, *many)
    part = services.rows.read_part(annotation_set, [add(SPEAKER), update("m3", {"note": ""}, {"note": "x"})])
    loaded = selectors.get_set_to_change(annotation_set.pk, user=ada)
    assert selectors.schema_of_set(loaded) == selectors.schema_of_set(annotation_set)

    assert list(part.state.spans) == ["m3"]
    # Two of them are the savepoint; on SQLite, the two that insert rows are not seen by Django.
    with django_assert_num_queries(7 if connection.vendor == "sqlite" else 9):
        services.apply_changes(
            loaded, [add(SPEAKER)], base_revision=500, sha256=loaded.document.sha256, author=ada, now=now
        )


def test_state_at_any_revision_can_be_rebuilt(annotation_set, save):
    save(annotation_set, add(CLAIM))
    save(annotation_set, add(SPEAKER), add(SAID))
    save(annotation_set, remove(SAID))

    assert selectors.replay(annotation_set, revision=0) == state.State()
    assert selectors.replay(annotation_set, revision=1) == state.State.of([CLAIM])
    assert selectors.replay(annotation_set, revision=3) == state.State.of([CLAIM, SPEAKER], [SAID])
    assert selectors.replay(annotation_set) == state.State.of([CLAIM, SPEAKER])


def test_deleting_a_user_never_deletes_a_span(annotation_set, save, ada):
    save(annotation_set, add(CLAIM))

    ada.memberships.all().delete()
    ada.delete()

    annotation_set.refresh_from_db()
    assert (annotation_set.annotator, annotation_set.name, annotation_set.spans.count()) == (None, "ada", 1)
    assert selectors.changes_since(annotation_set, 0)[0]["by"] is None


def test_constraints_keep_the_log_in_order(annotation_set, save, now):
    save(annotation_set, add(CLAIM))
    entry = annotation_set.changes.get()

    for fields in ({"revision": 1, "change_id": new_id()}, {"revision": 2, "change_id": entry.change_id}):
        with pytest.raises(IntegrityError), transaction.atomic():
            annotation_set.changes.create(kind="add_span", payload={}, created_at=now, **fields)


def test_rows_can_be_rebuilt_from_the_log(annotation_set, save):
    save(annotation_set, add(CLAIM), add(SPEAKER), add(SAID))
    Relation.objects.all().delete()
    Span.objects.filter(uid="c").update(end=10)

    services.rebuild_rows(annotation_set)

    assert selectors.state_of_rows(annotation_set) == state.State.of([CLAIM, SPEAKER], [SAID])
