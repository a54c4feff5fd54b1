"""The speaker registry over the API."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.corpus.speakers import files, selectors, services
from annotator.corpus.speakers.agreement import agreement_on_who
from annotator.corpus.speakers.mentions.resolution import Resolution
from annotator.corpus.speakers.models import SpeakerChange, SpeakerEntry
from annotator.corpus.speakers.serializers import (
    EntriesAdded,
    EntryImport,
    EntryImportResult,
    EntryNamesIn,
    MentionIn,
    NewEntryOut,
    SpeakerChangeOut,
    SpeakerEntryChange,
    SpeakerEntryIn,
    SpeakerEntryOut,
    SpeakerMergeIn,
    SpeakerSplitIn,
)
from annotator.corpus.speakers.services import Scope
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.input import (
    read_input,
)
from annotator.platform.http.pagination import IdCursorPagination
from annotator.problems import InvalidInput
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_project

LONGEST = 300


def resolution_record(resolution: Resolution) -> dict[str, Any]:
    """Return what a mention names as JSON: `entry` when that is certain, else the candidates, the best first."""
    return {
        "words": resolution.mention.words,
        "entry": resolution.entry.pk if resolution.entry is not None else None,
        "reason": resolution.reason,
        "candidates": [
            {"entry": candidate.entry.pk, "name": candidate.entry.name, "reason": candidate.reason.value}
            for candidate in resolution.candidates
        ],
        "new_name": resolution.new_name or None,
        "proposes_new": resolution.proposes_new,
    }


def _read(request: Request, slug: str) -> Project:
    return get_project(slug, user=user_of(request), capability=Capability.SEE_ALL_WORK)


def _write(request: Request, slug: str) -> Project:
    return get_project(slug, user=user_of(request), capability=Capability.ADJUDICATE)


class EntryList(ListAPIView[SpeakerEntry]):
    """The entries of a registry."""

    serializer_class = SpeakerEntryOut
    pagination_class = IdCursorPagination
    queryset = SpeakerEntry.objects.none()

    def get_queryset(self) -> QuerySet[SpeakerEntry]:
        """Return the entries that match, by key."""
        project = _read(self.request, self.kwargs["slug"])
        words = self.request.query_params.get("words", "")[:LONGEST].replace("\x00", "")
        return selectors.entries_of(project, words=words)

    @extend_schema(parameters=[OpenApiParameter("words", str, description="Words of a name or an alias.")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the entries of the speaker registry."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=SpeakerEntryIn, responses={201: SpeakerEntryOut})
    def post(self, request: Request, slug: str) -> Response:
        """Add an entry."""
        project = _write(request, slug)
        values = read_input(SpeakerEntryIn(data=request.data), _("The entry was not added."))
        entry = services.add_entry(project, values, by=user_of(request), now=timezone.now())
        return Response(SpeakerEntryOut(entry).data, status=status.HTTP_201_CREATED)


class EntryDetail(APIView):
    """One entry."""

    @extend_schema(responses=SpeakerEntryOut)
    def get(self, request: Request, slug: str, entry_id: int) -> Response:
        """Return an entry; of a merged entry, the one that it is a part of."""
        project = _read(request, slug)
        return Response(SpeakerEntryOut(selectors.get_entry(project, entry_id)).data)

    @extend_schema(request=SpeakerEntryChange, responses=SpeakerEntryOut)
    def patch(self, request: Request, slug: str, entry_id: int) -> Response:
        """Change an entry."""
        entry = selectors.get_entry(_write(request, slug), entry_id)
        values = read_input(SpeakerEntryChange(data=request.data), _("The entry was not changed."))
        return Response(
            SpeakerEntryOut(services.edit_entry(entry, values, by=user_of(request), now=timezone.now())).data
        )

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, entry_id: int) -> Response:
        """Remove an entry; its history stays, and the step can be undone."""
        entry = selectors.get_entry(_write(request, slug), entry_id)
        services.remove_entry(entry, by=user_of(request), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class Merge(APIView):
    """Merging an entry into another one."""

    @extend_schema(request=SpeakerMergeIn, responses=SpeakerEntryOut)
    def post(self, request: Request, slug: str, entry_id: int) -> Response:
        """Make an entry a part of another one, and return that."""
        project = _write(request, slug)
        values = read_input(SpeakerMergeIn(data=request.data), _("The entries were not merged."))
        into = selectors.get_entry(project, values["into"])
        entry = selectors.get_entry(project, entry_id)
        services.merge_entries(entry, into, by=user_of(request), now=timezone.now())
        into.refresh_from_db()
        return Response(SpeakerEntryOut(into).data)


class Split(APIView):
    """Splitting an entry."""

    @extend_schema(request=SpeakerSplitIn, responses={201: SpeakerEntryOut})
    def post(self, request: Request, slug: str, entry_id: int) -> Response:
        """Move aliases to a new entry, and return that."""
        entry = selectors.get_entry(_write(request, slug), entry_id)
        values = read_input(SpeakerSplitIn(data=request.data), _("The entry was not split."))
        made = services.split_entry(entry, **values, by=user_of(request), now=timezone.now())
        return Response(SpeakerEntryOut(made).data, status=status.HTTP_201_CREATED)


class Resolve(APIView):
    """What words name."""

    @extend_schema(
        parameters=[OpenApiParameter("words", str, required=True)],
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return the entry that words name when it is certain, and candidates, the best first."""
        project = _read(request, slug)
        words = " ".join(request.query_params.get("words", "").replace("\x00", "").split())
        return Response(resolution_record(selectors.resolve_mention(project, words)))


