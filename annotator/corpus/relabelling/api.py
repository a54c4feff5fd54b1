"""Migrations between schema versions over the API (leads only)."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.corpus.relabelling import hand, selectors, services
from annotator.corpus.relabelling.models import MigratedSet
from annotator.platform.accounts.requests import user_of
from annotator.platform.accounts.serializers import UserNameField
from annotator.platform.http.input import ChoiceField, InputSerializer, IntegerField, StringField, read_input
from annotator.platform.http.pagination import IdCursorPagination
from annotator.problems import InvalidInput
from projects.models import SchemaMigration
from projects.roles import Capability
from projects.selectors import get_project, get_schema_version

ACTIONS = ("preview", "run", "undo")
MOST_LINES = 500
MOST_DIGITS = 19


class MigrationOut(serializers.ModelSerializer[SchemaMigration]):
    """A migration; `preview` has counts and examples, null before the first one."""

    from_version = serializers.IntegerField(source="source.number")
    to_version = serializers.IntegerField(source="target.number")
    created_by = UserNameField()

    class Meta:
        model = SchemaMigration
        fields = [
            "id", "from_version", "to_version", "definition", "review", "state", "preview", "created_by", "created_at",
            "started_at", "undone_at",
        ]  # fmt: skip


class MigrationIn(InputSerializer):
    """A mapping from one schema version to a newer one."""

    from_version = IntegerField(min_value=1)
    to_version = IntegerField(min_value=1)
    definition = serializers.JSONField(help_text="The mapping: labels, attributes, relations, document_attributes.")
    review = ChoiceField(choices=SchemaMigration.Review.choices, default=SchemaMigration.Review.BY_HAND)


class MigrationActionIn(InputSerializer):
    """What to do: `preview`, `run` or `undo`."""

    action = ChoiceField(choices=ACTIONS)


class MigrationJobOut(serializers.Serializer[Any]):
    """The job that was started."""

    job = serializers.IntegerField()


class MigratedSetOut(serializers.ModelSerializer[MigratedSet]):
    """A moved set that waits to be looked at again; `by_hand` spans wait for their label."""

    document = serializers.IntegerField(source="annotation_set.document_id")

    class Meta:
        model = MigratedSet
        fields = ["id", "annotation_set", "document", "by_hand"]


class ReviewedIn(InputSerializer):
    """Moved sets that have been looked at, by their `id` in the queue."""

    ids = serializers.ListField(child=IntegerField(min_value=1, max_value=2**63 - 1), max_length=1000)


class ReviewedOut(serializers.Serializer[Any]):
    """How many sets left the queue."""

    reviewed = serializers.IntegerField()


class MigrationList(ListAPIView[SchemaMigration]):
    """The migrations of a project, newest first."""

    serializer_class = MigrationOut
    queryset = SchemaMigration.objects.none()

    def get_queryset(self) -> QuerySet[SchemaMigration]:
        """Return the migrations of a project that the user manages."""
        project = get_project(self.kwargs["slug"], user=user_of(self.request), capability=Capability.MANAGE)
        return selectors.migrations_of(project)

    @extend_schema(request=MigrationIn, responses={201: MigrationOut})
    def post(self, request: Request, slug: str) -> Response:
        """Store a mapping as a draft."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.MANAGE)
        values = read_input(MigrationIn(data=request.data), "The mapping was not stored.")
        migration = services.create_migration(
            project,
            source=get_schema_version(project, values["from_version"]),
            target=get_schema_version(project, values["to_version"]),
            definition=values["definition"],
            review=values["review"],
            by=user,
            now=timezone.now(),
        )
        return Response(MigrationOut(migration).data, status=status.HTTP_201_CREATED)


class MigrationDetail(APIView):
    """A migration."""

    @extend_schema(responses=MigrationOut)
    def get(self, request: Request, migration_id: int) -> Response:
        """Return the mapping, its state and its preview."""
        return Response(MigrationOut(selectors.get_migration(migration_id, user=user_of(request))).data)


