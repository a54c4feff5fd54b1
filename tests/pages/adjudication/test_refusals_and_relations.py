"""Refused forms, relations to parts, and decisions that annotators contradict, as plain forms."""

import pytest

from annotator.adjudication.models import Adjudication
from annotator.corpus.spans.models import AnnotationSet, Relation
from tests.notation import make_spans
from tests.pages.adjudication.conftest import decide, open_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_claims(page, lead, make_document, make_set, ada, ben):
    """One annotator marked two claims with a speaker each, two others one long claim; the client and the address."""
    text, two = make_spans("Ada[Speaker] and Ben[Speaker]: [it rained](Claim) and [it snowed](Claim).")
    _, one = make_spans("Ada[Speaker] and Ben[Speaker]: [it rained and it snowed](Claim).")
    document = make_document(text)
    arrows = {"ada": [("s3", "s1"), ("s4", "s2")], "ben": [("s3", "s1")], "C": [("s3", "s1")]}
    for author, spans in ((ada, two), (ben, one), ("C", one)):
        own = make_set(document, author, spans, state="submitted", revision=1)
        rows = {span.uid: span for span in own.spans.all()}
        for number, (source, target) in enumerate(arrows[own.name]):
            Relation.objects.create(
                annotation_set=own,
                uid=f"r{number}",
                label="attributed-to",
                source=rows[source],
                target=rows[target],
            )
    client, here = page(lead), f"/documents/{document.pk}/adjudication/"
    client.post(f"{here}start/", {"rule": "exact", "blind": "no"})
    return client, here


def relations_in_gold() -> list[tuple[str, str]]:
    adjudication = Adjudication.objects.get()
    text = adjudication.document.text
    arrows = adjudication.annotation_set.relations.order_by("source__start", "target__start")
    return [(text[a.source.start : a.source.end], text[a.target.start : a.target.end]) for a in arrows]


def test_two_spans_taken_for_one_keep_both_relations(two_claims):
    client, here = two_claims
    source = Adjudication.objects.get().sources.get(annotation_set__name="ada").position

    decide(client, here, choice=f"take:{source}")

    assert relations_in_gold() == [("it rained", "Ada"), ("it snowed", "Ben")]
    assert "All locations are decided" in client.get(here).content.decode()


def test_relation_is_led_to_a_chosen_part(two_claims):
    client, here = two_claims
    adjudication = Adjudication.objects.get()
    unit = open_unit()
    draft = client.get(f"{here}units/{unit}/edit/?mode=split").context["draft"]
    assert draft["fragments"] == "13-36"
    fields = {"mode": "split", "fragments": "13-36", "at": 23, "label": "Claim", "step": "save"}
    client.post(f"{here}units/{unit}/edit/", fields | {"revision": adjudication.revision})
    relation = open_unit()
    content = client.get(f"{here}units/{relation}/edit/").content.decode()
    assert content.count('name="arrow"') == 2

    adjudication.refresh_from_db()
    client.post(f"{here}units/{relation}/edit/", {"arrow": "1:0:attributed-to", "revision": adjudication.revision})

    assert ("and it snowed", "Ada") in relations_in_gold()
    assert ("it rained", "Ada") not in relations_in_gold()


def test_relations_of_two_spans_are_distinct_lines(page, lead, make_document, make_set, ada, ben):
    text, two = make_spans("Ada[Speaker]: [it rained](Claim) and [it snowed](Claim).")
    _, one = make_spans("Ada[Speaker]: [it rained and it snowed](Claim).")
    document = make_document(text)
    for author, spans, ends in ((ada, two, ["s2", "s3"]), (ben, one, [])):
        own = make_set(document, author, spans, state="submitted", revision=1)
        rows = {span.uid: span for span in own.spans.all()}
        for end in ends:
            Relation.objects.create(
                annotation_set=own, uid=end, label="attributed-to", source=rows[end], target=rows["s1"]
            )
    client, here = page(lead), f"/documents/{document.pk}/adjudication/"
    client.post(f"{here}start/", {"rule": "exact", "blind": "no"})
    positions = {source.annotation_set.name: source.position for source in Adjudication.objects.get().sources.all()}
    claim = open_unit()
    decide(client, here, choice=f"take:{positions['ben']}")
    lanes = client.get(here).context["unit"].lanes
    assert [len(set(lane.relations)) for lane in lanes if lane.relations] == [2]

    decide(client, here, choice=f"take:{positions['ada']}")
    assert relations_in_gold() == [("it rained and it snowed", "Ada")]
    given = {"revision": Adjudication.objects.get().revision, "choice": f"take:{positions['ada']}"}
    client.post(f"{here}units/{claim}/", given)

    assert relations_in_gold() == [("it rained", "Ada"), ("it snowed", "Ada")]


