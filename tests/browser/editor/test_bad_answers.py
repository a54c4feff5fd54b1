"""Failing servers and networks: work is kept, reported, and saved once."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from annotator.corpus.spans.models import AnnotationSet, Change, SetState
from projects.models import Membership
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage


def _saving(editor: EditorPage, words: str) -> None:
    expect(editor.page.locator("#saving-text")).to_contain_text(words, ignore_case=True)


def _first_posts(editor: EditorPage, *handlers: Callable[[Route], None]) -> None:
    """Let these handlers answer the first requests that save changes; later ones reach the server."""
    waiting = list(handlers)

    def answer(route: Route) -> None:
        if route.request.method == "POST" and waiting:
            waiting.pop(0)(route)
        else:
            route.continue_()

    editor.page.route("**/changes/**", answer)


def _label_while_saving_fails(editor: EditorPage, answer: Callable[[Route], None], *keys: str) -> None:
    """Press keys while this handler answers all requests that save changes, until the page says so."""
    editor.page.route(
        "**/changes/**", lambda route: answer(route) if route.request.method == "POST" else route.continue_()
    )
    editor.press(*keys)
    _saving(editor, "stored in this browser")
    editor.page.unroute("**/changes/**")


def _answer(status: int, **body: object) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, content_type="application/problem+json", body=json.dumps(body))


def _commit_and_lose(route: Route) -> None:
    route.fetch()
    route.abort()


def test_network_cut_during_a_save_loses_nothing(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")

    _label_while_saving_fails(editor, lambda route: route.abort(), "2", "Escape", "ArrowRight", "3")

    assert editor.covered() == [("Speaker", "Torvand"), ("Denial", "denies")]


def test_lost_answer_does_not_duplicate_a_change(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")

    _label_while_saving_fails(editor, _commit_and_lose, "2")

    assert editor.covered() == [("Speaker", "Torvand")]
    assert Change.objects.filter(annotation_set=editor.annotation_set).count() == 1


def test_two_hundred_offline_changes_arrive_once_in_order(open_editor: OpenEditor) -> None:
    words = " ".join(f"word{number}" for number in range(100))
    editor = open_editor(words, marked=False)
    editor.page.context.set_offline(True)
    editor.press("F9")  # no frames
    for _ in range(100):
        editor.press("2", "3", "Enter", "ArrowRight")
    _saving(editor, "200 changes are stored")
    assert not editor.annotation_set.spans.exists()
    editor.page.context.set_offline(False)

    assert editor.covered() == [("Denial", word) for word in words.split()]
    log = Change.objects.filter(annotation_set=editor.annotation_set).order_by("revision")
    assert list(log.values_list("kind", flat=True)) == ["add_span", "update_span"] * 100


@pytest.mark.parametrize("statuses", [(500, 502), (503, 429)])
def test_failing_server_is_asked_again(open_editor: OpenEditor, statuses: tuple[int, ...]) -> None:
    editor = open_editor("Torvand denies it.")
    _first_posts(editor, *map(_answer, statuses))
    editor.press("2")

    assert editor.covered() == [("Speaker", "Torvand")]


def test_too_large_request_is_split(open_editor: OpenEditor) -> None:
    editor = open_editor("One two three four.")
    editor.page.context.set_offline(True)
    for _ in range(4):
        editor.press("1", "Escape", "ArrowRight")
    _first_posts(editor, _answer(413), _answer(413))
    editor.page.context.set_offline(False)

    assert [text for _, text in editor.covered()] == ["One", "two", "three", "four"]


def test_refused_change_can_be_skipped(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")

    def refuse(route: Route) -> None:
        change = json.loads(route.request.post_data or "")["changes"][0]
        _answer(422, code="invalid_change", change_id=change["id"], detail="The schema has no label “Speaker”.")(route)

    _first_posts(editor, refuse)
    with editor.page.expect_response(
        lambda answer: answer.request.method == "POST" and "/changes/" in answer.url and answer.ok
    ) as saved:
        _set_the_refused_aside(editor)

    assert [change["span"]["label"] for change in json.loads(saved.value.request.post_data or "")["changes"]] == [
        "Denial"
    ]
    expect(editor.rows.locator("li")).to_have_count(1)
    expect(editor.page.locator("#notices")).to_contain_text("Torvand")
    assert list(editor.annotation_set.spans.values_list("label", flat=True)) == ["Denial"]


def _set_the_refused_aside(editor: EditorPage) -> None:
    editor.press("2", "Escape", "ArrowRight", "3")
    notices = editor.page.locator("#notices")
    expect(notices).to_contain_text("The schema has no label “Speaker”.")
    notices.get_by_role("button", name="Skip this change").click()


@pytest.mark.parametrize("state", [SetState.SUBMITTED, SetState.ADJUDICATED])
def test_changes_of_a_closed_set_are_kept(open_editor: OpenEditor, state: SetState) -> None:
    editor = open_editor("Torvand denies it.")
    editor.page.context.set_offline(True)
    editor.press("2")
    AnnotationSet.objects.filter(pk=editor.annotation_set.pk).update(state=state)
    editor.page.context.set_offline(False)

    _saving(editor, "1 change not saved")
    expect(editor.page.locator("#notices")).to_contain_text("closed")
    expect(editor.rows.locator("li")).to_have_count(1)
    assert not editor.annotation_set.spans.exists()
    AnnotationSet.objects.filter(pk=editor.annotation_set.pk).update(state=SetState.OPEN)
    assert editor.covered() == [("Speaker", "Torvand")]


def test_changes_of_a_removed_member_are_kept(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    Membership.objects.filter(user__username="ada").delete()
    editor.press("2")

    expect(editor.page.locator("#notices")).to_contain_text("You are no longer a member of the project")
    expect(editor.rows.locator("li")).to_have_count(1)
    _saving(editor, "not")
