"""The source *rules*: attributions and replies as suggestions that follow a schema. Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from annotator.suggestions.sources.interface import Source, SourceSchema, SuggestedLink, Suggestion, Suggestions
from annotator.suggestions.sources.rules import lexicons
from annotator.suggestions.sources.rules.attributions import Attribution, attributions
from annotator.suggestions.sources.rules.noun_phrases import Range, narrowed, phrase_before
from annotator.suggestions.sources.rules.reading import Reading
from annotator.suggestions.sources.rules.regions import Turn, boilerplate, turns
from annotator.suggestions.sources.rules.replies import Reply, replies
from annotator.suggestions.sources.rules.targets import Reply as TargetedReply
from annotator.suggestions.sources.rules.targets import Targets
from annotator.suggestions.sources.rules.words import PRONOUNS, word_set
from annotator.text.sentences import sentence_boundaries

Place = tuple[tuple[int, int], ...]

# Labels of schemas, by what the rules call them. The first that a schema has is used.
_NAMES = {"Claim": ("Claim", "Content"), "Speaker": ("Speaker", "Source"), "Cue": ("Cue",), "Denial": ("Denial",),
          "Hedge": ("Hedge",)}  # fmt: skip
_LINKS = {"attributed-to": ("attributed-to",), "signals": ("signals",)}
# The share that was right, by rule, in texts with the widest boundaries and in those of the template. `evaluation`
# replaces it by the share in the project's own work.
_WIDE = {
    "Claim": {"cue, quotation": 0.91, "quotation, cue": 0.79, "cue that": 0.67, "cue clause": 0.56,
              "according to": 0.55, "clause, cue": 0.48, "quotation alone": 0.3, "other cue": 0.31, "cue object": 0.25,
              "speaker: content": 0.22},
    "Speaker": {"clause, cue": 0.89, "quotation, cue": 0.82, "cue, quotation": 0.77, "according to": 0.7,
                "cue that": 0.69, "cue clause": 0.66, "cue object": 0.49, "other cue": 0.43, "speaker: content": 0.25},
    "Cue": {"quotation, cue": 0.91, "according to": 0.9, "clause, cue": 0.89, "cue clause": 0.78, "cue that": 0.78,
            "cue, quotation": 0.56, "cue object": 0.47, "other cue": 0.5, "speaker: content": 0.4},
}  # fmt: skip
_NARROW = {
    "Claim": {"cue, quotation": 0.65, "quotation, cue": 0.62, "cue that": 0.61, "cue clause": 0.6, "according to": 0.55,
              "turn": 0.45, "clause, cue": 0.45, "quotation alone": 0.3},
    "Speaker": {"turn": 0.9, "clause, cue": 0.88, "quotation, cue": 0.87, "cue, quotation": 0.86, "cue that": 0.82,
                "cue clause": 0.78, "according to": 0.77, "denial reported": 0.75, "non-answer reported": 0.76,
                "deflection reported": 0.74, "cue object": 0.61, "other cue": 0.43},
    "Cue": {**_WIDE["Cue"], "cue object": 0.6},
    "Denial": {"denial quoted": 0.66, "denial reported": 0.64},
    "Hedge": {"non-answer quoted": 0.68, "non-answer reported": 0.69, "deflection quoted": 0.63,
              "deflection reported": 0.64, "epistemic": 0.61, "attribution-shield": 0.62, "conditional": 0.57,
              "approximator": 0.58},
}  # fmt: skip
_WEAK_SCORE = 0.35
_LEADING = re.compile(r"(?:(?:that|whether|if|but|and|so|however|therefore|then|yet|also)\b[\s,]*)+", re.IGNORECASE)
# Where each part can stand by itself.
_COORDINATION = re.compile(r", (?:and|but) (?=(?:it|he|she|they|we|I|you|most|the|there) \w)")
_OPENING = re.compile(r"(?:but|and|so|yeah|well)\b[\s,]+", re.IGNORECASE)
_FUTURE = re.compile(r"\b(?:will|would|won’t|won't|shall|going to|expects?)\b")
_QUOTED = re.compile("[“\"”]|''")
_GROUPS = word_set(
    "they we critics residents experts officials analysts sources people voters islanders democrats republicans"
)
_INSTITUTIONS = word_set(
    "ministry office government administration committee council company department agency court association union "
    "cooperative service police party house senate campaign institute university bank times post bureau commission "
    "kremlin moscow washington beijing brussels kyiv london pentagon congress parliament group inc corp"
)
_DOCUMENTS = ("report", "letter", "memo", "study", "poll", "survey", "statement", "document", "law", "post", "filing",
              "email", "e-mail")  # fmt: skip
_DOCUMENT_ENDINGS = tuple(f"{name}{ending}" for name in _DOCUMENTS for ending in ("", "s"))
_DOCUMENT = re.compile(rf"\b(?:{'|'.join(_DOCUMENTS)})s?$")
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class _Draft:
    """Suggestions while they are collected; equal places of one label are one suggestion."""

    reading: Reading
    schema: SourceSchema
    is_narrow: bool
    spans: dict[tuple[str, Place], Suggestion] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    links: dict[tuple[str, str, str], SuggestedLink] = field(default_factory=dict)
    closed: Sequence[tuple[int, int]] = ()
    """Lines of boilerplate, in order."""
    narrow: dict[Place, list[Place]] = field(default_factory=dict)
    """The narrow places of contents, by their fragments."""
    roles: dict[str, str | None] = field(default_factory=dict)
    allowed: dict[tuple[object, ...], dict[str, str]] = field(default_factory=dict)

    def is_closed(self, place: Place) -> bool:
        """Return whether a place touches a line of boilerplate."""
        before = bisect_left(self.closed, (place[-1][1],))
        return before > 0 and self.closed[before - 1][1] > place[0][0]

    def places_of(self, fragments: Sequence[tuple[int, int]], *, is_direct: bool) -> list[Place]:
        """Return the places of a content: in the narrow convention by sentence."""
        key = tuple(fragments)
        if not self.is_narrow:
            return [key]
        if key not in self.narrow:
            self.narrow[key] = list(_narrow_places(self.reading, fragments, is_direct=is_direct))
        return self.narrow[key]

    def add(self, role: str, place: Place, rule: str, attributes: Mapping[str, str]) -> str | None:
        """Add a suggestion and return its id; None when the schema has no such label, or in boilerplate."""
        label = self.label_of(role)
        if label is None or not place or (self.closed and self.is_closed(place)):
            return None
        pieces = place if len(place) == 1 or self.schema.labels[label].discontinuous else (place[0],)
        key = label, pieces
        span = self.spans.get(key)
        if span is None:
            table = _NARROW if self.is_narrow else _WIDE
            score = table.get(role, {}).get(rule, _WEAK_SCORE)
            span = Suggestion(f"s{len(self.spans) + 1}", label, pieces, score, self._allowed(label, attributes))
            self.spans[key] = span
            self.labels[span.id] = label
        return span.id

    def label_of(self, role: str) -> str | None:
        """Return the label of the schema for a role; None without one."""
        if role not in self.roles:
            self.roles[role] = next((name for name in _NAMES[role] if name in self.schema.labels), None)
        return self.roles[role]

    def _allowed(self, label: str, attributes: Mapping[str, str]) -> Mapping[str, str]:
        """Return the values that the schema allows, with its defaults for the others."""
        key = label, *attributes.items()
        if key not in self.allowed:
            known = self.schema.labels[label]
            self.allowed[key] = {
                name: value
                for name, value in {**known.default_attributes(), **attributes}.items()
                if name in known.attributes and not known.attributes[name].check(value)
            }
        return self.allowed[key]

    def link(self, name: str, source: str | None, target: str | None) -> None:
        """Add a link, when both ends were added and the schema allows it."""
        if source is None or target is None or source == target:
            return
        relation = self.schema.relations.get(name)
        ends = self.labels[source], self.labels[target]
        if relation is not None and ends[0] in relation.from_labels and ends[1] in relation.to_labels:
            self.links[name, source, target] = SuggestedLink(name, source, target)


def suggest(text: str, schema: SourceSchema) -> Suggestions:
    """Return what the rules suggest for a text."""
    definition = getattr(schema, "definition", {})
    is_narrow = definition.get("boundaries", {}).get("outer_quotation_marks") == "out"
    reading = Reading(text)
    draft = _Draft(reading, schema, is_narrow)
    draft.closed = boilerplate(text)
    interview = turns(text)
    found = [item for item in attributions(reading) if not (interview and item.rule == "speaker: content")]
    contents = list(_contents(draft, found, interview))
    answers = _answers(reading, contents) if is_narrow else {}
    turn_speakers: dict[tuple[int, int], str | None] = {}
    owners: dict[Place, str | None] = {}
    for item in found:
        owners |= _add_attribution(draft, item)
    for said in interview:
        if not said.is_question:
            mention = _speaker(text, said.name, "description")
            turn_speakers[said.name] = draft.add("Speaker", (said.name,), "turn", mention)
    for place, attribution, turn in contents:
        owner = owners.get(place) if attribution else turn_speakers.get(turn.name) if turn else None
        _add_content(draft, place, attribution, owner, answers.get(place))
    _add_reported(draft, contents, answers)
    _add_targets(draft)
    return Suggestions(list(draft.spans.values()), list(draft.links.values()))


def _contents(
    draft: _Draft, found: Sequence[Attribution], interview: Sequence[Turn]
) -> Iterator[tuple[Place, Attribution | None, Turn | None]]:
    """Yield every content with its attribution or turn; in the narrow convention, quotations by sentence."""
    for item in found:
        for fragments in item.contents:
            for place in draft.places_of(fragments, is_direct=item.is_direct):
                yield place, item, None
    for turn in interview:
        if not turn.is_question:
            for start, end in _sentences_within(draft.reading.text, turn.said):
                yield ((start, end),), None, turn


def _narrow_places(reading: Reading, fragments: Sequence[tuple[int, int]], *, is_direct: bool) -> Iterator[Place]:
    text = reading.text
    if not is_direct:
        start, end = fragments[0]
        match = _LEADING.match(text, start, end)
        start = match.end() if match else start
        if start < end and text.count(" ", start, end) >= 2:
            yield (_trimmed(text, start, end),)
        return
    inner = [reading.inner.get(fragment, fragment) for fragment in fragments]
    is_interrupted = len(inner) > 1 and text[fragments[0][1] : fragments[1][0]].rstrip().endswith(",")
    if is_interrupted and text[inner[0][0] : inner[0][1]].rstrip().endswith(","):
        first = _sentences_within(text, inner[0])
        rest = _sentences_within(text, inner[1])
        yield from (((start, end),) for start, end in first[:-1])
        if first and rest:
            yield first[-1], rest[0]
        yield from (((start, end),) for start, end in rest[1:])
        return
    for start, end in (sentence for piece in inner for sentence in _sentences_within(text, piece)):
        yield ((start, end),)


def _sentences_within(text: str, piece: tuple[int, int]) -> list[tuple[int, int]]:
    offset = piece[0]
    found = []
    for start, end in sentence_boundaries(text[piece[0] : piece[1]]):
        trimmed = _trimmed(text, offset + start, offset + end)
        match = _OPENING.match(text, *trimmed)
        if match and match.end() < trimmed[1]:
            trimmed = match.end(), trimmed[1]
        begin = trimmed[0]
        for coordination in _COORDINATION.finditer(text, *trimmed):
            found.append(_trimmed(text, begin, coordination.start()))
            begin = coordination.end()
        found.append(_trimmed(text, begin, trimmed[1]))
    return [piece for piece in found if piece[0] < piece[1]]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1] in " \t\n\r\u00a0.,;:*—–-":
        end -= 1
    while start < end and text[start] in " \t\n\r\u00a0.,;:*—–-":
        start += 1
    return start, end


def _add_attribution(draft: _Draft, item: Attribution) -> dict[Place, str | None]:
    """Add speaker and cue of an attribution; return the speaker's id by the place of each content."""
    reading, text = draft.reading, draft.reading.text
    speaker = None
    if item.source is not None:
        source = _antecedent(reading, item.source) if draft.is_narrow else item.source
        place = reading.words.range_of(*(narrowed(reading.words, source) if draft.is_narrow else source))
        speaker = draft.add("Speaker", (place,), item.rule, _speaker(text, place))
    denies = draft.is_narrow and item.cue is not None and _denies(reading, item.cue)
    if item.cue is not None and not denies:
        stance = _stance(reading, item.cue)
        draft.add("Cue", (reading.words.range_of(*item.cue),), item.rule, {"stance": stance})
    places = [place for fragments in item.contents for place in draft.places_of(fragments, is_direct=item.is_direct)]
    if denies:
        speaker = None  # the speaker denies it: it is claimed by others
    return dict.fromkeys(places, speaker)


