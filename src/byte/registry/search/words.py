"""Words of texts and identifiers."""

import re
from typing import Final

_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHER: Final = re.compile(r"[\W_]+")


def split(text: str) -> str:
    """An identifier or path as words: "/users/{userId}/orders_list" is "users user Id orders list"."""
    return _OTHER.sub(" ", _HUMP.sub(" ", text)).strip()
