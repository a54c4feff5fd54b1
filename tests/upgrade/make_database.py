"""The script that made the database of the upgrade test, over the API and commands of commit 00811ce.

    git worktree add --detach ../old 00811ce && cp -r tests/upgrade ../old/tests/ && cd ../old
    python -m tests.upgrade.make_database
    python -m tests.upgrade.answers | gzip -n9 > tests/upgrade/data/answers.json.gz

It writes `data/` beside this file: the database as SQL, files of the site, and identifiers. Every run gives other times
and identifiers, so the answers have to be written again after it.
"""

import gzip
import io
import json
import shutil
import sqlite3
import sys
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep, time
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.upgrade import story
from tests.upgrade.client import Person, open_site, run_command

DATA = Path(__file__).with_name("data")
# Only the smallest archive: the others are rebuilt from their frozen sets and must have the same bytes.
FOLDERS = ("releases/4", "exports/1", "uploads")


def main() -> None:
    """Make the site in a temporary folder and store what the test needs."""
    with TemporaryDirectory() as parent:
        folder = Path(parent, "site")
        open_site(folder)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        make_people()
        people = {name: Person(name) for name in story.PEOPLE}
        make_project("harbour", people, story.HARBOUR)
        make_project("wharf", people, story.WHARF)
        known = make_harbour(people) | make_wharf(people)
        keep(folder, known)


def make_people() -> None:
    for name in story.PEOPLE:
        sys.stdin = io.StringIO(story.PASSWORD + "\n")
        run_command("create_user", name, "--password-stdin")


def make_project(slug: str, people: dict[str, Person], documents: tuple[str, ...]) -> None:
    run_command("create_project", slug, "--name", f"{slug.title()} 🌊", "--lead", "lead", "--annotators", "3")
    for name, role in story.PEOPLE.items():
        if name != "lead":
            join(slug, people, name, role)
    import_file(people["lead"], slug, "texts.jsonl", story.new_documents(documents))
    for name in ("ada", "ben", "cleo"):
        annotate(people[name], slug)


def join(slug: str, people: dict[str, Person], name: str, role: str) -> None:
    invitation = people["lead"].api("post", f"projects/{slug}/invitations/", {"role": role}, expect=201)
    answer = people[name].client.post("/" + invitation["link"].split("/", 3)[3])
    assert answer.status_code == 302, answer.content


def import_file(lead: Person, slug: str, name: str, data: bytes, **options: str) -> int:
    from django.core.files.uploadedfile import SimpleUploadedFile

    files = {"files": [SimpleUploadedFile(name, data)], **options}
    return int(lead.job("post", f"projects/{slug}/imports/", files=files)["id"])


def annotate(person: Person, slug: str) -> None:
    """Annotate the whole queue, submit everything, and reopen the sets that the story leaves open."""
    reopened = []
    while "annotation_set" in (given := person.api("post", f"projects/{slug}/next-document/", {})):
        document = person.api("get", f"documents/{given['document']}/")
        name, here = document["external_id"], f"annotation-sets/{given['annotation_set']}/"
        save(person, here, document["sha256"], changes_of(name, person.name))
        person.api("post", f"{here}submit/", {}, expect=200)
        if (name, person.name) in story.LEFT_OPEN:
            reopened.append(here)
    for here in reopened:
        person.api("post", f"{here}reopen/", {}, expect=200)


def changes_of(document: str, person: str) -> list[dict[str, Any]]:
    """Return changes that add spans and relations, and one span that is updated and removed."""
    key = f"{document}-{person}"
    spans, relations = story.spans_of(document, person), story.relations_of(document, person)
    changes: list[dict[str, Any]] = [{"kind": "add_span", "span": span} for span in spans]
    if spans:
        extra = spans[0] | {"id": f"{key}-extra", "note": "by mistake"}
        noted = {"kind": "update_span", "span_id": extra["id"], "before": {"note": "by mistake"}, "after": {"note": ""}}
        changes += [{"kind": "add_span", "span": extra}, noted, {"kind": "remove_span", "span": extra | {"note": ""}}]
    changes += [{"kind": "add_relation", "relation": relation} for relation in relations]
    return [{"id": str(uuid5(NAMESPACE_URL, f"{key} {number}")), **change} for number, change in enumerate(changes)]


