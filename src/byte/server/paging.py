"""Lists: `limit`, `cursor` and the link to what follows."""

from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode

from fastapi import Query, Request

MOST: Final = 200
USUAL: Final = 50

Limit = Annotated[
    int,
    Query(ge=1, le=MOST, description="How many items a page has at most.", json_schema_extra={"format": "int32"}),
]
"""An endpoint's parameter: `limit: Limit = paging.USUAL`."""

Cursor = Annotated[
    str | None,
    Query(max_length=2_000, min_length=1, description="Where to go on: from the `next` of the page before."),
]
"""An endpoint's parameter: `cursor: Cursor = None`."""


def link(request: Request, cursor: str | None, name: str = "cursor") -> str | None:
    """The path and query of the next page: this request's with another cursor; None at the end."""
    if cursor is None:
        return None
    given = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return f"{request.url.path}?{urlencode([*(pair for pair in given if pair[0] != name), (name, cursor)])}"
