"""What a review asks of a registry: the port that the caller hands in. None is a valid value, then nothing is asked."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from byte.model.contract import Operation
from byte.model.difference import Comparison, Difference


class Affected(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """A consumer that a difference breaks, in one operation.

    - `fields`: those of its fields that it breaks; none where it is about the operation as a whole, or where the
      consumer does not say which fields it uses.
    - `certain`: whether what it does surely fails; else it may, depending on the values or on what it did not say.
    - `reason`: one clause about the consumer: "reads `items/price`, which was removed".
    - `evidence`: where its use is seen ("src/client.py:12").
    """

    consumer: str
    operation: str
    service: str = ""
    fields: tuple[str, ...] = ()
    certain: bool = True
    reason: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """`billing` reads `items/price`, which was removed."""
        return f"`{self.consumer}` {self.reason}"


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """A difference that breaks clients, and the registered consumers among them, none where nobody is known."""

    difference: Difference
    affected: tuple[Affected, ...] = ()


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """A registered operation that already does what another one is for: its score (0 to 1), and why it is taken for one."""

    service: str
    operation: str
    score: float
    reason: str = ""
    id: str = ""


class Consumers(msgspec.Struct, frozen=True, kw_only=True):
    """What the breaking differences of a review break. `service` is the registered one that was taken for the project."""

    service: str
    version: str | None = None
    impacts: tuple[Impact, ...] = ()


class Registry(Protocol):
    """What a review asks. Both raise `ByteError` where the registry cannot be asked: the review goes on and says so."""

    def consumers(self, comparisons: Sequence[Comparison]) -> Consumers | None:
        """Who is broken by the breaking differences, in their order; None where the project is no registered service."""

    def similar(self, operations: Sequence[Operation]) -> Sequence[Sequence[Similar]]:
        """For each operation the registered ones, of other services too, that already do it, the best first."""
