"""What can go wrong while documents are settled. Pure."""

from collections.abc import Sequence
from typing import Any

from annotator.problems import Conflict, InvalidInput


class NothingToAdjudicate(Conflict):
    """Nobody has finished the document."""

    code = "nothing_to_adjudicate"
    title = "Nothing to adjudicate yet"


class AlreadyStarted(Conflict):
    """Somebody has begun to settle the document."""

    code = "adjudication_started"
    title = "Somebody has started already"


class StaleAdjudication(Conflict):
    """Somebody else decided meanwhile; `revision` is where it stands, `decisions` what happened since the base."""

    code = "stale_adjudication"
    title = "Somebody decided this meanwhile"

    def __init__(self, *, revision: int, base_revision: int, decisions: Sequence[dict[str, Any]]) -> None:
        people = sorted({str(each["by"]) for each in decisions if each["by"]}) or ["Somebody"]
        super().__init__(
            f"{' and '.join(people)} decided here meanwhile: you saw revision {base_revision}, now it is {revision}. "
            "Nothing was saved. Look at what was decided, then decide again if you still want to.",
            revision=revision,
            decisions=list(decisions),
        )


class AdjudicationSettled(Conflict):
    """The document is settled."""

    code = "adjudication_settled"
    title = "The document is settled"


class NotSettled(Conflict):
    """The document is not settled, so there is nothing to reopen or to look at."""

    code = "not_settled"
    title = "The document is not settled"


class NotAllDecided(Conflict):
    """Units are open still; `open` says how many."""

    code = "not_all_decided"
    title = "Not everything is decided"


class SourcesMoved(Conflict):
    """Annotators changed their sets since."""

    code = "sources_moved"
    title = "Annotators have changed their work"


class NothingToUndo(Conflict):
    """The person has done nothing here, or somebody else decided the same unit after them."""

    code = "nothing_to_undo"
    title = "There is nothing to take back"


class InvalidDecision(InvalidInput):
    """A decision does not fit its unit or the schema."""

    code = "invalid_decision"
    title = "This cannot be decided like that"
