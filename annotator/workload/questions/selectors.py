"""Reading questions: leads see all, others those that they follow; everyone sees published answers."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from annotator.platform.accounts.models import User
from annotator.problems import InvalidInput, NotFound
from annotator.workload.questions.models import Question, QuestionComment, QuestionReader
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import AnyMember, projects_for, role_in

KINDS = ("open", "unanswered", "resolved", "published", "all")


def is_lead(project: Project, user: User) -> bool:
    """Return whether a user answers questions in a project."""
    role = role_in(project, user)
    return role is not None and can(role, Capability.MANAGE)


def visible_questions(user: User | AnyMember) -> QuerySet[Question]:
    """Return the questions whose threads a user may see, the last changed first."""
    managed = projects_for(user, capability=Capability.MANAGE).order_by()
    member = projects_for(user).order_by()
    follows = QuestionReader.objects.filter(question=OuterRef("pk"), user=user)
    visible = Q(project__in=managed) | (Q(project__in=member) & Q(Exists(follows)))
    questions = Question.objects.filter(visible).select_related("project", "document", "asked_by", "resolved_by")
    return questions.defer("document__text", "document__meta").order_by("-changed_at", "-id")


def questions_of(project: Project, *, user: User, which: str = "open") -> QuerySet[Question]:
    """Return the questions of a project that a user may see; raise `InvalidInput` for an unknown kind."""
    conditions = {
        "open": Q(resolved_at=None),
        "unanswered": Q(waits_for_lead=True),
        "resolved": Q(resolved_at__isnull=False),
        "published": Q(published_at__isnull=False),
        "all": Q(),
    }
    if which not in conditions:
        raise InvalidInput(_("Choose one of: %(names)s.") % {"names": ", ".join(KINDS)})
    unread = QuestionReader.objects.filter(question=OuterRef("pk"), user=user, is_unread=True)
    return visible_questions(user).filter(conditions[which], project=project).annotate(unread=Exists(unread))


def get_question(question_id: int, *, user: User) -> Question:
    """Return a question whose thread a user may see, or raise `NotFound`."""
    question = visible_questions(user).filter(pk=question_id).first()
    if question is None:
        raise NotFound(_("There is no question %(number)s, or you may not see it.") % {"number": question_id})
    return question


def comments_of(question: Question) -> QuerySet[QuestionComment]:
    """Return the comments of a question, oldest first."""
    return QuestionComment.objects.filter(question=question).select_related("author").order_by("created_at", "id")


def published_answers(project: Project, *, labels: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Return what everyone in a project may see of its published questions: never who asked, and about what text."""
    questions = Question.objects.filter(project=project, published_at__isnull=False)
    if labels is not None:
        questions = questions.filter(label__in=labels)
    rows = questions.order_by("label", "rule", "-published_at", "id")
    return [dict(row) for row in rows.values("id", "label", "rule", "text", "answer", "published_at")]


def unread_of(user: User | AnyMember) -> QuerySet[Question]:
    """Return the questions with comments that a user has not read, the last changed first."""
    unread = QuestionReader.objects.filter(question=OuterRef("pk"), user=user, is_unread=True)
    return visible_questions(user).filter(Exists(unread))


def unanswered(user: User | AnyMember) -> QuerySet[Question]:
    """Return the questions that wait for the leads of projects that a user leads, the last changed first."""
    managed = projects_for(user, capability=Capability.MANAGE).order_by()
    return visible_questions(user).filter(project__in=managed, waits_for_lead=True)
