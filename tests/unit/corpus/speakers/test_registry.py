"""The registry in the database: entries, decisions, history, files, names from annotations, agreement on who."""

import pytest

from annotator.corpus.speakers import files, selectors, services
from annotator.corpus.speakers.agreement import agreement_on_who
from annotator.corpus.speakers.models import MentionDecision, SpeakerChange, SpeakerEntry
from annotator.corpus.speakers.problems import NameTaken, RegistryChanged
from annotator.corpus.speakers.services import Scope
from annotator.problems import InvalidInput
from tests.notation import make_spans

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(project, lead, now):
    """Return a function that adds an entry."""

    def add(name, **values):
        return services.add_entry(project, {"name": name, **values}, by=lead, now=now)

    return add


def named(project, words, document=None):
    entry = selectors.resolve_mention(project, words, document=document).entry
    return entry and entry.name


def last_change(project):
    return selectors.changes_of(project)[0]


def test_a_merged_entry_gives_its_names_and_takes_them_back(project, add, lead, now):
    into, other = add("Dmitry Peskov", role="spokesman"), add("D. S. Peskov", aliases=["Kremlin aide"], kind="person")

    services.merge_entries(other, into, by=lead, now=now)
    assert named(project, "the Kremlin aide") == "Dmitry Peskov"
    assert selectors.get_entry(project, other.pk) == into
    into.refresh_from_db()
    assert (into.kind, into.role) == ("person", "spokesman")

    services.undo(last_change(project), by=lead, now=now)
    assert named(project, "the Kremlin aide") == "D. S. Peskov"
    with pytest.raises(RegistryChanged, match="undone already"):
        services.undo(last_change(project), by=lead, now=now)


def test_a_changed_name_stays_an_alias(project, add, lead, now):
    entry = services.edit_entry(add("Bombay Police"), {"name": "Mumbai Police"}, by=lead, now=now)

    assert named(project, "Bombay police") == "Mumbai Police"
    with pytest.raises(NameTaken):
        add("mumbai police")
    services.remove_entry(entry, by=lead, now=now)
    assert named(project, "Mumbai Police") is None


def test_a_split_moves_aliases_and_decisions(project, add, lead, now, make_document):
    entry = add("Peskov", aliases=["the aide"])
    document = make_document("The aide said so.")
    place = selectors.mention_place(project, document.pk, 0, 8)
    services.resolve(project, place, entry=entry, scope=Scope.DOCUMENT, by=lead, now=now)

    made = services.split_entry(entry, name="Yuri Ushakov", aliases=["the aide"], by=lead, now=now)

    assert named(project, "the aide") == "Yuri Ushakov"
    assert MentionDecision.objects.get().entry == made
    services.undo(last_change(project), by=lead, now=now)
    assert named(project, "the aide", document) == "Peskov"


def test_a_step_that_later_steps_build_on_is_not_undone(project, add, lead, now):
    entry = add("Peskov")
    services.edit_entry(entry, {"role": "spokesman"}, by=lead, now=now)

    with pytest.raises(RegistryChanged, match="later step"):
        services.undo(SpeakerChange.objects.get(kind="add"), by=lead, now=now)
    assert SpeakerChange.objects.filter(undone_at=None).count() == 2


def test_a_metonym_is_confirmed_once_and_a_description_in_its_document(
    project, add, lead, now, make_document, make_set
):
    entry = add("Russian presidency", kind="institution")
    text, spans = make_spans(
        "[The Kremlin](Speaker) denied it. [The spokesman](Speaker) left. he[Speaker] said. he[Speaker] did."
    )
    document = make_document(text)
    make_set(document, "gold", spans, kind="adjudicated", state="adjudicated")

    def decide(number):
        found = selectors.open_mentions(project).groups[number]
        mention = found.resolution.mention
        place = selectors.mention_place(project, document.pk, mention.start, mention.end)
        services.resolve(project, place, entry=entry, scope=None, by=lead, now=now)

    assert [group.resolution.mention.words for group in selectors.open_mentions(project).groups] == [
        "The Kremlin", "The spokesman", "he", "he",
    ]  # fmt: skip
    decide(0)
    assert named(project, "the Kremlin") == "Russian presidency"
    decide(0)
    assert named(project, "the spokesman") is None
    assert named(project, "the spokesman", document) == "Russian presidency"
    decide(0)
    assert [group.resolution.mention.words for group in selectors.open_mentions(project).groups] == ["he"]
    place = selectors.mention_place(project, document.pk, text.rindex("he"), text.rindex("he") + 2)
    with pytest.raises(InvalidInput):
        services.resolve(project, place, entry=entry, scope=Scope.EVERYWHERE, by=lead, now=now)


