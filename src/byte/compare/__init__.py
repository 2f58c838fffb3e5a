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
from byte.compare.rewritten import without_rewritten
from byte.model.contract import ORIGIN, Contract, Document, without_origins
from byte.model.difference import Difference


def compare(base: Contract, revision: Contract, *, as_of: date | None = None) -> tuple[Difference, ...]:
    """What differs, breaking first. `as_of` is the day that sunset dates are measured from; without it they are
    undecided. Origins are left out: a pointer is enough to find them.
    """
    one, two = Side(_plain(base), "base"), Side(_plain(revision), "revision")
    same = Sameness(one, two)
    changes = without_rewritten(_walk(one, two, same, as_of), one, two, same)
    return grouped(judge(changes, one, two, same, _unread(base, revision)))


def _plain(contract: Contract) -> Document:
    """The document without origins; most of those that were read from files never had any."""
    name = ORIGIN.encode()
    without = bool(contract.texts) and not any(name in text.data for text in contract.texts)
    return contract.document if without else without_origins(contract.document)


def _unread(base: Contract, revision: Contract) -> str:
    """The first thing of the revision's source that could not be followed, and that the base does not lack as well.

    It may be anything; what is broken in a document has its place there.
    """
    if revision.application is None:
        return ""
    known = {gap.reason for gap in base.gaps}
    fresh = [gap for gap in revision.gaps if gap.reason not in known]
    return f"{fresh[0].path}:{fresh[0].line}: {fresh[0].reason}" if fresh else ""


def _walk(base: Side, revision: Side, same: Sameness, as_of: date | None) -> Iterator[Change]:
    return walk(base, revision, same, as_of.isoformat() if as_of is not None else None)
