"""The sample project is made whole, once, whatever interrupted it."""

import json

import pytest

from annotator.agreement.models import AgreementReport
from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet, SetKind, Span
from annotator.platform.accounts.models import User
from annotator.platform.jobs.models import Job
from annotator.site.demo import services
from annotator.site.demo.services import CORPUS, PEOPLE, make_sample_project
from projects.models import Membership, Project

PASSWORDS = {name: f"{name}-has-a-password" for name in PEOPLE}


def make(now):
    said = []
    make_sample_project(PASSWORDS, say=said.append, now=now)
    return said


def counts():
    models = (Project, User, Membership, Document, AnnotationSet, Span, AgreementReport, Job)
    return {model.__name__: model.objects.count() for model in models}


def test_it_has_its_people_texts_sets_and_a_report(db, now):
    said = make(now)

    lines = [json.loads(line) for path in CORPUS.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    spans = sum(len(one["spans"]) for line in lines for one in line["annotators"].values())
    assert len(said) == 3
    assert counts() | {"Project": 1, "User": 4, "Document": 6, "AnnotationSet": 18, "Span": spans} == counts()
    assert dict(Membership.objects.values_list("user__username", "role")) == {
        name: role.value for name, role in PEOPLE.items()
    }
    assert AnnotationSet.objects.filter(kind=SetKind.ADJUDICATED).count() == 6
    assert AgreementReport.objects.get().measured_at is not None
    assert Project.objects.get().annotators_per_document == 2
    assert User.objects.get(username="ada").check_password(PASSWORDS["ada"])


def test_a_second_start_adds_nothing_and_is_quick(db, now, django_assert_max_num_queries):
    make(now)
    before = counts()

    with django_assert_max_num_queries(12):
        assert make(now) == []

    assert counts() == before


@pytest.mark.parametrize("step", ["add_member", "_import", "run_in_console"])
def test_a_start_that_was_interrupted_is_made_whole_by_the_next(db, now, monkeypatch, step):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(services, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            make(now)
    make(now)

    assert (Document.objects.count(), AnnotationSet.objects.count(), Membership.objects.count()) == (6, 18, 4)
    assert AgreementReport.objects.filter(measured_at__isnull=False).count() == 1
    assert make(now) == []
