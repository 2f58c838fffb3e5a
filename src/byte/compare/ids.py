"""Every id that a difference may have: oasdiff's, and Byte's own."""

from typing import Final

from byte.compare.levels import OASDIFF_LEVELS
from byte.compare.protocol import ids as protocol
from byte.compare.schemas import ids as schemas

_WHOLE: Final = frozenset(
    {
        *("request-schema-narrowed", "response-schema-widened"),
        *("request-schema-undecided", "response-schema-undecided"),
    }
)
"""What inclusion finds and no change explains."""

IDS: Final[frozenset[str]] = _WHOLE | protocol.OWN | schemas.OWN | set(OASDIFF_LEVELS)
"""The ids that severity and ignore files may name."""
