"""Numbers and lists in sentences of a data card. Pure; English, as the whole card."""

from collections.abc import Sequence

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def number_of(count: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun.

    >>> number_of(1, "document"), number_of(2_000, "document")
    ('1 document', '2,000 documents')
    """
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def joined(names: Sequence[str]) -> str:
    """Return names as a list in a sentence.

    >>> joined(["train", "validation", "test"])
    'train, validation and test'
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def size_of(size: int) -> str:
    """Return a size in the unit that people use.

    >>> size_of(1), size_of(999), size_of(12_345), size_of(2_000_000)
    ('1 byte', '999 bytes', '12.3 kB', '2.0 MB')
    """
    if size == 1:
        return "1 byte"
    value, unit = float(size), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{size:,} bytes" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"
