"""Pages of suggestions without a browser."""

import pytest
from django.test import Client

from annotator.platform.jobs import runner
from annotator.platform.jobs.models import Job
from annotator.suggestions.models import SuggestionSettings
from tests.unit.ledger.conftest import sample_project

__all__ = ["sample_project"]
pytestmark = pytest.mark.django_db(transaction=True)
URL = "/projects/news/suggestions/"


def test_a_lead_sets_the_bar_makes_suggestions_and_measures_them(sample_project, lead, ada):
    client = Client()
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    assert "Not measured yet" in client.get(URL).content.decode()
    assert client.post(URL, {"bar": "55", "sources": ["rules"]}).status_code == 302
    assert SuggestionSettings.objects.get().bar == 0.55
    assert "form-error" in (page := client.post(URL, {"bar": "400"}).content.decode()) or "100" in page
    assert SuggestionSettings.objects.get().bar == 0.55

    assert "Not measured yet" in client.get(f"{URL}figures/", {"source": "rules"}).content.decode()
    for action in ("suggest", "measure"):
        assert client.post(f"{URL}{action}/", {"source": "rules"}).status_code == 302
        job = Job.objects.latest("id")
        runner.run(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.problem
    page = client.get(f"{URL}figures/", {"source": "rules"}).content.decode()
    assert "on 6 documents with finished work" in page
    assert "0.79" in page  # exact F1 of cues
    assert "Precision of what is offered" in client.get(URL).content.decode()

    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(URL).status_code == 404
    assert client.get(f"{URL}figures/", {"source": "none"}).status_code == 404
