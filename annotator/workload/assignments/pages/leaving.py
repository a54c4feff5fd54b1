"""The page on which a lead removes a member: the effect on their work is shown first."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from annotator.corpus.spans.exclusions import LONGEST_REASON, Person
from annotator.corpus.spans.models import SetKind
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import Problem
from annotator.workload.assignments import selectors, services
from projects.roles import Capability
from projects.selectors import get_member, get_project, role_in
from projects.services import remove_member


class LeavingForm(forms.Form):
    """Whether the work of a member is excluded when they are removed."""

    exclude = forms.BooleanField(label=gettext_lazy("Exclude all of their work"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason for excluding it"), max_length=LONGEST_REASON, required=False)


@login_required
@require_http_methods(["GET", "POST"])
def leaving(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    """Show the effect on a member's work; remove them and free their slots."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MANAGE)
    member = get_member(project, member_id)
    name = member.user.get_username()
    form = LeavingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            with transaction.atomic():
                remove_member(member)
                kept, untouched = services.free_slots_of(
                    project, member.user, reason=_("%(name)s was removed") % {"name": name}, now=now
                )
                if form.cleaned_data["exclude"]:
                    person = Person(name, SetKind.ANNOTATOR)
                    services.exclude_work(project, person, reason=form.cleaned_data["reason"], by=user, now=now)
        except Problem as problem:
            show_problem(form, problem)
        else:
            message = _("Removed %(name)s. %(untouched)s slots are free, %(kept)s more keep an unfinished set.")
            messages.success(request, message % {"name": name, "untouched": untouched, "kept": kept})
            if role_in(project, user) is None:
                return redirect("dashboard:home")
            return redirect("projects:members", slug)
    context: dict[str, Any] = {
        "project": project,
        "member": member,
        "form": form,
        "work": selectors.work_of(project, member.user),
        "stands_under": reverse("projects:members", args=[slug]),
    }
    return render(request, "assignments/leaving.html", context, status=422 if form.errors else 200)
