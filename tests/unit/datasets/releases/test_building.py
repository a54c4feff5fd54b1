"""Contents of archives, and rebuilds with the same bytes after changes of the project."""

import hashlib
import json
from collections import Counter
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, transaction

from annotator.corpus.spans.models import AnnotationSet, SetKind, SetState
from annotator.datasets.releases.models import FrozenDocument, FrozenSet, Release
from annotator.datasets.releases.services.building import archive_of
from annotator.platform.jobs.models import JobState
from annotator.problems import InvalidInput
from projects.services import publish_guideline, update_settings
from tests.unit.datasets.releases.conftest import lines_of, members_of

SPLITS = {"shares": {"train": 0.6, "test": 0.4}}


def test_archive_has_data_rules_card_and_checksums(work, released):
    release = released()

    members = members_of(release)
    assert sorted(members) == [
        "README.md",
        "SHA256SUMS",
        "data/all.jsonl",
        "guideline.md",
        "load.py",
        "losses.json",
        "losses.jsonl",
        "manifest.json",
        "schema.json",
        "selection.jsonl",
    ]
    assert [line["id"] for line in lines_of(members["data/all.jsonl"])] == ["d0", "d1", "d2"]
    assert members["guideline.md"] == b"# Rules"
    assert json.loads(members["manifest.json"]) == release.manifest
    for name, about in release.manifest["files"].items():
        assert about["sha256"] == hashlib.sha256(members[name]).hexdigest()
        assert (about["bytes"], about["lines"]) == (len(members[name]), members[name].count(b"\n"))
    sums = dict(line.split("  ")[::-1] for line in members["SHA256SUMS"].decode().splitlines())
    assert sums.keys() == members.keys() - {"SHA256SUMS"}


def test_selection_has_every_set_with_its_revision(work, released):
    release = released()

    lines = lines_of(members_of(release)["selection.jsonl"])

    assert [(line["document"], line["sets"]) for line in lines] == [
        ("d0", {"ada": 3, "ben": 3}),
        ("d1", {"ada": 2, "ben": 2}),
        ("d2", {"ada": 0, "ben": 0}),
    ]


def test_rebuild_gives_same_bytes_after_changes(work, released, rebuilt, go_on, project, lead, now, make_document):
    release = released(splits=SPLITS)
    before = archive_of(release).read_bytes()
    for annotation_set in work[:3]:
        go_on(annotation_set)
    make_document("One more text.")
    update_settings(project, name="Other name", description="Other words")
    publish_guideline(project, "# Other rules", by=lead, now=now)
    lead.username = "renamed"
    lead.save()
    archive_of(release).remove()

    ended = rebuilt(release)

    assert ended.state == JobState.DONE, ended.problem
    assert archive_of(release).read_bytes() == before


def test_same_release_in_another_installation_has_same_bytes(work, released):
    first = released(splits=SPLITS)
    data = archive_of(first).read_bytes()
    # As another installation would have it: no other release under this name, and another number.
    with transaction.atomic():
        FrozenSet.objects.all().delete()
        FrozenDocument.objects.all().delete()
        Release.objects.all().delete()
    released("0.9")

    again = released(splits=SPLITS)

    assert (again.number, again.sha256) == (2, first.sha256)
    assert archive_of(again).read_bytes() == data


@pytest.mark.stores
@pytest.mark.django_db(transaction=True)
def test_every_database_gives_these_very_bytes(work, released, go_on, rebuilt):
    release = released(splits=SPLITS | {"salt": "7"}, formats=["brat", "webanno"], data={"layout": "set"})
    go_on(work[0])

    assert rebuilt(release).state == JobState.DONE
    members = members_of(release)
    told = json.loads(members["manifest.json"])
    # These grow with every new option and every better word; all else is what databases could write otherwise.
    for name in ("README.md", "SHA256SUMS", "load.py", "manifest.json"):
        del members[name]
    kept = {name: value for name, value in told.items() if name not in ("files", "options", "release", "agreement")}
    members["kept"] = json.dumps(kept, sort_keys=True).encode()
    digest = hashlib.sha256(b"".join(name.encode() + data for name, data in sorted(members.items()))).hexdigest()
    assert digest == "ff2bf60b1263b45b4c1771014f057a98a4e5b6589f3c9dd619d26ea9f2c78ed3"


