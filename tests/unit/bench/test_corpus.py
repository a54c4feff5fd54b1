from tests.bench.corpus import records


def test_same_seed_gives_same_corpus():
    first, again = (list(records(documents=3, words=120, spans=10, seed=7)) for _ in range(2))

    assert first == again
    assert first != list(records(documents=3, words=120, spans=10, seed=8))


def test_every_span_covers_whole_words():
    for record in records(documents=5, words=300, spans=20):
        spans = record["annotators"]["A"]["spans"]
        covered = [record["text"][start:end] for span in spans for start, end in span["fragments"]]

        assert len(covered) == 20
        assert len(record["text"].split()) == 300
        for words in covered:
            assert words == words.strip()
            assert set(words.replace(".", "").split()) <= set(record["text"].replace(".", "").split())
