"""Contract x contract -> differences, each with its proof.

The sender is closed, the receiver is open: what a client of base can send must be accepted by the revision, and what
the revision can answer must be valid for a client of base (DESIGN.md, section 7).
"""

from collections.abc import Iterator
from datetime import date

from byte.compare.changes import Change
from byte.compare.document import Sameness, Side
from byte.compare.group import grouped
from byte.compare.judge import judge
from byte.compare.protocol import walk
from byte.model.contract import Contract, Document, without_origins
from byte.model.difference import Difference


def compare(base: Contract, revision: Contract, *, as_of: date | None = None) -> tuple[Difference, ...]:
    """What differs, breaking first. `as_of` is the day that sunset dates are measured from; without it they are
    undecided. Origins are left out: a pointer is enough to find them.
    """
    one = Side(without_origins(base.document), "base")
    two = Side(without_origins(revision.document), "revision")
    same = Sameness(one, two)
    return grouped(judge(list(_walk(one, two, same, as_of)), one, two, same, _unread(base, revision)))


def _unread(base: Contract, revision: Contract) -> str:
    """The first thing of the revision's source that could not be followed, and that the base does not lack as well.

    It may be anything; what is broken in a document has its place there.
    """
    if revision.application is None:
        return ""
    known = {gap.reason for gap in base.gaps}
    fresh = [gap for gap in revision.gaps if gap.reason not in known]
    return f"{fresh[0].path}:{fresh[0].line}: {fresh[0].reason}" if fresh else ""


def changes_of(base: Document, revision: Document, as_of: str | None = None) -> list[Change]:
    """The changes between two documents before anything is decided: what oasdiff would list, and more."""
    one, two = Side(base, "base"), Side(revision, "revision")
    day = date.fromisoformat(as_of) if as_of is not None else None
    return [change for change in _walk(one, two, Sameness(one, two), day) if change.id]


def _walk(base: Side, revision: Side, same: Sameness, as_of: date | None) -> Iterator[Change]:
    return walk(base, revision, same, as_of.isoformat() if as_of is not None else None)
