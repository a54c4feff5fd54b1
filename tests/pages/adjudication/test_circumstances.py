"""What adjudicators see first: their own work, and excluded sources."""

import pytest

from annotator.adjudication import services as adjudication
from annotator.adjudication.problems import OwnWork
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.workload.assignments import services
from projects.services import choose_to_annotate

pytestmark = pytest.mark.django_db


def test_adjudicator_is_warned_of_own_and_excluded_work(page, make_document, project, lead, ada, ben, now):
    project.annotators_per_document = 3
    project.save()
    document = make_document()
    choose_to_annotate(project, lead, annotates=True)
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


def test_own_work_is_decided_by_another_adjudicator_where_a_lead_says_so(
    page, make_document, make_set, project, lead, ada, now
):
    document = make_document()
    for user in (lead, ada):
        make_set(document, user, state="submitted")
    head = adjudication.start(document, by=lead, now=now)
    page(lead).patch(f"/api/v1/projects/{project.slug}/", {"adjudicate_own": False}, "application/json")
    body = page(lead).get(f"/documents/{document.pk}/adjudication/").content.decode()
    assert "another adjudicator has to decide it" in body
    with pytest.raises(OwnWork):
        adjudication.complete(head, base_revision=head.revision, by=lead, now=now)
    other = make_document()
    make_set(other, lead, state="submitted")
    with pytest.raises(OwnWork):
        adjudication.start(other, by=lead, now=now)
