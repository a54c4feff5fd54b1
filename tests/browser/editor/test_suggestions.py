"""Suggestions in the editor: gone through, accepted with the speaker, corrected, relabelled, rejected, undone."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from annotator.corpus.suggestions.models import Dismissal
from annotator.suggestions.models import SuggestionOffer, SuggestionSettings
from projects.models import Project
from tests.browser.editor.conftest import OpenEditor

TEXT = "“The dam is safe now,” Lio Brandt said. The ministry said the road was closed to all traffic. It rained."


@pytest.fixture
def with_rules(project: Project) -> SuggestionSettings:
    return SuggestionSettings.objects.create(project=project, bar=0.6, sources=["rules"])


def test_suggestions_are_accepted_corrected_rejected_and_undone_by_one_key_each(
    open_editor: OpenEditor, with_rules: SuggestionSettings
) -> None:
    editor = open_editor(TEXT, marked=False)
    bar, heard = editor.page.locator("#suggestion-bar"), editor.page.locator("#announcements")
    expect(bar).to_contain_text("2 suggestions.")
    assert editor.covered() == []  # nothing is saved without a key
    offered = SuggestionOffer.objects.get().offered.values()
    assert [label for label, _fragments in offered].count("Claim") == 2

    editor.press("t")
    expect(heard).to_contain_text("Claim “The dam is safe now”, by Speaker “Lio Brandt”")
    editor.press("y")  # the claim comes with its speaker and the link, and the next suggestion is ready
    expect(heard).to_contain_text("Claim “the road was closed to all traffic”, by Speaker “ministry”")
    assert sorted(editor.covered()) == [("Claim", "The dam is safe now"), ("Speaker", "Lio Brandt")]
    assert editor.annotation_set.relations.get().label == "attributed-to"
    editor.press("Control+z")
    assert editor.covered() == []

    editor.press("Home", "t", ",", "y")  # shorter by a word
    assert ("Claim", "The dam is safe") in editor.covered()
    span = editor.annotation_set.spans.get(label="Claim")
    assert span.suggestion is not None
    assert (span.origin, span.suggestion["source"]) == ("suggested", "rules")

    editor.press("q")  # the second claim is rejected: its speaker is left
    expect(bar).to_contain_text("1 suggestion.")
    editor.press("Control+z")
    expect(heard).to_contain_text("“the road was closed to all traffic”")
    editor.press("3")  # it becomes a denial
    assert ("Denial", "the road was closed to all traffic") in editor.covered()
    assert editor.annotation_set.relations.count() == 2
    expect(bar).to_be_hidden()
    editor.press("Control+z", "t", "q")
    expect(bar).to_contain_text("1 suggestion.")
    editor.page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.includes('dismissals'))")
    # On a slow machine the rejection that was undone has been sent too, and then that it was undone.
    assert Dismissal.objects.order_by("id").values_list("kind", "source").last() == ("rejected", "rules")

    editor.page.reload()
    expect(bar).to_contain_text("1 suggestion.")
    editor.text.focus()
    editor.press("t")
    expect(heard).to_contain_text("Speaker “ministry”")
    editor.press("Escape")
    expect(editor.page.get_by_role("status")).to_contain_text("Suggestion left as it is.")
    assert len(editor.covered()) == 2


def test_the_script_of_suggestions_is_loaded_only_where_there_are_some(
    open_editor: OpenEditor, with_rules: SuggestionSettings
) -> None:
    editor = open_editor(TEXT, marked=False)
    expect(editor.page.locator("#suggestion-bar")).to_be_visible()
    names = "performance.getEntriesByType('resource').map((entry) => entry.name)"
    loaded = names + ".filter((name) => /suggestions\\.[0-9a-f]+\\.js/.test(name))"
    (script,) = editor.page.evaluate(loaded)
    path = script.split("/static/")[1]
    assert (settings.STATIC_ROOT / f"{path}.br").stat().st_size <= 6_000

    with_rules.delete()
    editor.page.reload()
    expect(editor.text).to_be_visible()
    editor.page.wait_for_function("() => performance.getEntriesByName('editor:open').length > 0")
    assert editor.page.evaluate(loaded) == []
