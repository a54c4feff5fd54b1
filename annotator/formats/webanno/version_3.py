"""WebAnno TSV 3: tokens with offsets, and the layers declared in the header."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from annotator.formats.incoming import LONGEST_LINE, UnreadableFile
from annotator.formats.webanno.layers import (
    CHAIN,
    RELATION,
    SPAN,
    Feature,
    Layer,
    Piece,
    numbered,
    plain,
    plain_text,
    read_address,
    read_layer,
    slots,
    stacked,
)
from annotator.formats.webanno.table import LABELS, Key, Link, Table, cells_of

HEADER = "WebAnno TSV"
LONGEST_GAP = 10_000
_TOKEN = re.compile(r"(\d+-\d+(?:\.\d+)?)\t(\d{1,12})-(\d{1,12})\t([^\t]*)")
_CHAIN_LINK = re.compile(r"(.*)->(\d+)-(\d+)\Z", re.DOTALL)
ANY_LAYER = "uima.tcas.Annotation"


class Row(NamedTuple):
    """A token or a part of one: its line, its number, its location in UTF-16 units, its text and its cells."""

    line: int
    place: str
    start: int
    end: int
    token: str
    cells: list[str]


class ChainElement(NamedTuple):
    """An element of a chain: its place in the chain, and the label of the step to the next one."""

    order: int
    label: str
    key: Key
    line: int


def read_version_3(lines: list[str]) -> Table:
    """Return the annotations of a file; raise `UnreadableFile` for tokens that no text can hold."""
    return _Version3().read(lines)


class _Version3:
    def __init__(self) -> None:
        self._table = Table()
        self._layers: list[Layer] = []
        self._rows: list[Row] = []
        self._sentences: list[tuple[int, str]] = []
        self._sentence: str | None = None
        self._at: dict[tuple[str, str], list[Key]] = defaultdict(list)
        self._chains: dict[tuple[str, str], dict[str, ChainElement]] = defaultdict(dict)

    def read(self, lines: list[str]) -> Table:
        """Read all lines: the text and the spans first, then what links them."""
        for number, line in enumerate(lines, 1):
            self._take(line, number)
        self._close_sentence(None)
        self._table.text = self._composed()
        self._compare_tokens()
        complete = [row for row in self._rows if self._is_complete(row)]
        for row in complete:
            for layer, cells in self._cells_of(row):
                if layer.kind == SPAN:
                    self._spans(layer, cells, row)
                elif layer.kind == CHAIN:
                    self._chain(layer, cells, row)
        for row in complete:
            for layer, cells in self._cells_of(row):
                if layer.kind == SPAN:
                    self._slots(layer, cells, row)
                elif layer.kind == RELATION:
                    self._relations(layer, cells, row)
        self._link_chains()
        return self._table

    def _take(self, line: str, number: int) -> None:
        if line.startswith("#T_"):
            layer = read_layer(line)
            self._layers.append(layer)
            if layer.kind != RELATION:
                self._table.span_layers.add(layer.name)
        elif line.startswith("#Text="):
            more = plain_text(line.removeprefix("#Text="))
            self._sentence = more if self._sentence is None else f"{self._sentence}\n{more}"
        elif match := _TOKEN.match(line):
            row = Row(number, match[1], int(match[2]), int(match[3]), match[4], cells_of(line, number)[3:])
            self._close_sentence(row)
            self._rows.append(row)
        elif line.strip() and not line.startswith("#"):
            self._table.problems.append(f"Line {number} is not a token: “{line[:60]}”.")

    def _close_sentence(self, row: Row | None) -> None:
        """Place the sentence before a row, or the last one, which has no row."""
        if self._sentence is None:
            return
        last, previous = self._sentences[-1] if self._sentences else (0, "")
        end = last + _units(previous)
        start = end
        if row is not None:
            leading = self._sentence[: len(self._sentence) - len(self._sentence.lstrip())]
            start = row.start - len(leading)
            if start > LONGEST_LINE or start - end > LONGEST_GAP:
                raise UnreadableFile(
                    f"Line {row.line}: the token “{row.token[:40]}” begins at offset {row.start:,}, but the text "
                    f"before it ends at {end:,}. Correct the offsets, or export the file again."
                )
        self._sentences.append((start, self._sentence))
        self._sentence = None

    def _composed(self) -> str:
        """Return the text: sentences at their offsets; the unknown text between them becomes line feeds."""
        text, units = [], 0
        for start, sentence in self._sentences:
            text.append("\n" * max(0, start - units) + sentence)
            units = max(units, start) + _units(sentence)
        return "".join(text)

    def _compare_tokens(self) -> None:
        """Report tokens that differ from the text at their offsets, once for the file."""
        data = self._table.text.encode("utf-16-le", "surrogatepass")
        different = [
            row
            for row in self._rows
            if data[2 * row.start : 2 * row.end] not in (_encoded(row.token), _encoded(plain_text(row.token)))
        ]
        if different:
            row = different[0]
            under = data[2 * row.start : 2 * row.end].decode("utf-16-le", "replace")
            where = "nothing" if row.end * 2 > len(data) else f"“{under[:40]}”"
            self._table.problems.append(
                f"Tokens that differ from the text at their offsets: {len(different):,}. The first is in line "
                f"{row.line}: “{row.token[:40]}”, offsets {row.start} to {row.end} cover {where}."
            )

    def _is_complete(self, row: Row) -> bool:
        if len(row.cells) < sum(layer.columns for layer in self._layers):
            self._table.problems.append(f"Line {row.line} has too few columns.")
            return False
        return True

    def _cells_of(self, row: Row) -> list[tuple[Layer, list[str]]]:
        found, at = [], 0
        for layer in self._layers:
            cells = row.cells[at : at + layer.columns]
            at += layer.columns
            if any(cell not in ("_", "") for cell in cells):
                found.append((layer, cells))
        return found

    def _spans(self, layer: Layer, cells: list[str], row: Row) -> None:
        values, at = [], 0
        for feature in layer.features:
            if not feature.target:
                values.append((feature.name, stacked(cells[at])))
            at += feature.columns
        for index, key in enumerate(self._keys(layer, cells, row)):
            spot = self._table.extend(key, row.start, row.end)
            self._at[layer.name, row.place].append(key)
            for name, pieces in values:
                if index < len(pieces):
                    spot.features.setdefault(name, plain(pieces[index].value))

    def _keys(self, layer: Layer, cells: list[str], row: Row) -> list[Key]:
        """Return the keys of the annotations that are stacked on a token."""
        columns = [stacked(cell) for cell in cells]
        # The targets of slots have numbers of their own.
        at = 0
        for feature in layer.features:
            at += feature.columns
            if feature.target:
                columns[at - 1] = [Piece(piece.value, "") for piece in columns[at - 1]]
        keys = []
        for index in range(max(map(len, columns))):
            numbers = (column[index].number for column in columns if index < len(column))
            number = next(filter(None, numbers), "")
            keys.append((layer.name, number or (f"at {row.place}" if not index else f"at {row.place}, {index + 1}")))
        return keys

    def _slots(self, layer: Layer, cells: list[str], row: Row) -> None:
        keys, at = self._keys(layer, cells, row), 0
        for feature in layer.features:
            if feature.target:
                pairs = zip(keys, stacked(cells[at]), _targets(cells[at + 1]), strict=False)
                for key, roles, targets in pairs:
                    if self._at_first_token(key, row):
                        ends = self._slot_ends(feature, roles.value, targets, row)
                        self._table.links += [Link(row.line, label, key, end) for label, end in ends]
            at += feature.columns

    def _slot_ends(self, feature: Feature, roles: str, targets: str, row: Row) -> Iterator[tuple[str, Key]]:
        """Yield the role and the target of each slot."""
        if targets in ("*", "_", ""):
            return
        for role, target in zip(_padded(slots(roles), targets), slots(targets), strict=False):
            end = self._found(feature.target, target)
            if end is None:
                self._table.problems.append(f"Line {row.line}: the slot “{target[:40]}” is not an annotation.")
            else:
                yield plain(numbered(role).value) or feature.name, end

    def _at_first_token(self, key: Key, row: Row) -> bool:
        """Return whether a row is the first of an annotation, because slots are repeated on each of its tokens."""
        return self._table.spots[key].start == row.start

    def _found(self, layer: str, given: str) -> Key | None:
        address = read_address(given)
        if address is None:
            return None
        names = [own.name for own in self._layers if own.kind == SPAN] if layer == ANY_LAYER else [layer]
        for name in names:
            if address.first not in ("", "0") and (name, address.first) in self._table.spots:
                return name, address.first
        if address.first not in ("", "0"):
            return None
        candidates = [key for name in names for key in self._at[name, address.place][:2]]
        return candidates[0] if len(candidates) == 1 else None

    def _relations(self, layer: Layer, cells: list[str], row: Row) -> None:
        columns = [stacked(cell) for cell in cells[:-1]]
        bases = _targets(cells[-1])
        if cells[-1] in ("_", ""):
            return
        for index, base in enumerate(bases):
            address = read_address(base)
            if address is None:
                self._table.problems.append(f"Line {row.line}: “{base[:40]}” is not the source of a relation.")
                continue
            ends = [
                (layer.base, number if number not in ("", "0") else f"at {place}")
                for number, place in ((address.first, address.place), (address.second, row.place))
            ]
            values = {
                feature.name: value
                for feature, column in zip(layer.features, columns, strict=False)
                if index < len(column) and (value := plain(column[index].value))
            }
            named = next((name for name in (*LABELS, *values) if name in values), None)
            label = layer.short_name if named is None else values[named]
            self._table.more_features += max(0, len(values) - 1)
            self._table.links.append(Link(row.line, label, *ends))

    def _chain(self, layer: Layer, cells: list[str], row: Row) -> None:
        """Read the elements of chains: spans, with a relation from each to the next."""
        texts = [stacked(cell) for cell in cells]
        arrows = next((column for column in texts if any(_CHAIN_LINK.match(piece.value) for piece in column)), [])
        types = next((column for column in texts if column is not arrows), [])
        for index, piece in enumerate(arrows):
            match = _CHAIN_LINK.match(piece.value)
            if match is None:
                self._table.problems.append(f"Line {row.line}: “{piece.value[:40]}” is not an element of a chain.")
                continue
            key = (layer.name, f"{match[2]}-{match[3]}")
            spot = self._table.extend(key, row.start, row.end)
            if index < len(types):
                spot.features.setdefault("referenceType", plain(types[index].value))
            label = plain(match[1]) or layer.short_name
            chain = self._chains[layer.name, match[2]]
            chain.setdefault(match[3], ChainElement(int(match[3]), label, key, row.line))

    def _link_chains(self) -> None:
        for chain in self._chains.values():
            for first, second in pairwise(sorted(chain.values())):
                self._table.links.append(Link(second.line, first.label, first.key, second.key))


def _targets(cell: str) -> list[str]:
    """Return the addresses that are stacked in a cell."""
    return cell.split("|")


def _padded(roles: list[str], targets: str) -> list[str]:
    return roles + [""] * (targets.count(";") + 1 - len(roles))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _encoded(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
