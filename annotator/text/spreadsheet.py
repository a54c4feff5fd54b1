"""Cells of tables for people, which spreadsheet programs must not run as formulas."""

# The first characters of formulas, in ASCII and full width, and of what some programs remove before they look.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def without_formula(value: object) -> object:
    """Return a cell with an apostrophe before text that a spreadsheet would run; other values are unchanged.

    >>> without_formula("=1+1"), without_formula("1+1"), without_formula(-1)
    ("'=1+1", '1+1', -1)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value


def escape_formula(cell: str) -> str:
    """Return a cell with an apostrophe before text that a spreadsheet would run, so that `unescape_formula` finds it.

    >>> [escape_formula(cell) for cell in ("=1+1", "'=1+1", "'tis")]
    ["'=1+1", "''=1+1", "'tis"]
    """
    return f"'{cell}" if cell.lstrip("'").startswith(FORMULA_SIGNS) else cell


def unescape_formula(cell: str) -> str:
    """Return the cell that `escape_formula` was given.

    >>> [unescape_formula(cell) for cell in ("'=1+1", "''=1+1", "'tis")]
    ['=1+1', "'=1+1", "'tis"]
    """
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA_SIGNS) else cell