class Mentions(APIView):
    """The mentions that wait for a decision."""

    @extend_schema(
        parameters=[
            OpenApiParameter("since", int, description="The position of the document to start with."),
            OpenApiParameter("document", int, description="The key of a document: only its mentions."),
        ],
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Return mentions that wait, and as `next` the position where to go on, null at the end."""
        project = _read(request, slug)
        found = selectors.open_mentions(
            project, since=_whole(request, "since") or 0, document=_whole(request, "document")
        )
        mentions = [
            resolution_record(group.resolution)
            | {
                "document": group.document.pk,
                "start": group.resolution.mention.start,
                "end": group.resolution.mention.end,
                "count": group.count,
            }
            for group in found.groups
        ]
        return Response({"mentions": mentions, "next": found.next_position})

    @extend_schema(request=MentionIn, responses={201: SpeakerChangeOut})
    def post(self, request: Request, slug: str) -> Response:
        """Decide what a mention names."""
        project = _write(request, slug)
        values = read_input(MentionIn(data=request.data), _("Nothing was decided."))
        entry = selectors.get_entry(project, values["entry"]) if values.get("entry") else None
        change = services.resolve(
            project,
            selectors.mention_place(project, values["document"], values["start"], values["end"]),
            entry=entry,
            scope=Scope(values["scope"]) if values.get("scope") else None,
            new_name="" if entry else values.get("new_name", ""),
            kind=values.get("kind", ""),
            by=user_of(request),
            now=timezone.now(),
        )
        return Response(SpeakerChangeOut(change).data, status=status.HTTP_201_CREATED)


def _whole(request: Request, name: str) -> int | None:
    value = request.query_params.get(name, "")
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= 9):
        raise InvalidInput(
            _("Nothing was listed."), errors=[{"pointer": f"/{name}", "detail": _("This must be a whole number.")}]
        )
    return int(value)


class Agreement(APIView):
    """Agreement on who speaks."""

    @extend_schema(responses={200: OpenApiResponse(OpenApiTypes.OBJECT)})
    def get(self, request: Request, slug: str) -> Response:
        """Return how often annotators name the same speaker where both marked the mention."""
        found = agreement_on_who(_read(request, slug))
        return Response(
            {
                "mentions": found.mentions,
                "named": found.named,
                "same": found.same,
                "alpha": found.alpha.value if found.alpha.is_defined else None,
                "pairs": [
                    {"annotators": list(pair), "same": same, "named": named}
                    for pair, (same, named) in found.pairs.items()
                ],
            }
        )


class FromAnnotations(APIView):
    """Entries from the names that annotators gave."""

    @extend_schema(responses=NewEntryOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """Return the entries that the registry lacks for the canonical names in finished sets."""
        return Response(NewEntryOut(services.entries_from_annotations(_read(request, slug)), many=True).data)

    @extend_schema(request=EntryNamesIn, responses={201: EntriesAdded})
    def post(self, request: Request, slug: str) -> Response:
        """Add the entries for chosen names."""
        project = _write(request, slug)
        names = read_input(EntryNamesIn(data=request.data), _("No entry was added."))["names"]
        added = services.add_from_annotations(project, names, by=user_of(request), now=timezone.now())
        return Response({"added": added}, status=status.HTTP_201_CREATED)


class Import(APIView):
    """Reading entries."""

    accepts_uploads = True

    @extend_schema(request=EntryImport, responses=EntryImportResult)
    def post(self, request: Request, slug: str) -> Response:
        """Add and change entries, found by id, else by name; aliases are added."""
        project = _write(request, slug)
        values = read_input(EntryImport(data=request.data), _("Nothing was imported."))
        plan = files.plan_import(project, files.checked(values["entries"]))
        change = None
        if not values["preview"]:
            change = files.apply_import(project, plan, by=user_of(request), now=timezone.now())
        counts = {"added": plan.added, "changed": plan.changed, "unchanged": plan.unchanged}
        return Response(counts | {"change": change.pk if change else None})


class ChangeList(ListAPIView[SpeakerChange]):
    """The history of a registry."""

    serializer_class = SpeakerChangeOut
    pagination_class = IdCursorPagination
    queryset = SpeakerChange.objects.none()

    def get_queryset(self) -> QuerySet[SpeakerChange]:
        """Return the steps, undone ones included."""
        return selectors.changes_of(_read(self.request, self.kwargs["slug"]))

    @extend_schema()
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the steps of the history."""
        return super().get(request, *args, **kwargs)


class ChangeUndo(APIView):
    """The undoing of a step."""

    @extend_schema(request=None, responses=SpeakerChangeOut)
    def post(self, request: Request, slug: str, change_id: int) -> Response:
        """Undo a step, provided that its rows have not changed since."""
        project = _write(request, slug)
        services.undo(selectors.get_change(project, change_id), by=user_of(request), now=timezone.now())
        return Response(SpeakerChangeOut(selectors.get_change(project, change_id)).data)
