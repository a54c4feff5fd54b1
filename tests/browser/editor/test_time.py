"""Working time: measured on the page, counted once on the server, shown on request."""

import json
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Route, expect

from annotator.corpus.spans.models import AnnotationSet
from annotator.workload.timing.selectors import active_seconds
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage
from tests.browser.polling import expect_value


def _expect_counted(editors: list[EditorPage], least: float) -> None:
    """Send the pages the event of a user who goes to another tab, until the server has counted so many seconds.

    A page that is sending a report sends the rest with the next event.
    """

    def leave_and_count() -> float:
        for editor in editors:
            editor.page.evaluate("dispatchEvent(new Event('pagehide'))")
        return active_seconds(editors[0].annotation_set)

    expect_value(editors[0].page, leave_and_count, lambda seconds: seconds >= least)


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
    page.clock.pause_at(timezone.now() - timedelta(minutes=25))  # or the clock would also go on by itself
    for seconds in [50] * 5 + [900, 30]:
        editor.press("ArrowRight", "ArrowLeft")
        page.clock.run_for(seconds * 1000)
    editor.press("ArrowRight")
    _expect_counted([editor], 5 * 50 + 30)

    expect(page.locator("#active-time")).to_have_text("Working time: 4 min")
    counted = active_seconds(editor.annotation_set)
    assert counted < 300, counted


def test_two_windows_count_once(open_editor: OpenEditor) -> None:
    began = timezone.now()
    first = _open_an_hour_old(open_editor)
    second = EditorPage(first.page.context.new_page(), first.annotation_set).open()
    for _ in range(3):
        for editor in (first, second):
            editor.page.bring_to_front()
            editor.press("ArrowRight")
            editor.page.wait_for_timeout(700)
    _expect_counted([first, second], 3)

    counted = active_seconds(first.annotation_set)
    assert counted <= (timezone.now() - began).total_seconds(), counted


def test_working_time_can_be_hidden(open_editor: OpenEditor) -> None:
    editor = open_editor("Torvand denies it.")
    expect(editor.page.locator("#active-time")).to_be_visible()
    editor.press("o")
    with editor.page.expect_response("**/me/preferences/"):
        editor.page.get_by_label("Show working time").uncheck()

    editor.page.keyboard.press("Escape")
    expect(editor.page.locator("#active-time")).to_be_hidden()
    editor.page.reload()
    expect(editor.page.locator("#labels button").first).to_be_visible()
    expect(editor.page.locator("#active-time")).to_be_hidden()
