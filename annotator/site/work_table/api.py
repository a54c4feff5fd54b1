"""The table of documents over the API."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.platform.accounts.requests import user_of
from annotator.platform.http.input import (
    BooleanField,
    ChoiceField,
    InputSerializer,
    IntegerField,
    StringField,
    read_input,
)
from annotator.problems import InvalidInput
from annotator.site.work_table import selectors, services
from annotator.site.work_table.choice import Choice, read_choice
from annotator.site.work_table.models import SavedView
from annotator.site.work_table.output import record_of
from annotator.site.work_table.views import table_response
from annotator.workload.assignments.services.bulk import BulkContext
from projects.roles import Capability
from projects.selectors import get_project

MOST_ROWS = 500
FILTERS = ("search", "q", "state", "round", "person", "label", "tag", "archive", "stage", "week", "sort", "column")
PARAMETERS = [
    OpenApiParameter("q", str, description="A search as on the search page: words, label:Denial, meta.source:tass."),
    OpenApiParameter("search", str, description="Part of a title, an id or metadata."),
    OpenApiParameter("state", str, description="As `state:` in searches."),
    OpenApiParameter("round", str, description="The name of a round; none: without one."),
    OpenApiParameter("person", str),
    OpenApiParameter("label", str, description="Documents with a span of this label."),
    OpenApiParameter("tag", str, many=True, description="All of these tags."),
    OpenApiParameter("archive", str, description="only or all; archived documents are left out otherwise."),
    OpenApiParameter("stage", str, description="How far: unassigned, begun, submitted or adjudicated, one of them."),
    OpenApiParameter("week", str, description="A Monday: documents with a set submitted in that week (UTC)."),
    OpenApiParameter(
        "column", str, many=True, description="Columns to read, as `state`, `labels`, `meta.source`, `document.genre`."
    ),
    OpenApiParameter(
        "sort",
        str,
        description="position, title, external_id, length, priority, slots, spans, minutes, agreement, "
        "meta.NAME, label.NAME; -: desc.",
    ),
    OpenApiParameter("after", int, description="The value of `after` of the page before."),
    OpenApiParameter("limit", int, description="At most so many rows, up to 500."),
    OpenApiParameter("file", str, description="csv or jsonl: all rows as a download."),
]


class WorkTableOut(serializers.Serializer[object]):
    """Rows with the chosen columns; `after` is what to ask for next, null on the last page."""

    rows = serializers.ListField(child=serializers.DictField())
    after = serializers.IntegerField(allow_null=True)


class WorkTable(APIView):
    """The table of documents of a project."""

    @extend_schema(responses=WorkTableOut, parameters=PARAMETERS)
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Return a page of the table, or all of it as a file."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
        choice = read_choice(dict(request.query_params.lists()))
        if file_format := request.query_params.get("file"):
            return table_response(project, choice, file_format, user=user)
        services.prepare(project, choice, by=user, now=timezone.now())
        limit, after = (_number(request, name, usual) for name, usual in (("limit", 100), ("after", None)))
        if limit is None or not 1 <= limit <= MOST_ROWS:
            raise InvalidInput(_("Give a limit from 1 to %(most)s.") % {"most": MOST_ROWS})
        page = selectors.table_page(project, choice, user=user, after=after, most=limit)
        columns = [name for name in choice.columns if name != "minutes" or selectors.may_see_times(project, user)]
        return Response({"rows": [record_of(row, columns) for row in page.rows], "after": page.after})


def _number(request: Request, name: str, usual: int | None) -> int | None:
    value = request.query_params.get(name)
    if value is None:
        return usual
    if not value.isdecimal() or len(value) > 18:
        raise InvalidInput(_("%(name)s must be a whole number.") % {"name": name})
    return int(value)


class WorkTableActionIn(InputSerializer):
    """An action on documents by id, or on all that the filters let through, with the values that it needs."""

    action = ChoiceField(choices=sorted(services.ACTIONS))
    documents = serializers.ListField(child=IntegerField(), required=False)
    filters = serializers.DictField(required=False, help_text="As the query parameters of the table.")
    annotator = StringField(required=False, help_text="assign, withdraw: a user name.")
    to_round = StringField(required=False, help_text="plan: the id of a round, or none.")
    priority = IntegerField(required=False, help_text="plan.")
    tag = StringField(required=False, help_text="tag, untag.")
    reason = StringField(required=False, help_text="exclude, delete, delete_with_work.")
    confirmed = IntegerField(
        required=False, help_text="delete_with_work: the number of documents; without it, nothing is deleted."
    )
    with_releases = BooleanField(
        required=False, help_text="delete_with_work: also documents of releases, which cannot be built again then."
    )


class OutcomeOut(serializers.Serializer[object]):
    """What an action did."""

    message = serializers.CharField()
    changed = serializers.IntegerField()
    refused = serializers.IntegerField()
    problem = serializers.CharField(help_text="Why documents were refused; empty when none was.")
    url = serializers.CharField(help_text="The page of the result, if it has one.")


class WorkTableActions(APIView):
    """Actions on many documents at once."""

    @extend_schema(request=WorkTableActionIn, responses=OutcomeOut)
    def post(self, request: Request, slug: str) -> Response:
        """Change documents: by id, or all that the filters let through."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
        values = read_input(WorkTableActionIn(data=request.data), _("Nothing was changed."))
        get_project(slug, user=user, capability=services.ACTIONS[values["action"]][0])
        if ("documents" in values) == ("filters" in values):
            raise InvalidInput(_("Give either documents or filters."))
        choice = _choice(values.get("filters"))
        services.prepare(project, choice, by=user, now=timezone.now())
        documents = selectors.documents_of(project, choice, user=user).select_related("project")
        if "documents" in values:
            documents = documents.filter(pk__in=values["documents"])
        words = {name: str(value) for name, value in values.items() if isinstance(value, str | int)}
        outcome = services.run_action(values["action"], BulkContext(project, documents, words, user, timezone.now()))
        return Response(OutcomeOut(outcome).data)


