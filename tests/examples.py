"""The number of examples of a property: a quarter of what it deserves in `make test`, ten times that in `make soak`."""

import os

TIMES = 10 if os.environ.get("TEST_PART") == "properties" else 0.25
FEWEST = 8


def examples(number: int) -> int:
    """Return the number of examples in this run, for a property that deserves `number`."""
    return max(FEWEST, round(number * TIMES))
