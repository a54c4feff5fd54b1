"""The sample corpus as rows of the database."""

import pytest

from annotator.agreement import services
from annotator.agreement.models import AgreementReport
from annotator.corpus.spans.models import AnnotationSet, Relation, Span
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import JobState
from tests.reference.corpus import sample_records


@pytest.fixture
def sample_project(project, make_document, make_set):
    """`project` with the six sample texts and the sets A, B and adjudicated of each."""
    for record in sample_records():
        document = make_document(record["text"], external_id=record["id"], title=record["id"])
        for name, layer in record["annotators"].items():
            kind = "adjudicated" if name == "adjudicated" else "imported"
            add_relations(make_set(document, name, layer["spans"], kind=kind), layer["relations"])
    return project


def measure(project, now) -> AgreementReport:
    """Make a report here and return it with its figures, gamma included."""
    report = services.start_report(project, started_by=None, now=now, own_process=True)
    job = jobs.run_here(services.job_of(report))
    assert job.state == JobState.DONE, job.problem
    report.refresh_from_db()
    services.finish_gamma(report)
    return report


def add_relations(annotation_set: AnnotationSet, relations) -> None:
    spans = dict(Span.objects.filter(annotation_set=annotation_set).order_by("id").values_list("uid", "id"))
    Relation.objects.bulk_create(
        Relation(
            annotation_set=annotation_set,
            uid=relation["id"],
            label=relation["label"],
            source_id=spans[relation["from"]],
            target_id=spans[relation["to"]],
        )
        for relation in relations
    )