def test_names_of_annotators_become_entries_by_a_step_that_can_be_undone(project, lead, now, make_document, make_set):
    spans = [make_spans(f"{words}[Speaker]")[1][0] for words in ("Torvand", "she")]
    spans[1]["fragments"], spans[1]["id"] = [[8, 11]], "s2"
    for span in spans:
        span["attributes"] = {"kind": "person", "canonical": "Ilse Torvand"}
    make_set(make_document("Torvand she"), "gold", spans, kind="adjudicated", state="adjudicated")

    (new,) = services.entries_from_annotations(project)
    assert (new.name, new.kind, new.mentions) == ("Ilse Torvand", "person", 2)
    assert services.add_from_annotations(project, [new.name], by=lead, now=now) == 1
    assert services.entries_from_annotations(project) == []
    assert selectors.open_mentions(project).groups == []
    services.undo(last_change(project), by=lead, now=now)
    assert len(services.entries_from_annotations(project)) == 1


def test_files_come_back_as_they_were(project, add, lead, now, make_project):
    add("=Ödön, “Öcsi”", kind="person", role="-", aliases=["the man", "Ö"], outside_id="Q1")
    for file_format in files.WRITERS:
        content = "".join(files.WRITERS[file_format][0](project)).encode()
        other = make_project(f"other-{file_format}")
        plan = files.plan_file(other, f"x.{file_format}", content)
        files.apply_import(other, plan, by=lead, now=now)
        assert "".join(files.WRITERS[file_format][0](other)).encode() == content
        again = files.plan_file(other, f"x.{file_format}", content)
        assert (again.added, again.changed, again.unchanged) == (0, 0, 1)


@pytest.mark.parametrize(
    "content",
    [b'{"name": 1}', b'{"name": ""}', b"[1]", b'{"name": "A", "kind": "dog"}', b"\xff", b'{"name": "\\ud800"}'],
)
def test_a_file_that_is_not_valid_names_its_line(project, content):
    with pytest.raises(InvalidInput):
        files.plan_file(project, "x.jsonl", content)


def test_agreement_on_who_counts_mentions_that_both_marked(project, add, make_document, make_set):
    add("Dmitry Peskov", kind="person")
    text, spans = make_spans("Peskov[Speaker] said so. [The aide](Speaker) agreed. Then they[Speaker] left.")
    document = make_document(text)
    first = [spans[0], spans[1] | {"attributes": {"canonical": "Yuri Ushakov"}}, spans[2]]
    second = [
        spans[0] | {"attributes": {"canonical": "Dmitry Peskov"}},
        spans[1] | {"attributes": {"canonical": "dmitry peskov"}},
    ]
    make_set(document, "A", first, state="submitted")
    make_set(document, "B", second, state="submitted")

    found = agreement_on_who(project)

    assert (found.mentions, found.named, found.same) == (2, 2, 1)
    assert [(row.first, row.second) for row in found.differences] == [("Yuri Ushakov", "Dmitry Peskov")]
    assert found.alpha.is_defined


def test_the_editor_is_offered_entries_that_the_text_mentions(project, add):
    add("Dmitry Peskov", kind="person")
    add("European Commission", kind="institution")
    add("Nobody Else", kind="person")

    assert selectors.names_in_text(project, "Mr Peskov met the European Commission.") == [
        "Dmitry Peskov", "European Commission",
    ]  # fmt: skip
    assert SpeakerEntry.objects.count() == 3
