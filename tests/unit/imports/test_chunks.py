"""Sizes of chunks."""

from annotator.imports.run import chunks
from annotator.imports.run.checks import CheckedLine
from annotator.imports.run.chunks import ChunkSizer


def lines(count, size=10):
    return [CheckedLine(number, size * (number + 1), None, (), ()) for number in range(count)]


def test_chunks_adapt_to_the_lock_time():
    one = ChunkSizer()
    sizes = []
    for held in (1.0, 1.0, 0.1, 0.001, 0.001, 0.001):
        one.adapt_to(held)
        sizes.append(one.documents)
    assert sizes == [50, 50, 50, 100, 200, 250]


def test_chunks_are_limited_by_number_and_size(monkeypatch):
    assert [len(chunk) for chunk in ChunkSizer().chunks(lines(230))] == [100, 100, 30]
    assert [len(chunk) for chunk in ChunkSizer(reads_only=True).chunks(lines(300))] == [250, 50]
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 1_000)
    assert [len(chunk) for chunk in ChunkSizer().chunks(lines(5, size=600))] == [3, 2]
