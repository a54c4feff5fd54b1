"""The command with --skip-bad: what its exit code says."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotator.documents.models import Document
from projects.models import Project

GOOD, BAD = b'{"id": "a", "text": "It rained."}\n', b'{"id": "b", "text": 3}\n'


def test_whoever_skips_bad_lines_is_not_told_of_failure_when_good_ones_went_in(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.jsonl").write_bytes(GOOD + BAD)

    call_command("import_documents", project.slug, str(tmp_path / "a.jsonl"), "--skip-bad")

    assert list(Document.objects.values_list("external_id", flat=True)) == ["a"]
    assert "a.jsonl:2" in capsys.readouterr().out


@pytest.mark.parametrize(("content", "options"), [(GOOD + BAD, []), (BAD, ["--skip-bad"])], ids=["whole", "nothing"])
def test_otherwise_it_fails_and_takes_nothing(
    project: Project, tmp_path: Path, content: bytes, options: list[str]
) -> None:
    (tmp_path / "a.jsonl").write_bytes(content)

    with pytest.raises(CommandError):
        call_command("import_documents", project.slug, str(tmp_path / "a.jsonl"), *options)

    assert not Document.objects.exists()
