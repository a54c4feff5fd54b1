"""What a person chose to see in the table of documents: filters, columns and order, as query parameters. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from annotator.problems import gettext_noop

COLUMNS: Mapping[str, str] = {
    "id": gettext_noop("ID"),
    "state": gettext_noop("State"),
    "round": gettext_noop("Round"),
    "priority": gettext_noop("Priority"),
    "slots": gettext_noop("Slots"),
    "tags": gettext_noop("Tags"),
    "people": gettext_noop("People"),
    "spans": gettext_noop("Spans"),
    "labels": gettext_noop("Spans by label"),
    "agreement": gettext_noop("Agreement"),
    "disagreements": gettext_noop("Disagreements"),
    "minutes": gettext_noop("Active minutes"),
    "length": gettext_noop("Code points"),
    "sets": gettext_noop("Annotation sets"),
}
"""The columns beside the title; `meta.NAME` shows a metadata field, `document.NAME` an attribute of the document."""
DEFAULT_COLUMNS = ("id", "state", "round", "tags", "people", "spans", "agreement")
META = "meta."
ANSWER = "document."
"""Before the name of an attribute of the document, in columns and searches."""
LABEL = "label."
"""Before the name of a label, in orders: by the number of its spans."""
SORTS: Mapping[str, str] = {
    "position": gettext_noop("Order of the import"),
    "title": gettext_noop("Title"),
    "external_id": gettext_noop("ID"),
    "length": gettext_noop("Length"),
    "priority": gettext_noop("Priority"),
    "slots": gettext_noop("Slots taken"),
    "spans": gettext_noop("Spans"),
    "minutes": gettext_noop("Active minutes"),
    "agreement": gettext_noop("Agreement in the newest report"),
}
ARCHIVES = ("", "only", "all")
STAGES = ("unassigned", "begun", "submitted", "adjudicated")
LONGEST_VALUE = 300
FILTERS = ("search", "q", "state", "round", "person", "label", "archive", "stage", "week")
"""The filters with one value."""
MOST_COLUMNS = 30
MOST_TAGS_CHOSEN = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """Filters that combine, columns in order, and the order of the rows (`-title`: descending).

    `search` is part of a title or id, `q` a search in the language of the search page. `stage` is how far a document
    is, in one word; `week` is the Monday of the week (UTC) in which a set was submitted, by `person` if there is one.
    """

    search: str = ""
    q: str = ""
    state: str = ""
    round: str = ""
    person: str = ""
    label: str = ""
    tags: Sequence[str] = ()
    archive: str = ""
    stage: str = ""
    week: str = ""
    columns: Sequence[str] = field(default=DEFAULT_COLUMNS)
    sort: str = "position"

    @property
    def is_filtered(self) -> bool:
        """Whether any filter is set."""
        return bool(self.tags) or any(getattr(self, name) for name in FILTERS)

    @property
    def reads_tallies(self) -> bool:
        """Whether filters or order read sums that have to be brought up to date."""
        return bool(self.stage or self.week or self.label or self.q or self.sort_key in ("spans", "minutes"))

    @property
    def sort_key(self) -> str:
        """The name of the order without its direction."""
        return self.sort.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        """Whether the order is reversed."""
        return self.sort.startswith("-")

    def parameters(self) -> dict[str, str | list[str]]:
        """Return the choice as query parameters, without what is as usual."""
        values: dict[str, str | list[str]] = {name: getattr(self, name) for name in FILTERS}
        values |= {"tag": list(self.tags), "column": list(self.columns), "sort": self.sort}
        usual = {"column": list(DEFAULT_COLUMNS), "sort": "position"}
        return {name: value for name, value in values.items() if value and value != usual.get(name)}

    def query(self) -> str:
        """Return the query string of a page with this choice."""
        return urlencode(self.parameters(), doseq=True)


def read_choice(values: Mapping[str, str | Sequence[object]]) -> Choice:
    """Return the choice of query parameters (lists) or of a stored view; what is not known is left out.

    >>> read_choice({"state": ["begun"], "column": ["state", "meta.source", "nonsense"], "sort": ["-title"]}).columns
    ('state', 'meta.source')
    >>> read_choice({"sort": ["size"]}).sort
    'position'
    """
    columns = [name for name in dict.fromkeys(_list(values, "column")) if is_column(name)][:MOST_COLUMNS]
    sort, archive, stage, week = (_text(values, name) for name in ("sort", "archive", "stage", "week"))
    return Choice(
        search=_text(values, "search"),
        q=_text(values, "q"),
        state=_text(values, "state"),
        round=_text(values, "round"),
        person=_text(values, "person"),
        label=_text(values, "label"),
        tags=tuple(dict.fromkeys(_list(values, "tag")))[:MOST_TAGS_CHOSEN],
        archive=archive if archive in ARCHIVES else "",
        stage=stage if stage in STAGES else "",
        week=week if is_monday(week) else "",
        columns=tuple(columns) or DEFAULT_COLUMNS,
        sort=sort if is_sort(sort.removeprefix("-")) else "position",
    )


def is_column(name: str) -> bool:
    """Return whether there is such a column; each metadata field may be one."""
    begins = any(name.startswith(prefix) and len(name) > len(prefix) for prefix in (META, ANSWER))
    return name in COLUMNS or (begins and len(name) <= LONGEST_VALUE)


def is_sort(name: str) -> bool:
    """Return whether there is such an order; each metadata field and each label has one."""
    return name in SORTS or any(name.startswith(prefix) and len(name) > len(prefix) for prefix in (META, LABEL))


def is_monday(text: str) -> bool:
    """Return whether a text is the date of a Monday."""
    try:
        return date.fromisoformat(text).weekday() == 0
    except ValueError:
        return False


def _list(values: Mapping[str, str | Sequence[object]], name: str) -> list[str]:
    value = values.get(name, ())
    # Stored views and the filters of the API are JSON, in which anything may stand.
    parts = [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]
    return [part.strip()[:LONGEST_VALUE] for part in parts if part.strip()]


def _text(values: Mapping[str, str | Sequence[object]], name: str) -> str:
    return next(iter(_list(values, name)), "")
