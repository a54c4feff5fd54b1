"""Blind sets: nothing is suggested in them, the draw stays, and both arms are compared."""

import json

import pytest
from django.core.management import call_command
from django.test import Client

from annotator.suggestions.models import SuggestionArm, SuggestionOffer

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/projects/news/suggestion-sources/"
TEXT = "“The dam is safe now,” Lio Brandt said. Mara Quist said the dam number {} was not safe."


def test_blind_sets_get_no_suggestions_and_the_arms_are_compared(
    api, project, lead, ada, make_document, make_set, capsys
):
    settings = {"bar": 0.5, "sources": ["rules"], "blind_share": 0.5}
    assert api(lead).put(URL, settings, format="json").json()["blind_share"] == 0.5
    answers = {}
    for number in range(12):
        annotation_set = make_set(make_document(TEXT.format(number), external_id=f"dam-{number}"), ada, [])
        url = f"/api/v1/annotation-sets/{annotation_set.pk}/suggestions/"
        before = api(ada).get(url).json()
        answers[annotation_set.pk] = api(ada).post(url).json()
        assert bool(before) == bool(answers[annotation_set.pk])
    blind = set(SuggestionArm.objects.filter(is_blind=True).values_list("pk", flat=True))
    assert 0 < len(blind) < 12
    assert {key for key, runs in answers.items() if not runs} == blind
    assert all(arm.withheld for arm in SuggestionArm.objects.filter(is_blind=True))
    assert blind.isdisjoint(SuggestionOffer.objects.values_list("annotation_set_id", flat=True))

    # A later share changes no set that was drawn.
    api(lead).put(URL, {**settings, "blind_share": 0}, format="json")
    for key in blind:
        assert api(ada).post(f"/api/v1/annotation-sets/{key}/suggestions/").json() == []
        api(ada).post(f"/api/v1/annotation-sets/{key}/submit/")
    figures = api(lead).get(f"{URL}effect/").json()
    assert figures["sets"] == {"with": 0, "blind": len(blind)}
    for key in set(answers) - blind:
        api(ada).post(f"/api/v1/annotation-sets/{key}/submit/")
    capsys.readouterr()
    call_command("suggestion_effect", "news", "--json")
    assert json.loads(capsys.readouterr().out)["sets"] == {"with": 12 - len(blind), "blind": len(blind)}
    client = Client()
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    assert "Minutes per 1,000 words" in client.get("/projects/news/suggestions/effect/").content.decode()
    assert api(ada).get(f"{URL}effect/").status_code in (403, 404)
