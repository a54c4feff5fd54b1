"""What to measure, as a form."""

from typing import Any

from django import forms

from annotator.agreement import set_selectors
from annotator.agreement.scope import Scope
from annotator.platform.http.display import format_moment
from annotator.problems import FieldError, InvalidInput
from projects.models import Project
from projects.selectors import current_schema, schema_of


class ScopeForm(forms.Form):
    """Which sets, documents and spans count; nothing chosen limits nothing."""

    labels = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    annotators = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    documents = forms.CharField(
        required=False, help_text="Ids as they came in, one a line.", widget=forms.Textarea(attrs={"rows": 4})
    )
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    batch = forms.ChoiceField(required=False)
    without_suggestions = forms.BooleanField(required=False)
    blind = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, project: Project, scope: Scope | None = None) -> None:
        super().__init__(data, initial=_initial(scope) if scope else None)
        self._project = project
        schema = schema_of(current_schema(project))
        self._batches = {batch.at.isoformat(): batch for batch in set_selectors.import_batches(project)}
        batches = [
            (at, f"{format_moment(batch.at)} ({batch.documents} documents)") for at, batch in self._batches.items()
        ]
        self._choose("labels", [(label.id, label.name) for label in schema.labels.values()])
        self._choose("annotators", [(name, name) for name in set_selectors.authors_in(project)])
        self._choose("batch", [("", "all"), *batches])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_documents(self) -> tuple[int, ...]:
        """Documents by the ids they came in with."""
        wanted = list(
            dict.fromkeys(line.strip() for line in self.cleaned_data["documents"].splitlines() if line.strip())
        )
        known = set_selectors.ids_of_documents(self._project, wanted)
        if unknown := [each for each in wanted if each not in known]:
            raise forms.ValidationError(f"There is no document {', '.join(unknown[:5])} in this project.")
        return tuple(known[each] for each in wanted)

    def clean_until(self) -> Any:
        """The end of the period, which must not lie before its beginning."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data["until"]
        if since and until and until < since:
            raise forms.ValidationError("The period ends before it begins.")
        return until

    def scope(self) -> Scope:
        """What was chosen; `InvalidInput` names what is wrong."""
        if not self.is_valid():
            wrong = [
                FieldError(pointer=f"/{name}", detail=str(error))
                for name, errors in self.errors.items()
                for error in errors
            ]
            raise InvalidInput(" ".join(each["detail"] for each in wrong), errors=wrong)
        found = self.cleaned_data
        chosen = self._batches.get(found["batch"])
        return Scope(
            labels=tuple(found["labels"]),
            annotators=tuple(found["annotators"]),
            documents=found["documents"],
            since=found["since"],
            until=found["until"],
            batch=chosen.at if chosen else None,
            suggestions=not found["without_suggestions"],
            blind=found["blind"],
        )


def _initial(scope: Scope) -> dict[str, Any]:
    """The same again: what the form shows beside a report that was limited. Documents are not said again."""
    return {
        "labels": scope.labels,
        "annotators": scope.annotators,
        "since": scope.since,
        "until": scope.until,
        "batch": scope.batch.isoformat() if scope.batch else "",
        "without_suggestions": not scope.suggestions,
        "blind": scope.blind,
    }
