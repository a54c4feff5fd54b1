"""Sizes of chunks."""

from annotator.imports.run import chunks
from annotator.imports.run.checked_lines import CheckedLine
from annotator.imports.run.chunks import ChunkSizer


def lines(count, size=10):
    return [CheckedLine(number, size * (number + 1), None, (), ()) for number in range(count)]


def test_chunks_are_small_beside_others_and_grow_otherwise():
    one = ChunkSizer()
    sizes = []
    for has_others in (False, False, False, True, True, False):
        one.adapt(has_others=has_others)
        sizes.append(one.documents)
    assert sizes == [200, 400, 500, 100, 100, 200]


def test_chunks_are_limited_by_number_and_size(monkeypatch):
    assert [len(chunk) for chunk in ChunkSizer().chunks(lines(230))] == [100, 100, 30]
    assert [len(chunk) for chunk in ChunkSizer(reads_only=True).chunks(lines(600))] == [500, 100]
    monkeypatch.setattr(chunks, "MOST_BYTES", 1_000)
    assert [len(chunk) for chunk in ChunkSizer().chunks(lines(5, size=600))] == [3, 2]
