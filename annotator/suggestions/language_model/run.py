"""A run over the documents of a project: several are asked about at once, each is stored when its answer is there."""

import queue
import threading
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.corpus.documents.models import Document
from annotator.corpus.suggestions.services import replace_runs
from annotator.platform.jobs.context import JobContext
from annotator.suggestions.language_model.conversation import Asked, Conversation, Failed
from annotator.suggestions.language_model.limits import add_use, limits_of
from annotator.suggestions.language_model.selectors import (
    LANGUAGE_MODEL,
    Asking,
    asking_of,
    tokens_needed,
    waiting_documents,
)
from annotator.suggestions.problems import LanguageModelFailed, LanguageModelNotAllowed
from annotator.suggestions.sources.interface import Suggestions
from annotator.suggestions.sources.language_model.prompt import VERSION
from projects.models import Project

AT_ONCE = 4
LOOK_SECONDS = 0.25
"""How long an answer is waited for before the job looks whether it was cancelled."""
MOST_FAILURES = 5
"""After so many documents in a row that failed, the run ends: the next ones would fail, too."""
MOST_LINES = 500
REASONS = {
    "not_in_text": gettext_lazy("the quote is not in the text"),
    "pieces": gettext_lazy("its pieces do not follow each other, or its label has spans of one piece"),
    "ambiguous": gettext_lazy("several passages fit the quote"),
    "unknown_label": gettext_lazy("the schema has no such label"),
    "duplicate": gettext_lazy("the same span was suggested twice"),
    "attribute": gettext_lazy("the value of an attribute is not one of the schema; the span was taken without it"),
    "link": gettext_lazy("the schema does not allow the relation, or one of its spans was refused"),
    "malformed": gettext_lazy("the span has no label or no quote"),
    "too_many": gettext_lazy("one answer has too many spans"),
}

Ended = tuple[Document, Asked | Exception]