class MigrationJobs(APIView):
    """The jobs of a migration."""

    @extend_schema(request=MigrationActionIn, responses={202: MigrationJobOut})
    def post(self, request: Request, migration_id: int) -> Response:
        """Start the preview, carry the migration out, or undo it as one."""
        user = user_of(request)
        migration = selectors.get_migration(migration_id, user=user)
        action = read_input(MigrationActionIn(data=request.data), "Nothing was started.")["action"]
        job = services.start_job(migration, action=action, by=user, now=timezone.now())
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)


class HandSpanOut(serializers.Serializer[hand.Line]):
    """A span whose label a person chooses, with the text around it."""

    id = serializers.IntegerField()
    annotation_set = serializers.IntegerField()
    document = serializers.CharField()
    annotator = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    after = serializers.CharField(allow_blank=True)
    from_label = serializers.CharField()
    provisional_label = serializers.CharField(source="label")


class HandSpansOut(serializers.Serializer[Any]):
    """Undecided spans, at most 500, how many there are, and the labels to choose from."""

    waiting = serializers.IntegerField()
    choices = serializers.ListField(child=serializers.CharField())
    spans = HandSpanOut(many=True)


class HandLabelsIn(InputSerializer):
    """The labels chosen for spans, by the `id` of the span in the list."""

    labels = serializers.DictField(child=StringField())


class HandLabelsOut(serializers.Serializer[Any]):
    """How many labels were chosen, and why others were refused."""

    decided = serializers.IntegerField()
    refused = serializers.DictField(child=serializers.CharField())


class MigrationByHand(APIView):
    """The spans of a migration whose labels are chosen by hand."""

    @extend_schema(responses=HandSpansOut, parameters=[OpenApiParameter("sort", str, enum=list(hand.SORTS))])
    def get(self, request: Request, migration_id: int) -> Response:
        """Return the spans without a chosen label."""
        migration = selectors.get_migration(migration_id, user=user_of(request))
        lines = hand.undecided(migration, most=MOST_LINES, sort=request.query_params.get("sort", "document"))
        waiting = selectors.hand_spans(migration).filter(label="").count()
        found = {"waiting": waiting, "choices": hand.choices_of(migration), "spans": lines}
        return Response(HandSpansOut(found).data)

    @extend_schema(request=HandLabelsIn, responses=HandLabelsOut)
    def post(self, request: Request, migration_id: int) -> Response:
        """Choose labels of spans."""
        user = user_of(request)
        migration = selectors.get_migration(migration_id, user=user)
        labels = read_input(HandLabelsIn(data=request.data), "Nothing was decided.")["labels"]
        wrong = [key for key in labels if not (key.isascii() and key.isdecimal() and len(key) < MOST_DIGITS)]
        if wrong:
            raise InvalidInput(f"“{wrong[0]}” is no id of a span.")
        decided = hand.decide(
            migration, {int(key): label for key, label in labels.items()}, by=user, now=timezone.now()
        )
        refused = {str(key): detail for key, detail in decided.refused.items()}
        return Response({"decided": decided.count, "refused": refused})


class MigrationReview(ListAPIView[MigratedSet]):
    """The moved sets that wait to be looked at again."""

    serializer_class = MigratedSetOut
    pagination_class = IdCursorPagination
    queryset = MigratedSet.objects.none()

    def get_queryset(self) -> QuerySet[MigratedSet]:
        """Return the queue of a migration that the user manages."""
        migration = selectors.get_migration(self.kwargs["migration_id"], user=user_of(self.request))
        return selectors.review_queue(migration).order_by("id")

    @extend_schema(request=ReviewedIn, responses=ReviewedOut)
    def post(self, request: Request, migration_id: int) -> Response:
        """Take sets out of the queue."""
        user = user_of(request)
        migration = selectors.get_migration(migration_id, user=user)
        ids = read_input(ReviewedIn(data=request.data), "Nothing was changed.")["ids"]
        return Response({"reviewed": services.mark_reviewed(migration, ids, by=user, now=timezone.now())})
