"""A stored report in plain words. Pure.

What is not defined is said in words, never as 0 or 1; shares are given in a hundred, coefficients with two decimals.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.agreement.reports import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.measures.figures import Undefined

Record = dict[str, Any]

REASONS = {
    Undefined.NO_SPANS: "nobody marked one in these documents",
    Undefined.ONE_ANNOTATOR: "only one person marked it",
    Undefined.EMPTY_DOCUMENT: "the text is empty",
    Undefined.NO_VARIATION: "everybody chose the same throughout, so that chance explains all of it",
    Undefined.NO_PAIRS: "no two people judged the same place",
    Undefined.NO_ITEMS: "there is nothing that both judged",
    Undefined.TOO_DENSE: "so many spans lie on each other that they cannot all be compared",
}

# Krippendorff (2004), Content Analysis, p. 241: rely on 0.800 and above; draw tentative conclusions from 0.667.
RELIABLE, TENTATIVE = 0.8, 0.667
HIGH_F1, LOW_ALPHA = 0.667, 0.4
APART = 0.3
# Below this share of the text, spans of two people hardly meet by chance: what parts the figures is how much they mark.
DENSE = 0.2
HEAT_STEPS = (0.4, 0.6, 0.8)


@dataclass(frozen=True)
class Shown:
    """A figure for a table: its text, the interval or the reason beside it, and how warm its cell is (0 worst to 3)."""

    text: str
    beside: str = ""
    heat: int | None = None
    is_defined: bool = True


def shown(figure: Record) -> Shown:
    """A coefficient or share with two decimals; a dash in words when it is not defined."""
    value = figure["value"]
    if value is None:
        return Shown("not defined", f"because {REASONS[Undefined(figure['undefined'])]}", is_defined=False)
    beside = "" if figure.get("low") is None else f"{_decimals(figure['low'])} to {_decimals(figure['high'])}"
    return Shown(_decimals(value), beside, heat=sum(value >= step for step in HEAT_STEPS))


def shown_or_not(value: float | None) -> Shown:
    """A figure of which only the value is known."""
    return Shown("not defined", is_defined=False) if value is None else shown({"value": value})


def _decimals(value: float) -> str:
    """Two decimals; what is not quite 1 or 0 is not rounded to it."""
    rounded = round(value, 2)
    if rounded == 1 and value < 1:
        rounded = 0.99
    if rounded == 0 and value:
        rounded = 0.01 if value > 0 else -0.01
    return f"{rounded:.2f}".replace("-", "\N{MINUS SIGN}")


def moment(at: str) -> str:
    """A stored moment as people read it.

    >>> moment("2026-11-22T14:03:00+00:00")
    '2026-11-22 14:03 UTC'
    """
    return f"{at[:16].replace('T', ' ')} UTC"


def signed(value: float) -> str:
    """A difference with its sign, two decimals.

    >>> signed(0.121), signed(-0.3), signed(0.001)
    ('+0.12', '−0.30', '±0.00')
    """
    rounded = round(value, 2)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else "±"
    return f"{sign}{abs(rounded):.2f}"


def in_hundred(value: float) -> int:
    """How many times in a hundred; 100 and 0 only when it is exactly that."""
    times = round(value * 100)
    if value < 1 and times >= 100:
        return 99
    return 1 if value > 0 and times == 0 else times


def _beside(figure: Record, cases: int) -> str:
    """The interval; where there is none, out of how many cases the share is."""
    if figure["low"] is not None:
        return f" ({in_hundred(figure['low'])} to {in_hundred(figure['high'])})"
    return f" ({round(figure['value'] * cases):,} of {cases:,})" if cases else ""


def label_sentence(record: Record, result: Record, *, name: str) -> str:
    """What a lead reads first about a label; a case is somebody's span in a document that somebody else read too."""
    if record["overlap_f1"]["value"] is None:
        return f"Not defined, because {REASONS[Undefined(record['overlap_f1']['undefined'])]}."
    pairs = [each for pair in result["pairs"] for each in pair["labels"] if each["label"] == record["label"]]
    cases = sum(each["first_count"] + each["second_count"] for each in pairs)
    people = len(result["annotators"])
    other = "the other marks" if people == 2 else "another marks"
    place, edges = record["overlap_f1"], record["exact_f1"]
    basis = [
        counted(record["spans"], "span"),
        counted(result["documents"], "document"),
        counted(people, "annotator"),
    ]
    return (
        f"Where one annotator marks “{name}”, {other} one in the same place "
        f"{in_hundred(place['value'])} times in 100{_beside(place, cases)}. "
        f"With the same edges: {in_hundred(edges['value'])}{_beside(edges, cases)}. {', '.join(basis)}."
    )


