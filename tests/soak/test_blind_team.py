"""The effect report of a simulated team finds what was planted."""

import pytest
from django.test import Client

from annotator.suggestions.blind.selectors import effect_of
from tests.conftest import NOW
from tests.soak.blind_team import MINUTES, SAVED_SHARE, BlindTeam

pytestmark = [pytest.mark.django_db, pytest.mark.soak]


def test_the_effect_report_finds_what_was_planted(project, lead):
    BlindTeam(project, lead, NOW).play()

    report = effect_of(project)

    assert sum(report["sets"].values()) == 120
    assert min(report["sets"].values()) > 40
    figures = report["figures"]
    low, high = figures["minutes"]["interval"]
    assert low < -MINUTES * SAVED_SHARE < high < 0
    for name in ("agreement_exact", "f1_to_suggestions"):
        assert figures[name]["interval"][0] > 0, name
    assert figures["boundary_edits"]["with"] > figures["boundary_edits"]["blind"] == 0
    assert all(row["documents_needed"] > 1 for name, row in figures.items() if name != "boundary_edits")
    client = Client()
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/projects/{project.slug}/suggestions/effect/").content.decode()
    assert "Minutes per 1,000 words" in page
