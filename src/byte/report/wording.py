"""The words that every report shares: one line of text, places, chains of places, counts.

What is written here comes from repositories that nobody vouches for. `visible` and `one_line` take away its control
characters; each format adds the escaping of its own syntax.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from byte.model.review import Accepted, Finding, Location, Review, Severity, Step

SHOWN = 3
"""So many places are listed; of more, the first `SHOWN - 1` and the number of the rest."""

CHAIN_SHOWN = 6
"""So many links of a chain are listed; of more, the first three and the last two."""

# Controls (C0, C1), what is invisible or reorders the text around it, line separators, lone surrogates.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape_of(match: re.Match[str]) -> str:
    char = match[0]
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def visible(text: str) -> str:
    """The text on one line with every character that cannot be seen written as an escape (`\\x1b`, `\\u202e`)."""
    return _UNSEEN.sub(_escape_of, text)


def one_line(text: str) -> str:
    """The text with white space of any kind as single spaces, and nothing unseen: for sentences, not for names."""
    return visible(" ".join(text.split()))


def point(path: str, line: int) -> str:
    """`path:line`; the path alone where the line is not known (0)."""
    return f"{visible(path)}:{line}" if line > 0 else visible(path)


def points(locations: Sequence[Location]) -> list[str]:
    """Each place once, in the given order."""
    return list(dict.fromkeys(point(at.path, at.line) for at in locations))


def folded(places: Sequence[str]) -> list[str]:
    """`a.py:1, :5, b.py:2`: the path stands once where places of one file follow each other."""
    out: list[str] = []
    last = None
    for item in places:
        path, colon, line = item.rpartition(":")
        out.append(f":{line}" if colon and path == last else item)
        last = path
    return out


def listing(items: Sequence[str]) -> str:
    """`a, b` or `a, b, and 5 more`."""
    if len(items) <= SHOWN:
        return ", ".join(items)
    first = items[: SHOWN - 1]
    return f"{', '.join(first)}, and {len(items) - len(first)} more"


def links(finding: Finding) -> list[str]:
    """The chain of places that makes a finding true, its own place first; one item where there is no chain."""
    return chain(finding.at, finding.because)


def chain(at: Location, because: Sequence[Step]) -> list[str]:
    """A place and the steps from it, each place once in a row."""
    places = [point(at.path, at.line)]
    for step in because:
        link = point(step.path, step.line)
        if link != places[-1]:
            places.append(link)
    return places


def arrows(items: Sequence[str]) -> str:
    """`a -> b -> c`, a long chain shortened in the middle."""
    shown = list(items) if len(items) <= CHAIN_SHOWN else [*items[:3], "...", *items[-2:]]
    return " -> ".join(shown)


def where(finding: Finding, show: Callable[[str], str] = str) -> str:
    """Where a finding is: its place, its chain, or all its places and its chain. `show` escapes each place."""
    steps = [show(link) for link in links(finding)]
    places = folded([show(place) for place in points(finding.places)])
    if len(places) < 2:
        return arrows(steps)
    return listing(places) if len(steps) == 1 else f"{listing(places)}; {arrows(steps)}"


def number(count: int, noun: str) -> str:
    """`1 blocker`, `2 blockers`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def counts(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings there are of each severity, the worst first, with the zeros."""
    severities = [finding.severity for finding in findings]
    return {severity: severities.count(severity) for severity in Severity}


def tally(review: Review) -> str:
    """`2 blockers, 1 major, 0 notes`: what the review counts."""
    return ", ".join(number(count, severity.value) for severity, count in counts(review.findings).items())


def accepted_until(entry: Accepted) -> str:
    """`Accepted until 2027-01-01`, or `Accepted` where no end is declared."""
    return f"Accepted until {one_line(entry.until)}" if entry.until else "Accepted"


def not_read(unreadable: Sequence[Any], show: Callable[[str], str] = str, say: Callable[[str], str] = one_line) -> str:
    """`orders.py:12 (syntax error), and 5 more`: what could not be read, and why."""
    return listing([f"{show(point(part.path, part.line))} ({say(part.reason)})" for part in unreadable])


def existing(review: Review) -> str:
    """The sentence on the findings that were there before; empty where there are none."""
    count = max(review.existing_count, len(review.existing))
    if not count:
        return ""
    verb = "was" if count == 1 else "were"
    hint = "not counted" if review.existing else "not counted; `--existing` lists them"
    return f"{number(count, 'finding')} {verb} there before ({hint})"


def suppressed(review: Review) -> str:
    """The sentence on silenced findings; empty where there are none."""
    if not review.suppressed:
        return ""
    return f"{number(review.suppressed, 'finding')} silenced by a comment or the baseline (not counted)"
