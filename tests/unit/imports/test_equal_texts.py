"""Equal texts under different ids, and what is lost without consent."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import Span
from annotator.platform.jobs.models import JobState
from tests.unit.imports.conftest import CLAIM, SPEAKER, line, report

TWICE = line(id="1", annotator="A", spans=[]) + line(id="2", annotator="A", spans=[SPEAKER])


def spans_by_document():
    return sorted(Span.objects.values_list("annotation_set__document__external_id", "label", "start"))


@pytest.mark.stores
def test_equal_texts_stay_documents_of_their_own(project, take_in):
    job = take_in({"a.jsonl": TWICE + line("Never.", id="3")})

    assert spans_by_document() == [("2", "Speaker", 0)]
    assert Document.objects.count() == 3
    assert report(job) == [("info", "a.jsonl:2", "“2” has the same text as “1”. Both are stored.")]
    assert job.result["balance"] == (
        "Documents: 3 in the files = 3 stored + 0 left out. Spans: 1 in the files = 1 stored + 0 left out. "
        "Attributes: 2 in the files = 2 stored + 0 left out."
    )


def test_tasks_over_one_text_merge_into_one_set(project, take_in):
    data = b"".join(
        line(id=str(number), annotator="A", spans=[one]) for number, one in enumerate((SPEAKER, CLAIM, SPEAKER))
    )
    job = take_in({"a.jsonl": data}, equal_texts="merge")

    assert spans_by_document() == [("0", "Claim", 4), ("0", "Speaker", 0)]
    assert job.result["items"]["left_out"] == {
        "documents": {"merged": 2}, "spans": {"repeated": 1}, "attributes": {"repeated": 2},
    }  # fmt: skip
    assert not job.result["incomplete"]


def test_equal_texts_can_be_refused(project, take_in):
    job = take_in({"a.jsonl": TWICE}, equal_texts="refuse")
    assert job.state == JobState.FAILED
    assert report(job)[0][1:] == (
        "a.jsonl:2",
        "/text: “2” has the same text as another document of this file. Keep equal texts, merge them, or remove it.",
    )
    assert not Document.objects.exists()


def test_set_with_other_content_is_lost_loudly(project, tmp_path, capsys):
    path = tmp_path / "a.jsonl"
    path.write_bytes(line(id="1", annotator="A", spans=[CLAIM]) + line(id="1", annotator="A", spans=[SPEAKER]))
    with pytest.raises(CommandError, match=r"Not everything was imported: 1 span, 2 attributes\."):
        call_command("import_documents", "news", str(path))

    assert capsys.readouterr().out.startswith(
        "Documents: 2 in the files = 1 stored + 1 left out (1 stored already). Spans: 2 in the files = 1 stored + 1 "
        "left out (1 of annotation sets that are stored with other content)."
    )


def test_losses_can_be_accepted(project, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(line(id="1", annotator="A", spans=[CLAIM]) + line(id="1", annotator="A", spans=[SPEAKER]))
    call_command("import_documents", "news", str(path), "--allow-losses")
    assert spans_by_document() == [("1", "Claim", 4)]


def test_page_of_an_incomplete_import_is_not_green(project, take_in, client, lead):
    job = take_in(
        {"a.jsonl": line(id="1", annotator="A", spans=[CLAIM]) + line(id="1", annotator="A", spans=[SPEAKER])}
    )
    client.force_login(lead)
    page = client.get(f"/projects/news/jobs/{job.pk}/").content.decode()

    assert "Not everything was imported: 1 span, 2 attributes left out without your consent." in page
    assert "badge--success" not in page


def test_repeated_fault_is_one_line_with_a_count(project, take_in):
    bad = b"".join(
        line(f"Ada {number}.", annotator="A", spans=[{**SPEAKER, "label": f"L{number}"}]) for number in range(400)
    )
    job = take_in({"a.jsonl": bad})
    messages = [message for level, _, message in report(job) if level == "error"]

    assert len(messages) == 2
    assert messages[0].startswith("/spans/0/label: The schema has no label “L0”. Labels:")
    assert messages[0].endswith("(399 more like this: 2, 3, 4, 5, …)")
