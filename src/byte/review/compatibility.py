"""The contracts of both sides of a change, compared: what Backward Compatibility is told from."""

from collections.abc import Mapping, Sequence

from byte.compare import compare
from byte.model import breaks
from byte.model.breaks import Break
from byte.model.contract import Contract, operations
from byte.model.difference import Comparison
from byte.model.facts import ChangeFacts, Facts


def comparisons(base: Facts, head: Facts, renames: Mapping[str, str]) -> tuple[Comparison, ...]:
    """The applications that both sides have, by name or by what git says was renamed, or the only ones there are.

    Sunset dates are not judged: a review knows no clock.
    """
    before = [c for c in base.contracts() if c.application is not None]
    after = [c for c in head.contracts() if c.application is not None]
    named = {c.application.name: c for c in before if c.application is not None}
    pairs: list[tuple[Contract, Contract]] = []
    for contract in after:
        old = named.get(_name_in_base(contract, renames))
        if old is None and len(before) == len(after) == 1:
            old = before[0]
        if old is not None:
            pairs.append((old, contract))
    return tuple(Comparison(old, new, compare(old, new)) for old, new in pairs)


def _name_in_base(contract: Contract, renames: Mapping[str, str]) -> str:
    application = contract.application
    if application is None:
        return ""
    return f"{renames.get(application.path, application.path)}:{application.expression}"


def compared(change: ChangeFacts) -> int:
    """How many operations of head the contracts compare."""
    names = {op.name for comparison in change.comparisons for op in operations(comparison.head.document)}
    return len(names)


def undecided(change: ChangeFacts) -> list[Break]:
    """What could not be decided, breaks of which are no finding."""
    return breaks.undecided(change)


def reached(found: Sequence[Break]) -> int:
    """How many operations some differences reach."""
    return len({name for item in found for name in item.operations}) or len(found)
