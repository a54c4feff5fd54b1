"""Anticipated failures of adjudication. Pure."""

from collections.abc import Sequence
from typing import Any

from annotator.problems import Conflict, InvalidInput


class NothingToAdjudicate(Conflict):
    """No annotator has submitted the document."""

    code = "nothing_to_adjudicate"
    title = "Nothing to adjudicate yet"


class AlreadyStarted(Conflict):
    """The adjudication of the document has been started."""

    code = "adjudication_started"
    title = "The adjudication has been started already"


class StaleAdjudication(Conflict):
    """Another user has made a decision since; `revision` is the current one, `decisions` those since the base."""

    code = "stale_adjudication"
    title = "Another user has decided this"

    def __init__(self, *, revision: int, base_revision: int, decisions: Sequence[dict[str, Any]]) -> None:
        names = sorted({str(decision["by"]) for decision in decisions if decision["by"]}) or ["Another user"]
        super().__init__(
            f"{' and '.join(names)} made decisions here since you opened this page (revision {base_revision}; now "
            f"{revision}). Your decision was not saved. Check theirs, then decide again if needed.",
            revision=revision,
            decisions=list(decisions),
        )


class AttributeDecided(Conflict):
    """Another user has decided an attribute of the document since."""

    code = "attribute_decided"
    title = "Another user has decided this"

    def __init__(self, username: str, attribute: str) -> None:
        super().__init__(
            f"{username} decided “{attribute}” since you opened this page. Your decision was not saved. Check theirs, "
            "then decide again if needed."
        )


class OwnWork(Conflict):
    """The adjudicator annotated the document, and the project does not allow them to decide it."""

    code = "own_work"
    title = "You annotated this document"


class AdjudicationCompleted(Conflict):
    """The adjudication is completed."""

    code = "adjudication_settled"
    title = "The adjudication is completed"


class NotCompleted(Conflict):
    """The adjudication is not completed, so it cannot be reopened; or the unit has no decision yet."""

    code = "not_settled"
    title = "The adjudication is not completed"


class UndecidedUnits(Conflict):
    """Locations, or attributes of the document, need a decision; `open` is the number of missing decisions."""

    code = "not_all_decided"
    title = "Some locations are not decided"


class SourcesChanged(Conflict):
    """Annotators changed their sets after the adjudication read them."""

    code = "sources_moved"
    title = "Annotators have changed their annotations"


class NothingToUndo(Conflict):
    """The user has taken no action here, or another user has decided the same unit after them."""

    code = "nothing_to_undo"
    title = "Nothing to undo"


class InvalidDecision(InvalidInput):
    """A decision that does not fit its unit or the schema."""

    code = "invalid_decision"
    title = "Invalid decision"
