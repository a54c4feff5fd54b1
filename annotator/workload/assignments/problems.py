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


class NoSlotLeft(Conflict):
    """The document has as many annotators as its round allows."""

    code = "no_slot_left"
    title = "The document has no free slot"


class CannotAssign(Conflict):
    """The document cannot be assigned to this person."""

    code = "cannot_assign"
    title = "The document cannot be assigned"


class NotAnnotating(Conflict):
    """The member has not chosen to annotate in this project."""

    code = "not_annotating"
    title = "You do not annotate in this project"


class QueuePaused(Conflict):
    """No document may be assigned to the annotator now; the detail says why, and what to do."""

    code = "queue_paused"
    title = "No documents are assigned to you at present"


class DocumentBegun(Conflict):
    """Work on the document has begun, so that it is not changed."""

    code = "document_begun"
    title = "Work on the document has begun"


class NotOpen(Conflict):
    """The assignment has no open annotation set."""

    code = "assignment_not_open"
    title = "The document is not open"


class RoundChanged(Conflict):
    """The round was changed or deleted, or its name is taken."""

    code = "round_changed"
    title = "The round cannot be changed"


class SkipDecided(Conflict):
    """Another lead has decided about the skipped document."""

    code = "skip_decided"
    title = "The skipped document has been decided"
