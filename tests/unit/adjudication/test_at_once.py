"""Two adjudicators at the same instant, on a database in a file or on a server."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from annotator.adjudication import services
from annotator.adjudication.models import Adjudication
from annotator.adjudication.problems import AlreadyStarted, StaleAdjudication
from annotator.adjudication.units.versions import AcceptanceRule, DecisionKind
from annotator.corpus.spans.selectors import find_damage
from tests.conftest import NOW
from tests.notation import make_spans
from tests.unit.adjudication.conftest import open_units
from tests.waiting import LONG

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.stores]

PEOPLE = 4


def at_once(work, arguments):
    """Call `work` with each argument in a thread of its own, all released together; problems are answers too."""
    barrier = Barrier(len(arguments))

    def begin(argument):
        try:
            barrier.wait(LONG)
            return work(argument)
        except (StaleAdjudication, AlreadyStarted) as problem:
            return problem.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(begin, arguments))


@pytest.fixture
def people(make_user):
    return [make_user(f"adjudicator-{number}") for number in range(PEOPLE)]


def test_adjudication_is_started_once(make_document, make_set, people):
    document = make_document("Ada said it rained.")
    make_set(document, "A", make_spans("Ada[Speaker] said it rained.")[1], state="submitted", revision=1)

    answers = at_once(lambda user: services.start(document, by=user, now=NOW, rule=AcceptanceRule.EXACT).state, people)

    assert sorted(answers) == ["adjudication_started"] * (PEOPLE - 1) + ["open"]
    assert Adjudication.objects.count() == 1


def test_one_of_several_decisions_on_a_unit_wins(begin, people):
    adjudication = begin("Ada[Speaker] left.", "Ada left.")
    [unit] = open_units(adjudication)
    choice = services.Choice(unit=unit, kind=DecisionKind.NONE)

    answers = at_once(
        lambda user: services.decide(adjudication, choice, base_revision=1, by=user, now=NOW).revision, people
    )

    assert sorted(map(str, answers)) == ["2", *["stale_adjudication"] * (PEOPLE - 1)]
    assert adjudication.decisions.count() == 1


def test_concurrent_decisions_on_other_units_are_kept(begin, people):
    marked = " ".join(["it rained"] * PEOPLE)
    adjudication = begin(marked.replace("it rained", "[it rained](Claim)"), marked)
    units = open_units(adjudication)

    def work(place):
        choice = services.Choice(unit=units[place], kind=DecisionKind.TAKE, source=0)
        return services.decide(adjudication, choice, base_revision=1, by=people[place], now=NOW).revision

    answers = at_once(work, range(PEOPLE))

    assert sorted(answers) == [2, 3, 4, 5]
    adjudication.annotation_set.refresh_from_db()
    assert adjudication.annotation_set.spans.count() == PEOPLE
    assert find_damage(adjudication.annotation_set) is None
