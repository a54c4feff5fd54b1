"""Moving sets to another schema version and back: rows, log, older editors, and what cannot be moved."""

import json

import pytest

from annotator.agreement import services as agreement
from annotator.corpus.relabelling import hand, services
from annotator.corpus.relabelling import jobs as relabelling_jobs
from annotator.corpus.relabelling.models import MigratedSet
from annotator.corpus.relabelling.reading import VersionReader
from annotator.corpus.relabelling.selectors import review_queue
from annotator.corpus.spans import selectors, state
from annotator.corpus.spans import services as spans_services
from annotator.corpus.spans.changes import AddRelation, AddSpan, RemoveSpan, UpdateSpan
from annotator.corpus.spans.models import SetKind
from annotator.corpus.spans.problems import InvalidChange
from annotator.corpus.spans.values import RelationValue, SpanValue
from annotator.datasets.exports import services as exports
from annotator.datasets.exports.options import ExportOptions
from annotator.datasets.releases import services as releases
from annotator.datasets.releases.contents.frozen import read_frozen
from annotator.datasets.releases.contents.source import FrozenSource
from annotator.datasets.releases.serializers import parse_release
from annotator.platform.jobs import services as jobs
from projects.selectors import current_guideline
from projects.services import publish_schema
from tests.unit.corpus.relabelling.conftest import CLAIM, DEFINITION, OLD, SPEAKER, content

pytestmark = [pytest.mark.django_db, pytest.mark.stores]


def test_preview_counts_each_change_with_its_text_and_writes_nothing(annotation_set, migrate):
    before = content(annotation_set)

    preview = migrate("preview").preview

    assert {(kind["from"], kind["to"], kind["what"], kind["count"]) for kind in preview["changes"]} == {
        ("Claim", "Fact", "attributes, label", 1),
        ("Speaker", "Source", "label, by hand", 1),
    }
    example = preview["changes"][0]["examples"][0]
    assert (example["before"], example["text"], example["annotator"]) == ("Ada said ", "it rained", "ada")
    assert (preview["relations"], preview["refused"]["count"]) == ([{"from": "by", "to": "said-by", "count": 1}], 0)
    assert content(annotation_set) == before


def test_sets_are_moved_through_their_log_and_moved_back_as_one(annotation_set, migrate, versions):
    before = content(annotation_set)

    migration = migrate("preview", "run")

    after = content(annotation_set)
    assert {span.id: (span.label, dict(span.attributes)) for span in after.spans.values()} == {
        "c": ("Fact", {}),
        "s": ("Source", {}),
    }
    assert (after.relations["r"].label, annotation_set.revision) == ("said-by", 7)
    assert annotation_set.schema_version == versions[1]
    assert [row.by_hand for row in review_queue(migration)] == [1]

    migrate("undo", migration=migration)

    assert content(annotation_set) == before
    assert (annotation_set.schema_version, annotation_set.revision) == (versions[0], 11)
    assert not review_queue(migration).exists()


def test_used_label_is_not_dropped(annotation_set, migrate):
    dropped = {"labels": {**DEFINITION["labels"], "Speaker": {"drop": True}}, "relations": {"by": "said-by"}}

    migration = migrate("preview", definition=dropped)

    assert migration.preview["refused"]["reasons"][0]["detail"] == "“Speaker” is dropped, and spans use it."
    with pytest.raises(services.MigrationRefused):
        migrate("run", migration=migration)
    with pytest.raises(services.MigrationRefused):
        migrate("run", definition=dropped)


def test_editor_opened_before_saves_in_the_words_of_the_new_version(annotation_set, migrate, save):
    """It has labels of the old version; what it sends is read through the mapping."""
    migrate("preview", "run")
    added = SpanValue("n", "Claim", ((20, 33),), {"kind": "forecast"})

    save(
        annotation_set, AddSpan(state.new_id(), added), AddRelation(state.new_id(), RelationValue("r2", "by", "n", "s"))
    )
    after = content(annotation_set)
    assert (after.spans["n"].label, after.relations["r2"].label) == ("Forecast", "said-by")

    change = {"attributes": {"kind": "forecast"}}, {"attributes": {"kind": "fact"}, "note": "sure"}
    save(annotation_set, UpdateSpan(state.new_id(), "n", *change))
    after = content(annotation_set)
    assert (after.spans["n"].label, after.spans["n"].note) == ("Fact", "sure")
    with pytest.raises(InvalidChange):
        save(annotation_set, AddSpan(state.new_id(), SpanValue("x", "Unknown", ((0, 3),))))
    with pytest.raises(InvalidChange):
        save(annotation_set, RemoveSpan(state.new_id(), CLAIM))  # It has a relation.


