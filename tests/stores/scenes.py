"""Scenes for real processes, run as `python -m tests.stores.scenes NAME [ARGUMENT …]`; each prints JSON."""

import hashlib
import json
import sys

import django
from django.utils import timezone

TEXT = "Ada said it rained. " * 50


def run_commands(commands):
    """Run each command with its arguments and print what they printed."""
    from io import StringIO

    from django.core.management import call_command

    outputs = []
    for arguments in json.loads(commands):
        output = StringIO()
        call_command(*arguments, stdout=output)
        outputs.append(output.getvalue())
    return outputs


def start_slow_job(steps, hold=-1):
    """Start a slow job and print its id."""
    from annotator.platform.jobs import services

    params = {"steps": int(steps), "hold": int(hold)}
    return services.start("slow_count", project_id=None, params=params, started_by=None, now=timezone.now()).pk


def start_slow_jobs(count, steps):
    """Start slow jobs and print their ids."""
    return [start_slow_job(steps) for _ in range(int(count))]


def start_slow_and_quick_job():
    """Start a slow job, then a quick one, and print their ids."""
    from annotator.platform.jobs import services

    slow = start_slow_job(1)
    return [slow, services.start("quick", project_id=None, params={}, started_by=None, now=timezone.now()).pk]


def start_import(path):
    """Make a project, start the import of a file into it and print the id of the job."""
    from pathlib import Path

    from annotator.imports import services
    from annotator.imports.uploads import IncomingFile
    from projects.services.projects import create_project

    now = timezone.now()
    project = create_project("load", created_by=None, now=now, annotators_per_document=1)
    files = [IncomingFile(Path(path).name, [Path(path).read_bytes()])]
    return services.start_import(project, files=files, started_by=None, now=now).pk


def cancel_job(job_id):
    """Cancel a job."""
    from annotator.platform.jobs import services
    from annotator.platform.jobs.models import Job

    return services.cancel(Job.objects.get(pk=job_id), now=timezone.now()).pk


def token_of_a_lead(slug):
    """Make a project with a lead and print an API token of the lead."""
    from annotator.platform.accounts.models import User
    from annotator.platform.accounts.services import create_token
    from projects.services.projects import create_project

    now = timezone.now()
    lead = User.objects.create_user("lena", password="correct horse battery")
    create_project(slug, created_by=lead, now=now)
    return create_token(lead, name="test", now=now)[1]


def make_annotators(count):
    """Make a project with `count` annotators, each with a token and an open set over a separate document."""
    from annotator.corpus.documents.models import Document
    from annotator.platform.accounts.models import User
    from annotator.platform.accounts.services import create_token
    from annotator.workload.assignments.services import next_document
    from projects.roles import Role
    from projects.services.members import add_member
    from projects.services.projects import create_project

    now = timezone.now()
    project = create_project("load", created_by=None, now=now, annotators_per_document=1)
    annotators = []
    for number in range(int(count)):
        text = f"{number}: {TEXT}"
        Document.objects.create(
            project=project,
            external_id=str(number),
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            length=len(text),
            position=number,
            shuffle_key=number,
            created_at=now,
        )
        user = User.objects.create_user(f"annotator-{number}")
        add_member(project, user, role=Role.ANNOTATOR, now=now)
        queued = next_document(project, user=user, now=now)
        token = create_token(user, name="load", now=now)[1]
        annotation_set = queued.assignment.annotation_set
        annotators.append({"token": token, "set": annotation_set.pk, "sha256": annotation_set.document.sha256})
    return annotators


def save_until(path):
    """Save a span in each open set of the load project, one after the other, until a file appears; print how many."""
    from itertools import cycle
    from pathlib import Path
    from uuid import uuid4

    from annotator.corpus.spans.changes import parse_changes
    from annotator.corpus.spans.models import AnnotationSet
    from annotator.corpus.spans.services import apply_changes

    sets = list(AnnotationSet.objects.filter(document__project__slug="load").select_related("document", "annotator"))
    revisions = dict.fromkeys(sets, 0)
    for annotation_set in cycle(sets):
        if Path(path).exists():
            return sum(revisions.values())
        start = revisions[annotation_set] % 900
        span = {"id": str(uuid4()), "label": "Claim", "fragments": [[start, start + 3]], "attributes": {}}
        changes = parse_changes(
            [{"id": str(uuid4()), "kind": "add_span", "span": span | {"note": "", "origin": "manual"}}]
        )
        revisions[annotation_set] = apply_changes(
            annotation_set,
            changes,
            base_revision=revisions[annotation_set],
            sha256=annotation_set.document.sha256,
            author=annotation_set.annotator,
            now=timezone.now(),
        ).revision
    raise AssertionError("There are no sets.")


def compare_rows_and_log():
    """Print the revision of each set with the spans of its rows and of its log."""
    from annotator.corpus.spans import selectors
    from annotator.corpus.spans.models import AnnotationSet

    states = {}
    for annotation_set in AnnotationSet.objects.order_by("id"):
        rows, log = selectors.state_of_rows(annotation_set), selectors.replay(annotation_set)
        states[annotation_set.pk] = {
            "revision": annotation_set.revision,
            "same": rows == log,
            "changes": [change["id"] for change in selectors.changes_since(annotation_set, 0)],
        }
    return states


SCENES = {
    scene.__name__: scene
    for scene in (
        run_commands,
        start_slow_job,
        start_slow_jobs,
        start_slow_and_quick_job,
        start_import,
        cancel_job,
        token_of_a_lead,
        make_annotators,
        save_until,
        compare_rows_and_log,
    )
}

if __name__ == "__main__":
    django.setup()
    print(json.dumps(SCENES[sys.argv[1]](*sys.argv[2:])))
