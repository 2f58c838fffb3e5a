"""Whether the version of the document tells that something breaks (semver.org)."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from byte.compare.changes import Change
from byte.compare.document import Side
from byte.compare.protocol.spot import Pair, Spot
from byte.compare.protocol.view import text

_NUMBER: Final = r"(0|[1-9][0-9]*)"
_NAMES: Final = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_PRE: Final = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_SEMVER: Final = re.compile(rf"v?{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_PRE}(?:\.{_PRE})*)?(?:\+{_NAMES})?\Z")
_DIGITS: Final = 18


def judged(pair: Pair, changes: Iterable[Change]) -> Iterator[Change]:
    """The changes, and one more where oasdiff thinks that some break while the major version stayed (below 1.0: the
    minor one). Versions that are not semantic ones say nothing.
    """
    breaks = False
    for change in changes:
        breaks = breaks or change.oasdiff == "ERR"
        yield change
    if breaks:
        yield from _version(pair)


def _version(pair: Pair) -> Iterator[Change]:
    one, two = _written(pair.base), _written(pair.revision)
    before, after = _parsed(one), _parsed(two)
    if before is None or after is None:
        return
    if one == two:
        id, message = "api-version-not-bumped", f"the version is still `{two}`"
    elif after <= before:
        id, message = "api-version-decreased", f"the version went from `{one}` to `{two}`"
    elif after[: 2 if before[0] == after[0] == 0 else 1] > before[: 2 if before[0] == after[0] == 0 else 1]:
        return
    else:
        id = "api-major-version-not-bumped"
        message = f"the major version stayed: `{one}`, `{two}`"
    yield Spot(pair).change(id, message, base=pair.base.at("/info/version"), revision=pair.revision.at("/info/version"))


def _written(side: Side) -> str:
    info = side.root.get("info")
    return text(info, "version") if info is not None else ""


def _parsed(version: str) -> tuple[int, ...] | None:
    found = _SEMVER.match(version)
    if found is None or any(len(part) > _DIGITS for part in found.groups()):
        return None
    return tuple(int(part) for part in found.groups())