def chance_sentence(record: Record) -> str:
    """What is left of the agreement on a label when chance is taken off."""
    figure = record["alpha_tokens"]
    if figure["value"] is None:
        return f"Above chance: not defined, because {REASONS[Undefined(figure['undefined'])]}."
    found = shown(figure)
    interval = f" ({found.beside})" if found.beside else ""
    return f"Above chance: alpha {found.text}{interval}, {_reading(figure['value'])}."


def _reading(alpha: float) -> str:
    if alpha >= RELIABLE:
        return "enough to rely on"
    if alpha >= TENTATIVE:
        return "enough for tentative conclusions"
    return "too little to rely on" if alpha > 0 else "no better than chance"


def cautions(record: Record, *, documents: int) -> list[str]:
    """What to keep in mind about a label's figures."""
    found = []
    overlap, alpha = record["overlap_f1"]["value"], record["alpha_tokens"]["value"]
    is_apart = overlap is not None and alpha is not None and overlap >= HIGH_F1 and alpha < LOW_ALPHA
    if is_apart and record["share_of_text"] >= DENSE:
        share = in_hundred(record["share_of_text"])
        found.append(f"Much of this would happen by chance: the label covers {share} % of the text.")
    elif overlap is not None and alpha is not None and overlap - alpha >= APART:
        found.append("The two figures part: people find the same places, and mark different amounts of them.")
    if overlap is None:
        return found
    if record["spans"] < MINIMUM_SPANS:
        found.append(
            f"Only {counted(record['spans'], 'span')}: a hint, not a finding. An interval takes {MINIMUM_SPANS}."
        )
    elif documents < MINIMUM_DOCUMENTS:
        found.append(f"No interval: it takes {MINIMUM_DOCUMENTS} documents.")
    return found


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "set"), counted(1200, "set")
    ('1 set', '1,200 sets')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def left_out_sentence(record: Record) -> str:
    """How many documents the report could not take, and why; "" when it took all."""
    parts = []
    if record["one_set"]:
        parts.append(f"{counted(record['one_set'], 'document')} that only one person has finished")
    if record["no_set"]:
        parts.append(f"{counted(record['no_set'], 'document')} that nobody has finished")
    sentences = [f"Left out: {' and '.join(parts)}."] if parts else []
    if opened := record.get("open_sets"):
        begun = f"{counted(opened, 'set')} begun and not submitted {'does' if opened == 1 else 'do'} not count."
        sentences.append(begun)
    return " ".join(sentences)


def mixed_sentence(record: Record | None, *, label_name: Callable[[str], str]) -> str:
    """What was not compared because sets of one document were made under different schema versions; "" if nothing."""
    if not record or not record["documents"]:
        return ""
    names = [f"{label_name(label)} ({counted(count, 'span')})" for label, count in record["left_out"].items()]
    where = f"In {counted(record['documents'], 'document')}, sets were made under different schema versions: "
    only = "there, only what the versions have in common is compared"
    return f"{where}{only}; left out {', '.join(names)}." if names else f"{where}{only}."


def covering_sentences(rows: Sequence[Record], record: Record, *, name: str) -> list[str]:
    """Who puts a label on most of what they read: with them, agreement about the place says little."""
    return [
        f"{row['name']} puts “{name}” on {in_hundred(row['share'])} % of the text they read; "
        "overlap with that happens by itself: look at alpha."
        for row in rows
        if row["label"] == record["label"]
    ]


def stale_sentence(*, changed: int, withdrawn: int, added: int) -> str:
    """What has moved since a report was made; "" when nothing has."""
    parts = [
        f"{counted(number, 'set')} {what}"
        for number, what in [(changed, "changed"), (added, "new since"), (withdrawn, "taken back")]
        if number
    ]
    return f"{', '.join(parts)}." if parts else ""


def gamma_sentence(record: Record | None) -> str:
    """Gamma with what it depends on; "" for a report that was made without."""
    if record is None:
        return ""
    if record["value"] is None:
        return f"Gamma: not defined, because {REASONS[Undefined(record['undefined'])]}."
    found, settings = shown(record), record["settings"]
    interval = f" ({found.beside})" if found.beside else ""
    part = record["documents"] < record["documents_of_report"]
    over = f", over {counted(record['documents'], 'document')} drawn at random" if part else ""
    return (
        f"Gamma {found.text}{interval}{over}: place and label together, overlaps included. 1 is perfect, 0 is chance. "
        "There is no agreed scale; compare it with your own earlier rounds. "
        f"Settings: alpha {settings['alpha']:g}, beta {settings['beta']:g}, delta {settings['delta_empty']:g}, "
        f"sampler {settings['sampler']}, seed {settings['seed']}, "
        f"{counted(record['samples'], 'random continuum', 'random continua')} a document, "
        f"standard error {record['standard_error']:.4f}."
    )
