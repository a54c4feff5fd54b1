"""Pages of the lists in the API."""

import math
from typing import ClassVar

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

from annotator.problems import BadRequest

LARGEST_POSITION = 2**63


class IdCursorPagination(CursorPagination):
    """Cursor pagination with 100 items a page, ordered by id; `page_size` sets up to 1,000.

    `position_type` is the type of the first field of the order: a cursor is text that anyone can write.
    """

    ordering = "id"
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000
    position_type: ClassVar[type[int] | type[float]] = int

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return the cursor of the request; raise `BadRequest` for one that was not part of a response."""
        try:
            cursor: Cursor | None = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                number = self.position_type(cursor.position)
                if not math.isfinite(number) or abs(number) >= LARGEST_POSITION:
                    raise ValueError("The position is out of range.")
        except (ValueError, NotFound) as error:
            raise BadRequest(
                "The cursor is not valid. Use the addresses in “next” and “previous” of a response as they are."
            ) from error
        return cursor