def save(person: Person, here: str, sha256: str, changes: list[dict[str, Any]]) -> None:
    for number, change in enumerate(changes):
        body = {"base_revision": number, "sha256": sha256, "changes": [change]}
        person.api("post", f"{here}changes/", body, expect=200)


def make_harbour(people: dict[str, Person]) -> dict[str, Any]:
    """Make reports, a second schema version, adjudications, releases, an export and queued jobs."""
    lead, ada, here = people["lead"], people["ada"], "projects/harbour/"
    documents, sets = documents_of(lead, "harbour"), sets_of(lead, "harbour")
    reports = [lead.job("post", f"{here}agreement-reports/", {})["id"]]
    publish_versions(lead, here)
    import_file(lead, "harbour", "museum.jsonl", story.imported_museum())
    documents = documents_of(lead, "harbour")
    settle(lead, documents["ferry"])
    begin(lead, documents["pilot"])
    limited = {"labels": ["Claim", "Speaker"], "annotators": ["ada", "ben"], "blind": True}
    reports += [lead.job("post", f"{here}agreement-reports/", body)["id"] for body in (limited, {})]
    report_time(ada, sets["storm", "ada"])
    preferences = {"keys": {"span.next": ["j"], "label Claim": ["q"]}, "theme": "dark", "letter_keys": "alt"}
    ada.api("put", "me/preferences/", {"editor_preferences": preferences}, expect=200)
    releases = [lead.job("post", f"{here}releases/", body)["number"] for body in RELEASES]
    export = lead.job("post", f"{here}exports/", {"view": "all"})["id"]
    preview = import_file(lead, "harbour", "preview.jsonl", story.new_documents(story.PREVIEWED), preview="true")
    return {
        "token": ada.api("post", "tokens/", {"name": "notebook"}, expect=201)["token"],
        "invitation": lead.api("post", f"{here}invitations/", {"role": "viewer"}, expect=201)["link"],
        "documents": documents,
        "sets": {f"{document} {name}": key for (document, name), key in sets_of(lead, "harbour").items()},
        "reports": reports,
        "releases": releases,
        "export": export,
        "preview": preview,
        "queued export": lead.api("post", f"{here}exports/", {"view": "consensus"}, expect=202)["id"],
        "queued report": lead.api("post", f"{here}agreement-reports/", {"labels": ["Claim"]}, expect=202)["id"],
    }


RELEASES: list[dict[str, Any]] = [
    {
        "name": "1.0",
        "notes": "First.\nWith near-duplicates kept together 🌊.",
        "licence": "cc-by-4.0",
        "languages": ["en", "ar"],
        "formats": ["conll", "csv", "span-ner", "soft-labels"],
        "splits": {"shares": {"train": 0.6, "dev": 0.2, "test": 0.2}, "near_duplicates": True, "together": ["source"]},
        "data": {"view": "each", "window": 1},
    },
    {"name": "2.0", "formats": ["brat", "seq2seq"], "data": {"view": "consensus"}},
    {"name": "3.0", "data": {"view": "all", "layout": "set", "pseudonyms": True}, "splits": {"like": 1}},
]


def publish_versions(lead: Person, here: str) -> None:
    definition = lead.api("get", f"{here}schema-versions/1/")["definition"]
    definition["labels"].append({"id": "Promise", "name": "Promise", "description": "Something that is promised"})
    lead.api("post", f"{here}schema-versions/", {"definition": definition, "based_on": 1}, expect=201)
    lead.api(
        "post", f"{here}guideline-versions/", {"text": "# Claims\n\nMark all.\n\n## Speakers\n\nNames."}, expect=201
    )


def settle(lead: Person, document: int) -> None:
    """Decide every unit of a document, in several ways, settle it, and pin a decision."""
    here = f"documents/{document}/adjudication/"
    lead.api("post", here, {"rule": "exact", "blind": False}, expect=201)
    ways = cycle(["take", "edited", "none", "take"])
    while units := lead.api("get", f"{here}units/?open=true")["units"]:
        unit = min((unit for unit in units if unit["standing"] == "open"), key=lambda unit: unit["id"])
        decide(lead, here, unit, next(ways) if unit["kind"] == "span" else "take")
    revision = lead.api("get", here)["revision"]
    lead.api("post", f"{here}settle/", {"base_revision": revision}, expect=200)
    contested = [unit for unit in lead.api("get", f"{here}units/")["units"] if (unit["decision"] or {}).get("reason")]
    lead.client.post(f"/documents/{document}/adjudication/units/{contested[0]['id']}/pin/")


