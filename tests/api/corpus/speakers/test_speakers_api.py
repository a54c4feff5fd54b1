"""The speaker registry over the API and by command."""

import json

import pytest
from django.core.management import CommandError, call_command

from tests.notation import make_spans

pytestmark = pytest.mark.django_db
URL = "/api/v1/projects/news/speakers/"


def test_entries_are_added_changed_merged_split_and_undone(api, project, lead, ada):
    client = api(lead)
    first = client.post(URL, {"name": "Dmitry Peskov", "kind": "person", "aliases": ["the aide"]}, format="json").json()
    other = client.post(URL, {"name": "Kremlin"}, format="json").json()
    assert client.post(URL, {"name": "kremlin"}, format="json").json()["code"] == "speaker_name_taken"
    assert client.patch(f"{URL}{other['id']}/", {"name": "The presidency"}, format="json").json()["aliases"] == [
        "Kremlin"
    ]
    assert client.get(f"{URL}resolve/", {"words": "Kremlin"}).json()["entry"] == other["id"]
    split = client.post(f"{URL}{first['id']}/split/", {"name": "Aide", "aliases": ["the aide"]}, format="json")
    assert split.status_code == 201
    merged = client.post(f"{URL}{split.json()['id']}/merge/", {"into": first["id"]}, format="json").json()
    assert merged["aliases"] == ["Aide", "the aide"]
    step = client.get(f"{URL}changes/").json()["results"][-1]
    assert step["kind"] == "merge"
    assert client.post(f"{URL}changes/{step['id']}/undo/").json()["undone_by"] == "lena"
    assert client.post(f"{URL}changes/{step['id']}/undo/").json()["code"] == "registry_changed"
    assert client.delete(f"{URL}{other['id']}/").status_code == 204
    assert client.get(f"{URL}{other['id']}/").status_code == 404
    assert api(ada).get(URL).status_code == 404
    assert api(ada).post(URL, {"name": "x"}, format="json").status_code == 404


def test_mentions_are_listed_and_decided(api, project, lead, make_document, make_set):
    text, spans = make_spans("[Captain Rika Dahl](Speaker) spoke. she[Speaker] left.")
    document = make_document(text)
    make_set(document, "gold", spans, kind="adjudicated", state="adjudicated")
    client = api(lead)

    mention, pronoun = client.get(f"{URL}mentions/").json()["mentions"]
    assert (mention["new_name"], mention["proposes_new"], pronoun["new_name"]) == ("Rika Dahl", True, None)
    place = {name: mention[name] for name in ("document", "start", "end")}
    decided = client.post(f"{URL}mentions/", place | {"new_name": "Rika Dahl", "kind": "person"}, format="json")
    assert decided.status_code == 201
    (pronoun,) = client.get(f"{URL}mentions/").json()["mentions"]
    assert pronoun["candidates"][0]["name"] == "Rika Dahl"
    assert client.get(f"{URL}agreement/").json()["mentions"] == 0
    assert client.get(f"{URL}mentions/", {"since": "x"}).status_code == 422


def test_entries_are_imported_and_made_from_annotations(api, project, lead, make_document, make_set, tmp_path, capsys):
    client = api(lead)
    rows = [{"name": "A", "aliases": ["B"]}, {"name": "C"}]
    assert client.post(f"{URL}import/", {"entries": rows, "preview": True}, format="json").json()["change"] is None
    assert client.post(f"{URL}import/", {"entries": rows}, format="json").json()["added"] == 2
    assert client.post(f"{URL}import/", {"entries": [{"name": 1}]}, format="json").status_code == 422
    _text, spans = make_spans("[Ms Dahl](Speaker canonical=Rika)")
    make_set(make_document("Ms Dahl"), "gold", spans, kind="adjudicated", state="adjudicated")
    assert [row["name"] for row in client.get(f"{URL}annotations/").json()] == ["Rika"]
    assert client.post(f"{URL}annotations/", {"names": ["Rika"]}, format="json").json() == {"added": 1}

    path = tmp_path / "speakers.csv"
    call_command("speakers", "news", "--export", str(path))
    capsys.readouterr()
    call_command("speakers", "news", "--import", str(path), "--dry-run", "--json")
    assert json.loads(capsys.readouterr().out) == {"added": 0, "changed": 0, "unchanged": 3, "dry_run": True}
    call_command("speakers", "news", "--resolve", "b")
    assert capsys.readouterr().out.strip() == "A"
    with pytest.raises(CommandError, match="exists already"):
        call_command("speakers", "news", "--export", str(path))
    call_command("speakers", "news", "--from-annotations")
    call_command("speakers", "news")
    assert "3 entries" in capsys.readouterr().out
