"""What a review asks of a registry: the port that the caller hands in. None is a valid value, then nothing is asked."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from byte.model.consulted import Affected, Similar
from byte.model.contract import Operation
from byte.model.difference import Comparison, Difference


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """A difference that breaks clients, and the registered consumers among them, none where nobody is known."""

    difference: Difference
    affected: tuple[Affected, ...] = ()


class Consumers(msgspec.Struct, frozen=True, kw_only=True):
    """What the breaking differences of a review break: `service` is the registered one that was taken for the project,
    `number` how many consumers it has.
    """

    service: str
    number: int = 0
    impacts: tuple[Impact, ...] = ()


class Registry(Protocol):
    """What a review asks. Both raise `ByteError` where the registry cannot be asked: the review goes on and says so."""

    def consumers(self, comparisons: Sequence[Comparison]) -> Consumers:
        """Who is broken by the breaking differences, in their order."""

    def similar(self, operations: Sequence[Operation]) -> Sequence[Sequence[Similar]]:
        """For each operation the registered ones, of other services, that already do it, the best first."""
