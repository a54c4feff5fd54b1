"""Writing questions: ask, comment, resolve, publish the answer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.models import User
from annotator.problems import InvalidInput
from annotator.text.json_objects import UNSTORABLE, UNSTORABLE_TEXT
from annotator.workload.questions.models import Question, QuestionComment, QuestionReader
from annotator.workload.questions.selectors import is_lead
from projects.models import Membership, Project
from projects.selectors import leads_of

LONGEST_TEXT = 4000
LONGEST_QUOTE = 200
LONGEST_RULE = 200
LONGEST_LABEL = 64
_MENTION = re.compile(r"(?<![\w@])@([\w.+-]+(?:@[\w.-]+)?)")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question is about: a document, a passage of it (code points), a label, a heading of the guidelines."""

    document: Document | None = None
    annotation_set: AnnotationSet | None = None
    passage: tuple[int, int] | None = None
    label: str = ""
    rule: str = ""


@transaction.atomic
def ask(project: Project, *, by: User, text: str, subject: Subject, now: datetime) -> Question:
    """Store a question for the leads. Raises `InvalidInput` for a text or passage that cannot be stored."""
    text = _checked(text)
    start, end = _passage(subject)
    question = Question.objects.create(
        project=project,
        document=subject.document,
        annotation_set=subject.annotation_set,
        start=start,
        end=end,
        quote=subject.document.text[start:end][:LONGEST_QUOTE] if subject.document and end is not None else "",
        label=subject.label[:LONGEST_LABEL],
        rule=subject.rule.strip()[:LONGEST_RULE],
        text=text,
        asked_by=by,
        asked_at=now,
        changed_at=now,
        waits_for_lead=not is_lead(project, by),
    )
    _follow(question, [by], unread=False)
    _mention(question, text, by=by)
    return question


@transaction.atomic
def comment(question: Question, *, by: User, text: str, now: datetime) -> QuestionComment:
    """Add a comment; a resolved question is open again, and everyone who follows it has something to read."""
    added = QuestionComment.objects.create(question=question, author=by, text=_checked(text), created_at=now)
    question.changed_at, question.waits_for_lead = now, not is_lead(question.project, by)
    question.resolved_at = question.resolved_by = None
    question.save(update_fields=["changed_at", "waits_for_lead", "resolved_at", "resolved_by"])
    QuestionReader.objects.filter(question=question).exclude(user=by).update(is_unread=True)
    _follow(question, [by], unread=False)
    _mention(question, added.text, by=by)
    return added


def mark_read(question: Question, user: User) -> None:
    """Store that a user has seen all comments of a question."""
    QuestionReader.objects.filter(question=question, user=user, is_unread=True).update(is_unread=False)


@transaction.atomic
def set_resolved(question: Question, *, resolved: bool, by: User, now: datetime) -> Question:
    """Resolve a question or open it again: the leads, and the person who asked."""
    question.resolved_at, question.resolved_by = (now, by) if resolved else (None, None)
    question.waits_for_lead = not resolved and not is_lead(question.project, by)
    question.save(update_fields=["resolved_at", "resolved_by", "waits_for_lead"])
    QuestionReader.objects.filter(question=question).exclude(user=by).update(is_unread=True)
    return question


@transaction.atomic
def publish(question: Question, *, answer: str, label: str, rule: str, now: datetime) -> Question:
    """Publish the answer for everyone in the project, at a label and a heading of the guidelines.

    Everyone sees the text of the question and the answer, not who asked, where, or the thread.
    """
    question.answer = _checked(answer, pointer="/answer")
    question.label, question.rule = label.strip()[:LONGEST_LABEL], rule.strip()[:LONGEST_RULE]
    question.published_at, question.waits_for_lead = now, False
    question.save(update_fields=["answer", "label", "rule", "published_at", "waits_for_lead"])
    QuestionReader.objects.filter(question=question, user=question.asked_by).update(is_unread=True)
    return question


def withdraw_answer(question: Question) -> Question:
    """Take a published answer back; the thread and the words of the answer are kept."""
    question.published_at = None
    question.save(update_fields=["published_at"])
    return question


def _checked(text: str, *, pointer: str = "/text") -> str:
    text, detail = text.replace("\r\n", "\n").strip(), ""
    if not text:
        detail = _("Write something.")
    elif len(text) > LONGEST_TEXT:
        detail = _("Write at most %(limit)s characters.") % {"limit": f"{LONGEST_TEXT:,}"}
    elif UNSTORABLE.search(text):
        detail = UNSTORABLE_TEXT
    if detail:
        raise InvalidInput(detail, errors=[{"pointer": pointer, "detail": detail}])
    return text


def _passage(subject: Subject) -> tuple[int | None, int | None]:
    if subject.passage is None or subject.document is None:
        return None, None
    start, end = subject.passage
    if not 0 <= start < end <= subject.document.length:
        detail = _("The passage must lie in the document.")
        raise InvalidInput(detail, errors=[{"pointer": "/start", "detail": detail}])
    return start, end


def _follow(question: Question, users: Iterable[User], *, unread: bool) -> None:
    for user in users:
        QuestionReader.objects.update_or_create(question=question, user=user, defaults={"is_unread": unread})


def _mention(question: Question, text: str, *, by: User) -> None:
    """Let mentioned members follow a question: whomever a lead mentions, and leads whom others mention.

    An annotator cannot show a question to another one, so that they stay independent of each other.
    """
    names = set(_MENTION.findall(text))
    if not names:
        return
    members = Membership.objects.filter(project=question.project, user__username__in=names, user__is_active=True)
    if not is_lead(question.project, by):
        members = members.filter(pk__in=leads_of(question.project).order_by().values("pk"))
    mentioned = [member.user for member in members.select_related("user").order_by("id") if member.user_id != by.pk]
    _follow(question, mentioned, unread=True)
