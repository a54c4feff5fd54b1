"""Ledgers in the database: reading, deciding, bringing up to date."""

import pytest

from annotator.corpus.spans.models import AnnotationSet, Relation, Span
from annotator.corpus.speakers import services as registry
from annotator.ledger import selectors, services
from annotator.ledger.models import LedgerDecision, LedgerEntry, LedgerPair, Proposition
from annotator.ledger.output import WRITERS
from annotator.ledger.problems import AlreadyDecided, NothingForLedger
from annotator.ledger.selectors import LedgerFilters
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import JobState
from tests.notation import make_spans
from tests.unit.agreement.conftest import add_relations

pytestmark = pytest.mark.django_db
SAME, DIFFERENT = LedgerDecision.Kind.SAME, LedgerDecision.Kind.DIFFERENT
FIRST = "[The harbour bridge over the Lomen opens in spring](Claim voice=narrator)."
SECOND = "He said [the harbour bridge over the Lomen will open in spring](Claim voice=unsourced)."


def update(project, now, view="adjudicated"):
    job = jobs.run_here(services.start_update(project, view=view, started_by=None, now=now, own_process=True))
    assert job.state == JobState.DONE, job.problem
    return selectors.get_ledger(project, view)


@pytest.fixture
def two_documents(project, make_document, make_set):
    """Two documents that state one proposition in other words."""
    for marked, day in ((FIRST, "2026-03-01"), (SECOND, "2026-05-01")):
        text, spans = make_spans(marked)
        document = make_document(text, meta={"date": day})
        make_set(document, "gold", spans, kind="adjudicated", state="adjudicated")
    return project


def row(ledger, **filters):
    found = list(selectors.propositions_of(ledger, LedgerFilters(**filters)))
    return selectors.rows_of(found)


def test_the_sample_corpus_becomes_a_ledger(sample_project, now):
    ledger = update(sample_project, now)

    (post,) = row(ledger, words="listening post")
    assert post.proposition.status == "contested-and-evaded"
    assert [said.speaker for said in post.denied] == ["Hanno Silt"]
    assert {said.speaker for said in post.evaded} >= {"Rika Dahl", "Alda Brix"}
    assert services.changed_sources(ledger) == ([], [])


def test_only_changed_documents_are_read_again(sample_project, now):
    ledger = update(sample_project, now)
    before = dict(LedgerEntry.objects.values_list("id", "proposition_id"))
    gold = AnnotationSet.objects.get(document__external_id="02-no-comment", kind="adjudicated")
    Relation.objects.filter(annotation_set=gold, label="denies").delete()
    AnnotationSet.objects.filter(pk=gold.pk).update(revision=gold.revision + 1)

    changed, gone = services.changed_sources(ledger)
    ledger = update(sample_project, now)

    assert [source.document_id for source in changed] == [gold.document_id]
    assert gone == []
    (post,) = row(ledger, words="listening post")
    assert post.proposition.status == "evaded"
    assert post.proposition.pk in before.values(), "the address of the proposition has changed"
    kept = LedgerEntry.objects.exclude(ledger_document__document=gold.document_id).values_list("id", flat=True)
    assert set(kept) <= set(before)


def test_the_consensus_has_support(sample_project, now):
    AnnotationSet.objects.filter(kind="adjudicated").update(state="open")

    ledger = update(sample_project, now, view="consensus")

    supports = {
        (said.k, said.n)
        for found in row(ledger)
        for column in (found.claimed, found.denied, found.evaded)
        for said in column
    }
    assert supports == {(2, 2)}


def test_a_pair_is_proposed_joined_and_split_off(two_documents, lead, now):
    ledger = update(two_documents, now)
    pair = selectors.open_pairs(ledger).get()

    services.decide(two_documents, kind=SAME, first=pair.first, second=pair.second, by=lead, now=now)
    joined = Proposition.objects.get()
    assert (joined.documents, joined.statements) == (2, 2)
    assert (joined.first_seen, joined.last_seen) == ("2026-03-01", "2026-05-01")
    assert selectors.open_pairs(ledger).count() == 0
    update(two_documents, now)
    assert Proposition.objects.count() == 1, "the decision outlives an update"

    services.split_off(joined, LedgerEntry.objects.order_by("id").last(), by=lead, now=now)
    assert Proposition.objects.count() == 2
    assert LedgerDecision.objects.get().undone_by == lead