def _antecedent(reading: Reading, source: Range) -> Range:
    """Return what “who” stands for in “the deputy, who said …”."""
    words = reading.words
    if words.lower[source[0]] != "who" or source[0] < 2:
        return source
    last = source[0] - 1 if words.forms[source[0] - 1] == "," else source[0]
    return phrase_before(words, last, max(0, last - 12)) or source


def _denies(reading: Reading, cue: Range) -> bool:
    return reading.words.lower[cue[1] - 1] in lexicons.single_words("denial") and "Denial" in _NAMES


def _stance(reading: Reading, cue: Range) -> str:
    verb = reading.words.lower[cue[1] - 1]
    for stance in ("distancing", "endorsing"):
        if verb in lexicons.entries(f"cue-{stance}"):
            return stance
    return "neutral"


def _speaker(text: str, place: tuple[int, int], mention: str = "") -> dict[str, str]:
    words = text[place[0] : place[1]]
    lower = words.lower()
    if lower in PRONOUNS:
        return {"mention": "pronoun", "kind": "group" if lower in {"they", "we"} else "person"}
    kind = "person"
    if lower in _GROUPS:
        kind = "group"
    elif lower in lexicons.entries("speaker-anonymous") or f"a {lower}" in lexicons.entries("speaker-anonymous"):
        kind = "anonymous"
    elif lower.endswith(_DOCUMENT_ENDINGS) and _DOCUMENT.search(lower):
        kind = "document"
    elif not _INSTITUTIONS.isdisjoint(_WORD.findall(lower)):
        kind = "institution"
    named = any(word[:1].isupper() for word in words.split())
    return {"kind": kind, "mention": mention or ("name" if named else "description")}


