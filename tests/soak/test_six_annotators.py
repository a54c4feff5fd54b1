"""Articles that six people annotated, adjudicated by keyboard: keys and decisions, beside those that were expected.

`ARTICLES` names a file with a document a line, as `import_documents` reads them, with the sets under `annotators`;
without it, articles are made from a seed. The keys press the buttons that declare them, on the pages of the server;
they choose the version that most annotators have.
"""

import json
import os
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from annotator.adjudication.models import Adjudication
from annotator.adjudication.services import ExpectedDecisions, expected_decisions
from annotator.corpus.spans.models import Relation
from annotator.platform.accounts.models import User
from projects.models import Project, SchemaVersion
from tests.conftest import MakeDocument, MakeSet

pytestmark = [pytest.mark.soak, pytest.mark.django_db]

ARTICLES = os.environ.get("ARTICLES", "")
WANTED, PEOPLE = 5, 6
SCHEMA = {
    "labels": [{"id": name, "name": name, "discontinuous": True} for name in ("Source", "Cue", "Content")],
    "relations": [{"id": "attributed-to", "name": "attributed to", "from": ["Content"], "to": ["Source"]}],
}
SHARE = re.compile(r"([0-9]+) of [0-9]+")


class Desk(HTMLParser):
    """The forms of a page: fields, and buttons by key, with the number of annotators beside them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.buttons: dict[str, tuple[str, dict[str, str]]] = {}
        self.lanes: list[tuple[str, int]] = []
        self._form, self._fields, self._lane = "", dict[str, str](), ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of forms, their fields and their buttons."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form, self._fields = given.get("action", ""), {}
        elif tag == "input" and given.get("type") == "hidden":
            self._fields[given["name"]] = given.get("value", "")
        elif tag == "button" and given.get("data-key"):
            pressed = {given["name"]: given["value"]} if "name" in given else {}
            for key in given["data-key"].split():
                self.buttons[key] = self._form, self._fields | pressed
            self._lane = given["data-key"].split()[0] if given.get("value", "").startswith("take") else ""

    def handle_data(self, data: str) -> None:
        """Read how many annotators have the version of a lane."""
        share = SHARE.fullmatch(data.strip())
        if share and self._lane:
            self.lanes.append((self._lane, int(share[1])))
            self._lane = ""

    def choice(self) -> str:
        """Return the key of the version that most annotators have."""
        return max(self.lanes, key=lambda lane: lane[1])[0]


class Keyboard:
    """Presses keys on the page, and counts them."""

    def __init__(self, client: Client, address: str) -> None:
        self._client = client
        self.keys: Counter[str] = Counter()
        self.page = Desk(client.get(address).content.decode())

    def press(self, key: str) -> None:
        """Press the button of a key, and read the page after it."""
        address, values = self.page.buttons[key]
        response = self._client.post(address, values, follow=True)
        assert response.status_code == 200
        self.keys[key] += 1
        self.page = Desk(response.content.decode())


def articles(*, wanted: int = WANTED, people: int = PEOPLE) -> Iterator[dict[str, Any]]:
    """Yield the first articles with as many annotators, 0 for any number."""
    if not ARTICLES:
        generator = random.Random(20_261_130)
        yield from (make_article(generator, f"article-{number}") for number in range(wanted))
        return
    with Path(ARTICLES).open(encoding="utf-8") as lines:
        records = (json.loads(line) for line in lines)
        fitting = (record for record in records if people in (0, len(record["annotators"])))
        for _, record in zip(range(wanted), fitting, strict=False):
            yield record


def make_article(generator: random.Random, name: str) -> dict[str, Any]:
    """Return an article of 12 reports; of each, annotators miss parts, move ends and confuse labels now and then."""
    sentences = [f"Speaker {number} of the board said that the pier {number} stays." for number in range(12)]
    parts = (("Source", 0, 9), ("Cue", 22, 26), ("Content", 27, 48))
    annotators: dict[str, Any] = {}
    for person in "ABCDEF":
        spans, relations, at = [], [], 0
        for number, sentence in enumerate(sentences):
            kept = {}
            for label, start, end in parts:
                if generator.random() < 0.85:
                    moved = end - 2 * (generator.random() < 0.15)
                    other = "Cue" if generator.random() < 0.03 else label
                    kept[label] = span = {
                        "id": f"{label}{number}", "label": other, "attributes": {},
                        "fragments": [[at + start, at + moved]],
                    }  # fmt: skip
                    spans.append(span)
            if all(kept.get(label, {}).get("label") == label for label in ("Source", "Content")):
                ends = {"from": f"Content{number}", "to": f"Source{number}"}
                relations.append({"id": f"r{number}", "label": "attributed-to", **ends})
            at += len(sentence) + 1
        annotators[person] = {"spans": spans, "relations": relations}
    return {"id": name, "text": " ".join(sentences), "annotators": annotators}


def adjudicate(client: Client, address: str) -> tuple[int, Mapping[str, int]]:
    """Return the number of keys that an adjudication takes, and its decisions by kind of unit."""
    client.post(f"{address}start/")
    keyboard = Keyboard(client, address)
    while keyboard.page.lanes and "Enter" not in keyboard.page.buttons:
        keyboard.press(keyboard.page.choice())
    keyboard.press("Enter")
    adjudication = Adjudication.objects.get(document=int(address.split("/")[2]))
    assert adjudication.state == "settled"
    decided = adjudication.decisions.exclude(by=None).values_list("unit__kind", flat=True)
    return 1 + keyboard.keys.total(), Counter(decided)


def test_decisions_are_those_that_were_expected(
    client: Client, project: Project, lead: User, make_document: MakeDocument, make_set: MakeSet
) -> None:
    SchemaVersion.objects.filter(project=project).update(definition=SCHEMA)
    client.force_login(lead)
    total: Counter[str] = Counter()
    for record in articles():
        document = make_document(record["text"], external_id=record["id"], title=record["id"])
        for name, own in record["annotators"].items():
            annotation_set = make_set(document, name, own["spans"], state="submitted", revision=1)
            spans = {span.uid: span for span in annotation_set.spans.all()}
            Relation.objects.bulk_create(
                Relation(
                    annotation_set=annotation_set, uid=relation["id"], label=relation["label"],
                    source=spans[relation["from"]], target=spans[relation["to"]],
                )
                for relation in own["relations"]
            )  # fmt: skip
        marked = sum(len(own["spans"]) for own in record["annotators"].values())
        expected: dict[int, ExpectedDecisions] = {each.least: each for each in expected_decisions(document)}
        keys, decided = adjudicate(client, f"/documents/{document.pk}/adjudication/")
        assert decided["span"] == expected[PEOPLE].exact
        four = expected[4].exact
        total.update(spans=marked, locations=expected[PEOPLE].units, keys=keys, four=four, **decided)
        first = f"{record['id'][:40]}: {marked} spans, {expected[PEOPLE].units} locations"
        print(f"{first}; expected {expected[PEOPLE].exact}, made {dict(decided)}, {keys} keys; four of six: {four}")
    print(dict(total))
    assert total["keys"] == total["span"] + total["relation"] + 2 * WANTED
