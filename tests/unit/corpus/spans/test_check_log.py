"""The command that proves rows and log equal."""

import pytest
from django.core.management import CommandError, call_command

from annotator.corpus.spans import selectors
from annotator.corpus.spans.models import AnnotationSet, Relation, Span
from annotator.corpus.spans.selectors import find_damage
from annotator.corpus.spans.state import State
from tests.unit.corpus.spans.builders import add, relation, span

pytestmark = [pytest.mark.django_db, pytest.mark.stores]

CLAIM, SPEAKER = span("c", "Claim", (9, 18)), span("s", "Speaker", (0, 3))
SAID = relation("r", "attributed-to", "c", "s")


@pytest.fixture
def filled(annotation_set, save):
    """A set with two spans and a relation, made through the log."""
    save(annotation_set, add(CLAIM), add(SPEAKER), add(SAID))
    return annotation_set


def break_rows():
    Relation.objects.all().delete()
    Span.objects.filter(uid="s").delete()
    Span.objects.filter(uid="c").update(label="Hedge")


def test_intact_project_is_reported(filled, capsys):
    call_command("check_log", "news")

    assert capsys.readouterr().out == "1 annotation sets checked, 0 repaired, 0 damaged.\n"


def test_damage_is_printed_and_fails(filled, capsys):
    break_rows()

    with pytest.raises(CommandError, match="1 of 1 annotation sets differ from their log; run again with --repair"):
        call_command("check_log", "news")

    told = capsys.readouterr().err
    assert "document-1, ada" in told
    assert "1 spans without a row (such as s); 1 spans not as in the log (such as c)" in told


def test_repair_rewrites_the_rows(filled, capsys):
    break_rows()
    AnnotationSet.objects.update(revision=9)

    call_command("check_log", "news", "--repair")

    assert "1 repaired, 0 damaged" in capsys.readouterr().out
    assert selectors.state_of_rows(filled) == State.of([CLAIM, SPEAKER], [SAID])
    assert find_damage(filled) is None
    assert AnnotationSet.objects.get().revision == 3


def test_damaged_log_is_not_repaired(filled):
    filled.changes.filter(revision=2).delete()

    with pytest.raises(CommandError, match="restore a backup"):
        call_command("check_log", "news", "--repair")
    assert Span.objects.count() == 2


def test_contradictory_log_is_damage(filled):
    filled.changes.filter(revision=2).update(payload={"span": CLAIM.wire()})

    assert "cannot be replayed" in find_damage(filled).detail


def test_unknown_project_is_named(db):
    with pytest.raises(CommandError, match="no project “nowhere”"):
        call_command("check_log", "nowhere")
