"""Three weeks of a small project; `tests/soak` plays three months."""

import pytest

from tests.conftest import NOW
from tests.soak.project_life import ProjectLife

pytestmark = pytest.mark.django_db


def test_three_weeks_of_a_small_team(project, lead):
    project.slot_days = 5
    project.save()
    life = ProjectLife(project, lead, NOW, annotators=5, documents=40)
    life.play(days=21)
    figures = life.figures()
    assert min(figures.values()) > 0, figures
