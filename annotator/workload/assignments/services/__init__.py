"""Changes of assignments: all services by name."""

from annotator.workload.assignments.services.exclusions import exclude_work, lift_exclusion
from annotator.workload.assignments.services.plans import reserve_documents
from annotator.workload.assignments.services.queue import (
    NextDocument,
    PlannedDocument,
    assign,
    assign_many,
    assign_planned,
    next_document,
    reassign,
)
from annotator.workload.assignments.services.review import approve, mark_seen, return_set
from annotator.workload.assignments.services.rounds import (
    create_round,
    delete_round,
    plan_documents,
    set_round_members,
    update_round,
)
from annotator.workload.assignments.services.skips import decide_skip, skip
from annotator.workload.assignments.services.slots import free_slot, free_slots_of, free_unused_slots, resume, withdraw

__all__ = [
    "NextDocument",
    "PlannedDocument",
    "approve",
    "assign",
    "assign_many",
    "assign_planned",
    "create_round",
    "decide_skip",
    "delete_round",
    "exclude_work",
    "free_slot",
    "free_slots_of",
    "free_unused_slots",
    "lift_exclusion",
    "mark_seen",
    "next_document",
    "plan_documents",
    "reassign",
    "reserve_documents",
    "resume",
    "return_set",
    "set_round_members",
    "skip",
    "update_round",
    "withdraw",
]
