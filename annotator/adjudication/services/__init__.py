"""Settling documents: what there is of it, by name."""

from annotator.adjudication.services.additions import Why, add_relation, add_span
from annotator.adjudication.services.completion import reopen, settle
from annotator.adjudication.services.decisions import Choice, Done, decide, undo
from annotator.adjudication.services.examples import pin
from annotator.adjudication.services.start import start, state_rule
from annotator.adjudication.services.updates import refresh

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