def _answers(reading: Reading, contents: Sequence[tuple[Place, Attribution | None, Turn | None]]) -> dict[Place, Reply]:
    """Return the replies that are whole contents, by their place."""
    spoken = [(place, item) for place, item, _turn in contents]
    ranges = [
        (reading.words.from_offset(place[0][0]), reading.words.before_offset(place[0][1])) for place, _item in spoken
    ]
    known = {}
    places = dict(zip(ranges, (place for place, _item in spoken), strict=True))
    for reply in replies(reading, ranges):
        if reply.words in places:
            known[places[reply.words]] = reply
        else:
            known[(reading.words.range_of(*reply.words),)] = reply
    return known


def _add_content(draft: _Draft, place: Place, item: Attribution | None, owner: str | None, reply: Reply | None) -> None:
    text = draft.reading.text
    rule = item.rule if item else "turn"
    if reply is not None and reply.form == "performed" and reply.rule.endswith("quoted"):
        span = draft.add(reply.label, place, reply.rule, {"kind": reply.kind, "form": "performed", "target": "in-text"})
    else:
        words = text[place[0][0] : place[-1][1]]
        is_direct = item is None or item.is_direct
        attributes = {
            "quote_type": "direct" if is_direct else "mixed" if _QUOTED.search(words) else "indirect",
            "voice": "speaker" if owner else "unsourced",
            "kind": "prediction" if _is_about_future(words) else "fact",
        }
        span = draft.add("Claim", place, rule, attributes)
    draft.link("attributed-to", span, owner)
    if item is not None and item.cue is not None:
        cue_label = next((name for name in _NAMES["Cue"] if name in draft.schema.labels), "")
        cue = draft.spans.get((cue_label, (draft.reading.words.range_of(*item.cue),)))
        draft.link("signals", cue.id if cue else None, span)


