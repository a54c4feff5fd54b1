"""What a report is limited to, in words. Pure."""

from collections.abc import Callable, Iterator

from annotator.agreement.scope import Scope
from annotator.agreement.wording import counted


def scope_sentence(scope: Scope, *, label_name: Callable[[str], str]) -> str:
    """Say it; "" when it is limited to nothing. A blind report does not say whom it was limited to."""
    parts = [*_about_spans(scope, label_name), *_about_documents(scope)]
    if scope.blind:
        parts.append("names of people hidden")
    return f"Limited: {'; '.join(parts)}." if parts else ""


def _about_spans(scope: Scope, label_name: Callable[[str], str]) -> Iterator[str]:
    if scope.labels:
        yield f"only {', '.join(map(label_name, scope.labels))}"
    if scope.annotators:
        yield f"only {'some of the annotators' if scope.blind else ', '.join(scope.annotators)}"
    if not scope.suggestions:
        yield "without spans that rules or models suggested"


def _about_documents(scope: Scope) -> Iterator[str]:
    if scope.documents:
        yield f"only {counted(len(scope.documents), 'document')} that were chosen"
    if scope.batch:
        yield f"only what came in with the import of {scope.batch:%Y-%m-%d %H:%M} UTC"
    if scope.since:
        yield f"finished on {scope.since.isoformat()} or later"
    if scope.until:
        yield f"finished on {scope.until.isoformat()} or before"
