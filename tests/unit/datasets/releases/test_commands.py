"""The commands that create, rebuild and compare releases."""

import hashlib
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse

from annotator.corpus.spans.changes import AddSpan
from annotator.corpus.spans.lifecycle import reopen, submit
from annotator.corpus.spans.models import SetState
from annotator.corpus.spans.values import SpanValue
from annotator.datasets.releases import services
from annotator.datasets.releases.models import FrozenDocument, FrozenSet, Release
from annotator.datasets.releases.services.building import archive_of
from annotator.platform.jobs.services import run_here

pytestmark = pytest.mark.django_db


def run(*args):
    """Run a command and return what it prints."""
    out = io.StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def failure_of(*args):
    """Return exit code and message of a command that fails."""
    with pytest.raises(CommandError) as caught:
        run(*args)
    return caught.value.returncode, str(caught.value)


def test_command_creates_release_and_copies_archive(work, tmp_path):
    out = tmp_path / "news.zip"

    printed = run("create_release", "news", "--name", "1.0", "--out", str(out), "--languages", "en", "ar")

    release = Release.objects.get()
    sha256 = hashlib.sha256(out.read_bytes()).hexdigest()
    assert printed == f"Release 1, 1.0: sha256 {sha256}\n{out}\n"
    assert (release.sha256, release.options["languages"]) == (sha256, ["en", "ar"])
    assert archive_of(release).read_bytes() == out.read_bytes()


def test_command_accepts_splits_notes_and_formats(work, tmp_path):
    notes = tmp_path / "notes.md"
    notes.write_text("Where they come from.\n", "utf-8")
    splits = ("--splits", "train=0.6", "test=0.4", "--together", "source", "--part-near-duplicates", "--salt", "7")

    run("create_release", "news", "--name", "1.0", "--notes", str(notes), "--formats", "brat", "--pseudonyms", *splits)
    run("create_release", "news", "--name", "2.0", "--like", "1")

    first, second = (release.options for release in Release.objects.order_by("number"))
    assert (first["notes"], first["formats"], first["data"]["pseudonyms"]) == ("Where they come from.", ["brat"], True)
    assert first["splits"]["shares"] == [["train", 0.6], ["test", 0.4]]
    assert (first["splits"]["together"], first["splits"]["near_duplicates"]) == (["source"], False)
    assert (second["splits"]["salt"], second["splits"]["like"]) == ("7", 1)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["olds", "--name", "1.0"], "There is no project “olds”. Projects: news."),
        (["news", "--name", "taken"], "The name “taken” is already used by release 1. Choose another name."),
        (["news", "--name", " "], "Give the release a name of 1 to"),
        (["news", "--name", "1.0", "--splits", "train"], "'train' is not a share. Write it as in train=0.8."),
        (["news", "--name", "1.0", "--splits", "train=0.9"], "The shares must add up to 1"),
        (["news", "--name", "1.0", "--like", "1"], "There is no release 1 with splits."),
        (["news", "--name", "1.0", "--labels", "Nobody"], "/data/labels"),
        (["news", "--name", "1.0", "--view", "adjudicated"], "The release would be empty: "),
        (["news", "--name", "1.0", "--notes", "nowhere.md"], "nowhere.md cannot be read"),
    ],
)
def test_invalid_release_is_refused_and_not_stored(work, released, given, told):
    released("taken")

    code, words = failure_of("create_release", *given)

    assert (code, Release.objects.count()) == (1, 1)
    assert told in words


def test_interrupted_release_is_discarded(work, monkeypatch):
    def is_interrupted(release, *, now, on_progress):
        raise KeyboardInterrupt

    monkeypatch.setattr("annotator.datasets.releases.services.building.build_release", is_interrupted)

    assert failure_of("create_release", "news", "--name", "1.0") == (130, "Interrupted. No partial data was kept.")
    assert not Release.objects.exists()


def test_missing_archive_is_rebuilt_with_same_bytes(work, released, go_on, tmp_path):
    release, out = released(), tmp_path / "again.zip"
    before = archive_of(release).read_bytes()
    archive_of(release).remove()
    go_on(work[0])

    printed = run("build_release", "news", "1", "--out", str(out))

    assert printed == f"Release 1, 1.0: sha256 {release.sha256}\n{out}\n"
    assert out.read_bytes() == archive_of(release).read_bytes() == before


def test_rebuild_with_other_bytes_exits_with_1(work, released):
    release = released()
    before = archive_of(release).read_bytes()
    work[0].spans.update(label="Claim")

    code, words = failure_of("build_release", "news", "1")

    assert (code, "data/all.jsonl differs from a new build" in words) == (1, True)
    assert archive_of(release).read_bytes() == before


