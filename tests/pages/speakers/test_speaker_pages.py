"""Pages of the speaker registry without a browser: one click each, and what they refuse."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotator.corpus.speakers.models import SpeakerChange, SpeakerEntry
from tests.notation import make_spans

pytestmark = pytest.mark.django_db
URL = "/projects/news/speakers/"


def names():
    return sorted(SpeakerEntry.objects.filter(is_removed=False, merged_into=None).values_list("name", flat=True))


def test_mentions_are_decided_with_one_click_each(page, project, lead, viewer, make_document, make_set):
    text, spans = make_spans("[Captain Rika Dahl](Speaker) spoke. she[Speaker] left. officials[Speaker] agreed.")
    document = make_document(text)
    make_set(document, "gold", spans, kind="adjudicated", state="adjudicated")
    client = page(lead)
    shown = client.get(f"{URL}mentions/").content.decode()
    assert "<mark>Captain Rika Dahl</mark>" in shown
    assert '<button class="button button--primary" type="submit" name="choice" value="new" data-key="1">' in shown

    def decide(span, **choice):
        place = {"mention_document": document.pk, "start": span["fragments"][0][0], "end": span["fragments"][0][1]}
        return client.post(f"{URL}mentions/", place | choice)

    decide(spans[0], choice="new", new_name="Rika Dahl")
    entry = SpeakerEntry.objects.get()
    assert f'value="entry:{entry.pk}" data-key="1"' in client.get(f"{URL}mentions/").content.decode()
    decide(spans[1], choice=f"entry:{entry.pk}")
    decide(spans[2], choice="none")
    assert "No mentions wait" in client.get(f"{URL}mentions/").content.decode()
    assert "at one place" in client.get(f"{URL}{entry.pk}/").content.decode()
    assert decide(spans[2], choice="other", other="nobody there").status_code == 302
    assert "1 mention" not in page(viewer).get(f"{URL}mentions/").content.decode()
    assert page(viewer).post(f"{URL}mentions/").status_code == 404


def test_an_entry_is_changed_merged_split_and_the_step_undone(page, project, lead):
    client = page(lead)
    client.post(URL, {"name": "Dmitry Peskov", "kind": "person", "aliases": "the aide\nDimitri Peskov"})
    client.post(URL, {"name": "D. Peskov"})
    assert client.post(URL, {"name": "d. peskov"}).status_code == 422
    first, other = SpeakerEntry.objects.order_by("id")
    client.post(f"{URL}{other.pk}/change/", {"action": "merge", "into": "dimitri peskov"})
    assert names() == ["Dmitry Peskov"]
    client.post(f"{URL}{first.pk}/change/", {"action": "split", "split-name": "Aide", "split-aliases": ["the aide"]})
    assert names() == ["Aide", "Dmitry Peskov"]
    assert client.post(f"{URL}{first.pk}/change/", {"action": "edit", "name": ""}).status_code == 422
    client.post(f"{URL}{first.pk}/change/", {"action": "edit", "name": "Dmitri Peskov", "aliases": ""})
    assert "Dmitri Peskov" in client.get(URL, {"words": "dmitry"}).content.decode()
    step = SpeakerChange.objects.order_by("-id")[0]
    client.post(f"{URL}history/{step.pk}/undo/")
    assert names() == ["Aide", "Dmitry Peskov"]
    assert "Undone by lena" in client.get(f"{URL}history/").content.decode()
    client.post(f"{URL}{first.pk}/change/", {"action": "remove"})
    assert names() == ["Aide"]


def test_files_are_counted_imported_and_downloaded(page, project, lead):
    client = page(lead)

    def send(**fields):
        file = SimpleUploadedFile("speakers.csv", b"name,aliases\r\nAda,Countess | A. L.\r\n")
        return client.post(f"{URL}import/", {"file": file, **fields})

    assert "would add 1" in send(preview="on").content.decode()
    assert names() == []
    send()
    assert SpeakerEntry.objects.get().aliases == ["Countess", "A. L."]
    assert b"".join(client.get(f"{URL}download/csv/")).startswith(b"id,name,kind")
    assert "alpha" in client.get(f"{URL}agreement/").content.decode()
    assert "has all names" in client.get(f"{URL}annotations/").content.decode()
