"""What can be said of a question about sets: yes, no with a value that shows it, or undecided with the reason."""

from collections.abc import Iterable
from typing import Any, Final, Protocol, Self, TypeVar

import msgspec

_MOST_PIECES: Final = 200


class Yes(msgspec.Struct, frozen=True):
    """It holds, and that is proved."""


class No(msgspec.Struct, frozen=True):
    """It does not hold: `witness` is a JSON value that shows it."""

    witness: Any


class Undecided(msgspec.Struct, frozen=True):
    """It is not known; `reason` is a clause such as "format `uri`"."""

    reason: str


Answer = Yes | No | Undecided


class Values(Protocol):
    """A set of JSON values of one type."""

    def minus(self, other: Self) -> tuple[Self, ...]:
        """What is in this set and not in another, as a union of sets, any of which may be empty."""

    def is_empty(self) -> Answer:
        """Whether nothing is in it; the witness is a simple member."""


_Values = TypeVar("_Values", bound=Values)


def all_of(answers: Iterable[Answer]) -> Answer:
    """Whether everything holds: the first refutation counts, then the first doubt."""
    doubt: Answer = Yes()
    for answer in answers:
        if isinstance(answer, No):
            return answer
        if isinstance(answer, Undecided) and isinstance(doubt, Yes):
            doubt = answer
    return doubt


def inclusion(inner: _Values, outers: Iterable[_Values]) -> Answer:
    """Whether every member of a set is in at least one of others; the witness is in none of them."""
    pieces = [inner]
    for outer in outers:
        pieces = [piece for rest in pieces for piece in rest.minus(outer) if not isinstance(piece.is_empty(), Yes)]
        if len(pieces) > _MOST_PIECES:
            return Undecided("too many alternatives")
    return all_of(piece.is_empty() for piece in pieces)
