"""The model: its likelihood against enumeration and differences, spans as tags, learning, and its file."""

import itertools
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from annotator.suggestions.sources.model import chain as chains
from annotator.suggestions.sources.model import learning, tagger
from annotator.suggestions.sources.model.candidates import Readings, candidates, chosen
from annotator.suggestions.sources.model.cue_words import cue_words
from annotator.suggestions.sources.model.features import COLUMNS_BY_VERSION, Vocabulary, table_of
from annotator.suggestions.sources.model.learning import FinishedDocument, FinishedSpan
from annotator.suggestions.sources.model.tagging import Chain, Coverage, Marked, by_layer, chains_for, marked, tags_of
from annotator.suggestions.sources.model.training import Batch, Example, Likelihood, train
from projects.schema_reader import read_schema
from tests.conftest import SCHEMA

NAMES = ["Ada Berg", "Lio Brandt", "Mara Quist", "Hanno Silt", "Rika Dahl"]


@pytest.fixture(scope="module")
def documents():
    """Sixteen short texts in which the name that begins a line is a speaker, and its clause with “that” a claim."""
    found = []
    for number in range(16):
        text, spans = "", []
        for line in range(4):
            name = NAMES[(number + line) % 5]
            said = f"the {['dam', 'bridge', 'road'][line % 3]} number {number} will be {['safe', 'closed'][line % 2]}"
            start = len(text)
            text += f"{name} told us that {said}.\nNothing else happened on day {number * 7 + line}.\n"
            claim = text.index(said, start)
            spans += [FinishedSpan("Speaker", [(start, start + len(name))]),
                      FinishedSpan("Claim", [(claim, claim + len(said))])]  # fmt: skip
        found.append(FinishedDocument(number, text, [spans]))
    return found


def test_probabilities_equal_those_of_all_paths():
    generator = np.random.default_rng(1)
    scores = generator.normal(size=(4, 3))
    transitions = generator.normal(size=(4, 3))
    weights = all_paths(scores, transitions)

    posterior = chains.infer(chains.Layout.of([4]), scores, np.exp(transitions))

    total = np.log(sum(np.exp(list(weights.values()))))
    assert posterior.log_scale == pytest.approx(total)
    share = sum(np.exp(weight - total) for path, weight in weights.items() if path[2] == 1)
    assert posterior.tags[2, 1] == pytest.approx(share)


def all_paths(scores, transitions):
    """Return the score of each path of tags."""
    count = scores.shape[1]
    return {
        path: transitions[count, path[0]]
        + sum(scores[row, tag] for row, tag in enumerate(path))
        + sum(transitions[before, tag] for before, tag in itertools.pairwise(path))
        for path in itertools.product(range(count), repeat=len(scores))
    }


def test_spans_are_as_probable_as_all_paths_that_have_them():
    chain = Chain([("Claim", 0), ("Speaker", 0)], [True, False])
    count = len(chain.tags)
    generator = np.random.default_rng(4)
    scores = generator.normal(size=(4, count)) * 2
    scores[-1, chain.unfinished()] = tagger.NEVER
    moves = np.where(np.asarray(chain.allowed()), generator.normal(size=(count + 1, count)), tagger.NEVER)
    weights = all_paths(scores, moves)
    total = np.log(sum(np.exp(list(weights.values()))))
    expected = defaultdict(float)
    for path, weight in weights.items():
        if weight - total > -40:
            for span in spans_on(chain, path):
                expected[span] += np.exp(weight - total)

    posterior = chains.infer(chains.Layout.of([4]), scores, np.exp(moves))
    readings = Readings(chain, posterior.tags, posterior.emission * posterior.backward, np.exp(moves))
    found = candidates(readings, [4])

    probable = {span: share for span, share in expected.items() if share > 0.2}
    assert len(probable) > 2
    assert {span: dict(found)[span] for span in probable} == pytest.approx(probable, abs=0.05)
    assert [share for _span, share in found] == sorted((share for _span, share in found), reverse=True)
    kept = chosen(found, least=0.2)
    assert kept[0] == found[0]
    assert all(not set(range(*a.extent)) & set(range(*b.extent)) for (a, _), (b, _) in itertools.combinations(kept, 2)
               if a.label == b.label and len(a.ranges) == len(b.ranges) == 1)  # fmt: skip