class Run:
    """One attempt at a job; `do` returns the counts, from its last checkpoint on."""

    def __init__(self, context: JobContext, project: Project, asking: Asking, *, most: int | None) -> None:
        self._context, self._project, self._asking = context, project, asking
        self._made: dict[str, Any] = context.cursor or {
            **dict.fromkeys(("documents", "spans", "requests", "tokens_sent", "tokens_received", "lines"), 0),
            "refused": {},
            "failed": [],
        }
        self._made["limit"] = ""
        waiting = waiting_documents(project, asking).exclude(pk__in=self._made["failed"])
        keys = list(waiting.values_list("pk", flat=True))
        left = len(keys) if most is None else max(0, most - self._done)
        self._keys = keys[:left][::-1]
        self._total = self._done + min(left, len(keys))
        self._under_way: dict[int, Conversation] = {}
        self._needs: dict[int, int] = {}
        self._ended: queue.SimpleQueue[Ended] = queue.SimpleQueue()
        self._failures = 0

    @property
    def _done(self) -> int:
        return int(self._made["documents"]) + len(self._made["failed"])

    def do(self) -> dict[str, Any]:
        """Ask about all documents; raises `LanguageModelFailed` and `LanguageModelNotAllowed`."""
        self._context.set_progress(self._done, self._total)
        try:
            for document, outcome in self._outcomes():
                if isinstance(outcome, Failed):
                    self._note_failure(document, outcome)
                elif isinstance(outcome, Exception):
                    raise outcome
                else:
                    self._store(document, outcome)
                self._context.set_progress(self._done, self._total)
        finally:
            for key, conversation in self._under_way.items():
                conversation.close()
                self._count_use(conversation, least=self._needs[key])
        return self._made

    def _outcomes(self) -> Iterator[Ended]:
        """Yield documents with what was answered, as answers come; raise when the job is cancelled."""
        while True:
            while self._keys and len(self._under_way) < AT_ONCE and not self._made["limit"]:
                self._start_next()
            if not self._under_way:
                return
            try:
                document, outcome = self._ended.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                self._context.raise_if_cancelled()
                continue
            self._count_use(self._under_way.pop(document.pk))
            yield document, outcome

    def _start_next(self) -> None:
        """Send the text of the next document, if the limits leave enough for it."""
        document = Document.objects.only("external_id", "text").get(pk=self._keys[-1])
        under_way = sum(self._needs[key] for key in self._under_way)
        needed = tokens_needed(self._asking, len(document.text))
        taken = self._made["tokens_sent"] + self._made["tokens_received"]
        self._check_agreed()
        limits = limits_of(self._project, now=timezone.now())
        if reached := limits.reached_by(under_way + needed, of_run=taken):
            self._made["limit"] = reached
            self._made["left"] = len(self._keys)
            return
        self._keys.pop()
        self._needs[document.pk] = needed
        self._start(document)

    def _count_use(self, conversation: Conversation, *, least: int = 0) -> None:
        """Count what a conversation took, also when it failed; `least` stands for a request that is under way."""
        asked = conversation.asked
        for name in ("requests", "tokens_sent", "tokens_received"):
            self._made[name] += getattr(asked, name)
        tokens = max(least, asked.tokens_sent + asked.tokens_received)
        add_use(self._project, requests=asked.requests, tokens=tokens, now=timezone.now())

    def _check_agreed(self) -> None:
        """Raise `LanguageModelNotAllowed` when the project does not want this any more."""
        if asking_of(self._project).version != self._asking.version:
            raise LanguageModelNotAllowed(
                _("The model, the labels or the guidelines were changed during the run. Start it again.")
            )

    def _start(self, document: Document) -> None:
        """Send the text of a document."""
        asking = self._asking
        conversation = Conversation(asking.server, model=asking.model, system=asking.system, schema=asking.schema)

        def ask() -> None:
            try:
                self._ended.put((document, conversation.ask(document.text)))
            except Exception as error:  # noqa: BLE001 - raised by the thread of the job, which waits for it
                self._ended.put((document, error))

        self._under_way[document.pk] = conversation
        threading.Thread(target=ask, daemon=True).start()

    def _store(self, document: Document, asked: Asked) -> None:
        taken, made = asked.taken, self._made
        self._failures = 0
        made["documents"] += 1
        made["spans"] += len(taken.spans)
        for reason, count in taken.refused.counts.items():
            made["refused"][reason] = made["refused"].get(reason, 0) + count
        for reason, quote in taken.refused.quotes:
            self._add_line("warning", document, _("Refused “%(quote)s”: %(reason)s.") % {
                "quote": quote, "reason": REASONS[reason]})  # fmt: skip
        with transaction.atomic():
            replace_runs(
                [(document, Suggestions(taken.spans, list(taken.links)).records())],
                source=LANGUAGE_MODEL,
                version=self._asking.version,
                schema_version=self._asking.schema_version,
                now=timezone.now(),
                parameters=self._parameters(asked),
            )
            self._context.save_checkpoint(made)

    def _parameters(self, asked: Asked) -> dict[str, Any]:
        return {
            "url": self._asking.server.url,
            "model": self._asking.model,
            "prompt": VERSION,
            "guidelines": self._asking.guidelines,
            "refused": asked.taken.refused.counts,
            "tokens_sent": asked.tokens_sent,
            "tokens_received": asked.tokens_received,
        }

    def _note_failure(self, document: Document, failure: Failed) -> None:
        self._failures += 1
        self._made["failed"].append(document.pk)
        self._add_line("error", document, str(failure))
        self._context.save_checkpoint(self._made)
        if failure.is_final or self._failures >= MOST_FAILURES:
            raise LanguageModelFailed(
                _("%(reason)s Documents that have suggestions now keep them; start again to go on.")
                % {"reason": str(failure).rstrip(".") + "."}
            )

    def _add_line(self, level: str, document: Document, message: str) -> None:
        """Add a line to the report, up to a limit."""
        self._made["lines"] += 1
        if self._made["lines"] <= MOST_LINES:
            self._context.add_line(level, document.external_id, message)
