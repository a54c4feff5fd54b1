"""Pages to read and edit the guidelines."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import InvalidInput, NotFound, Problem
from projects import selectors, services
from projects.forms import GuidelineForm
from projects.guidelines import compare_guidelines, render_markdown
from projects.models import Project
from projects.problems import StaleVersion
from projects.roles import Capability, can


@login_required
@require_GET
def guidelines(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """Show the current guidelines or an older version."""
    user = user_of(request)
    project = selectors.get_project(slug, user=user)
    current = selectors.current_guideline(project)
    version = current if number is None else selectors.get_guideline_version(project, number)
    role = selectors.role_in(project, user)
    if version == current:
        selectors.mark_guidelines_seen(project, user, current.number)
    context = {
        "project": project,
        "role": role,
        "version": version,
        "current": current,
        "guidelines_html": render_markdown(version.text, pictures_address(project.slug)),
        "versions": selectors.guideline_versions_of(project).defer("text"),
        "may_manage": role is not None and can(role, Capability.MANAGE),
    }
    return render(request, "projects/guidelines.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def edit_guidelines(request: HttpRequest, slug: str) -> HttpResponse:
    """Edit the guidelines. When a newer version exists, the user keeps their text and is informed."""
    user = user_of(request)
    project = selectors.get_project(slug, user=user, capability=Capability.MANAGE)
    current = selectors.current_guideline(project)
    context: dict[str, Any] = {"project": project, "role": selectors.role_in(project, user), "current": current}
    form = GuidelineForm(request.POST or None, initial={"text": current.text, "based_on": current.number})
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            context["preview"] = render_markdown(form.cleaned_data["text"], pictures_address(slug))
        else:
            try:
                version = services.publish_guideline(project, **form.cleaned_data, by=user, now=timezone.now())
            except Problem as problem:
                form = _form_with_problem(problem, request.POST, project=project)
            else:
                messages.success(
                    request, _("Published version %(number)s of the guidelines.") % {"number": version.number}
                )
                return redirect("projects:guidelines", slug)
    status = 422 if form.errors else 200
    context |= {"form": form, "pictures": project.guideline_pictures.defer("data").order_by("-id")}
    return render(request, "projects/guidelines_edit.html", context, status=status)


@login_required
@require_POST
def upload_picture(request: HttpRequest, slug: str) -> HttpResponse:
    """Store a picture and show how it is written in the guidelines; they are not changed."""
    user = user_of(request)
    project = selectors.get_project(slug, user=user, capability=Capability.MANAGE)
    file = request.FILES.get("picture")
    try:
        if file is None:
            raise InvalidInput(_("Choose a picture."))
        data = file.read(services.LARGEST_PICTURE + 1)
        stored = services.add_picture(project, data, name=str(file.name), by=user, now=timezone.now())
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        text = _("Uploaded “%(name)s”. Write ![description](picture:%(digest)s) where it should appear.")
        messages.success(request, text % {"name": stored.name, "digest": stored.digest})
    return redirect("projects:edit-guidelines", slug)


@login_required
@require_GET
def picture(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """Send a picture of the guidelines to a member, with the type that its bytes have.

    It is a download when its address is opened; an image on a page is shown all the same.
    """
    project = selectors.get_project(slug, user=user_of(request))
    stored = project.guideline_pictures.filter(digest=digest).order_by("id").first()
    if stored is None:
        raise NotFound(_("There is no such picture."))
    disposition = content_disposition_header(as_attachment=True, filename=stored.name) or ""
    return HttpResponse(
        bytes(stored.data), content_type=stored.media_type, headers={"Content-Disposition": disposition}
    )


@login_required
@require_http_methods(["GET", "POST"])
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the changes between two versions; POST confirms that the newest version was seen."""
    user = user_of(request)
    project = selectors.get_project(slug, user=user)
    current = selectors.current_guideline(project)
    if request.method == "POST":
        selectors.mark_guidelines_seen(project, user, current.number)
        return redirect("dashboard:project", slug)
    numbers = [_number(request.GET.get(name)) for name in ("first", "second")]
    second = selectors.get_guideline_version(project, numbers[1]) if numbers[1] else current
    first = selectors.get_guideline_version(project, numbers[0] or max(1, second.number - 1))
    if second == current:
        selectors.mark_guidelines_seen(project, user, current.number)
    context = {
        "project": project,
        "role": selectors.role_in(project, user),
        "first": first,
        "second": second,
        "lines": compare_guidelines(first.text, second.text),
        "versions": selectors.guideline_versions_of(project).defer("text"),
        "stands_under": reverse("projects:guidelines", args=[slug]),
    }
    return render(request, "projects/guidelines_compare.html", context)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 9 else 0


def pictures_address(slug: str) -> str:
    """Return the address below which the pictures of a project are."""
    return reverse("projects:guidelines", args=[slug]) + "pictures/"


def _form_with_problem(problem: Problem, data: QueryDict, *, project: Project) -> GuidelineForm:
    """Return the form with its text and the problem; after a `StaleVersion` it is based on the newest version."""
    if isinstance(problem, StaleVersion):
        data = data.copy()  # `data | {…}` would turn each value into a list.
        data["based_on"] = str(selectors.current_guideline(project).number)
    form = GuidelineForm(data)
    show_problem(form, problem)
    return form
