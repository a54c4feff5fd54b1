import json
from datetime import UTC, datetime, timedelta

import pytest

from annotator.agreement import services
from annotator.agreement.models import AgreementReport, ReportedSet
from annotator.agreement.selectors import reports, sets
from annotator.agreement.selectors import spans as span_selectors
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.workload.assignments.services import tallies
from annotator.workload.assignments.services.plans import ensure_plans
from tests.notation import make_spans
from tests.reference.corpus import SAMPLES
from tests.unit.agreement.conftest import measure

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stores]

TEXT, SPANS = make_spans("Ada[Speaker] said [it rained](Claim kind=fact) and [it did](Claim kind=fact).")
EXPECTED = json.loads((SAMPLES / "agreement.json").read_text("utf-8"))


@pytest.fixture
def two_sets(project, ada, ben, make_document, make_set):
    """A document that Ada and Ben have submitted; Ben left out the last claim."""
    document = make_document(TEXT)
    return [
        make_set(document, ada, SPANS, state="submitted", revision=3),
        make_set(document, ben, SPANS[:2], state="submitted", revision=2),
    ]


def rounded(figure):
    return None if figure["value"] is None else round(figure["value"], 4)


def test_the_sample_corpus_gives_its_published_figures(sample_project, now):
    result = measure(sample_project, now).result

    pair = result["pairs"][0]
    counts = {row["label"]: row for row in pair["labels"]} | {"all": pair["overall"]}
    alphas = {row["label"]: rounded(row["alpha_code_points"]) for row in result["labels"]}
    assert (result["documents"], pair["first"], pair["second"]) == (EXPECTED["documents"], "A", "B")
    for label, wanted in EXPECTED["spans"].items():
        found = {"A": counts[label]["first_count"], "B": counts[label]["second_count"]}
        found |= {name: rounded(counts[label][name]) for name in ("exact_f1", "overlap_f1")}
        found |= {"alpha_char": alphas[label]} if label in alphas else {"unlabelled_f1": rounded(pair["unlabelled_f1"])}
        assert found == wanted
    attributes = {
        f"{row['label']}.{row['attribute']}": {
            "n": row["matched"],
            "observed": rounded(row["observed"]),
            "kappa": rounded(row["kappa"]),
        }
        for row in result["attributes"]
        if row["attribute"] != "canonical"
    }
    assert attributes == EXPECTED["attributes"]
    relations = {
        row["label"]: {"A": row["first_count"], "B": row["second_count"]}
        | {name: rounded(row[name]) for name in ("exact_f1", "overlap_f1")}
        for row in result["relations"]
    }
    assert relations == EXPECTED["relations"]


def test_labels_come_in_the_order_of_the_schema(sample_project, now):
    result = measure(sample_project, now).result

    assert [row["label"] for row in result["labels"]] == ["Claim", "Speaker", "Denial", "Hedge", "Cue"]


def test_a_report_stores_the_measured_revisions(two_sets, project, now):
    report = measure(project, now)

    found = ReportedSet.objects.filter(report=report).order_by("author").values_list("author", "revision")
    assert list(found) == [("ada", 3), ("ben", 2)]
    assert not reports.staleness(report).is_stale


def test_changed_withdrawn_and_added_sets_are_counted(two_sets, project, now, make_document, make_set):
    report = measure(project, now)

    AnnotationSet.objects.filter(pk=two_sets[0].pk).update(revision=4)
    assert reports.staleness(report) == reports.Staleness(changed=1, withdrawn=0, added=0)

    AnnotationSet.objects.filter(pk=two_sets[0].pk).update(state="open")
    assert reports.staleness(report) == reports.Staleness(changed=0, withdrawn=1, added=0)

    other = make_document("Another text.")
    make_set(other, "A")
    assert reports.staleness(report).added == 0  # one set alone is nothing to compare
    make_set(other, "B")
    assert reports.staleness(report).added == 2


def test_changes_are_found_that_tallies_have_counted(two_sets, project, now):
    def change(**values):
        AnnotationSet.objects.filter(pk=two_sets[0].pk).update(**values, is_tallied=False)
        waiting = (reports.staleness(report), sets.count_documents(project))
        ensure_plans(project)
        assert tallies.count_sets(project)
        assert (reports.staleness(report), sets.count_documents(project)) == waiting
        return waiting[0], (waiting[1].compared, waiting[1].one_set)

    report = measure(project, now)
    assert change(changed_at=now) == (reports.Staleness(0, 0, 0), (1, 0))
    assert change(revision=4) == (reports.Staleness(changed=1, withdrawn=0, added=0), (1, 0))
    assert change(state="open") == (reports.Staleness(changed=0, withdrawn=1, added=0), (0, 1))
    assert reports.authors_to_choose(project) == ["ada", "ben"]


def test_only_documents_that_changed_last_are_compared(two_sets, project, now, make_document, make_set, monkeypatch):
    other = make_document("Another text.")
    others = [make_set(other, "A"), make_set(other, "B")]
    report = measure(project, now)
    ensure_plans(project)
    while tallies.count_sets(project):
        pass
    monkeypatch.setattr(reports, "MOST_COMPARED", 1)
    AnnotationSet.objects.filter(pk=others[0].pk).update(revision=4, is_tallied=False)
    tallies.count_sets(project)

    stale = reports.staleness(report)

    assert (stale.counts, stale.is_complete, stale.most_compared) == (
        {"changed": 1, "withdrawn": 0, "added": 0}, False, 1,
    )  # fmt: skip
    assert [change.document for change in reports.changes_since(report)] == [other]
    assert reports.authors_to_choose(project) == ["A", "B", "ada", "ben"]
    monkeypatch.setattr(reports, "MOST_COMPARED", 2)
    assert (reports.staleness(report).is_complete, reports.staleness(report).counts) == (True, stale.counts)


