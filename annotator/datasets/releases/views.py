"""Pages of releases."""

import zipfile
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.corpus.spans.exclusions import excluded_counts
from annotator.datasets.exports.forms import VIEW_NAMES
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
from annotator.platform.shared_files import SharedPath
from annotator.problems import NotFound, Problem
from projects.guidelines import render_markdown
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import get_job, get_project, role_in

PAGE_SIZE = 20
MOST_SETS_COMPARED = 2_000
MOST_FILES = 60
CHANGES = {"added": _lazy("added"), "removed": _lazy("removed"), "changed": _lazy("changed")}


@login_required
@require_GET
def releases(request: HttpRequest, slug: str) -> HttpResponse:
    """List the releases of a project."""
    project = get_project(slug, user=user_of(request), capability=Capability.EXPORT)
    all_releases = selectors.releases_of(project)
    page = Paginator(all_releases, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(release, VIEW_NAMES[release.options["data"]["view"]]) for release in page]
    context = {"project": project, "page": page, "rows": rows, "may_manage": _may_manage(request, project)}
    if page.paginator.count > 1:
        context["numbers"] = list(all_releases.values_list("number", "name"))
    return render(request, "releases/releases.html", context)


def _may_manage(request: HttpRequest, project: Project) -> bool:
    role = role_in(project, user_of(request))
    return role is not None and can(role, Capability.MANAGE)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a release would contain, and create it."""
    project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    form = ReleaseForm(request.POST if request.method == "POST" else None, project=project)
    only_preview = "look" in request.POST
    if not only_preview and form.is_valid():
        try:
            if "card" in request.POST:
                job = services.start_draft(
                    project, options=form.release_options(), started_by=user_of(request), now=timezone.now()
                )
                return redirect("jobs:job", project.slug, job.pk)
            release = services.create_release(
                project, options=form.release_options(), created_by=user_of(request), now=timezone.now()
            )
        except Problem as problem:
            form.show(problem)
        else:
            return redirect("jobs:job", project.slug, services.job_of(release).pk)
    view = request.POST.get("view", View.EACH)
    options = ExportOptions(view=View(view) if view in list(View) else View.EACH)
    context = {"project": project, "form": form, "preview": preview(project, options), "view": VIEW_NAMES[options.view]}
    context["excluded"] = excluded_counts(project)
    status = 422 if not only_preview and form.errors else 200
    return render(request, "releases/new.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, slug: str, draft_id: int) -> HttpResponse:
    """Show the data card of a release that is not created yet; a POST creates the release with the same options."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MANAGE)
    job = get_job(draft_id, user=user, project=project)
    if job.kind != services.DRAFT_JOB or not job.result:
        raise NotFound(_("There is no data card {number}.").format(number=draft_id))
    if request.method == "POST":
        options = ReleaseOptions.from_json(job.params["options"])
        try:
            release = services.create_release(project, options=options, created_by=user, now=timezone.now())
        except Problem as problem:
            messages.error(request, problem.detail)
            return redirect("releases:draft", slug, draft_id)
        return redirect("jobs:job", slug, services.job_of(release).pk)
    head, _rule, text = job.result["card"].partition("\n---\n")
    context = {"project": project, "job": job, "card": render_markdown(text), "metadata": head.removeprefix("---\n")}
    return render(request, "releases/draft.html", context)


