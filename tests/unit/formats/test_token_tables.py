"""Tables of tokens with a column that names sentences or documents, such as Kaggle's NER corpus."""

import pytest

from annotator.formats.conll.read import sample_rows
from annotator.formats.incoming import Head
from annotator.formats.registry import detect_format
from tests.formats import read, spans_of

KAGGLE = (
    "Sentence #,Word,POS,Tag\r\nSentence: 1,Mira,NNP,B-per\r\n,Holt,NNP,I-per\r\n,said,VBD,O\r\n"
    ',"""",``,O\r\n,"Yes, no",NNS,B-quote\r\n,#winter,NN,O\r\nSentence: 2,Café,NNP,B-geo\r\n,closed,VBD,O\r\n'
)


def labelled(arrival):
    """The text of a document, and its spans as (label, covered words)."""
    text = arrival.document.text
    return text, [(label, text[start:end]) for label, [[start, end]] in spans_of(arrival)]


def test_sentence_named_in_its_first_row_is_a_document():
    data = KAGGLE.encode("latin-1")
    assert detect_format(Head("ner_dataset.csv", data)) == "conll"
    one, two = read("conll", data, name="ner_dataset.csv", encoding="latin-1")
    assert [one.document.external_id, two.document.external_id] == ["Sentence: 1", "Sentence: 2"]
    assert labelled(one) == ('Mira Holt said " Yes, no #winter', [("per", "Mira Holt"), ("quote", "Yes, no")])
    assert labelled(two) == ("Café closed", [("geo", "Café")])
    assert any("each of its sentences is one" in note for note in one.notes)
    assert one.problems == two.problems == ()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_documents_have_sentences_on_lines(separator):
    rows = ("doc_id;sent_id;token;ner", "a;1;Mira;PER", "a;1;left;O", "a;2;Jon;PER", "b;2;Ida;PER", "b;2;ate;O")
    data = "\n".join(rows).replace(";", separator).encode()
    assert detect_format(Head("t.tsv" if separator == "\t" else "t.csv", data)) == "conll"
    one, two = read("conll", data)
    assert (one.document.external_id, two.document.external_id) == ("a", "b")
    assert labelled(one) == ("Mira left\nJon", [("PER", "Mira"), ("PER", "Jon")])
    assert labelled(two) == ("Ida ate", [("PER", "Ida")])


def test_row_with_missing_cells_is_a_problem():
    one, two = read("conll", (KAGGLE + ",left\r\n").encode())
    assert (one.problems, two.problems) == ((), ("Line 10 has 2 columns instead of 4.",))


def test_columns_of_a_table_are_shown_and_chosen():
    rows, choice = sample_rows(KAGGLE, "")
    assert rows[:2] == [["Sentence #", "Word", "POS", "Tag"], ["Sentence: 1", "Mira", "NNP", "B-per"]]
    assert choice == {"separator": "comma", "token": 2, "tags": [4]}
    chosen = read("conll", KAGGLE.encode(), options={"columns": '{"separator": "comma", "token": 2, "tags": [3]}'})
    assert chosen[1].problems[0] == "Line 8: “NNP” is not a tag such as B-Claim, I-Claim or O."


@pytest.mark.parametrize("data", [b"id,text,word\n1,One.,x\n", b"word,start,end\na,1,2\n", b"word,label\na,b\n"])
def test_other_tables_are_none_of_tokens(data):
    assert detect_format(Head("t.csv", data)) == "csv"