def test_set_with_later_work_that_the_old_version_refuses_is_kept(annotation_set, migrate, save, make_document):
    migration = migrate("preview", "run")
    save(annotation_set, AddSpan(state.new_id(), SpanValue("n", "Fact", ((20, 33),))))

    migrate("undo", migration=migration)

    assert migration.last_result["kept"] == 1
    assert content(annotation_set).spans["c"].label == "Fact"


def test_document_being_adjudicated_waits_and_is_read_through_the_mapping(annotation_set, migrate, versions, now):
    gold = {"kind": SetKind.ADJUDICATED, "name": "adjudicated", "schema_version": versions[0]}
    open_gold = spans_services.create_annotation_set(
        annotation_set.document, guideline_version=current_guideline(versions[0].project), now=now, **gold
    )

    migration = migrate("preview", "run")

    annotation_set.refresh_from_db()
    assert (annotation_set.schema_version, migration.last_result["adjudicated_later"]) == (versions[0], 2)
    reader = VersionReader.of(versions[0].project)
    spans, relations = selectors.spans_of(annotation_set), selectors.relations_of(annotation_set)
    (read, arrows, _answers), version = reader.read(versions[0].number, spans, relations, {})
    assert ([span["label"] for span in read], arrows[0]["label"], version) == (
        ["Source", "Fact"],
        "said-by",
        versions[1].number,
    )
    assert reader.read(versions[1].number, spans, relations, {}) is None

    type(open_gold).objects.filter(pk=open_gold.pk).update(state="adjudicated")
    migrate("run", migration=migration)
    annotation_set.refresh_from_db()
    assert annotation_set.schema_version == versions[1]


def test_merged_relations_between_the_same_spans_become_one(
    project, versions, annotation_set, migrate, save, now, lead
):
    merged = publish_schema(project, {**OLD, "relations": [*OLD["relations"], {"id": "also-by"}]}, by=lead, now=now)
    type(annotation_set).objects.filter(pk=annotation_set.pk).update(schema_version=merged)
    save_set = type(annotation_set).objects.select_related("schema_version", "document").get(pk=annotation_set.pk)
    save(save_set, AddRelation(state.new_id(), RelationValue("r2", "also-by", "c", "s")))
    target = publish_schema(project, OLD | {"name": "Again"}, by=lead, now=now)
    migration = services.create_migration(
        project, source=merged, target=target, definition={"relations": {"also-by": "by"}}, by=lead, now=now
    )

    migrate("preview", "run", migration=migration)

    assert migration.preview["joined_relations"] == 1
    assert list(content(annotation_set).relations) == ["r"]
    migrate("undo", migration=migration)
    assert {relation.label for relation in content(annotation_set).relations.values()} == {"by", "also-by"}
    assert MigratedSet.objects.filter(is_undone=True).count() == 1


@pytest.fixture
def half_moved(annotation_set, make_document, make_set, migrate, versions, project):
    """A document of two finished sets: Ada's was not moved, because it changed after the preview; Ben's was."""
    spans = [{"id": "x", "label": "Fact", "fragments": [[9, 18]], "attributes": {}, "note": "", "origin": "manual"}]
    make_set(annotation_set.document, "ben", spans, schema_version=versions[1], state="submitted")
    migration = migrate("preview")
    migration.state, migration.started_at = "active", migration.created_at
    migration.save()
    type(annotation_set).objects.filter(pk=annotation_set.pk).update(state="submitted")
    return migration


def test_exports_and_releases_read_sets_through_the_mapping_and_say_so(half_moved, project, lead, now):
    export = exports.start_export(project, options=ExportOptions(), started_by=lead, now=now, own_process=True)
    done = jobs.run_here(exports.job_of(export))
    folder = exports.directory_of(export)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    [line] = [json.loads(line) for line in (folder / "data.jsonl").read_bytes().splitlines()]

    assert done.state == "done"
    assert [span["label"] for span in line["annotators"]["ada"]["spans"]] == ["Source", "Fact"]
    assert line["annotators"]["ada"]["schema_version"] == 3
    assert manifest["read_through_mapping"] == [{"from_version": 2, "to_version": 3, "annotation_sets": 1}]

    options = parse_release({"name": "First"})
    release = releases.create_release(project, options=options, created_by=lead, now=now, own_process=True)
    assert jobs.run_here(releases.job_of(release)).state == "done"
    type(half_moved).objects.update(state="undone")
    release.refresh_from_db()
    source = FrozenSource(release)
    [record] = read_frozen(source, [key for _name, key in source.documents()])
    assert {span["label"] for span in record.sets["ada"]["spans"]} == {"Source", "Fact"}
    assert release.manifest["read_through_mappings"] == [{"from_version": 2, "to_version": 3, "mapping": DEFINITION}]


