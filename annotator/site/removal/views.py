"""The page to delete a project."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import Problem
from annotator.site.removal import selectors, services
from projects.roles import Capability
from projects.selectors import get_project


class DeleteForm(forms.Form):
    """The address of the project, typed to confirm, and a confirmation for its releases."""

    confirmed = forms.CharField(
        label=_("Address of the project"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    with_releases = forms.BooleanField(required=False, label=_("Delete the releases as well"))


@login_required
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what would be deleted with a project; delete it when its address was typed."""
    project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    form = DeleteForm(request.POST or None)
    if form.is_valid():
        try:
            services.delete_project(project, **form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Deleted project “%(name)s”.") % {"name": project.name})
            return redirect("dashboard:home")
    context = {
        "project": project,
        "form": form,
        "counts": selectors.counts_to_delete(project),
        "releases": selectors.releases_to_delete(project),
        "stands_under": reverse("projects:settings", args=[slug]),
    }
    return render(request, "removal/delete.html", context, status=422 if form.errors else 200)
