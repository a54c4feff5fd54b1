"""Creating, building, verifying and discarding releases."""

from annotator.datasets.releases.services.building import build_release, check_release
from annotator.datasets.releases.services.creation import (
    create_release,
    discard_release,
    job_of,
    start_build,
    start_check,
)

__all__ = [
    "build_release",
    "check_release",
    "create_release",
    "discard_release",
    "job_of",
    "start_build",
    "start_check",
]