def test_agreement_reads_sets_through_the_mapping_and_says_so(half_moved, project, lead, now):
    report = agreement.start_report(project, started_by=lead, now=now, own_process=True)
    jobs.run_here(agreement.job_of(report))
    report.refresh_from_db()

    assert report.result["read_through_mapping"] == [{"from_version": 2, "to_version": 3, "sets": 1}]
    [fact] = [row for row in report.result["labels"] if row["label"] == "Fact"]
    assert fact["exact_f1"]["value"] == 1


def test_labels_chosen_by_hand_are_checked_and_undone_with_the_migration(
    annotation_set, migrate, save, page, lead, ada
):
    save(annotation_set, AddSpan(state.new_id(), SpanValue("s2", "Speaker", ((19, 22),))))
    before = content(annotation_set)
    migration = migrate("preview", "run")
    url, api = f"/schema-migrations/{migration.pk}/by-hand/", f"/api/v1/schema-migrations/{migration.pk}/by-hand/"
    assert page(ada).get(url).status_code == page(ada).get(api).status_code == 404
    listed = page(lead).get(api, {"sort": "text"}).json()
    assert (listed["waiting"], listed["choices"][:3]) == (2, ["Fact", "Forecast", "Source"])
    linked, free = sorted(listed["spans"], key=lambda span: span["text"] != "Ada")
    assert (linked["text"], linked["from_label"], linked["provisional_label"]) == ("Ada", "Speaker", "Source")

    # The relation of the first one does not allow the label; the label of the second one is stored all the same.
    answer = page(lead).post(url, {f"label-{linked['id']}": "Hedge", f"label-{free['id']}": "Hedge"})
    assert answer.status_code == 422
    assert "Decided 1 span." in answer.content.decode()
    assert {uid: span.label for uid, span in content(annotation_set).spans.items()} == {
        "c": "Fact",
        "s": "Source",
        "s2": "Hedge",
    }
    wrong = page(lead).post(api, {"labels": {str(free["id"]): "Nothing"}}, "application/json")
    assert wrong.status_code == 422
    done = page(lead).post(api, {"labels": {str(linked["id"]): "Source"}}, "application/json").json()
    assert done == {"decided": 1, "refused": {}}
    assert not review_queue(migration).exists()
    assert "All spans to decide by hand have their label." in page(lead).get(url).content.decode()

    migrate("undo", migration=migration)
    assert content(annotation_set) == before


def test_undo_takes_labels_chosen_by_hand_back_where_annotators_went_on(annotation_set, migrate, save, lead, now):
    before = content(annotation_set)
    migration = migrate("preview", "run")
    added = SpanValue("n", "Hedge", ((4, 8),))
    save(annotation_set, AddSpan(state.new_id(), added))
    only = hand.undecided(migration, most=9)[0]
    assert hand.decide(migration, {only.id: "Source"}, by=lead, now=now).count == 1

    migrate("undo", migration=migration)

    assert content(annotation_set).spans == before.spans | {"n": added}


@pytest.mark.parametrize("action", ["run", "undo"])
def test_annotators_save_between_the_windows_of_a_migration(
    annotation_set, migrate, save, make_document, ben, versions, now, monkeypatch, action
):
    """Each window is a transaction of its own; the pause after it is where this annotator saves."""
    document = make_document("Ada said.")
    other = spans_services.create_annotation_set(
        document, kind=SetKind.ANNOTATOR, annotator=ben, name="ben", schema_version=versions[0],
        guideline_version=current_guideline(document.project), now=now,
    )  # fmt: skip
    save(other, AddSpan(state.new_id(), SPEAKER))
    migration = migrate("preview", *(["run"] if action == "undo" else []))
    numbers = iter(range(10))

    def save_in_the_pause():
        for row in (annotation_set, other):
            save(row, AddSpan(state.new_id(), SpanValue(f"h{next(numbers)}", "Hedge", ((0, 3),))))

    monkeypatch.setattr(relabelling_jobs, "SETS_AT_ONCE", 1)
    monkeypatch.setattr(relabelling_jobs, "make_way", save_in_the_pause)
    migrate(action, migration=migration)

    assert migration.last_result["sets"] == 2
    expected = versions[0] if action == "undo" else versions[1]
    for row in (annotation_set, other):
        hedges = [span for span in content(row).spans.values() if span.label == "Hedge"]
        assert len(hedges) == 2
        assert row.schema_version_id == expected.pk
