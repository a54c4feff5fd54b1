"""Pages of releases."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.datasets.exports.options import ExportOptions, View
from annotator.datasets.releases import selectors, services
from annotator.datasets.releases.api import archive_response
from annotator.datasets.releases.contents.comparison import Comparison
from annotator.datasets.releases.contents.comparison import compare as compare_releases
from annotator.datasets.releases.contents.selection import preview
from annotator.datasets.releases.forms import ReleaseForm
from annotator.datasets.releases.layouts.layout_1.file_names import CARD
from annotator.datasets.releases.models import Release
from annotator.datasets.releases.options import ReleaseOptions
from annotator.datasets.releases.problems import ReleaseFileGone
from annotator.datasets.releases.services.building import archive_of, file_name
from annotator.platform.accounts.requests import user_of
from annotator.problems import NotFound, Problem
from projects.guidelines import render_markdown
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import get_project, role_in

PAGE_SIZE = 20
MOST_SETS_COMPARED = 2_000
MOST_FILES = 60
HOW = ("added", "removed", "changed")


@login_required
@require_GET
def releases(request: HttpRequest, slug: str) -> HttpResponse:
    """List the releases of a project."""
    project = get_project(slug, user=user_of(request), capability=Capability.EXPORT)
    found = selectors.releases_of(project)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"project": project, "page": page, "may_manage": _may_manage(request, project)}
    if page.paginator.count > 1:
        context["numbers"] = list(found.values_list("number", "name"))
    return render(request, "releases/releases.html", context)


def _may_manage(request: HttpRequest, project: Project) -> bool:
    role = role_in(project, user_of(request))
    return role is not None and can(role, Capability.MANAGE)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what would go into a release, and make one."""
    project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    form = ReleaseForm(request.POST if request.method == "POST" else None, project=project)
    looks_first = "look" in request.POST
    if not looks_first and form.is_valid():
        try:
            made = services.create_release(
                project, options=form.release_options(), created_by=user_of(request), now=timezone.now()
            )
        except Problem as problem:
            form.show(problem)
        else:
            return redirect("jobs:job", project.slug, services.job_of(made).pk)
    view = request.POST.get("view", View.EACH)
    options = ExportOptions(view=View(view) if view in list(View) else View.EACH)
    context = {"project": project, "form": form, "preview": preview(project, options), "view": options.view}
    status = 422 if not looks_first and form.errors else 200
    return render(request, "releases/new.html", context, status=status)


@login_required
@require_GET
def release(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one release: what is in it, its files, what can be done with it."""
    found = selectors.get_release(slug, number, user=user_of(request))
    context = _release_context(found)
    others = selectors.releases_of(found.project).exclude(pk=found.pk).exclude(sha256="")
    context["others"] = list(others.values_list("number", "name"))
    context["may_manage"] = _may_manage(request, found.project)
    return render(request, "releases/release.html", context)


@login_required
@require_GET
def archive(request: HttpRequest, slug: str, number: int) -> FileResponse:
    """Download the archive."""
    return archive_response(selectors.get_release(slug, number, user=user_of(request)))


@login_required
@require_POST
def build(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Build the archive, for the first time or once more."""
    found = selectors.get_release(slug, number, user=user_of(request))
    services.start_build(found, started_by=user_of(request), now=timezone.now())
    return redirect("jobs:job", slug, services.job_of(found).pk)


@login_required
@require_POST
def verify(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Check the archive, and compare it with one built anew."""
    found = selectors.get_release(slug, number, user=user_of(request))
    services.start_check(found, started_by=user_of(request), now=timezone.now())
    return redirect("jobs:job", slug, services.job_of(found).pk)


@login_required
@require_POST
def discard(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Throw a release away that was never built."""
    found = selectors.get_release(slug, number, user=user_of(request), capability=Capability.MANAGE)
    services.discard_release(found)
    messages.success(request, f"Release {number} was thrown away.")
    return redirect("releases:releases", slug)


@login_required
@require_GET
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what differs between two releases, `first` and `second`."""
    project = get_project(slug, user=user_of(request), capability=Capability.EXPORT)
    first, second = (selectors.release_of(project, _number(request, name)) for name in ("first", "second"))
    context: dict[str, Any] = {"project": project, "first": first, "second": second}
    found = compare_releases(first, second, most_sets=MOST_SETS_COMPARED)
    context |= _comparison_context(found)
    context["numbers"] = list(selectors.releases_of(project).values_list("number", "name"))
    return render(request, "releases/compare.html", context)


def _number(request: HttpRequest, name: str) -> int:
    given = request.GET.get(name, "")
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise NotFound("Choose two releases to compare.")
    return int(given)


def _release_context(release: Release) -> dict[str, Any]:
    """Return what the page of a release shows."""
    context: dict[str, Any] = {"release": release, "project": release.project, "options": release.options}
    if release.manifest is None:
        return context
    manifest: Mapping[str, Any] = release.manifest
    files = sorted(manifest["files"].items())
    context |= {
        "manifest": manifest,
        "file_name": file_name(release),
        "splits": _splits(release, manifest),
        "files": files[:MOST_FILES],
        "more_files": max(0, len(files) - MOST_FILES),
    }
    try:
        context["card"] = render_markdown(_card(archive_of(release)))
    except ReleaseFileGone as problem:
        context["gone"] = problem.detail
    return context


def _splits(release: Release, manifest: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The splits in the order asked for: databases keep members in an order of their own."""
    options, found = ReleaseOptions.from_json(release.options), manifest["splits"]["by_split"]
    names = found if options.splits is None else options.splits.shares
    return [(name, found[name]) for name in names]


def _card(archive: Path) -> str:
    """The data card without the block for data hubs."""
    with zipfile.ZipFile(archive) as opened:
        text = opened.read(CARD).decode()
    return text.partition("\n---\n")[2]


def _comparison_context(found: Comparison) -> dict[str, Any]:
    """Return what the page of a comparison shows."""
    return {
        "found": found,
        "sets": [(how, found.sets[how]) for how in (*HOW, "same")],
        "documents": [(how, found.documents[how], found.documents_named.get(how, [])) for how in ("added", "removed")],
        "spans": _by_label(found.spans),
        "relations": _by_label(found.relations),
    }


def _by_label(counts: Mapping[tuple[str, str], int]) -> list[tuple[str, list[int]]]:
    """Rows of label and how many were added, removed and changed."""
    labels = sorted({label for _, label in counts})
    return [(label, [counts.get((how, label), 0) for how in HOW]) for label in labels]
