"""Agreement on attributes of the document as pages show it: in a report, and as it is now."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.agreement.reports.report import Answer, DocumentAttributeFigures
from annotator.agreement.reports.sentences import FigureText, figure_text
from annotator.agreement.selectors.reports import titles_of_documents
from projects.models import Project


@dataclass(frozen=True)
class DifferingView:
    """A document whose annotators answered differently; `title` is "" for one that was deleted since."""

    document_id: int
    title: str
    answers: Sequence[Answer]


@dataclass(frozen=True)
class DocumentAttributeView:
    """An attribute of the document, with the documents whose annotators answered differently."""

    name: str
    documents: int
    same_value: FigureText
    alpha: FigureText
    differing: int
    listed: list[DifferingView]


def document_attribute_views(rows: Sequence[DocumentAttributeFigures], project: Project) -> list[DocumentAttributeView]:
    """Return the attributes of the document, with the titles of their documents as far as they still exist."""
    titles = titles_of_documents(project, {each.document for row in rows for each in row.listed})
    return [
        DocumentAttributeView(
            name=row.name,
            documents=row.documents,
            same_value=figure_text(row.same_value),
            alpha=figure_text(row.alpha),
            differing=row.differing,
            listed=[DifferingView(each.document, titles.get(each.document, ""), each.answers) for each in row.listed],
        )
        for row in rows
    ]
