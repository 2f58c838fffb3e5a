"""FastCRUD: the models of its paginated answers and queries."""

from fastcrud.paginated import (
    ListResponse,
    PaginatedListResponse,
    PaginatedRequestQuery,
    CursorPaginatedRequestQuery,
    compute_offset,
    create_list_response,
    create_paginated_response,
    paginated_response,
)