def _choice(filters: Mapping[str, Any] | None) -> Choice:
    """Return the choice of filters; by id, archived documents are found as well."""
    if filters is None:
        return Choice(archive="all")
    unknown = sorted(set(filters) - set(FILTERS))
    if unknown:
        raise InvalidInput(_("There is no filter %(names)s.") % {"names": ", ".join(unknown)})
    return read_choice(filters)


class SavedViewOut(serializers.ModelSerializer[SavedView]):
    """A saved view; `choice` holds query parameters of the table."""

    owner = serializers.CharField(source="owner.username")
    choice = serializers.DictField()

    class Meta:
        model = SavedView
        fields = ["id", "name", "owner", "is_shared", "choice"]


class SavedViewIn(InputSerializer):
    """A view to save; the user's view of that name is replaced. Only leads share views."""

    name = StringField()
    choice = serializers.DictField(default=dict)
    is_shared = BooleanField(default=False)


class SavedViewList(APIView):
    """Saved views of a project: one's own, and shared ones."""

    @extend_schema(responses=SavedViewOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Return the views by name."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
        return Response(SavedViewOut(selectors.views_of(project, user), many=True).data)

    @extend_schema(request=SavedViewIn, responses={201: SavedViewOut})
    def post(self, request: Request, slug: str) -> Response:
        """Save a view."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
        values = read_input(SavedViewIn(data=request.data), _("The view was not saved."))
        if values["is_shared"]:
            get_project(slug, user=user, capability=Capability.MANAGE)
        choice = _choice(values["choice"])
        view = services.save_view(project, owner=user, name=values["name"], choice=choice, shared=values["is_shared"])
        return Response(SavedViewOut(view).data, status=status.HTTP_201_CREATED)


class SavedViewDetail(APIView):
    """One saved view."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, view_id: int) -> Response:
        """Delete a view."""
        user = user_of(request)
        project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
        selectors.get_view(view_id, project, user).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
