"""Keyset pages: a cursor says which list it is of, how that is sorted, and after which keys it goes on.

Nothing is counted or skipped, so the last page costs what the first one costs.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

import msgspec

from byte.registry.errors import InvalidError
from byte.registry.records import Page

R = TypeVar("R")
Keys = tuple[Any, ...]
_LARGEST: Final = 2**63 - 1
_LONGEST: Final = 4_096
_ENCODER: Final = msgspec.json.Encoder()


def cursor_of(listing: str, keys: Keys) -> str:
    """A cursor as text that goes into a URL as it is. `listing` names the list and its sort ("services by -updated_at")."""
    return base64.urlsafe_b64encode(_ENCODER.encode([listing, *keys])).decode().rstrip("=")


def keys_of(cursor: str, listing: str, kinds: Sequence[type[Any]]) -> Keys:
    """The keys of a cursor. Raises `InvalidError` where it is none, or one of another list or sort."""
    refusal = InvalidError("The cursor is not one of this list and sort: start again without it.")
    if len(cursor) > _LONGEST:
        raise refusal
    try:
        read = msgspec.json.decode(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError) as error:
        raise refusal from error
    if not isinstance(read, list) or len(read) != len(kinds) + 1 or read[0] != listing:
        raise refusal
    for key, kind in zip(read[1:], kinds, strict=True):
        if type(key) is not kind or (kind is int and not -_LARGEST <= key <= _LARGEST):
            raise refusal
    return tuple(read[1:])


def page_of(found: Iterable[R], limit: int, listing: str, key: Callable[[R], Keys]) -> Page[R]:
    """A page of what was found with a limit of one more than it takes: that one says that there is more."""
    items = tuple(found)
    if len(items) <= limit:
        return Page(items)
    items = items[:limit]
    return Page(items, cursor_of(listing, key(items[-1])))
