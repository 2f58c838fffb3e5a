"""What differs between two contracts, and the proof of it.

A difference is *breaking* with a counterexample, or by a rule of the protocol; a *warning* where it is undecided or
may surprise; *info* where it is proved to be compatible.
"""

from typing import Any, Literal

import msgspec

from byte.model.contract import Contract

Level = Literal["breaking", "warning", "info"]
Proof = Literal["proved", "counterexample", "undecided", "rule"]
Direction = Literal["request", "response", "none"]
SideName = Literal["base", "revision"]
OasdiffLevel = Literal["ERR", "WARN", "INFO", "NONE"]

LEVELS: tuple[Level, ...] = ("breaking", "warning", "info")
"""The levels, worst first."""


class Row(msgspec.Struct, frozen=True, order=True):
    """What oasdiff (v1.28) says of a difference: check id, level, and the operation (`GET`) and path, where it has them."""

    id: str
    level: OasdiffLevel
    operation: str = ""
    path: str = ""


class Counterexample(msgspec.Struct, frozen=True, kw_only=True):
    """What proves a break: a payload that one side accepts and the other rejects, or a request that was answered.

    `kind` "payload": `value` is JSON that validates against `valid_for` and not against `invalid_for` (confirmed by an
    independent validator). `kind` "request": `value` is one line such as `GET /orders?limit=500`.
    """

    kind: Literal["payload", "request"]
    value: Any
    valid_for: SideName = "base"
    invalid_for: SideName = "revision"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One place where two contracts differ.

    `operation` is the first of `reaches` ("GET /orders/{id}"), empty for what concerns the whole document; `location`
    says where in it, for people. `base_origin` and `revision_origin` are "path:line"; `base_pointer` and
    `revision_pointer` are JSON pointers, "" where that side has nothing.
    """

    id: str
    level: Level
    proof: Proof
    direction: Direction
    operation: str
    location: str
    message: str
    counterexample: Counterexample | None = None
    base_pointer: str = ""
    revision_pointer: str = ""
    base_origin: str | None = None
    revision_origin: str | None = None
    reaches: tuple[str, ...] = ()
    oasdiff: tuple[Row, ...] = ()


class Comparison(msgspec.Struct, frozen=True, eq=False, weakref=True):
    """The contracts of one application on both sides of a change, and what differs between them."""

    base: Contract
    head: Contract
    differences: tuple[Difference, ...]