def spans_on(chain, path):
    """Return the spans that a path of tags stands for."""
    spans, newest = [], {}
    for word, number in enumerate(path):
        _interrupted, layer, part = chain.tags[number]
        if part == "I":
            newest[layer][-1] = newest[layer][-1][0], word + 1
        elif part == "C" and layer in newest:
            newest[layer].append((word, word + 1))
        elif part != "O":
            newest[layer] = [(word, word + 1)]
            spans.append((layer, newest[layer]))
    return [Marked(chain.layers[layer][0], tuple(ranges)) for layer, ranges in spans]


def test_gradient_equals_differences_over_sequences_of_unequal_length():
    generator = np.random.default_rng(2)
    likelihood = Likelihood(Chain([("Claim", 0)], [True], remembers=False))
    numbers = generator.integers(0, 6, (9, 2)).astype(np.int32)
    tags = np.asarray([0, 1, 2, 3, 2, 0, 1, 0, 3])
    batch = Batch(
        [2, 6, 1], numbers, tags[[0, 1, 5, 6, 7, 1, 2, 3, 2]] * 0 + [0, 1, 0, 1, 2, 3, 2, 0, 1], np.linspace(0.5, 1, 9)
    )
    table, moves = generator.normal(size=(6, 4)).astype(np.float32), generator.normal(size=(5, 4))
    moves = np.where(likelihood.allowed, moves, 0.0)
    batch.weights[:] = 1.0
    _loss, slope, slope_of_moves = likelihood.of(batch, table, moves)

    for position in ((0, 0), (3, 2), (5, 3)):
        change = np.zeros_like(table)
        change[position] = 0.01
        high, low = (likelihood.of(batch, table + sign * change, moves)[0] for sign in (1, -1))
        assert slope[position] == pytest.approx((high - low) / 0.02, abs=2e-3)
    change = np.zeros_like(moves)
    change[1, 2] = 1e-4
    high, low = (likelihood.of(batch, table, moves + sign * change)[0] for sign in (1, -1))
    assert slope_of_moves[1, 2] == pytest.approx((high - low) / 2e-4, abs=1e-3)


def test_spans_survive_tags_with_fragments_and_nesting():
    words = table_of("“It is,” he said, “what the mayor said it was.”", is_narrow=True).words
    text = words.text
    whole, inner = text.index("“It"), text.index("it was")
    spans = [
        marked(words, "Claim", [(whole, 8), (text.index("“what"), len(text))]),
        marked(words, "Claim", [(inner, inner + 6)]),
        marked(words, "Claim", [(inner + 3, inner + 6)]),
        marked(words, "Speaker", [(9, 11)]),
    ]
    coverage = {"Claim": Coverage(), "Speaker": Coverage()}
    tagged = by_layer(spans, coverage)
    found = chains_for([tagged], least=1)

    assert (coverage["Claim"].learned, coverage["Claim"].left_out) == (2, 1)  # the third lies too deep
    assert [chain.layers for chain in found] == [[("Claim", 0), ("Speaker", 0)], [("Claim", 1)]]
    again = [span for chain in found for span in spans_on(chain, tags_of(chain, tagged, [len(words)]))]
    assert sorted(again, key=str) == sorted([spans[0], spans[1], spans[3]], key=str)


