"""The page of the language model: which one, what is sent, and what the last run did."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.platform.jobs.models import Job
from annotator.problems import InvalidInput
from annotator.suggestions.language_model import selectors, services
from annotator.suggestions.language_model.limits import MOST_TOKENS, limits_of
from annotator.suggestions.language_model.run import REASONS
from annotator.suggestions.models import TOKENS_PER_DAY, TOKENS_PER_RUN
from annotator.suggestions.problems import LanguageModelNotAllowed
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import get_project, role_in

USUAL_FIRST_RUN = 10
LIMITS = ("tokens_per_run", "tokens_per_day")


class ChoiceForm(forms.Form):
    """The server and the model, and the consent to send the texts there."""

    url = forms.ChoiceField(
        label=gettext_lazy("Server"),
        choices=lambda: [(server.url, server.url) for server in selectors.allowed_servers()],
    )
    model = forms.CharField(
        label=gettext_lazy("Model"),
        max_length=200,
        help_text=gettext_lazy("The name by which the server knows the model."),
    )
    tokens_per_run = forms.IntegerField(
        label=gettext_lazy("Tokens per run, at most"),
        min_value=1,
        max_value=MOST_TOKENS,
        initial=TOKENS_PER_RUN,
        help_text=gettext_lazy("Sent and received together. Then the run ends; answers under way still count."),
    )
    tokens_per_day = forms.IntegerField(
        label=gettext_lazy("Tokens per day, at most"),
        min_value=1,
        max_value=MOST_TOKENS,
        initial=TOKENS_PER_DAY,
        help_text=gettext_lazy("All runs of the project together, from midnight UTC."),
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("The texts of this project may be sent to this server"),
        error_messages={"required": gettext_lazy("Without this nothing can be asked.")},
    )


@login_required
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the language model of a project; a lead chooses one, or stops using it."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    choice = selectors.choice_of(project)
    initial: dict[str, Any] = {}
    if choice:
        initial = {name: getattr(choice, name) for name in ("url", "model", *LIMITS)} | {"agreed": True}
    form = ChoiceForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        project = get_project(slug, user=user, capability=Capability.MANAGE)
        if "stop" in request.POST:
            services.stop_using(project)
            messages.success(request, _("Nothing is sent to a language model any more."))
            return redirect("sources:language-model", slug)
        if form.is_valid():
            values = form.cleaned_data
            try:
                limits = {name: values[name] for name in LIMITS}
                services.choose(
                    project, url=values["url"], model=values["model"], by=user, now=timezone.now(), limits=limits
                )
            except InvalidInput as problem:
                show_problem(form, problem)
            else:
                messages.success(request, _("Saved. Nothing has been sent yet."))
                return redirect("sources:language-model", slug)
    role = role_in(project, user)
    context = {
        "project": project,
        "form": form,
        "choice": choice,
        "has_servers": bool(selectors.allowed_servers()),
        "source": selectors.LANGUAGE_MODEL,
        "may_manage": role is not None and can(role, Capability.MANAGE),
        "stands_under": reverse("projects:settings", args=[slug]),
        **_asked(project),
    }
    return render(request, "suggestions/language_model.html", context)


def _asked(project: Project) -> dict[str, Any]:
    """Return what would be sent, or why nothing can be, and what the last run did."""
    last = selectors.last_run(project)
    context: dict[str, Any] = {"last": last, "refused": list(_refused(last)) if last else []}
    if selectors.choice_of(project) is None:
        return context
    context["limits"] = limits_of(project, now=timezone.now())
    try:
        asking = selectors.asking_of(project)
    except LanguageModelNotAllowed as problem:
        return context | {"obstacle": problem.detail}
    estimate = selectors.estimate(project, asking)
    return context | {
        "asking": asking,
        "estimate": estimate,
        "first_run": min(USUAL_FIRST_RUN, estimate.documents),
    }


def _refused(last: Job) -> Iterator[tuple[Any, int]]:
    """Yield reasons with how often they occurred."""
    counts = (last.result or {}).get("refused", {})
    for reason, words in REASONS.items():
        if counts.get(reason):
            yield words, counts[reason]
