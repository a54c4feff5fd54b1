"""`manage.py import_documents`."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import Span
from annotator.platform.jobs.models import Job
from tests.unit.imports.conftest import WORK, line


def run(*arguments):
    call_command("import_documents", *map(str, arguments))


def test_files_are_imported_and_counts_printed(project, tmp_path, capsys):
    (tmp_path / "news.jsonl").write_bytes(line(annotators={"A": WORK}))
    (tmp_path / "article.txt").write_text("Two.")
    run("news", tmp_path / "news.jsonl", tmp_path / "article.txt")

    assert Document.objects.filter(project=project).count() == 2
    assert "Imported 2 documents, 1 annotation set, 2 spans." in capsys.readouterr().out
    assert (tmp_path / "news.jsonl").exists()


def test_refused_line_is_printed_and_the_command_fails(project, tmp_path, capsys):
    (tmp_path / "bad.jsonl").write_bytes(line("One.") + b"{\n")
    with pytest.raises(CommandError, match="The files have 1 error, listed in the report"):
        run("news", tmp_path / "bad.jsonl")
    assert "error: bad.jsonl:2: This is not valid JSON" in capsys.readouterr().out


def test_skipping_bad_lines_succeeds_with_good_lines(project, tmp_path, capsys):
    (tmp_path / "bad.jsonl").write_bytes(line("One.") + b"{\n")
    run("news", tmp_path / "bad.jsonl", "--skip-bad")
    assert Document.objects.filter(project=project).count() == 1
    assert "error: bad.jsonl:2" in capsys.readouterr().out


def test_skipping_bad_lines_fails_without_good_lines(project, tmp_path):
    (tmp_path / "bad.jsonl").write_bytes(b"{\n")
    with pytest.raises(CommandError):
        run("news", tmp_path / "bad.jsonl", "--skip-bad")
    assert not Document.objects.filter(project=project).exists()


def test_duplicates_do_not_fail_the_command(project, tmp_path, capsys):
    (tmp_path / "a.txt").write_text("One.")
    run("news", tmp_path / "a.txt")
    run("news", tmp_path / "a.txt")
    assert "warning: a.txt: “a” is a duplicate" in capsys.readouterr().out


def test_report_can_be_printed_as_json(project, tmp_path, capsys):
    (tmp_path / "bad.jsonl").write_bytes(line("One.", id="é") + b"{\n")
    run("news", tmp_path / "bad.jsonl", "--skip-bad", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["result"]["documents"], told["problem"]) == ("done", 1, None)
    assert [(one["level"], one["where"]) for one in told["report"]] == [("error", "bad.jsonl:2")]


def test_encoding_can_be_set(project, tmp_path):
    (tmp_path / "a.txt").write_bytes("Café.".encode("latin-1"))
    run("news", tmp_path / "a.txt", "--encoding", "latin-1")
    assert Document.objects.get(project=project).text == "Café."


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing.txt", "No such file"), ("a.xlsx", "unrecognised format"), ("a.ann", "pass their folder to the command")],
)
def test_unreadable_file_gives_one_line(project, tmp_path, name, words):
    (tmp_path / "a.xlsx").write_text("a,b")
    (tmp_path / "a.ann").write_text("")
    with pytest.raises(CommandError, match=words):
        run("news", tmp_path / name)
    assert Job.objects.count() == 0


def test_folder_is_one_import(project, tmp_path, capsys):
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "one.txt").write_text("Ada said no.")
    (folder / "one.ann").write_text("T1\tSpeaker 0 3\tAda\n")
    run("news", folder)

    document = Document.objects.get(project=project)
    assert document.annotation_sets.get(name="ada").spans.get().label == "Speaker"
    assert "Imported 1 document, 1 annotation set, 1 span." in capsys.readouterr().out


def test_unknown_project_lists_known_projects(project, tmp_path):
    with pytest.raises(CommandError, match="Projects: news"):
        run("nwes", tmp_path / "a.txt")


def test_preview_reports_contents_and_keeps_nothing(project, tmp_path, capsys, settings):
    work = {"spans": [{"id": "s1", "label": "Claim", "fragments": [[0, 3]]}]}
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "Ada.", "annotators": {"A": work}}))
    run(project.slug, path, "--preview")
    said = capsys.readouterr().out
    assert "Read as JSONL: 1 document, 1 annotation set, 1 span, 0 relations." in said
    assert "Labels: “Claim” 1. Annotators: “A” 1." in said
    assert "Preview: nothing was stored." in said
    assert Document.objects.count() == 0
    assert list(settings.UPLOADS_DIR.iterdir()) == []


def test_mapping_decides_for_single_names(project, tmp_path, capsys):
    spans = [
        {"id": label, "label": label, "fragments": [[0, 3]], "attributes": {"age": "3", "kind": "x"}}
        for label in ("PER", "LOC", "Claim")
    ]
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "Ada.", "annotators": {"A": {"spans": spans}}}))
    new = {"labels": {"LOC": "add", "PER": "skip"}, "attributes": {"age": "add", "kind": "skip"}}
    (tmp_path / "map.json").write_text(json.dumps({"new": new}))
    run(project.slug, tmp_path / "a.jsonl", "--map", tmp_path / "map.json")
    spans = Span.objects.order_by("label")
    assert [(span.label, span.attributes) for span in spans] == [("Claim", {"age": "3"}), ("LOC", {"age": "3"})]
    assert "span PER was left out" in capsys.readouterr().out