def test_decisions_outlive_reading_a_document_again(two_documents, lead, now):
    ledger = update(two_documents, now)
    pair = selectors.open_pairs(ledger).get()
    services.decide(two_documents, kind=SAME, first=pair.first, second=pair.second, by=lead, now=now)
    moved = AnnotationSet.objects.order_by("id").last()
    Span.objects.filter(annotation_set=moved).update(end=Span.objects.get(annotation_set=moved).end - 3)
    AnnotationSet.objects.filter(pk=moved.pk).update(revision=7)

    ledger = update(two_documents, now)

    assert Proposition.objects.get(ledger=ledger).documents == 2


def test_pairs_decided_to_differ_are_not_proposed_again(two_documents, lead, now):
    ledger = update(two_documents, now)
    pair = selectors.open_pairs(ledger).get()

    decision = services.decide(two_documents, kind=DIFFERENT, first=pair.first, second=pair.second, by=lead, now=now)
    assert selectors.open_pairs(ledger).count() == 0
    assert LedgerPair.objects.count() == 1

    services.undo_decision(decision, by=lead, now=now)
    assert selectors.open_pairs(ledger).get() == pair
    with pytest.raises(AlreadyDecided):
        services.undo_decision(decision, by=lead, now=now)


def test_joining_one_proposition_with_itself_is_refused(two_documents, lead, now):
    ledger = update(two_documents, now)
    pair = selectors.open_pairs(ledger).get()

    with pytest.raises(AlreadyDecided):
        services.decide(two_documents, kind=SAME, first=pair.first, second=pair.first, by=lead, now=now)
    assert LedgerDecision.objects.count() == 0


def test_a_document_without_finished_work_leaves_the_ledger(two_documents, now):
    ledger = update(two_documents, now)
    AnnotationSet.objects.filter(document__external_id="document-1").update(state="open")

    changed, gone = services.changed_sources(ledger)
    ledger = update(two_documents, now)

    assert (changed, len(gone)) == ([], 1)
    assert Proposition.objects.get(ledger=ledger).documents == 1


def test_filters_combine(sample_project, now):
    ledger = update(sample_project, now)

    assert row(ledger, speaker="Hanno Silt", role="denial", words="post")
    assert not row(ledger, speaker="Hanno Silt", role="evasion")
    assert all(found.proposition.status == "evaded" for found in row(ledger, status="evaded"))


def test_nothing_to_read_is_refused(project, now):
    with pytest.raises(NothingForLedger):
        services.start_update(project, view="adjudicated", started_by=None, now=now)


@pytest.mark.parametrize("name", WRITERS)
def test_every_statement_is_exported(sample_project, now, name):
    ledger = update(sample_project, now)
    statements = sum(proposition.statements for proposition in Proposition.objects.all())

    lines = list(WRITERS[name][0](ledger, LedgerFilters()))

    expected = {"jsonl": Proposition.objects.count(), "csv": statements + 1, "web-annotations": statements}[name]
    assert len(lines) == expected
    assert any("Rika Dahl" in line for line in lines)


def test_speakers_are_entries_of_the_registry_and_merged_ones_share_a_cell(project, make_document, make_set, lead, now):
    for words in ("the Kremlin", "in Moscow"):
        text, spans = make_spans(f"[{words}](Speaker) said [it was ready by {words}](Claim voice=speaker).")
        gold = make_set(make_document(text), "gold", spans, kind="adjudicated", state="adjudicated")
        add_relations(gold, [{"id": "r1", "label": "attributed-to", "from": "s2", "to": "s1"}])
    assert speakers(update(project, now)) == ["in Moscow", "the Kremlin"]
    kremlin = registry.add_entry(project, {"name": "Russian presidency", "aliases": ["Kremlin"]}, by=lead, now=now)
    moscow = registry.add_entry(project, {"name": "Russian government", "aliases": ["in Moscow"]}, by=lead, now=now)

    ledger = selectors.get_ledger(project, "adjudicated")
    assert services.registry_has_changed(ledger)
    assert speakers(update(project, now)) == ["Russian government", "Russian presidency"]

    registry.merge_entries(moscow, kremlin, by=lead, now=now)
    ledger = selectors.get_ledger(project, "adjudicated")
    assert [source.document_id for source in services.renamed_sources(ledger, besides=())] == [
        ledger.documents.get(document__text__startswith="in Moscow").document_id
    ]
    assert speakers(update(project, now)) == ["Russian presidency"]
    assert not services.registry_has_changed(selectors.get_ledger(project, "adjudicated"))


def speakers(ledger):
    return [name for name, _counts in selectors.speakers_of(ledger)]
