"""Anticipated failures of assignments. Pure."""

from annotator.problems import Conflict, NotFound


class NoDocumentLeft(NotFound):
    """No further document can be assigned to this annotator."""

    code = "no_document_left"
    title = "No document left"


class AssignmentStarted(Conflict):
    """An assignment whose annotation set is not empty and open cannot be withdrawn."""

    code = "work_begun"
    title = "The document has been started"
