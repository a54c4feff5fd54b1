"""Working time: measured on the page, counted once on the server, shown on request."""

import json
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Route, expect

from annotator.corpus.spans.models import AnnotationSet
from annotator.workload.timing.selectors import active_seconds
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage


def _hide(editor: EditorPage) -> None:
    """Send the page the event of a user who goes to another tab."""
    with editor.page.expect_response("**/active-time/") as reported:
        editor.page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert reported.value.ok


def _send_by_the_clock_of_the_server(route: Route) -> None:
    """Let the clock of the page run fast; the server corrects clocks that are only wrong."""
    report = json.loads(route.request.post_data or "{}")
    route.continue_(post_data=json.dumps(report | {"now": int(timezone.now().timestamp() * 1000)}))


def _open_an_hour_old(open_editor: OpenEditor) -> EditorPage:
    editor = open_editor("Torvand denies it.")
    AnnotationSet.objects.update(created_at=timezone.now() - timedelta(hours=1))
    return editor


def test_working_time_is_reported_without_pauses(open_editor: OpenEditor) -> None:
    editor = _open_an_hour_old(open_editor)
    page = editor.page
    page.route("**/active-time/", _send_by_the_clock_of_the_server)
    page.clock.install(time=timezone.now() - timedelta(minutes=30))
    page.reload()
    expect(page.locator("#active-time")).to_have_text("Working time: 0 min")
    for seconds in [50] * 5 + [900, 30]:
        editor.press("ArrowRight", "ArrowLeft")
        page.clock.run_for(seconds * 1000)
    editor.press("ArrowRight")
    _hide(editor)

    expect(page.locator("#active-time")).to_have_text("Working time: 4 min")
    counted = active_seconds(editor.annotation_set)
    assert 5 * 50 + 30 <= counted < 300, counted


def test_two_windows_count_once(open_editor: OpenEditor) -> None:
    began = timezone.now()
    first = _open_an_hour_old(open_editor)
    second = EditorPage(first.page.context.new_page(), first.annotation_set).open()
    for _ in range(3):
        for editor in (first, second):
            editor.page.bring_to_front()
            editor.press("ArrowRight")
            editor.page.wait_for_timeout(700)
    _hide(first)
    _hide(second)

    counted = active_seconds(first.annotation_set)
    assert 3 <= counted <= (timezone.now() - began).total_seconds(), counted


def test_working_time_can_be_hidden(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    expect(editor.page.locator("#active-time")).to_be_visible()
    editor.press("o")
    editor.page.get_by_label("Show working time").uncheck()

    editor.page.keyboard.press("Escape")
    expect(editor.page.locator("#active-time")).to_be_hidden()
    editor.page.wait_for_load_state("networkidle")
    editor.page.reload()
    expect(editor.page.locator("#labels button").first).to_be_visible()
    expect(editor.page.locator("#active-time")).to_be_hidden()
