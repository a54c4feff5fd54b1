"""Which entry a mention names: names, titles, slips, decisions, pronouns; and how often the first proposal is right."""

import pytest

from annotator.corpus.speakers.mentions.names import folded, is_pronoun, keys_of_entry, name_for_new_entry
from annotator.corpus.speakers.mentions.resolution import Decisions, EntryFacts, Mention, Reason, resolve_document
from tests.reference.corpus import sample_records

PESKOV = EntryFacts(1, "Dmitry Peskov", "person", "spokesman", "the Kremlin")
KREMLIN = EntryFacts(2, "Kremlin", "institution")
OTHER_PESKOV = EntryFacts(3, "Nikolai Peskov", "person")


def keyed(*entries, aliases=()):
    found = {}
    for entry in entries:
        for key in keys_of_entry(entry.name, aliases, is_person=entry.kind == "person"):
            found.setdefault(key, []).append(entry)
    return found


def resolve(words, entries, decisions=None):
    return resolve_document("", [Mention(words, 0, len(words))], entries, decisions or Decisions())[0]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Dmitry Peskov", Reason.NAME),
        ("the Kremlin’s spokesman Dmitry Peskov", Reason.TITLE),
        ("Dmitry Peskov, a spokesman", Reason.TITLE),
        ("DmitryPeskov", Reason.SPELLING),
        ("DMITRY  PESKOV", Reason.NAME),
        ("Mr Peskov", Reason.PART),
        ("Peskov", Reason.PART),
    ],
)
def test_a_mention_names_an_entry_for_certain(words, reason):
    resolution = resolve(words, keyed(PESKOV, KREMLIN))

    assert (resolution.entry, resolution.reason) == (PESKOV, reason)


@pytest.mark.parametrize("words", ["Mr Peskov's lawyer", "a spokesman for the Kremlin", "he", "officials"])
def test_other_mentions_are_asked_about(words):
    assert resolve(words, keyed(PESKOV, KREMLIN)).is_open


def test_a_surname_of_two_entries_is_asked_about_until_the_document_names_one():
    entries = keyed(PESKOV, OTHER_PESKOV)
    assert resolve("Peskov", entries).is_open

    mentions = [Mention("Nikolai Peskov", 0, 14), Mention("Peskov", 20, 26)]
    assert resolve_document("", mentions, entries, Decisions())[1].entry == OTHER_PESKOV


def test_decisions_about_words_hold_for_the_document_but_not_for_pronouns():
    decisions = Decisions({"spokesman": PESKOV, "he": KREMLIN}, {(40, 42): PESKOV})

    assert resolve("The spokesman", {}, decisions).entry == PESKOV
    mentions = [Mention("he", 30, 32), Mention("he", 40, 42)]
    assert [row.entry for row in resolve_document("", mentions, {}, decisions)] == [None, PESKOV]


def test_a_description_proposes_the_speaker_with_its_role():
    mentions = [Mention("Dmitry Peskov", 0, 13), Mention("Kremlin", 14, 21), Mention("the spokesman", 30, 43)]

    proposed = resolve_document("", mentions, keyed(PESKOV, KREMLIN), Decisions())[2]

    assert proposed.is_open
    assert (proposed.candidates[0].entry, proposed.candidates[0].reason) == (PESKOV, Reason.ROLE)


def test_the_first_proposal_is_right_for_85_percent_of_the_sample_mentions():
    """A person confirms mention after mention, with an empty registry and without the annotators' names."""
    right, certain_wrong, total = 0, 0, 0
    for record in sample_records():
        for is_right, is_certain in _session(record):
            right, total = right + is_right, total + 1
            certain_wrong += is_certain and not is_right
    assert total == 82
    assert right / total >= 0.9
    assert certain_wrong == 0


