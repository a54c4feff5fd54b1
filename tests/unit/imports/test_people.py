"""One person, one identity: names of imported and rescued work that are members of the project."""

import json

import pytest
from django.core.management import call_command

from annotator.adjudication.selectors import finished_sets
from annotator.agreement.selectors.sets import authors_in, comparable_documents
from annotator.corpus import identities
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import exclusions, lifecycle
from annotator.corpus.spans.models import AnnotationSet, OutsideName
from annotator.corpus.spans.problems import NameLinkChanged
from annotator.workload.assignments.selectors.board import BoardFilter, board
from annotator.workload.assignments.services import assign, next_document
from tests.unit.imports.conftest import CLAIM, SPEAKER, line

RESCUED = "ada, saved as a file 2026-11-29T10:00:00Z"


def saved(name=RESCUED, *spans):
    return line(id="d", annotators={name: {"spans": list(spans)}})


def exported(tmp_path):
    call_command("export_dataset", "news", "--view", "each", "--out", str(tmp_path / "out.jsonl"))
    lines = [json.loads(one) for one in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    return {name: len(work["spans"]) for one in lines for name, work in one["annotators"].items()}


def submit(document, user, now):
    assignment = assign(document, user, now=now)
    lifecycle.submit(assignment.annotation_set, now=now)
    return assignment.annotation_set


@pytest.mark.stores
def test_rescued_work_never_counts_beside_the_annotators_own(project, take_in, ada, ben, now, tmp_path):
    take_in({"a.jsonl": line(id="d")})
    document = Document.objects.get()
    own = submit(document, ada, now)
    submit(document, ben, now)
    preview = take_in({"saved.jsonl": saved(RESCUED, SPEAKER, CLAIM)}, preview=True)
    assert any("will be linked to the member ada" in one.message for one in preview.lines.all())
    assert not OutsideName.objects.exists()
    job = take_in({"saved.jsonl": saved(RESCUED, SPEAKER, CLAIM)})

    assert any("is the member ada" in one.message for one in job.lines.all())
    assert authors_in(project) == ["ada", "ben"]
    assert {one.name for one in finished_sets(document)} == {"ada", "ben"}
    assert exported(tmp_path) == {"ada": 0, "ben": 0}
    (summary,) = identities.outside_names(project)
    assert (summary.member, summary.sets, summary.superseded) == ("ada", 1, 1)

    # Without the own set the rescued work is Ada's, under her name.
    exclusions.exclude(project, own, reason="Lost in another window", by=None, now=now)
    assert exported(tmp_path) == {"ada": 2, "ben": 0}
    assert authors_in(project) == ["ada", "ben"]
    (row,) = board(project, BoardFilter()).rows
    assert [cell.imported is not None for cell in row.cells] == [True, False, False]

    # Ending the link restores everything; another import does not link the name again.
    identities.unlink(summary.link, by=None, now=now)
    assert authors_in(project) == [RESCUED, "ben"]
    take_in({"again.jsonl": line("Another text.", id="e", annotators={RESCUED: {"spans": []}})})
    assert not AnnotationSet.objects.filter(member__isnull=False).exists()


def test_name_of_a_member_in_a_file_is_that_member(project, take_in, ada, ben, now, tmp_path):
    take_in({"a.jsonl": saved("ada", SPEAKER), "b.jsonl": line("More.", id="e", annotators={"B": {"spans": []}})})

    assert next_document(project, user=ada, now=now).assignment.document.external_id == "e"
    own = submit(Document.objects.get(external_id="d"), ada, now)
    submit(Document.objects.get(external_id="d"), ben, now)

    assert own.name == "ada-2"
    assert authors_in(project) == ["B", "ada", "ben"]
    assert [document.external_id for document in comparable_documents(project)] == ["d"]
    assert exported(tmp_path) == {"B": 0, "ada": 0, "ben": 0}


def test_mapping_links_names_and_keeps_others_apart(project, take_in, ada, now):
    sets = {"p.smith": {"spans": [SPEAKER]}, "ada": {"spans": []}}
    chosen = {"people": {"p.smith": "ada", "ada": None}}
    take_in({"a.jsonl": line(id="d", annotators=sets)}, map=json.dumps(chosen))

    names = {summary.name: summary for summary in identities.outside_names(project)}
    assert (names["p.smith"].member, names["ada"].is_other) == ("ada", True)
    assert authors_in(project) == ["ada", "ada (imported)"]
    job = take_in({"a.jsonl": line(id="f")}, map=json.dumps({"people": {"x": "sam"}}))
    assert "no member of this project" in job.problem["detail"]


def test_exclusion_of_a_member_covers_linked_names(project, take_in, ada, now):
    take_in({"a.jsonl": saved("p.smith", SPEAKER)})
    link = identities.link(project, "p.smith", member=ada, by=None, now=now)

    exclusions.exclude(project, exclusions.Person("ada", "annotator"), reason="Bad work", by=None, now=now)
    assert AnnotationSet.objects.get().is_excluded
    identities.unlink(link, by=None, now=now)
    assert not AnnotationSet.objects.get().is_excluded
    with pytest.raises(NameLinkChanged):
        identities.unlink(link, by=None, now=now)


def test_command_lists_links_and_unlinks(project, take_in, ada, capsys):
    take_in({"a.jsonl": saved("p.smith", SPEAKER)})

    call_command("link_names", "news", "--link", "p.smith=ada", "--json")
    (row,) = json.loads(capsys.readouterr().out)["names"]
    assert (row["name"], row["member"], row["annotation_sets"]) == ("p.smith", "ada", 1)
    call_command("link_names", "news", "--unlink", "p.smith", "--other", "p.smith")
    assert capsys.readouterr().out == "p.smith: another person (1 annotation set)\n"
    assert OutsideName.objects.filter(unlinked_at=None).get().user is None
