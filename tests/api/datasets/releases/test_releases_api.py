"""Releases over the API."""

import pytest

from annotator.datasets.releases.models import Release
from annotator.platform.jobs.services import run_here
from tests.notation import make_spans

pytestmark = pytest.mark.django_db

RELEASES = "/api/v1/projects/news/releases/"


@pytest.fixture(autouse=True)
def releases_dir(settings, tmp_path):
    settings.RELEASES_DIR = tmp_path


@pytest.fixture
def work(make_document, make_set):
    text, spans = make_spans("Zoe[Speaker] said [it rained](Claim kind=fact).\n")
    return make_set(make_document(text), "A", spans, revision=1)


def build_all():
    for release in Release.objects.select_related("job"):
        release.job.own_process = True
        release.job.save()
        run_here(release.job)


def test_release_is_previewed_created_and_downloaded(api, project, lead, viewer, work):
    preview = api(viewer).post(RELEASES + "preview/", {"view": "each"}).json()
    made = api(lead).post(RELEASES, {"name": "1.0", "splits": {"shares": {"train": 0.5, "test": 0.5}}})
    build_all()

    assert preview["spans"] == {"all": 2, "by_label": {"Claim": 1, "Speaker": 1}}
    assert (made.status_code, made.json()["number"], made.json()["sha256"]) == (202, 1, "")
    read = api(viewer).get(RELEASES + "1/").json()
    data = b"".join(api(viewer).get(RELEASES + "1/archive/").streaming_content)
    assert (len(data), read["manifest"]["counts"]["spans"]["all"]) == (read["size"], 2)
    assert [one["number"] for one in api(viewer).get(RELEASES).json()["results"]] == [1]
    assert api(viewer).post(RELEASES + "1/verify/").status_code == 202
    build_all()
    assert Release.objects.get().job.state == "done"


@pytest.mark.parametrize(
    ("given", "pointers"),
    [
        ({}, ["/name"]),
        ({"name": "1", "colour": 1}, ["/colour"]),
        ({"name": "1", "splits": {"shares": {"train": 0.9}}}, ["/splits/shares"]),
        ({"name": "1", "splits": {"shares": "half", "sort": 1}}, ["/splits/sort", "/splits/shares"]),
        ({"name": "1", "splits": {"like": 9}}, ["/splits/like"]),
        ({"name": "1", "data": {"view": "none"}}, ["/data/view"]),
        ({"name": "1", "data": {"format": "brat"}}, ["/data/format"]),
        ({"name": "1", "data": {"labels": ["Nobody"]}}, ["/data/labels"]),
        ({"name": "1", "ledger": True, "data": {"labels": ["Speaker"]}}, ["/ledger"]),
        ({"name": "1", "splits": {"shares": {"all": 1}, "blind_test": True}}, ["/splits/blind_test"]),
        ({"name": "1", "formats": ["word"]}, ["/formats/0"]),
        ({"name": "1", "formats": ["jsonl"]}, ["/formats/0"]),
        ({"name": "1", "languages": "en"}, ["/languages"]),
        ({"name": "a\nb", "licence": "mine"}, ["/name", "/licence"]),
    ],
)
def test_every_error_has_its_pointer(api, project, lead, work, given, pointers):
    answer = api(lead).post(RELEASES, given)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers
    assert not Release.objects.exists()


def test_viewers_read_and_leads_create_and_discard(api, project, lead, viewer, ada, work):
    assert api(viewer).post(RELEASES, {"name": "1.0"}).status_code == 404
    assert api(lead).post(RELEASES, {"name": "1.0"}).status_code == 202
    assert api(ada).get(RELEASES + "1/").status_code == 404
    assert api(viewer).get(RELEASES + "1/archive/").json()["code"] == "release_not_built"
    assert api(viewer).delete(RELEASES + "1/").status_code == 404
    assert api(viewer).post(RELEASES + "1/build/").status_code == 404
    assert api(lead).delete(RELEASES + "1/").json()["code"] == "release_busy"
    build_all()
    assert api(lead).delete(RELEASES + "1/").json()["code"] == "release_is_built"


def test_comparison_counts_and_shows(api, project, lead, viewer, work, make_document, make_set):
    api(lead).post(RELEASES, {"name": "1.0"})
    text, spans = make_spans("Later[Speaker] on.\n")
    make_set(make_document(text, external_id="later"), "A", spans, revision=1)
    api(lead).post(RELEASES, {"name": "2.0", "data": {"pseudonyms": True}})

    found = api(viewer).get(RELEASES + "1/comparison/2/").json()

    assert found["documents"] == {"added": 1, "removed": 0, "both": 1}
    assert found["spans"] == [{"how": "added", "label": "Speaker", "count": 1}]
    assert found["options"] == ["data.pseudonyms"]
    assert [(one["document"], one["text"]) for one in found["examples"]] == [("later", "Later")]