def test_decision_is_not_overturned_by_a_third_annotator(page, lead, make_document, make_set, ada, ben):
    text, spans = make_spans("Ada[Speaker] left.")
    document = make_document(text)
    for author, own in ((ada, spans), (ben, spans), ("C", [])):
        last = make_set(document, author, own, state="submitted", revision=1)
    client, here = page(lead), f"/documents/{document.pk}/adjudication/"
    client.post(f"{here}start/", {"rule": "exact", "blind": "no"})
    decide(client, here, choice="none", reason="outside", note="Not a speaker.")
    make_span = last.document.annotation_sets.get(name="ada").spans.get()
    make_span.pk, make_span.annotation_set = None, last
    make_span.save()
    AnnotationSet.objects.filter(pk=last.pk).update(revision=2)

    client.post(f"{here}refresh/")

    content = client.get(here).content.decode()
    assert not Adjudication.objects.get().annotation_set.spans.exists()
    assert "changed since it was decided" in content
    assert "None of these" in content.split("The decision before")[1][:200]
    assert "Not a speaker." in content
    AnnotationSet.objects.filter(pk=last.pk).update(revision=3)
    client.post(f"{here}refresh/")
    assert not Adjudication.objects.get().annotation_set.spans.exists()
    decide(client, here, choice="none")
    assert "All locations are decided" in client.get(here).content.decode()


@pytest.mark.parametrize("action", ["undo", "settle", "reopen", "refresh", "start"])
def test_address_of_a_form_leads_to_the_page(begun, here, action):
    unit = open_unit()

    answer = begun.get(f"{here}{action}/?unit={unit}")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{here}?unit={unit}")


@pytest.mark.parametrize("action", ["undo", "settle", "reopen"])
def test_refused_action_shows_the_page_with_its_links(begun, here, action):
    answer = begun.post(f"{here}{action}/", {"revision": Adjudication.objects.get().revision})

    content = answer.content.decode()
    assert answer.status_code == 409
    assert f'href="{here}?unit=' in content
    assert 'href="?' not in content
    assert answer.headers["HX-Push-Url"].startswith(here)


def test_refused_draft_comes_back_as_typed(begun, here, page, make_user, project):
    unit = open_unit()
    seen = Adjudication.objects.get().revision
    decide(begun, here, choice="none")
    typed = {"mode": "edited", "label": "Hedge", "fragments": "9-18", "step": "save:anyway", "note": " two  blanks "}

    answer = begun.post(f"{here}units/{unit}/edit/", typed | {"shown_label": "Hedge", "revision": seen - 1})

    content = answer.content.decode()
    assert answer.status_code == 409
    assert 'value=" two  blanks "' in content
    assert 'name="fragments" value="9-18"' in content
    assert '<option value="Hedge" selected>' in content


def test_refused_addition_comes_back_as_typed(begun, here):
    typed = {"label": "Hedge", "shown_label": "Hedge", "fragments": "9-18", "step": "save:anyway", "reason": "odd"}

    answer = begun.post(f"{here}add/", typed | {"revision": 1, "note": "kept"})

    content = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="fragments" value="9-18"' in content
    assert 'value="kept"' in content


def test_addition_with_another_label_gets_its_attributes(begun, here):
    start = begun.get(f"{here}add/").context["draft"]
    shown = {f"attribute-{attribute.id}": "said" for attribute, _ in start["values"]}
    typed = {"label": "Denial", "shown_label": "Claim", "fragments": "20-28", "step": "save", "revision": 1} | shown

    answer = begun.post(f"{here}add/", typed)

    draft = answer.context["draft"]
    assert "Check the attributes" in answer.content.decode()
    assert [attribute.id for attribute, _ in draft["values"]] == list(draft["label"].attributes)
    assert all(value != "said" for attribute, value in draft["values"] if attribute.choices)
    assert not Adjudication.objects.get().decisions.filter(kind="added").exists()
    values = {f"attribute-{attribute.id}": "" for attribute, _ in draft["values"]}
    saved = {"label": "Denial", "shown_label": "Denial", "fragments": "20-28", "step": "save", "revision": 1}
    assert "requires" in begun.post(f"{here}add/", saved | values).content.decode()

    assert begun.post(f"{here}add/", saved | values | {"step": "save:anyway"}).status_code == 302


def test_editing_starts_from_the_chosen_version(two_claims):
    client, here = two_claims
    unit = open_unit()
    positions = {source.annotation_set.name: source.position for source in Adjudication.objects.get().sources.all()}
    assert client.get(f"{here}units/{unit}/edit/?mode=edited").context["draft"]["fragments"] == "13-36"

    draft = client.get(f"{here}units/{unit}/edit/?mode=edited&from={positions['ada']}&part=1").context["draft"]

    assert draft["fragments"] == "27-36"
    fields = {"mode": "edited", "from": positions["ada"], "part": 1, "fragments": "30-36", "label": "Claim"}
    client.post(f"{here}units/{unit}/edit/", fields | {"step": "save", "revision": Adjudication.objects.get().revision})
    adjudication = Adjudication.objects.get()
    claims = adjudication.annotation_set.spans.filter(label="Claim").order_by("start")
    assert [adjudication.document.text[span.start : span.end] for span in claims] == ["it rained", "snowed"]
