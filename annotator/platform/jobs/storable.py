"""Text that quotes what came in, made fit for every database."""

from typing import Any


def storable_text(text: str) -> str:
    """Return the text with what PostgreSQL refuses (NUL, lone surrogates) replaced by visible signs."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{SYMBOL FOR NULL}")


def storable(value: Any) -> Any:
    """Return JSON with every text in it made storable; what is no JSON becomes its text."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {storable_text(str(key)): storable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [storable(part) for part in value]
    return value if value is None or isinstance(value, bool | int | float) else storable_text(str(value))
