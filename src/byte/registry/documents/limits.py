"""How much of a document is taken, and the refusal of one that is too much or wrong."""

import re
from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec

from byte.registry.errors import Fault, UnreadableError

_FAULTS: Final = 100
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Limits(msgspec.Struct, frozen=True):
    """The most that one document may have.

    `bytes` of its text; `content` bytes of JSON that its operations and components come to together, which may be far
    more, since the same part can be used in many places; `name` characters of an operation's name or a reference.
    """

    bytes: int = 64 << 20
    content: int = 512 << 20
    operations: int = 50_000
    components: int = 100_000
    name: int = 2_000


LIMITS: Final = Limits()


class Bounds:
    """The limits of one document, and what it has come to so far."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self._left = limits.content

    def take(self, size: int) -> None:
        """Counts bytes of content. Raises `UnreadableError` once they are too many."""
        self._left -= size
        if self._left < 0:
            raise refused(
                f"`{self.name}` comes to more than {self.limits.content >> 20} MiB, because its parts are used many times: "
                "the registry does not take such a document."
            )

    def operations(self, found: Collection[Any], what: str) -> None:
        """Refuses too many operations."""
        self._few(found, what, self.limits.operations)

    def components(self, found: Collection[Any]) -> None:
        """Refuses too many components."""
        self._few(found, "components", self.limits.components)

    def _few(self, found: Collection[Any], what: str, most: int) -> None:
        if len(found) > most:
            raise refused(f"`{self.name}` has {len(found):,} {what}: the registry takes {most:,} at most.")

    def is_name(self, text: str) -> bool:
        """Whether a text can be a name: short enough, no control characters."""
        return len(text) <= self.limits.name and _CONTROL.search(text) is None

    def settle(self, faults: Sequence[Fault]) -> None:
        """Raises `UnreadableError` where there are faults."""
        if faults:
            more = f" And {len(faults) - 1} more." if len(faults) > 1 else ""
            said = f"`{self.name}` cannot be read: {faults[0].pointer}: {faults[0]}{more}"
            raise UnreadableError(said, tuple(faults[:_FAULTS]))


def refused(message: str, pointer: str = "") -> UnreadableError:
    """The error for a document with one fault."""
    return UnreadableError(message, (Fault(message, pointer),))
