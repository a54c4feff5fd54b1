"""What adjudicators see first: their own work, and excluded sources."""

import pytest

from annotator.adjudication import services as adjudication
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.workload.assignments import services

pytestmark = pytest.mark.django_db


def test_adjudicator_is_warned_of_own_and_excluded_work(page, make_document, project, lead, ada, ben, now):
    project.annotators_per_document = 3
    project.save()
    document = make_document()
    for user in (lead, ada, ben):
        services.next_document(project, user=user, now=now)
    for annotation_set in AnnotationSet.objects.exclude(name="ben"):
        lifecycle.submit(annotation_set, now=now)
    address = f"/documents/{document.pk}/adjudication/"
    body = " ".join(page(lead).get(address).content.decode().split())
    assert "You annotated this document yourself." in body

    adjudication.start(document, by=lead, now=now, blind=False)
    services.exclude_work(project, AnnotationSet.objects.get(name="ada"), reason="Clicks", by=lead, now=now)
    body = " ".join(page(lead).get(address).content.decode().split())
    assert "Excluded since this adjudication was started: ada." in body
