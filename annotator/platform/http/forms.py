"""Forms of pages: groups of fields, and problems of services beside the fields that caused them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.forms import BaseForm, BoundField
from django.utils.functional import Promise

from annotator.problems import FieldError, InvalidInput, Problem


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that are collapsed together unless one of them was changed or has an error."""

    title: str | Promise
    fields: list[BoundField]
    is_open: bool


def group_fields(form: BaseForm, groups: Iterable[tuple[str | Promise, Sequence[str]]]) -> list[FieldGroup]:
    """Return groups of rarely used fields, each given by its title and the names of its fields.

    Names of fields that the form does not have are left out.
    """
    asked = {*form.changed_data, *form.errors} if form.is_bound else set()
    return [
        FieldGroup(title, [form[name] for name in names if name in form.fields], is_open=not asked.isdisjoint(names))
        for title, names in groups
    ]


def show_problem(form: BaseForm, problem: Problem, *, field: str | None = None) -> None:
    """Add a problem to a form: to the fields that its pointers name, otherwise to the whole form.

    With `field`, all errors belong to that field, such as a file whose content is not valid.
    """
    errors: list[FieldError] = problem.errors if isinstance(problem, InvalidInput) else []
    for error, message in zip(errors, problem.messages(), strict=False):
        name = error["pointer"].removeprefix("/").split("/")[0]
        if field is not None:
            form.add_error(field, message)
        elif name in form.fields:
            form.add_error(name, error["detail"])
        else:
            form.add_error(None, message)
    if not errors:
        form.add_error(field, problem.detail)
