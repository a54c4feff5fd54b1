"""Anticipated failures of giving out documents."""

from annotator.problems import Conflict, NotFound


class NoDocumentLeft(NotFound):
    """There is nothing more for this annotator."""

    code = "no_document_left"
    title = "No document left"


class WorkBegun(Conflict):
    """An assignment in which something was done stays."""

    code = "work_begun"
    title = "The work has begun"
