"""Services of adjudication by name."""

from annotator.adjudication.services.additions import Rationale, add_relation, add_span, arrows_of
from annotator.adjudication.services.completion import complete, reopen
from annotator.adjudication.services.decisions import Choice, decide, undo
from annotator.adjudication.services.document_attributes import decide_document
from annotator.adjudication.services.examples import pin
from annotator.adjudication.services.expectation import ExpectedDecisions, expected_decisions
from annotator.adjudication.services.records import ActionResult, base_after
from annotator.adjudication.services.start import set_rule, start
from annotator.adjudication.services.updates import refresh

__all__ = [
    "ActionResult",
    "Choice",
    "ExpectedDecisions",
    "Rationale",
    "add_relation",
    "add_span",
    "arrows_of",
    "base_after",
    "complete",
    "decide",
    "decide_document",
    "expected_decisions",
    "pin",
    "refresh",
    "reopen",
    "set_rule",
    "start",
    "undo",
]
