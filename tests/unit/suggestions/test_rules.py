"""The source *rules* on single sentences, and on the sample corpus as a whole."""

import pytest

from annotator.corpus.spans.changes import read_change
from annotator.corpus.spans.state import Rules, State, apply
from annotator.suggestions.evaluation import Evaluation
from annotator.suggestions.sources.rules.assembly import suggest
from annotator.suggestions.sources.rules.quotations import quotations
from annotator.suggestions.sources.rules.regions import boilerplate, turns
from projects.schema_reader import read_schema
from tests.conftest import SCHEMA
from tests.reference.corpus import sample_records


@pytest.fixture(scope="module")
def schema():
    return read_schema(SCHEMA)


def found(text, schema):
    """Return label and words of each suggestion, and the linked words."""
    suggestions = suggest(text, schema)
    words = {span.id: " … ".join(text[start:end] for start, end in span.fragments) for span in suggestions.spans}
    spans = {(span.label, words[span.id]) for span in suggestions.spans}
    return spans, {(link.label, words[link.source], words[link.target]) for link in suggestions.links}


@pytest.mark.parametrize(
    ("text", "claim", "speaker"),
    [
        ("“The dam is safe now,” Lio Brandt said.", "The dam is safe now", "Lio Brandt"),
        ("''The dam is safe now,'' said Lio Brandt.", "The dam is safe now", "Lio Brandt"),
        ("”The dam is safe now,” Lio Brandt said.", "The dam is safe now", "Lio Brandt"),
        ("Lio Brandt said the dam was safe.", "the dam was safe", "Lio Brandt"),
        ("The mayor of Ebra, Hanno Silt, insisted that the domes were old.", "the domes were old", "Hanno Silt"),
        ("According to the ministry, the dam was inspected in May.", "the dam was inspected in May", "ministry"),
        ("The deputy, who said that the road was closed, left.", "the road was closed, left", "deputy"),
        ("“The bridge,” Brandt said, “will open on Friday.”", "The bridge … will open on Friday", "Brandt"),
    ],
)
def test_a_claim_comes_with_its_speaker_and_link(text, claim, speaker, schema):
    spans, links = found(text, schema)

    assert {("Claim", claim), ("Speaker", speaker)} <= spans
    assert ("attributed-to", claim, speaker) in links


def test_a_quoted_non_answer_is_a_hedge_and_a_reported_denial_is_a_denial(schema):
    text = "The Kremlin flatly denied it. “We leave this without comment,” Peskov said. It did not rule out talks."
    spans, links = found(text, schema)

    assert ("Denial", "flatly denied") in spans
    assert ("attributed-to", "flatly denied", "Kremlin") in links
    assert ("attributed-to", "We leave this without comment", "Peskov") in links
    assert ("Hedge", "did not rule out") in spans
    assert not any(label == "Denial" and "rule out" in words for label, words in spans)


def test_denials_and_hedges_come_with_what_they_are_about(schema):
    text = (
        "Lio Brandt said the dam was perhaps unsafe. The ministry denied that the gates were old. "
        "“We leave this without comment,” Osk said. “That is baseless,” Osk added."
    )
    _spans, links = found(text, schema)

    assert {
        ("hedges", "perhaps", "the dam was perhaps unsafe"),
        ("denies", "denied", "the gates were old"),
        ("hedges", "We leave this without comment", "the gates were old"),
        ("denies", "That is baseless", "the gates were old"),
    } <= links


def test_marks_of_every_style_and_missing_ones_make_quotations():
    texts = ["“a b c.”", "''a b c.''", "``a b c.''", '"a b c."', "”a b c.”", "«a b c.»", "“a b c.", "„a b c.“"]

    assert [[text[item.inner_start : item.inner_end] for item in quotations(text)] for text in texts] == [
        ["a b c."]
    ] * 8


def test_turns_need_two_names_that_return_and_menus_are_left_out(schema):
    interview = "Q: Why did you leave?\nA: Because of the noise.\nQ: Is it true?\nA: It is true."
    assert [turn.is_question for turn in turns(interview)] == [True, False, True, False]
    assert not turns("Note: this is one line.\nNote: this is another line.")
    _spans, links = found(interview, schema)
    assert ("attributed-to", "Because of the noise", "A") in links

    menu = "Home » News » Brandt said the dam was safe\nBrandt said the dam was safe."
    assert [menu[start:end] for start, end in boilerplate(menu)] == [menu.split("\n")[0]]
    assert {start for span in suggest(menu, schema).spans for start, _end in span.fragments} == {
        menu.rindex("Brandt"),
        menu.rindex("said"),
        menu.rindex("the dam"),
    }


def test_other_schemas_get_wide_spans_of_the_labels_they_have():
    schema = read_schema({"labels": [{"id": "Source"}, {"id": "Cue"}, {"id": "Content"}]})
    spans, _links = found("“The dam is safe,” said Lio Brandt, a spokesman. The union said that it was not.", schema)

    assert ("Content", "“The dam is safe,”") in spans
    assert ("Content", "that it was not") in spans
    assert {("Source", "Lio Brandt, a spokesman"), ("Source", "The union")} <= spans


def test_the_sample_corpus_is_suggested_by_the_schema_and_as_well_as_before(schema):
    evaluation = Evaluation()
    for record in sample_records():
        records = suggest(record["text"], schema).records()
        spans = [{name: value for name, value in span.items() if name != "score"} for span in records["spans"]]
        load = {"id": "load", "kind": "load", "spans": spans, "relations": records["relations"]}
        apply(State(), read_change(load), Rules(len(record["text"]), schema))  # raises what does not follow the schema
        gold = record["annotators"]["adjudicated"]
        evaluation.documents += 1
        evaluation.add(records["spans"], records["relations"], gold["spans"], gold["relations"], list(schema.labels))
    figures = evaluation.as_json()
    exact = {label: round(counts["exact"]["f1"], 2) for label, counts in figures["labels"].items()}

    assert exact == {"Claim": 0.5, "Cue": 0.79, "Denial": 0.58, "Hedge": 0.65, "Speaker": 0.8}
    assert figures["links"]["f1"] >= 0.9
