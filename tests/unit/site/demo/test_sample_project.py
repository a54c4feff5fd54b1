"""The sample project is complete after a start, also when an earlier start was interrupted."""

import pytest

from annotator.agreement.models import AgreementReport
from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, SetKind, Span
from annotator.ledger.models import LedgerStatus, Proposition
from annotator.platform.accounts.models import User
from annotator.platform.jobs.models import Job
from annotator.site.demo import services
from annotator.site.demo.services import MEMBERS, OPEN_DOCUMENT, create_sample_project, sample_records
from annotator.workload.assignments.services import next_document
from projects.models import Membership, Project

PASSWORDS = {name: f"{name}-has-a-password" for name in MEMBERS}


def make(now):
    messages = []
    create_sample_project(PASSWORDS, say=messages.append, now=now)
    return messages


def counts():
    models = (Project, User, Membership, Document, AnnotationSet, Span, AgreementReport, Job)
    return {model.__name__: model.objects.count() for model in models}


def test_the_sample_has_members_documents_sets_and_a_report(db, now):
    messages = make(now)

    sets = [annotations for record in sample_records() for annotations in record["annotators"].values()]
    spans = sum(len(annotations["spans"]) for annotations in sets)
    assert len(messages) == 4
    assert counts() | {"Project": 1, "User": 4, "Document": 6, "AnnotationSet": 15, "Span": spans} == counts()
    assert dict(Membership.objects.values_list("user__username", "role")) == {
        name: role.value for name, role in MEMBERS.items()
    }
    assert AnnotationSet.objects.filter(kind=SetKind.ADJUDICATED).count() == 5
    assert AgreementReport.objects.get().measured_at is not None
    assert Project.objects.get().annotators_per_document == 2
    post = Proposition.objects.get(text__contains="listening post")
    assert post.status == LedgerStatus.CONTESTED_AND_EVADED
    assert User.objects.get(username="ada").check_password(PASSWORDS["ada"])


def test_a_second_start_adds_nothing(db, now, django_assert_max_num_queries):
    make(now)
    before = counts()

    with django_assert_max_num_queries(12):
        assert make(now) == []

    assert counts() == before


@pytest.mark.parametrize("step", ["add_member", "_import", "run_in_console"])
def test_an_interrupted_start_is_completed_by_the_next(db, now, monkeypatch, step):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(services, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            make(now)
    make(now)

    assert (Document.objects.count(), AnnotationSet.objects.count(), Membership.objects.count()) == (6, 15, 4)
    assert AgreementReport.objects.filter(measured_at__isnull=False).count() == 1
    assert make(now) == []


def test_both_annotators_get_the_open_document(db, now):
    make(now)
    project = Project.objects.get()

    documents = [
        next_document(project, user=User.objects.get(username=name), now=now).assignment.document.external_id
        for name in ("ada", "ben")
    ]

    assert documents == [OPEN_DOCUMENT, OPEN_DOCUMENT]
