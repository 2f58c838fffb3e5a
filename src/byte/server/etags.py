"""ETags and preconditions (RFC 9110, sections 8.8 and 13): nobody's edit is lost, nothing is sent twice."""

import hashlib
import re
from collections.abc import Iterable
from typing import Annotated, Final

from fastapi import Header, Request

from byte.registry.errors import InvalidError, StaleError
from byte.server.problems import ProblemError

_TAG: Final = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')
_TEXT: Final = 1_000

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The `ETag` that was read: the change is made only if nobody else made one since (else 412).",
        examples=['"3"'],
        max_length=_TEXT,
        json_schema_extra={"pattern": r'^(\*|(W/)?"[!#-~]*")$'},
    ),
]
"""An endpoint's parameter for PUT, PATCH and DELETE: give it to `expected` or `upsert`."""

IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        description="`*`: create it only if there is none (else 412).",
        examples=["*"],
        max_length=_TEXT,
        json_schema_extra={"enum": ["*"]},
    ),
]
"""An endpoint's parameter for a PUT that may create: give it to `upsert`."""


def of(revision: int) -> str:
    """The ETag of a record."""
    return f'"{revision}"'


def weak(body: bytes) -> str:
    """The ETag of a list: the same while it says the same."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'


def expected(if_match: str | None) -> int | None:
    """The revision that a change expects, None for any (`*`): 428 where nothing is said, 412 where it can be none."""
    if if_match is None:
        raise ProblemError("precondition-required", "Send `If-Match` with the ETag that you read.")
    if if_match.strip() == "*":
        return None
    tags = list(_tags(if_match, "If-Match"))
    if len(tags) != 1:
        raise InvalidError(f"`If-Match` takes one ETag here, {len(tags)} were sent.")
    is_weak, tag = tags[0]
    if is_weak or not (tag.isascii() and tag.isdigit() and len(tag) < 16):
        # A strong comparison with what was never given: it cannot match (RFC 9110, section 13.1.1).
        raise StaleError(f"`If-Match` names {tag[:40]!r}, which is no revision of this resource.")
    return int(tag)


def upsert(if_match: str | None, if_none_match: str | None) -> tuple[bool, int | None]:
    """What a PUT that may create expects: whether it creates, else the revision that it replaces (None: any)."""
    if if_none_match is None:
        return False, expected(if_match)
    if if_none_match.strip() != "*":
        raise InvalidError("`If-None-Match` of a PUT can only be `*`.")
    if if_match is not None:
        # One of the two cannot hold, whatever is there (RFC 9110, section 13.2.2).
        raise StaleError("`If-Match` and `If-None-Match: *` exclude each other: send the one that you mean.")
    return True, None


def unchanged(request: Request, tag: str) -> bool:
    """Whether the client has this already (`If-None-Match` of a GET, compared weakly)."""
    header = request.headers.get("if-none-match")
    if header is None:
        return False
    if header.strip() == "*":
        return True
    wanted = tag.removeprefix("W/").strip('"')
    try:
        return any(known == wanted for _, known in _tags(header, "If-None-Match"))
    except InvalidError:
        return False  # a cache's nonsense costs an answer in full, no error


def _tags(header: str, name: str) -> Iterable[tuple[bool, str]]:
    place = 0
    while place < len(header):
        found = _TAG.match(header, place)
        if found is None:
            raise InvalidError(f'`{name}` holds no ETag (`"3"`): {header[:40]!r}.')
        yield found[1] is not None, found[2]
        place = found.end()
