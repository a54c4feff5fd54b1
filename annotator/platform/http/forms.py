"""Problems of a service, shown beside the fields of the form that caused them."""

from django.forms import BaseForm

from annotator.problems import FieldError, Problem


def show_problem(form: BaseForm, problem: Problem) -> None:
    """Add what is wrong to a form: to the field that a pointer names, else to the form as a whole."""
    errors: list[FieldError] = getattr(problem, "errors", [])
    for error in errors:
        name = error["pointer"].removeprefix("/").split("/")[0]
        if name in form.fields:
            form.add_error(name, error["detail"])
        else:
            form.add_error(None, f"{error['pointer']}: {error['detail']}" if name else error["detail"])
    if not errors:
        form.add_error(None, problem.detail)
