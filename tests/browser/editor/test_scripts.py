"""Every script, by pointer and keyboard: `text[start:end]` of the exported file is the selected text."""

import json
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from annotator.corpus.spans import lifecycle
from annotator.datasets.exports import services as datasets
from annotator.datasets.exports.options import ExportOptions
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import JobState
from annotator.text.tokens import token_boundaries
from projects.models import Project
from tests.browser.editor.conftest import OpenEditor
from tests.browser.editor.editor_page import EditorPage

CHINESE = "部長否認了這個說法。林小姐也是。"
WORD_STARTS = """(text) => Array.from(new Intl.Segmenter(undefined, { granularity: "word" }).segment(text),
  (word) => word.index)"""
TEXT = "\r\n".join(
    [
        "She met דניאל כהן and Zoe\u0301 Bra\u0308ndt there.",
        "قال الوزير سامي نعم أمس.",
        "",
        "אמר ראש העיר Lio Brandt לא, 👩‍🚒 כן.",
        "So 👩🏽‍🔬🇩🇪 said no, 👨‍👩‍👧‍👦 too 👍🏿.",
        CHINESE,
        "मंत्री ने कहा नहीं।",
        "𝔏𝔲𝔫𝔞 😀 met Osk\u00a0Orrin.",
        "",
    ]
)
WORDS = [
    *("דניאל כהן", "Zoe\u0301 Bra\u0308ndt", "الوزير سامي", "ראש העיר", "Lio Brandt", "👩‍🚒", "👩🏽‍🔬🇩🇪", "👨‍👩‍👧‍👦"),
    *("👍🏿", "部長", "林小姐", "मंत्री", "𝔏𝔲𝔫𝔞", "Osk\u00a0Orrin"),
]


def _by_pointer(editor: EditorPage, words: str) -> None:
    editor.drag(words)


def _by_keyboard(editor: EditorPage, words: str) -> None:
    """Move there and select with Shift, the word at the cursor first; in right-to-left lines, forward is left."""
    tokens = _cursor_tokens(editor)
    start = TEXT.index(words)
    first = next(index for index, token in enumerate(tokens) if token[0] == start)
    last = next(index for index, token in enumerate(tokens) if token[1] == start + len(words))
    editor.press("Escape", "Control+Home")
    editor.press(*(_forward(tokens[index][0]) for index in range(first)))
    editor.press(*(f"Shift+{_forward(tokens[index][0])}" for index in range(first, last + 1)))


def _cursor_tokens(editor: EditorPage) -> list[tuple[int, int]]:
    """Return the tokens to which the cursor moves: those of the server, in Chinese the words of the browser."""
    starts = editor.page.evaluate(WORD_STARTS, CHINESE)
    at = TEXT.index(CHINESE)
    tokens: list[tuple[int, int]] = []
    for start, end in token_boundaries(TEXT):
        if at <= start < at + len(CHINESE) and start - at not in starts:
            tokens[-1] = (tokens[-1][0], end)
        else:
            tokens.append((start, end))
    assert len(tokens) < len(token_boundaries(TEXT))
    return tokens


def _forward(offset: int) -> str:
    line = TEXT[TEXT.rfind("\n", 0, offset) + 1 :].partition("\r")[0]
    strong = next(kind for character in line if (kind := unicodedata.bidirectional(character)) in {"L", "R", "AL"})
    return "ArrowRight" if strong == "L" else "ArrowLeft"


@pytest.mark.parametrize(
    "select",
    [pytest.param(_by_pointer, id="pointer", marks=pytest.mark.layout), pytest.param(_by_keyboard, id="keyboard")],
)
def test_selected_text_of_any_script_is_exported_exactly(
    open_editor: OpenEditor,
    project: Project,
    lead: User,
    now: datetime,
    tmp_path: Path,
    select: Callable[[EditorPage, str], None],
) -> None:
    editor = open_editor(TEXT, marked=False)
    for words in WORDS:
        select(editor, words)
        editor.press("2")
    editor.wait_until_saved()
    editor.page.get_by_role("button", name="Submit").click()
    expect(editor.page.get_by_role("button", name="Reopen")).to_be_visible()

    assert lifecycle.complete_submits(now=timezone.now() + timedelta(minutes=1)) == 1
    export = datasets.start_export(project, options=ExportOptions(), started_by=lead, now=now, own_process=True)
    job = jobs.run_here(datasets.job_of(export))
    assert job.state == JobState.DONE, job.problem
    export.refresh_from_db()
    written = tmp_path / "data.jsonl"
    datasets.copy_export(export, written)
    [line] = [json.loads(part) for part in written.read_bytes().split(b"\n") if part]
    [exported] = line["annotators"].values()

    assert line["text"] == TEXT
    covered = [line["text"][start:end] for span in exported["spans"] for start, end in span["fragments"]]
    assert covered == sorted(WORDS, key=TEXT.index)
