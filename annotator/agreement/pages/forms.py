"""The form for what to measure."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.agreement.reports.sentences import documents_text
from annotator.agreement.scope import Scope
from annotator.agreement.selectors import reports, sets
from annotator.platform.http.display import format_moment
from annotator.problems import FieldError, InvalidInput
from projects.models import Project
from projects.selectors import current_schema, schema_of


class ScopeForm(forms.Form):
    """Which sets, documents and spans count; an empty field includes everything."""

    labels = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    annotators = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    documents = forms.CharField(
        required=False, help_text=gettext_lazy("External ids, one per line."), widget=forms.Textarea(attrs={"rows": 4})
    )
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    batch = forms.ChoiceField(required=False)
    without_suggestions = forms.BooleanField(required=False)
    blind = forms.BooleanField(required=False)
    tokens = forms.ChoiceField(
        required=False,
        choices=[
            ("product", gettext_lazy("words, numbers and punctuation marks")),
            ("white_space", gettext_lazy("everything between white space")),
        ],
    )
    without_gamma = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, project: Project, scope: Scope | None = None) -> None:
        super().__init__(data, initial=_initial(scope) if scope else None)
        self._project = project
        schema = schema_of(current_schema(project))
        self._batches = {batch.at.isoformat(): batch for batch in sets.import_batches(project)}
        batches = [
            (at, f"{format_moment(batch.at)} ({documents_text(batch.documents)})")
            for at, batch in self._batches.items()
        ]
        self._choose("labels", [(label.id, label.name) for label in schema.labels.values()])
        self._choose("annotators", [(name, name) for name in reports.authors_to_choose(project)])
        self._choose("batch", [("", _("all imports")), *batches])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_documents(self) -> tuple[int, ...]:
        """Return the ids of the documents with these external ids."""
        external_ids = list(
            dict.fromkeys(line.strip() for line in self.cleaned_data["documents"].splitlines() if line.strip())
        )
        known = sets.ids_of_documents(self._project, external_ids)
        if unknown := [external_id for external_id in external_ids if external_id not in known]:
            names = {"documents": ", ".join(unknown[:5])}
            raise forms.ValidationError(_("This project has no document %(documents)s.") % names)
        return tuple(known[external_id] for external_id in external_ids)

    def clean_until(self) -> Any:
        """Return the end of the period, which must not be before its start."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data["until"]
        if since and until and until < since:
            raise forms.ValidationError(_("The end of the period is before its start."))
        return until

    def scope(self) -> Scope:
        """Return the scope that was entered; `InvalidInput` names the fields that are wrong."""
        if not self.is_valid():
            errors = [
                FieldError(pointer=f"/{name}", detail=str(error))
                for name, field_errors in self.errors.items()
                for error in field_errors
            ]
            raise InvalidInput(" ".join(error["detail"] for error in errors), errors=errors)
        values = self.cleaned_data
        chosen = self._batches.get(values["batch"])
        return Scope(
            labels=tuple(values["labels"]),
            annotators=tuple(values["annotators"]),
            documents=values["documents"],
            since=values["since"],
            until=values["until"],
            batch=chosen.at if chosen else None,
            suggestions=not values["without_suggestions"],
            blind=values["blind"],
            tokens=values["tokens"] or "product",
        )


def _initial(scope: Scope) -> dict[str, Any]:
    """Return the values with which the form repeats the scope of a report, except its documents."""
    return {
        "labels": scope.labels,
        "annotators": scope.annotators,
        "since": scope.since,
        "until": scope.until,
        "batch": scope.batch.isoformat() if scope.batch else "",
        "without_suggestions": not scope.suggestions,
        "blind": scope.blind,
        "tokens": scope.tokens,
    }