def test_only_submitted_and_imported_sets_count(project, ada, ben, make_document, make_set, now):
    document = make_document(TEXT)
    make_set(document, ada, SPANS, state="submitted")
    make_set(document, ben, state="submitted")
    make_set(document, "adjudicated", SPANS, kind="adjudicated")
    make_set(document, "model", SPANS, kind="model")
    only_one = make_document("Only Ada read this.")
    make_set(only_one, ada, state="submitted")
    make_set(only_one, ben, state="open", revision=1)
    make_document("Nobody read this.")

    result = measure(project, now).result

    assert (result["documents"], result["left_out"]) == (1, {"one_set": 1, "no_set": 1, "open_sets": 1})
    assert [annotator["name"] for annotator in result["annotators"]] == ["ada", "ben"]
    assert result["overall"]["exact_f1"]["value"] == 0


def test_a_project_without_comparable_documents_is_explained(project, ada, make_document, make_set, now):
    make_set(make_document(TEXT), ada, SPANS, state="submitted")

    with pytest.raises(services.NothingToCompare, match="submitted by two annotators"):
        services.start_report(project, started_by=None, now=now)
    assert not AgreementReport.objects.exists()


def test_documents_without_spans_come_last(two_sets, project, ada, ben, make_document, make_set, now):
    nothing = make_document("Nothing here.")
    make_set(nothing, ada, state="submitted")
    make_set(nothing, ben, state="submitted")

    report = measure(project, now)

    rows = list(reports.documents_of(report))
    assert [row.overlap_f1 for row in rows] == [0.8, None]
    assert rows[1].alpha is None


def test_an_imported_name_is_not_merged_with_a_user(two_sets, project, make_document, make_set, now):
    document = make_document("Another text.")
    make_set(document, "ada")
    make_set(document, "B")

    result = measure(project, now).result

    assert [annotator["name"] for annotator in result["annotators"]] == ["B", "ada", "ada (imported)", "ben"]


def test_saving_during_a_report_leaves_it_outdated(two_sets, project, now, monkeypatch):
    original = span_selectors.load_groups

    def save_first(document_ids, heads, spans):
        Span.objects.filter(annotation_set=two_sets[0], uid="s3").delete()
        AnnotationSet.objects.filter(pk=two_sets[0].pk).update(revision=4)
        return original(document_ids, heads, spans)

    monkeypatch.setattr(span_selectors, "load_groups", save_first)

    report = measure(project, now)

    assert report.result["overall"]["exact_f1"]["value"] == 1
    assert reports.staleness(report).changed == 1


def test_three_annotators_are_compared_in_pairs(project, make_document, make_set, now):
    document = make_document(TEXT)
    for name, spans in [("A", SPANS), ("B", SPANS), ("C", SPANS[:1])]:
        make_set(document, name, spans)

    result = measure(project, now).result

    found = {(pair["first"], pair["second"]): pair["overall"]["exact_f1"]["value"] for pair in result["pairs"]}
    assert found == {("A", "B"): 1.0, ("A", "C"): 0.5, ("B", "C"): 0.5}
    claims = result["labels"][0]
    assert (claims["label"], claims["spans"]) == ("Claim", 4)


def test_documents_count_in_the_week_of_their_last_submit(two_sets, project, now, ada, ben, make_document, make_set):
    sets = [make_set(make_document(f"{TEXT} {user}"), user, SPANS, state="submitted") for user in (ada, ada)]
    later = [make_set(own.document, ben, SPANS, state="submitted") for own in sets]
    monday = datetime(2026, 11, 2, tzinfo=UTC)
    days = {two_sets[0]: 0, two_sets[1]: 6, sets[0]: 1, later[0]: 8, sets[1]: 20, later[1]: 7}
    for own, day in days.items():
        AnnotationSet.objects.filter(pk=own.pk).update(submitted_at=monday + timedelta(days=day, hours=5))

    weeks = measure(project, now).result["weeks"]

    assert [week["at"][:10] for week in weeks] == ["2026-11-02", "2026-11-09", "2026-11-16"]
    assert [week["documents"] for week in weeks] == [1, 1, 1]
    assert [week["overall"]["overlap_f1"]["value"] for week in weeks] == [0.8, 1.0, 1.0]


def test_spans_with_a_removed_label_count(project, make_document, make_set, now):
    document = make_document(TEXT)
    old = [{**SPANS[0], "label": "Source"}]
    make_set(document, "A", old)
    make_set(document, "B", old)

    result = measure(project, now).result

    assert [row["label"] for row in result["labels"]] == ["Claim", "Speaker", "Denial", "Hedge", "Cue", "Source"]
    assert result["labels"][-1]["exact_f1"]["value"] == 1
    assert result["labels"][0]["exact_f1"] == {"value": None, "undefined": "no_spans", "low": None, "high": None}
