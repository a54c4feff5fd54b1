"""Anticipated failures of annotation sets. Pure."""

from collections.abc import Sequence
from typing import Any

from annotator.problems import Conflict, InvalidInput, NotFound


class InvalidChange(InvalidInput):
    """A change cannot be read, breaks a rule or does not fit the state.

    `change_id` names it, `reason` is a stable word for programs (`docs/developers/change-log.md` lists them).
    """

    code = "invalid_change"
    title = "A change cannot be applied"

    def __init__(self, detail: str, *, pointer: str, reason: str, change_id: str | None) -> None:
        super().__init__(
            f"Not saved: {detail}",
            errors=[{"pointer": pointer, "detail": detail}],
            change_id=change_id,
            reason=reason,
        )


class StaleRevision(Conflict):
    """The set has changed since the base; `revision` is its current one, `changes` those since the base."""

    code = "stale_revision"
    title = "The annotation set has changed"

    def __init__(self, *, base_revision: int, revision: int, changes: Sequence[dict[str, Any]]) -> None:
        super().__init__(
            f"The changes were based on revision {base_revision}; the set is at {revision}. "
            "Rebase your changes onto “changes” and send them again.",
            revision=revision,
            changes=list(changes),
        )
        self.changes = list(changes)


class SetClosed(Conflict):
    """The set is submitted or adjudicated."""

    code = "set_closed"
    title = "The annotation set is closed"


class WrongText(Conflict):
    """The changes were made over a different text."""

    code = "wrong_text"
    title = "The text is different"


class AlreadyAdjudicated(Conflict):
    """The document has been adjudicated."""

    code = "already_adjudicated"
    title = "The document has been adjudicated already"


class NotSubmitted(Conflict):
    """The set is not submitted."""

    code = "not_submitted"
    title = "The annotation set is not submitted"


class AlreadyExcluded(Conflict):
    """The exclusion is in force already, or was lifted already."""

    code = "already_excluded"
    title = "The exclusion has changed"


class NameLinkChanged(Conflict):
    """The name is linked already, or its link was ended already."""

    code = "name_link_changed"
    title = "The link of the name has changed"


class SetNotFound(NotFound):
    """There is no such set, or it may not be seen; its own annotator sees why."""

    def __init__(self, set_id: int, *, reason: str = "") -> None:
        super().__init__(reason or f"There is no annotation set {set_id}, or you may not see it.")
