"""The pages of releases: contents, permissions, and escaping."""

import io
import zipfile

import pytest
from django.urls import reverse

from annotator.datasets.releases import services
from annotator.datasets.releases.models import Release
from annotator.platform.jobs.models import Job
from annotator.platform.jobs.services import run_here
from tests.notation import make_spans

pytestmark = pytest.mark.django_db

HOSTILE = '<img src=x onerror="alert(1)">|`*#'


@pytest.fixture(autouse=True)
def releases_dir(settings, tmp_path):
    settings.RELEASES_DIR = tmp_path


@pytest.fixture
def work(make_document, make_set):
    text, spans = make_spans("Zoe[Speaker] said [it rained](Claim kind=fact).\n")
    return [make_set(make_document(text, title=HOSTILE), name, spans, revision=1) for name in (f"A {HOSTILE}", "B")[:1]]


def form(**fields):
    return {
        "name": "1.0",
        "view": "each",
        "layout": "document",
        "licence": "cc-by-4.0",
        "splits": "dealt",
        "share_train": "80",
        "share_validation": "",
        "share_test": "20",
        "together": "source",
    } | fields


def url(name, *arguments):
    return reverse(f"releases:{name}", args=["news", *arguments])


def build_all():
    for release in Release.objects.select_related("job"):
        release.job.own_process = True
        release.job.save()
        run_here(release.job)


def test_lead_makes_a_release_and_downloads_it(page, project, lead, viewer, work):
    shown = page(lead).get(url("new")).content.decode()
    answer = page(lead).post(
        url("new"), form(about=f"Notes {HOSTILE}", languages="en, de", formats=["brat"], ledger="on")
    )
    build_all()

    release = Release.objects.get()
    assert "Preview" in shown
    assert answer["Location"] == reverse("jobs:job", args=["news", release.job_id])
    reader = page(viewer)
    told = reader.get(url("release", 1)).content.decode()
    assert release.sha256 in told
    assert "<img" not in told
    assert "Known limits" in told
    archive = reader.get(url("archive", 1))
    data = b"".join(archive.streaming_content)
    assert archive["Content-Disposition"] == 'attachment; filename="news-release-1.zip"'
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert "ledger.jsonl" in names
    assert "Add the claim ledger" in shown
    assert "annotated without suggestions" not in shown, "the project has no blind sets"
    assert sum(name.startswith("brat/") and name.endswith(".txt") for name in names) == 1
    assert "1.0" in reader.get(url("releases")).content.decode()


def test_preview_stores_nothing(page, project, lead, work):
    answer = page(lead).post(url("new"), form(look="1", view="adjudicated", name=""))

    assert answer.status_code == 200
    assert "there are no finished annotation sets of the view “Adjudicated”." in answer.content.decode()
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": ""}, "This field is required"),
        ({"share_test": "30"}, "The shares must add up to 100 %, not to 110 %."),
        ({"splits": "like"}, "There is no earlier release with splits."),
        ({"languages": "English"}, "is not a code such as en or pt-BR"),
        ({"view": "adjudicated"}, "The release would be empty: "),
        ({"licence": "other"}, "Name the licence of the data here."),
    ],
)
def test_invalid_input_is_shown_and_not_stored(page, project, lead, work, wrong, told):
    answer = page(lead).post(url("new"), form(**wrong))

    assert (answer.status_code, Release.objects.count()) == (422, 0)
    assert told in answer.content.decode()


def test_name_already_in_use_is_reported(page, project, lead, work):
    page(lead).post(url("new"), form())

    answer = page(lead).post(url("new"), form())

    assert answer.status_code == 422
    assert "The name “1.0” is already used by release 1." in answer.content.decode()


def test_viewers_may_verify_but_not_create_or_discard(page, project, lead, viewer, work):
    page(lead).post(url("new"), form())
    reader = page(viewer)

    assert reader.get(url("new")).status_code == 404
    assert reader.post(url("new"), form(name="2.0")).status_code == 404
    assert reader.post(url("discard", 1)).status_code == 404
    assert "New release" not in reader.get(url("releases")).content.decode()
    build_all()
    assert reader.post(url("verify", 1)).status_code == 302
    build_all()
    assert Release.objects.get().job.state == "done"


def test_release_that_was_not_built_can_be_discarded(page, project, lead, work):
    page(lead).post(url("new"), form())
    release = Release.objects.get()
    from annotator.platform.jobs.services import cancel

    cancel(release.job, now=release.created_at)
    shown = page(lead).get(url("release", 1)).content.decode()

    answer = page(lead).post(url("discard", 1), follow=True)

    assert "Not built yet" in shown
    assert "Discarded release 1." in answer.content.decode()
    assert not Release.objects.exists()


def test_missing_archive_is_reported_and_rebuilt(page, project, lead, work):
    page(lead).post(url("new"), form())
    build_all()
    release = Release.objects.get()
    path = services.building.archive_of(release)
    before = path.read_bytes()
    path.remove()

    gone = page(lead).get(url("archive", 1))
    shown = page(lead).get(url("release", 1)).content.decode()
    page(lead).post(url("build", 1))
    build_all()

    assert gone.status_code == 410
    assert "is missing. Rebuild it" in shown
    assert path.read_bytes() == before


def test_two_releases_are_compared_with_links_to_the_sets(page, project, lead, viewer, work, make_document, make_set):
    page(lead).post(url("new"), form())
    text, spans = make_spans("Later[Speaker] on.\n")
    added = make_set(make_document(text, external_id=HOSTILE), "A", spans, revision=1)
    page(lead).post(url("new"), form(name="2.0"))
    build_all()

    shown = page(viewer).get(url("compare"), {"first": 1, "second": 2}).content.decode()

    assert "Changes from release 1 to release 2" in shown
    assert reverse("editor:history", args=[added.pk]) in shown
    assert "<bdi>Later</bdi>" in shown
    assert "<img" not in shown
    assert page(viewer).get(url("compare"), {"first": "x"}).status_code == 404


def test_data_card_is_read_before_the_release_is_created(page, project, lead, viewer, work):
    answer = page(lead).post(url("new"), form(card="1"))
    job = Job.objects.get(kind="draft_release")
    assert (answer["Location"], Release.objects.count()) == (f"/projects/news/jobs/{job.pk}/", 0)
    job.own_process = True
    job.save()
    run_here(job)

    address = f"/projects/news/releases/draft/{job.pk}/"
    html = page(lead).get(address).content.decode()
    assert "1 document with 1 annotation set, 2 spans and 0 relations, divided into train and test" in html
    assert "<img" not in html
    assert "Nothing is frozen" in html
    assert page(viewer).get(address).status_code == 404
    page(lead).post(address)
    assert Release.objects.get().name == "1.0"