@login_required
@require_GET
def release(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show a release: contents, files and actions."""
    release = selectors.get_release(slug, number, user=user_of(request))
    context = _release_context(release)
    others = selectors.releases_of(release.project).exclude(pk=release.pk).exclude(sha256="")
    context["others"] = list(others.values_list("number", "name"))
    context["may_manage"] = _may_manage(request, release.project)
    return render(request, "releases/release.html", context)


@login_required
@require_GET
def archive(request: HttpRequest, slug: str, number: int) -> FileResponse:
    """Download the archive."""
    return archive_response(selectors.get_release(slug, number, user=user_of(request)))


@login_required
@require_POST
def build(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Start the job that builds or rebuilds the archive."""
    release = selectors.get_release(slug, number, user=user_of(request), capability=Capability.MANAGE)
    services.start_build(release, started_by=user_of(request), now=timezone.now())
    return redirect("jobs:job", slug, services.job_of(release).pk)


@login_required
@require_POST
def verify(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Start the job that verifies the archive."""
    release = selectors.get_release(slug, number, user=user_of(request))
    services.start_check(release, started_by=user_of(request), now=timezone.now())
    return redirect("jobs:job", slug, services.job_of(release).pk)


@login_required
@require_POST
def discard(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Discard a release that was never built."""
    release = selectors.get_release(slug, number, user=user_of(request), capability=Capability.MANAGE)
    services.discard_release(release)
    messages.success(request, _("Discarded release {number}.").format(number=number))
    return redirect("releases:releases", slug)


@login_required
@require_GET
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the differences between two releases, `first` and `second`."""
    project = get_project(slug, user=user_of(request), capability=Capability.EXPORT)
    first, second = (selectors.release_of(project, _number(request, name)) for name in ("first", "second"))
    context: dict[str, Any] = {"project": project, "first": first, "second": second}
    context |= _comparison_context(compare_releases(first, second, most_sets=MOST_SETS_COMPARED))
    context["numbers"] = list(selectors.releases_of(project).values_list("number", "name"))
    return render(request, "releases/compare.html", context)


def _number(request: HttpRequest, name: str) -> int:
    number = request.GET.get(name, "")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise NotFound(_("Choose two releases to compare."))
    return int(number)


def _release_context(release: Release) -> dict[str, Any]:
    context: dict[str, Any] = {"release": release, "project": release.project}
    if release.manifest is None:
        return context
    manifest: Mapping[str, Any] = release.manifest
    files = sorted(manifest["files"].items())
    context |= {
        "file_name": file_name(release),
        "splits": _splits(release, manifest),
        "files": files[:MOST_FILES],
        "more_files": max(0, len(files) - MOST_FILES),
    }
    context["deleted"] = selectors.deleted_documents_in(release)
    try:
        context["card"] = render_markdown(_card(archive_of(release)))
    except ReleaseFileGone as problem:
        context["gone"] = problem.detail
    return context


def _splits(release: Release, manifest: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the splits in the order of the options; databases do not keep the order of the manifest."""
    options, by_split = ReleaseOptions.from_json(release.options), manifest["splits"]["by_split"]
    names = by_split if options.splits is None else options.splits.shares
    return [(name, by_split[name]) for name in names]


def _card(archive: SharedPath) -> str:
    """Return the data card without the metadata for data hubs."""
    with archive.open() as file, zipfile.ZipFile(file) as opened:
        text = opened.read(CARD).decode()
    return text.partition("\n---\n")[2]


def _comparison_context(comparison: Comparison) -> dict[str, Any]:
    documents, sets = comparison.documents, comparison.sets
    return {
        "comparison": comparison,
        "stats": [
            (_("Documents in both"), documents["both"]),
            (_("Documents added"), documents["added"]),
            (_("Documents removed"), documents["removed"]),
            (_("Sets added"), sets["added"]),
            (_("Sets removed"), sets["removed"]),
            (_("Sets changed"), sets["changed"]),
            (_("Sets unchanged"), sets["same"]),
        ],
        "documents": [
            (_("Documents added"), documents["added"], comparison.documents_named["added"]),
            (_("Documents removed"), documents["removed"], comparison.documents_named["removed"]),
        ],
        "spans": _by_label(comparison.spans),
        "relations": _by_label(comparison.relations),
        "examples": [(example, CHANGES[example.how]) for example in comparison.examples],
    }


def _by_label(counts: Mapping[tuple[str, str], int]) -> list[tuple[str, list[int]]]:
    """Return for each label how many were added, removed and changed."""
    labels = sorted({label for how, label in counts})
    return [(label, [counts.get((how, label), 0) for how in CHANGES]) for label in labels]