def _session(record):
    text = record["text"]
    spans = [span for span in record["annotators"]["adjudicated"]["spans"] if span["label"] == "Speaker"]
    spans.sort(key=lambda span: span["fragments"][0])
    entries, known, words, places, mentions = {}, {}, {}, {}, []
    for span in spans:
        start, end = span["fragments"][0][0], span["fragments"][-1][1]
        mentions.append(Mention(" ".join(text[start:end].split()), start, end))
        resolution = resolve_document(text, mentions, entries, Decisions(words, places))[-1]
        name = span["attributes"]["canonical"] or mentions[-1].words
        entry = known.get(name)
        first = resolution.candidates[0].entry if resolution.candidates else None
        proposed = None if resolution.proposes_new else first
        yield proposed == entry and (proposed is not None or resolution.proposes_new), resolution.entry is not None
        if entry is None:
            entry = known[name] = EntryFacts(len(known) + 1, name, span["attributes"]["kind"])
            for key in keys_of_entry(name, (), is_person=entry.kind == "person"):
                entries.setdefault(key, []).append(entry)
        if is_pronoun(mentions[-1].words):
            places[start, end] = entry
        elif resolution.entry is None:
            words[folded(mentions[-1].words)] = entry


def test_first_proposals_group_the_sample_mentions_by_speaker():
    """B-cubed F1 of a person who always takes the first proposal, beside mentions with the same words."""
    records = list(sample_records())
    assert round(_b_cubed([_same_words(record) for record in records]), 2) == 0.77
    assert _b_cubed([_first_proposals(record) for record in records]) >= 0.9


def _named_mentions(record):
    spans = [span for span in record["annotators"]["adjudicated"]["spans"] if span["label"] == "Speaker"]
    for span in sorted(spans, key=lambda span: span["fragments"][0]):
        start, end = span["fragments"][0][0], span["fragments"][-1][1]
        mention = Mention(" ".join(record["text"][start:end].split()), start, end)
        yield mention, span["attributes"]["canonical"] or mention.words, span["attributes"]["kind"]


def _same_words(record):
    return [(folded(mention.words), name) for mention, name, _kind in _named_mentions(record)]


def _first_proposals(record):
    entries, words, places, mentions, groups = {}, {}, {}, [], []
    for mention, name, kind in _named_mentions(record):
        mentions.append(mention)
        resolution = resolve_document(record["text"], mentions, entries, Decisions(words, places))[-1]
        entry = resolution.entry
        if entry is None:
            if resolution.candidates and not resolution.proposes_new:
                entry = resolution.candidates[0].entry
            else:
                entry = EntryFacts(len(groups) + 1, resolution.new_name or mention.words, kind)
                for key in keys_of_entry(entry.name, (), is_person=kind == "person"):
                    entries.setdefault(key, []).append(entry)
            if is_pronoun(mention.words):
                places[mention.start, mention.end] = entry
            else:
                words[folded(mention.words)] = entry
        groups.append((entry.name, name))
    return groups


def _b_cubed(documents):
    """Return F1 of B-cubed over mentions, each with its group and its speaker (Bagga and Baldwin 1998)."""
    precision, recall = [], []
    for mentions in documents:
        for group, speaker in mentions:
            own = {each for each, pair in enumerate(mentions) if pair[0] == group}
            true = {each for each, pair in enumerate(mentions) if pair[1] == speaker}
            precision.append(len(own & true) / len(own))
            recall.append(len(own & true) / len(true))
    mean_precision, mean_recall = sum(precision) / len(precision), sum(recall) / len(recall)
    return 2 * mean_precision * mean_recall / (mean_precision + mean_recall)


def test_a_new_entry_gets_its_whole_name_from_the_text():
    text = "Ilse Torvand spoke. Torvand said no. The Ministry did not."

    assert name_for_new_entry("Torvand", text) == "Ilse Torvand"
    assert name_for_new_entry("the Ministry", text) == "Ministry"
    assert name_for_new_entry("opposition deputy Marek Osk", text) == "Marek Osk"
