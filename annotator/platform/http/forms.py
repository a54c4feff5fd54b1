"""Problems of services, shown beside the form fields that caused them."""

from django.forms import BaseForm

from annotator.problems import FieldError, InvalidInput, Problem


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
