"""Three months of a project with twenty annotators."""

import pytest

from tests.conftest import NOW
from tests.soak.project_life import ProjectLife

pytestmark = [pytest.mark.django_db, pytest.mark.soak]


@pytest.mark.parametrize("seed", [1, 2])
def test_three_months_with_twenty_annotators(project, lead, seed):
    project.slot_days = 14
    project.save()
    life = ProjectLife(project, lead, NOW, annotators=20, documents=600, seed=seed)
    life.play(days=90)
    assert life.measure() == life.measure(), "the same work was measured differently"
    figures = life.figures()
    assert figures["rounds"] == 2
    assert min(figures.values()) > 0, figures