def test_unwritable_target_is_named(work, released, tmp_path):
    released()
    out = tmp_path / "nowhere" / "again.zip"

    code, words = failure_of("build_release", "news", "1", "--out", str(out))

    assert (code, words.startswith(f"{out} cannot be written:")) == (1, True)


def test_two_releases_are_compared_in_lines_and_by_examples(work, released, save, now):
    released("1.0")
    reopen(work[0])
    save(work[0], AddSpan("later", SpanValue("new", "Claim", ((0, 3),))))
    submit(work[0], now=now)
    type(work[5]).objects.filter(pk=work[5].pk).update(state=SetState.OPEN)
    released("2.0", languages=["en"])

    printed = run("compare_releases", "news", "1", "2")

    assert printed.splitlines() == [
        "documents: 3 both, 0 added, 0 removed",
        "sets: 4 same, 0 added, 1 removed, 1 changed",
        "span Claim: 1 added, 0 removed, 0 changed",
        "options that differ: languages",
    ]
    told = run("compare_releases", "news", "1", "2", "--examples").removeprefix(printed)
    assert told == "added Claim in d0 by ada: 👩‍🚀\n"


def test_release_does_not_differ_from_itself(work, released):
    released()

    assert run("compare_releases", "news", "1", "1").splitlines() == [
        "documents: 3 both, 0 added, 0 removed",
        "sets: 6 same, 0 added, 0 removed, 0 changed",
    ]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("build_release", "news", "7"), "This project has no release 7"),
        (("build_release", "olds", "1"), "There is no project “olds”"),
        (("compare_releases", "news", "1", "7"), "This project has no release 7"),
        (("compare_releases", "news", "7", "1"), "This project has no release 7"),
        (("compare_releases", "olds", "1", "2"), "There is no project “olds”"),
    ],
)
def test_missing_release_is_named(work, released, given, told):
    released()

    code, words = failure_of(*given)

    assert (code, told in words) == (1, True)


def by_page(page, api, lead):
    answer = page(lead).post(
        reverse("releases:new", args=["news"]),
        {
            "name": "1.0",
            "licence": "cc-by-4.0",
            "languages": "en, ar",
            "about": "Two lines\r\nof notes.",
            "formats": ["conll", "brat"],
            "view": "all",
            "layout": "set",
            "pseudonyms": "on",
            "labels": ["Claim", "Speaker"],
            "splits": "dealt",
            "share_train": "60",
            "share_validation": "",
            "share_test": "40",
            "together": "source, story",
        },
    )
    assert answer.status_code == 302


def by_command(page, api, lead, notes):
    notes.write_text("Two lines\nof notes.\n", "utf-8")
    run(
        *("create_release", "news", "--name", "1.0", "--licence", "cc-by-4.0", "--languages", "en", "ar"),
        *("--notes", str(notes), "--formats", "brat", "conll", "--view", "all", "--layout", "set", "--pseudonyms"),
        *("--labels", "Claim", "Speaker", "--splits", "train=0.6", "test=0.4", "--together", "source", "story"),
        "--part-near-duplicates",
    )


def by_api(page, api, lead):
    given = {
        "name": "1.0",
        "licence": "cc-by-4.0",
        "languages": ["en", "ar"],
        "notes": "Two lines\nof notes.",
        "formats": ["brat", "conll"],
        "splits": {
            "shares": {"train": 0.6, "test": 0.4},
            "together": ["source", "story"],
            "near_duplicates": False,
        },
        "data": {"view": "all", "layout": "set", "pseudonyms": True, "labels": ["Claim", "Speaker"]},
    }
    assert api(lead).post("/api/v1/projects/news/releases/", given).status_code == 202


def taken_away():
    """Return the archive of the only release, built if needed, and delete the release as in another installation."""
    release = Release.objects.get()
    if not release.is_built:
        release.job.own_process = True
        release.job.save()
        run_here(services.job_of(release))
        release.refresh_from_db()
    archive = archive_of(release).read_bytes()
    with transaction.atomic():
        for rows in (FrozenSet, FrozenDocument, Release):
            rows.objects.all().delete()
    return archive


def test_page_command_and_api_create_the_same_bytes(work, page, api, lead, tmp_path):
    by_page(page, api, lead)
    from_page = taken_away()
    by_command(page, api, lead, tmp_path / "notes.md")
    from_command = taken_away()
    by_api(page, api, lead)
    from_api = taken_away()

    assert len(from_page) > 1000
    assert from_command == from_page
    assert from_api == from_page
