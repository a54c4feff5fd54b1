"""An article with a reported denial and a spokesman's non-answer, through the product to its ledger and the warning.

`ARTICLE` names a text file, of which nothing is kept; without it, an article of the same shape is made. The source
*rules* is on and no model is trained. Accepted are the suggested denials that are only reported, and the non-answers in
quotations, with their speakers; the claim, which is a noun with “that”, and the links to it are made by hand.
"""

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from annotator.ledger import services as ledgers
from annotator.ledger.selectors import get_ledger
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.suggestions.models import TrainedModel
from projects.models import Project
from tests.conftest import NOW, MakeDocument, MakeSet

pytestmark = [pytest.mark.soak, pytest.mark.django_db]

ARTICLE = os.environ.get("ARTICLE", "")
MADE = """Palace rejects mayor’s words on the ferry

The controversy stems from Mayor Trent’s claim on Monday that the Palace had agreed. The Palace flatly denied it.

Palace spokesman Odo Perk stated, “I have nothing to add to this. I leave this without comment.” Perk did not say more.

Interviewer: Mayor Trent’s claim that the Palace had agreed has been categorically denied by the Palace. Why?

Dr. Lind: It is a matter of trust between the two of them.
"""
CLAIM = re.compile(r"(?P<speaker>\w+)’s claim (?:on \w+(?:, \w+ \d+,)? )?that (?P<claim>[^,.“”]+)")


@dataclass
class Played:
    """What was accepted and made, and the propositions of the ledger with the statements about them."""

    accepted: int
    by_hand: int
    propositions: Sequence[Mapping[str, Any]]
    page: str


def play(text: str, *, project: Project, lead: Client, annotator: Client, set_id: int, sha256: str) -> Played:
    """Annotate the text by the API as the editor does, submit it, and read its ledger."""
    settings = f"/api/v1/projects/{project.slug}/suggestion-sources/"
    assert _put(lead, settings, {"sources": ["rules"]})["sources"] == ["rules"]
    (run,) = annotator.post(f"/api/v1/annotation-sets/{set_id}/suggestions/").json()
    changes = _Changes(run)
    match = CLAIM.search(text)
    assert match is not None
    claim = changes.make("Claim", match.span("claim"), {"voice": "speaker", "quote_type": "indirect", "kind": "fact"})
    changes.link("attributed-to", claim, changes.make("Speaker", match.span("speaker"), {"kind": "person"}))
    for span in run["spans"]:
        attributes = span["attributes"]
        is_denial = span["label"] == "Denial" and attributes["form"] == "reported"
        if is_denial and attributes["kind"] == "contradiction" and changes.has_speaker(span):
            changes.link("denies", changes.accept(span), claim)
        elif span["label"] == "Hedge" and (attributes["kind"], attributes["form"]) == ("non-answer", "performed"):
            changes.link("hedges", changes.accept(span), claim)
    body = {"base_revision": 0, "sha256": sha256, "changes": changes.rows}
    for action, given in (("changes", body), ("submit", {})):
        url = f"/api/v1/annotation-sets/{set_id}/{action}/"
        answer = annotator.post(url, json.dumps(given), content_type="application/json")
        assert answer.status_code == 200, answer.content
    done = jobs.run_here(ledgers.start_update(project, view="consensus", started_by=None, now=NOW, own_process=True))
    assert done.state == "done", done.problem
    ledger = get_ledger(project, "consensus")
    assert ledger is not None
    lines = lead.get(f"/projects/{project.slug}/ledger/download/jsonl/?view=consensus").getvalue().decode()
    page = lead.get(f"/projects/{project.slug}/ledger/?view=consensus").content.decode()
    return Played(changes.accepted, changes.by_hand, [json.loads(line) for line in lines.splitlines()], page)


