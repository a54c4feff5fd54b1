"""Lists of the API by cursor."""

from rest_framework.pagination import CursorPagination


class IdCursorPagination(CursorPagination):
    """Pages of 100 in order of id; `page_size` asks for up to 1,000. An endpoint may set another total order."""

    ordering = "id"
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000