def _is_about_future(words: str) -> bool:
    is_possible = "ll" in words or "wo" in words or "going to" in words or "expect" in words
    return is_possible and _FUTURE.search(words) is not None


def _add_reported(
    draft: _Draft, contents: Sequence[tuple[Place, Attribution | None, Turn | None]], answers: Mapping[Place, Reply]
) -> None:
    """Add the replies that are only reported, and the short hedging words."""
    whole = {place for place, _item, _turn in contents}
    words = draft.reading.words
    for place, reply in answers.items():
        if place in whole and reply.rule.endswith("quoted"):
            continue
        span = draft.add(reply.label, place, reply.rule, {"kind": reply.kind, "form": reply.form, "target": "in-text"})
        if span is not None and reply.source is not None:
            found = words.range_of(*narrowed(words, reply.source))
            draft.link(
                "attributed-to", span, draft.add("Speaker", (found,), reply.rule, _speaker(draft.reading.text, found))
            )


def _add_targets(draft: _Draft) -> None:
    """Link denials and hedges with the claims that they are about."""
    text = draft.reading.text
    spans = {span.id: span for span in draft.spans.values()}
    speakers = {
        link.source: text[spans[link.target].fragments[0][0] : spans[link.target].fragments[-1][1]]
        for link in draft.links.values()
        if link.label == "attributed-to"
    }
    targets = Targets(text, [span for span in spans.values() if span.label in _NAMES["Claim"]], speakers)
    for span in spans.values():
        name = {"Denial": "denies", "Hedge": "hedges"}.get(span.label)
        target = targets.of(TargetedReply(span, speakers.get(span.id, ""))) if name else None
        if name and target is not None:
            draft.link(name, span.id, target.id)


RULES = Source("rules", "2", "Rules for English news", ("Claim", "Speaker", "Cue", "Denial", "Hedge"), suggest)
