"""Projects that are exported."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from annotator.datasets.exports import services
from annotator.datasets.exports.models import Export
from annotator.datasets.exports.output.dataset import data_path
from annotator.datasets.exports.serializers import parse_options
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import JobState
from projects.models import Project

Exported = Callable[..., tuple[Export, list[dict[str, Any]], bytes]]


@pytest.fixture
def exported(project: Project, now: datetime) -> Exported:
    """Return a function that exports the project as JSONL and returns the export, its lines and its bytes."""

    def export(**options: Any) -> tuple[Export, list[dict[str, Any]], bytes]:
        started = services.start_export(
            project, options=parse_options(options), started_by=None, now=now, own_process=True
        )
        ended = jobs.run_here(services.job_of(started))
        assert ended.state == JobState.DONE, ended.problem
        started.refresh_from_db()
        data = data_path(services.directory_of(started)).read_bytes()
        return started, [json.loads(line) for line in data.splitlines()], data

    return export
