"""The operations of the contracts of a snapshot, by what they are called on both sides of a change."""

from weakref import WeakKeyDictionary

import msgspec

from byte.model import routes
from byte.model.contract import Contract, Operation, operations
from byte.model.facts import Facts
from byte.model.review import Location

Name = tuple[str, str]
"""Method, and path without the names and converters of its parameters."""


class Described(msgspec.Struct, frozen=True):
    """An operation of a contract."""

    contract: Contract
    operation: Operation


def described(facts: Facts) -> dict[Name, Described]:
    """The operations of all contracts of a snapshot, the first of each."""
    known = _DESCRIBED.get(facts)
    if known is None:
        known = {}
        for contract in facts.contracts():
            for op in operations(contract.document):
                known.setdefault(name(op.method, op.path), Described(contract, op))
        _DESCRIBED[facts] = known
    return known


def name(method: str, path: str) -> Name:
    """What an operation is called on both sides."""
    return method.upper(), routes.template(routes.plain(path)).rstrip("/") or "/"


def place(origin: object, facts: Facts) -> Location | None:
    """The line that `x-origin` names, if it is one of the project's files."""
    path, _, line = origin.rpartition(":") if isinstance(origin, str) else ("", "", "")
    if not line.isdigit() or path not in facts.snapshot.files:
        return None
    return Location(path, int(line), int(line))


_DESCRIBED: "WeakKeyDictionary[Facts, dict[Name, Described]]" = WeakKeyDictionary()
"""For as long as the facts live."""
