"""Settling documents: what there is of it, by name."""

from annotator.adjudication.services.adding import Why, add_relation, add_span
from annotator.adjudication.services.deciding import Choice, Done, decide, undo
from annotator.adjudication.services.pinning import pin
from annotator.adjudication.services.settling import refresh, reopen, settle
from annotator.adjudication.services.starting import start, state_rule

__all__ = [
    "Choice",
    "Done",
    "Why",
    "add_relation",
    "add_span",
    "decide",
    "pin",
    "refresh",
    "reopen",
    "settle",
    "start",
    "state_rule",
    "undo",
]
