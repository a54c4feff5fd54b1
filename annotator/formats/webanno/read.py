"""Reading WebAnno TSV 2 and 3: span layers with slots, chain layers and relation layers of any name."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from annotator.formats.incoming import LONGEST_ID, IncomingDocument, IncomingFiles, ReadResult, UnreadableFile
from annotator.formats.set_builder import UTF16, SetBuilder
from annotator.formats.webanno.table import Table
from annotator.formats.webanno.version_2 import read_version_2
from annotator.formats.webanno.version_3 import HEADER, read_version_3
from annotator.text.decoding import UnreadableText, refuse_forbidden
from annotator.text.digest import text_digest

DEFAULT_ANNOTATOR = "webanno"


def read_webanno(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield the document of a file; in an archive the folder is named after it, the file after the annotator."""
    path = PurePosixPath(incoming.name.replace("\\", "/"))
    folder = path.parent.name
    name, annotator = (folder.removesuffix(".txt"), path.stem) if folder else (incoming.stem, DEFAULT_ANNOTATOR)
    lines = [line.removesuffix("\r") for line in incoming.only_text().split("\n")]
    table = read_version_3(lines) if lines[0].lstrip().startswith(f"#FORMAT={HEADER} 3") else read_version_2(lines)
    if not table.text.strip():
        raise UnreadableFile("The file has no text.")
    builder = SetBuilder(table.text, unit=UTF16)
    problems = list(table.problems)
    try:
        refuse_forbidden(table.text)
        _gather(table, builder)
    except UnreadableText as problem:
        problems = [problem.detail]
    sets = {incoming.options.get("annotator") or annotator: builder.build()}
    identifier = name[:LONGEST_ID] or incoming.stem
    document = IncomingDocument(identifier, name, table.text, text_digest(table.text), {}, sets)
    # Wrong tokens make wrong spans, which need no message of their own.
    yield ReadResult("", document, tuple(problems or builder.problems), tuple(builder.notes))


def _gather(table: Table, builder: SetBuilder) -> None:
    """Add spans and relations to a builder."""
    ids: dict[tuple[str, str], str | None] = {}
    for key, spot in table.spots.items():
        label, rest, note = spot.described(key[0])
        ids[key] = builder.add_span(None, label, [(spot.start, spot.end)], attributes=rest, note=note)
    to_itself = between_tokens = 0
    for link in table.links:
        ends = [ids.get(end, end[1]) for end in (link.source, link.target)]
        if link.source[0] not in table.span_layers:
            between_tokens += 1
        elif link.source == link.target:
            to_itself += 1
        elif None in ends:
            note = f"Relation “{link.label}” in line {link.line} was left out with one of its spans."
            builder.leave_out("relations", "no_end", note)
        else:
            builder.add_relation(None, link.label, *ends)
    for number, kind, reason, what in (
        (to_itself, "relations", "unsupported", "Relations from a span to itself"),
        (between_tokens, "relations", "no_end", "Relations between tokens that are no spans"),
        (table.more_features, "attributes", "unsupported", "Features of relations beyond their label"),
    ):
        if number:
            builder.leave_out(kind, reason, f"{what} were left out: {number:,}.", number=number)
