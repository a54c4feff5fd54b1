"""Pages of migrations: a mapping, its preview, carrying it out and undoing it, and the sets to look at again."""

from typing import Any

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.corpus.relabelling import hand, selectors, services
from annotator.corpus.relabelling.forms import DefinitionForm, MappingForm, VersionsForm
from annotator.corpus.spans.models import AnnotationSet
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import Problem
from projects.models import Project, SchemaMigration, SchemaVersion
from projects.roles import Capability
from projects.schema_mapping import suggest_mapping
from projects.selectors import get_project, get_schema_version, role_in, schema_of, schema_versions_of

PAGE_SIZE = 50
ACTIONS = ("preview", "run", "undo")
KEYS = "123456789"
HAND_SORTS = {
    "document": gettext_noop("Document"),
    "text": gettext_noop("Text of the span"),
    "before": gettext_noop("Words before it"),
    "after": gettext_noop("Words after it"),
}


@login_required
@require_http_methods(["GET", "POST"])
def migrations(request: HttpRequest, slug: str) -> HttpResponse:
    """List the migrations of a project; a mapping that is sent is stored, and its preview starts."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MANAGE)
    numbers = list(schema_versions_of(project).values_list("number", flat=True))
    initial = {"source": numbers[1] if len(numbers) > 1 else numbers[0], "target": numbers[0]}
    chosen = request.GET if {"source", "target"} <= request.GET.keys() else None
    versions = VersionsForm(chosen, initial=initial, numbers=numbers)
    context: dict[str, Any] = {
        "project": project,
        "role": role_in(project, user),
        "versions": versions,
        "may_migrate": len(numbers) > 1,
        "migrations": selectors.migrations_of(project)[:PAGE_SIZE],
    }
    if versions.is_bound and versions.is_valid():
        source = get_schema_version(project, versions.cleaned_data["source"])
        target = get_schema_version(project, versions.cleaned_data["target"])
        if source.number >= target.number:
            versions.add_error("target", _("Choose a newer version than the one to migrate from."))
        else:
            return _mapping_page(request, project, source, target, context)
    return render(request, "relabelling/migrations.html", context, status=422 if versions.errors else 200)


def _mapping_page(
    request: HttpRequest, project: Project, source: SchemaVersion, target: SchemaVersion, context: dict[str, Any]
) -> HttpResponse:
    """Show the form of a mapping between two versions, or store what it holds."""
    old, new = schema_of(source), schema_of(target)
    suggested = suggest_mapping(old, new)
    is_json = "definition" in request.POST
    form = MappingForm(
        request.POST if request.method == "POST" and not is_json else None, source=old, target=new, definition=suggested
    )
    text = orjson.dumps(suggested, option=orjson.OPT_INDENT_2).decode()
    json_form = DefinitionForm(request.POST if is_json else None, initial={"definition": suggested}, prefix=None)
    json_form.fields["definition"].initial = text
    sent: Any = json_form if is_json else form
    if sent.is_bound and sent.is_valid():
        definition = json_form.cleaned_data["definition"] if is_json else form.definition()
        try:
            migration = services.create_migration(
                project,
                source=source,
                target=target,
                definition=definition,
                review=sent.cleaned_data["review"],
                by=user_of(request),
                now=timezone.now(),
            )
        except Problem as problem:
            show_problem(sent, problem)
        else:
            services.start_job(migration, action="preview", by=user_of(request), now=timezone.now())
            return redirect("relabelling:migration", migration.pk)
    context |= {"form": form, "json_form": json_form, "source": source, "target": target, "is_json": is_json}
    return render(request, "relabelling/mapping.html", context, status=422 if sent.errors else 200)


@login_required
@require_GET
def migration_page(request: HttpRequest, migration_id: int) -> HttpResponse:
    """Show a migration: its mapping, its preview, and the sets to look at again."""
    user = user_of(request)
    migration = selectors.get_migration(migration_id, user=user)
    queue = selectors.review_queue(migration)
    context = {
        "project": migration.project,
        "role": role_in(migration.project, user),
        "migration": migration,
        "job": selectors.running_job(migration),
        "preview": migration.preview,
        "sets": _sets_of_examples(migration),
        "definition": orjson.dumps(migration.definition, option=orjson.OPT_INDENT_2).decode(),
        "queue": Paginator(queue, PAGE_SIZE).get_page(request.GET.get("page")),
        "moved": migration.sets.filter(is_undone=False).count(),
        "kept": _kept(migration),
        "by_hand": selectors.hand_spans(migration).filter(label="").count(),
        "has_by_hand": selectors.hand_spans(migration).exists(),
        "stands_under": f"/projects/{migration.project.slug}/schema/",
    }
    return render(request, "relabelling/migration.html", context)


def _kept(migration: SchemaMigration) -> int:
    """Return how many sets still have the old version, once a migration is carried out."""
    if migration.state != SchemaMigration.State.ACTIVE:
        return 0
    return selectors.sets_to_move(migration).count() + selectors.sets_being_adjudicated(migration).count()


def _sets_of_examples(migration: SchemaMigration) -> dict[str, int]:
    """Return the sets of the examples of a preview, by document and annotator."""
    preview = migration.preview or {"changes": [], "refused": {"reasons": []}}
    kinds = [*preview["changes"], *preview.get("document_attributes", []), *preview["refused"]["reasons"]]
    names = {(example["document"], example["annotator"]) for kind in kinds for example in kind["examples"]}
    sets = AnnotationSet.objects.filter(
        document__project=migration.project_id,
        document__external_id__in={document for document, _name in names},
        name__in={name for _document, name in names},
    )
    rows = sets.order_by("id").values_list("document__external_id", "name", "pk")
    return {f"{document}\n{name}": key for document, name, key in rows}


@login_required
@require_http_methods(["GET", "POST"])
def by_hand(request: HttpRequest, migration_id: int) -> HttpResponse:
    """Show spans with a provisional label in a concordance; a POST stores the labels chosen for them."""
    user = user_of(request)
    migration = selectors.get_migration(migration_id, user=user)
    sort = request.GET.get("sort", "")
    sort = sort if sort in hand.SORTS else "document"
    refused: dict[int, str] = {}
    if request.method == "POST":
        given = ((key, str(value)) for key, value in request.POST.items())
        chosen = {int(key.removeprefix("label-")): value for key, value in given if _names_span(key, value)}
        try:
            decided = hand.decide(migration, chosen, by=user, now=timezone.now())
        except Problem as problem:
            messages.error(request, problem.detail)
        else:
            refused = decided.refused
            text = ngettext("Decided %(count)s span.", "Decided %(count)s spans.", decided.count)
            messages.success(request, text % {"count": f"{decided.count:,}"})
        if not refused:
            return redirect(f"{request.path}?sort={sort}")
    spans = selectors.hand_spans(migration)
    waiting = spans.filter(label="").count()
    schema, labels = schema_of(migration.target), hand.choices_of(migration)
    context = {
        "project": migration.project,
        "role": role_in(migration.project, user),
        "migration": migration,
        "lines": [(line, refused.get(line.id, "")) for line in hand.undecided(migration, most=PAGE_SIZE, sort=sort)],
        "choices": [(label, schema.labels[label].name, KEYS[at : at + 1]) for at, label in enumerate(labels)],
        "waiting": waiting,
        "done": spans.count() - waiting,
        "sort": sort,
        "sorts": [(name, _(title)) for name, title in HAND_SORTS.items()],
        "most_sorted": hand.MOST_SORTED,
        "stands_under": f"/projects/{migration.project.slug}/schema/",
    }
    return render(request, "relabelling/by_hand.html", context, status=422 if refused else 200)


def _names_span(key: str, value: str) -> bool:
    number = key.removeprefix("label-")
    return key != number and number.isascii() and number.isdecimal() and len(number) < 19 and bool(value)


@login_required
@require_POST
def act(request: HttpRequest, migration_id: int) -> HttpResponse:
    """Start the preview of a migration, carry it out, or undo it."""
    migration = selectors.get_migration(migration_id, user=user_of(request))
    action = request.POST.get("action", "")
    if action in ACTIONS:
        try:
            services.start_job(migration, action=action, by=user_of(request), now=timezone.now())
        except Problem as problem:
            messages.error(request, problem.detail)
    else:
        messages.error(request, _("Choose what to do with the migration."))
    return redirect("relabelling:migration", migration.pk)


@login_required
@require_POST
def reviewed(request: HttpRequest, migration_id: int) -> HttpResponse:
    """Take sets out of the queue of those to look at again."""
    migration = selectors.get_migration(migration_id, user=user_of(request))
    keys = [int(key) for key in request.POST.getlist("set") if key.isascii() and key.isdecimal() and len(key) < 19]
    count = services.mark_reviewed(migration, keys, by=user_of(request), now=timezone.now())
    text = ngettext("Marked %(count)s set as reviewed.", "Marked %(count)s sets as reviewed.", count)
    messages.success(request, text % {"count": count})
    return redirect("relabelling:migration", migration.pk)
