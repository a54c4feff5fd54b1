"""spaCy trains a span categoriser on an export as it is."""

import random

import pytest
import spacy
from spacy.training import Corpus
from spacy.util import fix_random_seed

from tests.formats import entry, span, write

pytestmark = pytest.mark.consumers
PEOPLE = ("Ada", "Ben", "Zoë", "Carl", "Dora", "Emil", "Frieda", "Gül")
VERBS = ("said", "denied", "claimed")


def document(number):
    """A short text whose first word speaks and whose end is what is claimed."""
    name, verb = PEOPLE[number % len(PEOPLE)], VERBS[number % len(VERBS)]
    text = f"{name} {verb} 🙂 it rained."
    claim = text.index("it")
    spans = [span("s1", "Speaker", (0, len(name))), span("s2", "Claim", (claim, claim + len("it rained")))]
    return entry(text, {"adjudicated": {"spans": spans}}, id=f"d{number}")


def test_two_epochs_on_the_exported_files_learn_the_labels(tmp_path):
    fix_random_seed(0)
    files, _ = write("docbin", [document(number) for number in range(48)])
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    nlp = spacy.blank("en")
    sizes = {"@misc": "spacy.ngram_suggester.v1", "sizes": [1, 2]}
    categoriser = nlp.add_pipe("spancat", config={"spans_key": "adjudicated", "suggester": sizes})
    examples = list(Corpus(tmp_path)(nlp))
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.01
    losses = []
    for _ in range(2):
        random.Random(0).shuffle(examples)
        epoch = {}
        for start in range(0, len(examples), 8):
            nlp.update(examples[start : start + 8], sgd=optimizer, losses=epoch)
        losses.append(epoch["spancat"])

    assert sorted(categoriser.labels) == ["Claim", "Speaker"]
    assert losses[1] < losses[0] / 2
    read = nlp("Ada said 🙂 it rained.")
    assert {(one.text, one.label_) for one in read.spans["adjudicated"]} == {("Ada", "Speaker"), ("it rained", "Claim")}