class _Changes:
    """The changes of the annotator: accepted suggestions with their provenance, and what is made by hand."""

    def __init__(self, run: Mapping[str, Any]) -> None:
        self.rows: list[dict[str, Any]] = []
        self.accepted = self.by_hand = 0
        self._run = run
        self._spans = {span["id"]: span for span in run["spans"]}
        self._taken: dict[str, str] = {}

    def has_speaker(self, span: Mapping[str, Any]) -> bool:
        """Return whether the speaker of a suggestion is suggested with it."""
        return any(self._speakers(span))

    def accept(self, span: Mapping[str, Any]) -> str:
        """Accept a suggestion with its speaker; return the id of the span."""
        if span["id"] not in self._taken:
            own = {name: span[name] for name in ("label", "fragments", "attributes")}
            source = {"source": "rules", "version": self._run["version"], "id": span["id"], "score": span["score"]}
            self._taken[span["id"]] = self._add(own | {"origin": "suggested", "suggestion": source})
            self.accepted += 1
            for speaker in self._speakers(span):
                self._relate("attributed-to", self._taken[span["id"]], self.accept(self._spans[speaker]))
        return self._taken[span["id"]]

    def make(self, label: str, place: tuple[int, int], attributes: Mapping[str, str]) -> str:
        """Make a span by hand; return its id."""
        self.by_hand += 1
        return self._add({"label": label, "fragments": [list(place)], "attributes": attributes, "origin": "manual"})

    def link(self, label: str, start: str, end: str) -> None:
        """Make a relation by hand."""
        self.by_hand += 1
        self._relate(label, start, end)

    def _speakers(self, span: Mapping[str, Any]) -> list[str]:
        return [row["to"] for row in self._run["relations"]
                if row["from"] == span["id"] and row["label"] == "attributed-to"]  # fmt: skip

    def _add(self, span: Mapping[str, Any]) -> str:
        name = f"n{len(self.rows)}"
        self.rows.append({"id": self._id(), "kind": "add_span", "span": {"id": name, "note": "", **span}})
        return name

    def _relate(self, label: str, start: str, end: str) -> None:
        relation = {"id": f"r{len(self.rows)}", "label": label, "from": start, "to": end}
        self.rows.append({"id": self._id(), "kind": "add_relation", "relation": relation})

    def _id(self) -> str:
        return f"00000000-0000-4000-8000-{len(self.rows):012}"


def _put(client: Client, url: str, body: Mapping[str, Any]) -> Any:
    return client.put(url, json.dumps(body), content_type="application/json").json()


def test_a_reported_denial_stands_beside_the_non_answer_with_a_warning(
    project: Project, lead: User, ada: User, make_document: MakeDocument, make_set: MakeSet
) -> None:
    text = Path(ARTICLE).read_text("utf-8") if ARTICLE else MADE
    annotation_set = make_set(make_document(text), ada, [])
    clients = Client(), Client()
    for client, user in zip(clients, (lead, ada), strict=True):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    played = play(
        text, project=project, lead=clients[0], annotator=clients[1], set_id=annotation_set.pk,
        sha256=annotation_set.document.sha256,
    )  # fmt: skip

    (disputed,) = (row for row in played.propositions if row["status"] == "contested-and-evaded")
    statements = [statement for entry in disputed["entries"] for statement in entry["statements"]]
    denials = [statement for statement in statements if statement["role"] == "denial"]
    evasions = [statement for statement in statements if statement["role"] == "evasion"]
    print(f"\n{played.accepted} suggestions accepted, {played.by_hand} spans and links by hand")
    for statement in statements:
        print(f"{statement['role']:8} {', '.join(statement['speakers'])}: {statement['text']}")
    assert {statement["form"] for statement in denials} == {"reported"}
    assert {(statement["kind"], statement["form"]) for statement in evasions} == {("non-answer", "performed")}
    assert disputed["reported_denial_with_evasion"] is True
    assert "Denial only reported; own words evade" in played.page
    assert not TrainedModel.objects.exists()
