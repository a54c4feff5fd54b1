"""Creating, building, verifying and discarding releases."""

from annotator.datasets.releases.services.building import build_release, check_release
from annotator.datasets.releases.services.creation import (
    DRAFT_JOB,
    create_release,
    discard_release,
    draft_card,
    job_of,
    start_build,
    start_check,
    start_draft,
)

__all__ = [
    "DRAFT_JOB",
    "build_release",
    "check_release",
    "create_release",
    "discard_release",
    "draft_card",
    "job_of",
    "start_build",
    "start_check",
    "start_draft",
]
