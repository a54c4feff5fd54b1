"""Questions over the API."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.scopes import Scope
from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.http.input import BooleanField, InputSerializer, IntegerField, StringField, read_input
from annotator.platform.http.pagination import IdCursorPagination
from annotator.problems import NotFound
from annotator.workload.questions import selectors, services
from annotator.workload.questions.models import Question, QuestionComment
from annotator.workload.questions.views import subject_of
from projects.selectors import get_project


class QuestionOut(serializers.ModelSerializer[Question]):
    """A question: `start` and `end` of the passage in code points, `answer` once a lead has written it."""

    project = serializers.CharField(source="project.slug")
    asked_by = UserNameField()

    class Meta:
        model = Question
        fields = [
            "id", "project", "document", "annotation_set", "start", "end", "quote", "label", "rule", "text", "asked_by",
            "asked_at", "changed_at", "waits_for_lead", "resolved_at", "answer", "published_at",
        ]  # fmt: skip


class QuestionIn(InputSerializer):
    """A question: about a document, an annotation set, a passage, a label or a heading of the guidelines."""

    text = StringField()
    document = IntegerField(required=False)
    annotation_set = IntegerField(required=False)
    start = IntegerField(required=False, min_value=0)
    end = IntegerField(required=False, min_value=0)
    label = StringField(required=False)  # type: ignore[assignment]
    rule = StringField(required=False)


class QuestionChangesIn(InputSerializer):
    """What to change: resolved or not (leads and who asked); the published answer and its place (leads)."""

    is_resolved = BooleanField(required=False)
    is_published = BooleanField(required=False)
    answer = StringField(required=False)
    label = StringField(required=False, allow_blank=True)  # type: ignore[assignment]
    rule = StringField(required=False, allow_blank=True)


class QuestionCommentOut(serializers.ModelSerializer[QuestionComment]):
    """A comment of a thread."""

    author = UserNameField()

    class Meta:
        model = QuestionComment
        fields = ["id", "author", "text", "created_at"]


class QuestionCommentIn(InputSerializer):
    """A comment to add; `@name` mentions a member."""

    text = StringField()


class PublishedAnswerOut(serializers.Serializer[object]):
    """What everyone in the project sees of a published question."""

    id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    rule = serializers.CharField()
    text = serializers.CharField()
    answer = serializers.CharField()
    published_at = serializers.DateTimeField()


class QuestionPagination(IdCursorPagination):
    """Pages by id, the newest first."""

    ordering = "-id"


class QuestionList(ListAPIView[Question]):
    """The questions of a project that the user may see: leads all, others their own."""

    token_scope = Scope.ANNOTATE
    serializer_class = QuestionOut
    pagination_class = QuestionPagination
    queryset = Question.objects.none()

    def get_queryset(self) -> QuerySet[Question]:
        """Return those of the kind in `which`."""
        user = user_of(self.request)
        project = get_project(self.kwargs["slug"], user=user)
        values = self.request.query_params
        questions = selectors.questions_of(project, user=user, which=values.get("which", "all"))
        if values.keys() & {"document", "annotation_set"}:
            subject = subject_of(project, values.dict(), user=user)
            questions = questions.filter(document=subject.document) if subject.document else questions.none()
        return questions

    @extend_schema(
        parameters=[
            OpenApiParameter("which", str, description="open, unanswered, resolved, published, all."),
            OpenApiParameter("document", int, description="Only questions about this document."),
            OpenApiParameter("annotation_set", int, description="Only questions about the document of this set."),
        ]
    )
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Return a page of questions."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=QuestionIn, responses={201: QuestionOut})
    def post(self, request: Request, slug: str) -> Response:
        """Ask the leads a question."""
        user = user_of(request)
        project = get_project(slug, user=user)
        values = read_input(QuestionIn(data=request.data), _("The question was not sent."))
        subject = subject_of(project, {name: str(value) for name, value in values.items()}, user=user)
        asked = services.ask(project, by=user, text=values["text"], subject=subject, now=timezone.now())
        return Response(QuestionOut(asked).data, status=status.HTTP_201_CREATED)


class AnswerList(APIView):
    """Published answers of a project."""

    @extend_schema(responses=PublishedAnswerOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Return all published answers, by label and rule."""
        project = get_project(slug, user=user_of(request))
        return Response(PublishedAnswerOut(selectors.published_answers(project), many=True).data)


class QuestionDetail(APIView):
    """One question."""

    token_scope = Scope.ANNOTATE

    @extend_schema(responses=QuestionOut)
    def get(self, request: Request, question_id: int) -> Response:
        """Return a question."""
        return Response(QuestionOut(selectors.get_question(question_id, user=user_of(request))).data)

    @extend_schema(request=QuestionChangesIn, responses=QuestionOut)
    def patch(self, request: Request, question_id: int) -> Response:
        """Resolve a question or open it again; publish its answer or take it back."""
        user, now = user_of(request), timezone.now()
        question = selectors.get_question(question_id, user=user)
        values = read_input(QuestionChangesIn(data=request.data), _("The question was not changed."))
        leads = selectors.is_lead(question.project, user)
        if not leads and (question.asked_by_id != user.pk or values.keys() - {"is_resolved"}):
            raise NotFound(_("You may not do this with the question."))
        if values.get("is_published") is False:
            services.withdraw_answer(question)
        elif values.keys() & {"is_published", "answer", "label", "rule"}:
            given = {name: values.get(name, getattr(question, name)) for name in ("answer", "label", "rule")}
            services.publish(question, **given, now=now)
        if "is_resolved" in values:
            services.set_resolved(question, resolved=values["is_resolved"], by=user, now=now)
        return Response(QuestionOut(question).data)


class QuestionComments(APIView):
    """The thread of a question."""

    token_scope = Scope.ANNOTATE

    @extend_schema(responses=QuestionCommentOut(many=True))
    def get(self, request: Request, question_id: int) -> Response:
        """Return the comments, oldest first, and store that the user has seen them."""
        user = user_of(request)
        question = selectors.get_question(question_id, user=user)
        services.mark_read(question, user)
        return Response(QuestionCommentOut(selectors.comments_of(question), many=True).data)

    @extend_schema(request=QuestionCommentIn, responses={201: QuestionCommentOut})
    def post(self, request: Request, question_id: int) -> Response:
        """Add a comment."""
        user = user_of(request)
        question = selectors.get_question(question_id, user=user)
        values = read_input(QuestionCommentIn(data=request.data), _("The comment was not added."))
        added = services.comment(question, by=user, text=values["text"], now=timezone.now())
        return Response(QuestionCommentOut(added).data, status=status.HTTP_201_CREATED)