def test_a_model_learns_is_stored_and_suggests(documents):
    calls = []
    learned = learning.learn(documents, is_narrow=True, on_progress=calls.append)

    assert len(learned.held_out) >= 2
    assert learned.evaluation.as_json()["labels"]["Claim"]["exact"]["f1"] > 0.8
    assert [count for count, _f1 in learned.curve][-1] == len(documents) - len(learned.held_out)
    assert calls == sorted(calls)
    assert 0.9 < calls[-1] <= 1.0
    schema = read_schema({"labels": [{"id": "Claim"}, {"id": "Speaker"}]})
    stored, _meta = tagger.load(tagger.save(learned.tagger, {}))
    text = "Ada Berg told us that the ferry will be late."
    spans = stored.suggest(text, schema).spans
    assert {(span.label, text[slice(*span.fragments[0])]) for span in spans} == {
        ("Speaker", "Ada Berg"), ("Claim", "the ferry will be late"),
    }  # fmt: skip
    assert all(0.5 < span.score <= 1 for span in spans)
    of_before = [replace(weights, chain=replace(weights.chain, remembers=False)) for weights in learned.tagger.weights]
    old, meta = tagger.load(tagger.save(replace(learned.tagger, weights=of_before), {}))
    assert (meta["format"], old.weights[0].chain.remembers) == (1, False)
    assert {span.fragments[0] for span in old.suggest(text, schema).spans} == {span.fragments[0] for span in spans}
    whole = stored.suggest(text, read_schema(SCHEMA))
    speaker, claim = whole.spans
    assert (speaker.attributes["mention"], claim.attributes["quote_type"], claim.attributes["kind"]) == (
        "name", "indirect", "prediction",
    )  # fmt: skip
    assert [(link.label, link.source, link.target) for link in whole.links] == [("attributed-to", claim.id, speaker.id)]
    assert stored.suggest("", schema).spans == []
    assert stored.suggest(text, read_schema({"labels": [{"id": "Other"}]})).spans == []
    with pytest.raises(tagger.UnreadableModel):
        tagger.load(b"PK" + tagger.save(learned.tagger, {})[:200])


def test_documents_stay_held_out_when_others_come_in_and_copies_stay_together(documents):
    copy = FinishedDocument(99, documents[0].text + " Bye.", documents[0].sets)
    few, more = learning.held_out_of(documents[:12]), learning.held_out_of([*documents, copy])

    assert len(few) >= 2
    assert {0, 99} <= more or {0, 99}.isdisjoint(more)
    with pytest.raises(learning.TooFewSpans):
        learning.learn([FinishedDocument(n, f"Text {n}.", [[]]) for n in range(10)], is_narrow=True)


@pytest.mark.parametrize(
    ("word", "kind", "base"),
    [
        ("denies", "deny s", "deny"), ("agreed", "agree ed", "agree"), ("told", "say ed", "tell"),
        ("urging", "request ing", "urge"), ("admitting", "inform ing", "admit"), ("vowed", "promise ed", "vow"),
        ("refusals", "speechnoun s", "refusal"), ("worried", "feel ed", "worry"),
        ("adamant", "attitudeadjective", "adamant"),
    ],
)  # fmt: skip
def test_cue_words_are_known_in_all_their_forms(word, kind, base):
    assert (cue_words()[word].kind, cue_words()[word].base) == (kind, base)


def test_models_with_the_columns_of_an_earlier_version_can_be_read(documents):
    tables = [table_of(document.text, is_narrow=True) for document in documents[:1]]
    words = tables[0].words
    spans = [marked(words, span.label, span.fragments) for span in documents[0].sets[0]]
    tagged = by_layer(spans, defaultdict(Coverage))
    vocabulary = Vocabulary(Vocabulary.of(tables, least=1).values, version=1)
    examples = [Example(tables[0], tagged, [1.0] * len(tables[0].lengths))]
    old = train(examples, vocabulary, chains_for([tagged], least=1), is_narrow=True)

    stored, meta = tagger.load(tagger.save(old, {}))

    assert meta["features"] == 1
    assert stored.vocabulary.columns.keys() == COLUMNS_BY_VERSION[1].keys()
    assert stored.vocabulary.rows(tables[0]).shape == vocabulary.rows(tables[0]).shape
    assert [mark for mark, _share in stored.find(tables[0])] == [mark for mark, _share in old.find(tables[0])]