def test_further_formats_are_beside_complete_data(work, released):
    release = released(formats=["brat", "huggingface"], splits=SPLITS)

    members = members_of(release)

    assert {name.split("/")[0] for name in members if "/" in name} == {"brat", "data", "huggingface"}
    shaped = {name for name in members if name.startswith("huggingface/")}
    assert shaped == {"huggingface/train.jsonl", "huggingface/test.jsonl"}
    assert '- config_name: "huggingface"\n' in members["README.md"].decode()
    losses = json.loads(members["losses.json"])
    assert losses.keys() == {"brat", "huggingface", "jsonl"}
    listed = Counter()
    for line in lines_of(members["losses.jsonl"]):
        listed[line["format"]] += len(line["items"])
    for key, report in losses.items():
        assert report["counts"]["all"] == sum(one["count"] for one in report["reasons"]) == listed[key]
        assert report["counts"]["all"] == release.manifest["losses"][key]["all"]


def test_sources_stay_together_and_later_documents_move_none(make_document, make_set, released, project):
    for number in range(40):
        text = f"Text {number} about {number * 7919 % 1009} and nothing else that {number} would share.\n"
        document = make_document(text, external_id=f"d{number:02}", meta={"source": f"s{number % 20}"})
        make_set(document, "A")
    first = released(splits={"shares": {"train": 0.5, "test": 0.5}, "near_duplicates": False})
    for number in range(40, 60):
        text = f"Word {number} of {number * 104729 % 997}.\n"
        make_set(make_document(text, external_id=f"d{number}", meta={"source": f"s{number}"}), "A")
    second = released("2.0", splits={"like": 1})

    dealt = [
        {line["document"]: line["split"] for line in lines_of(members_of(release)["selection.jsonl"])}
        for release in (first, second)
    ]
    assert all(dealt[0][f"d{number:02}"] == dealt[0][f"d{number + 20}"] for number in range(20))
    assert dealt[1].items() >= dealt[0].items()
    assert second.manifest["splits"]["salt"] == first.manifest["splits"]["salt"]
    assert set(dealt[0].values()) == {"train", "test"}
    groups = lines_of(members_of(first)["groups.jsonl"])
    assert groups[0] == {"documents": ["d00", "d20"], "together_by": ["source"], "split": dealt[0]["d00"]}


def test_splits_of_a_release_without_splits_are_refused(work, released):
    released()

    with pytest.raises(InvalidInput) as caught:
        released("2.0", splits={"like": 1})

    assert caught.value.errors[0]["pointer"] == "/splits/like"


def test_adjudicated_release_has_agreement_of_annotators(work, released, make_set):
    make_set(work[0].document, "adjudicated", kind=SetKind.ADJUDICATED, state=SetState.ADJUDICATED)

    release = released(data={"view": "adjudicated"})

    members = members_of(release)
    [line] = lines_of(members["data/all.jsonl"])
    [chosen] = lines_of(members["selection.jsonl"])
    assert list(line["annotators"]) == ["adjudicated"]
    assert (chosen["sets"], chosen["agreement_only"]) == ({"adjudicated": 0}, {"ada": 3, "ben": 3})
    assert release.manifest["agreement"]["overall"]["exact_f1"]["value"] == 1.0


def test_pseudonyms_replace_names_everywhere(work, released):
    release = released(data={"pseudonyms": True})

    for name, data in members_of(release).items():
        assert b'"ada"' not in data, name
        assert b"ada (" not in data, name


def test_release_keeps_a_set_that_the_migration_opens(work, released, rebuilt):
    migration = import_module("annotator.corpus.spans.migrations.0002_reopen_sets_never_submitted")
    AnnotationSet.objects.filter(pk=work[0].pk).update(state=SetState.ADJUDICATED, submitted_at=None)
    release = released()
    before = members_of(release)

    migration.reopen_sets(apps, connection.schema_editor())

    assert AnnotationSet.objects.get(pk=work[0].pk).state == SetState.OPEN
    assert rebuilt(release).state == JobState.DONE
    assert members_of(release) == before
    assert lines_of(before["selection.jsonl"])[0]["sets"] == {"ada": 3, "ben": 3}
    assert lines_of(members_of(released("2.0"))["selection.jsonl"])[0]["sets"] == {"ben": 3}