def decide(lead: Person, here: str, unit: dict[str, Any], way: str) -> None:
    position = next(number for number, version in enumerate(unit["versions"]) if version)
    body = {"base_revision": lead.api("get", here)["revision"], "unit": unit["id"], "kind": way}
    body |= {"reason": "boundary", "section": "Claims", "note": "as the guidelines say ✅"}
    if way == "take":
        body["position"] = position
    if way == "edited":
        body["spans"] = [unit["versions"][position][0] | {"note": "edited"}]
    lead.api("post", f"{here}decisions/", body, expect=201)


def begin(lead: Person, document: int) -> None:
    """Decide a few units, undo a decision, and add a span that no one had marked."""
    here = f"documents/{document}/adjudication/"
    lead.api("post", here, {"rule": "same_tokens", "blind": True}, expect=201)
    for way in ("take", "none"):
        units = lead.api("get", f"{here}units/?open=true")["units"]
        decide(lead, here, next(unit for unit in units if unit["kind"] == "span"), way)
    lead.api("post", f"{here}undo/", {"base_revision": lead.api("get", here)["revision"]}, expect=200)
    start = story.TEXTS["pilot"].index("The airline")
    span = {"id": "x", "label": "Speaker", "fragments": [[start, start + 11]], "attributes": story.GROUP}
    body = {"base_revision": lead.api("get", here)["revision"], "kind": "added", "spans": [span], "reason": "missed"}
    lead.api("post", f"{here}decisions/", body, expect=201)


def report_time(person: Person, annotation_set: int) -> None:
    sleep(1)
    now = int(time() * 1000)
    body = {"now": now, "periods": [[now - 3000, now - 1000]]}
    person.api("post", f"annotation-sets/{annotation_set}/active-time/", body, expect=200)


def make_wharf(people: dict[str, Person]) -> dict[str, Any]:
    """Adopt and import whole adjudicated sets while colleagues are annotating, and settle a document by units."""
    lead = people["lead"]
    documents, sets = documents_of(lead, "wharf"), sets_of(lead, "wharf")
    settle(lead, documents["buoy"])
    lead.api("post", f"annotation-sets/{sets['crane', 'ada']}/adopt/", {}, expect=201)
    import_file(lead, "wharf", "rope.jsonl", story.adjudicated_rope())
    lead.job("post", "projects/wharf/agreement-reports/", {})
    lead.job("post", "projects/wharf/releases/", {"name": "1.0", "data": {"view": "each"}})
    sets = sets_of(lead, "wharf")
    return {
        "wharf documents": documents,
        "wharf sets": {f"{document} {name}": key for (document, name), key in sets.items()},
        "made at": datetime.now(UTC).isoformat(),
    }


def documents_of(lead: Person, slug: str) -> dict[str, int]:
    return {row["external_id"]: row["id"] for row in lead.api("get", f"projects/{slug}/documents/")["results"]}


def sets_of(lead: Person, slug: str) -> dict[tuple[str, str], int]:
    return {
        (name, row["name"]): row["id"]
        for name, key in documents_of(lead, slug).items()
        for row in lead.api("get", f"documents/{key}/annotation-sets/")["results"]
    }


def keep(folder: Path, known: dict[str, Any]) -> None:
    """Store the database as SQL, without sessions, and files of the site."""
    from django.db import connection

    connection.close()
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir()
    database = sqlite3.connect(folder / "annotator.sqlite3")
    database.execute("DELETE FROM django_session")
    database.commit()
    statements = "\n".join(database.iterdump()).encode()
    DATA.joinpath("database.sql.gz").write_bytes(gzip.compress(statements, mtime=0))
    database.close()
    for name in FOLDERS:
        shutil.copytree(folder / name, DATA / "site" / name)
    DATA.joinpath("known.json").write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
