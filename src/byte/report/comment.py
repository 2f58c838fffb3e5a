"""The review as a comment on a pull request: verdict and counts in one line, the whole report folded below."""

from byte.model.review import Review
from byte.report import markdown, wording

MARKER = "<!-- byte-review -->"
"""The first line, unseen by readers: a workflow finds by it the comment that it keeps up to date."""

LIMIT = 65_536
"""GitHub's limit, in characters. Bytes are counted here: never fewer than characters, however those are counted."""

CUT = "The report is cut here: GitHub takes no longer comment. Run `byte review` to read all of it."


def _folded(review: Review, lines: list[str]) -> str:
    top = f"**{review.verdict.value}** - {wording.tally(review)}"
    fold = ["<details>", "<summary>Backend Engineer Review</summary>", "", *lines, "", "</details>"]
    return "\n".join([MARKER, top, "", *fold]) + "\n"


def _size(text: str) -> int:
    return len(text.encode())


def _fitting(lines: list[str], room: int) -> list[str]:
    """As many lines from the start as fit in `room` bytes."""
    for index, line in enumerate(lines):
        room -= _size(line) + 1
        if room < 0:
            return lines[:index]
    return lines


def render(review: Review) -> str:
    """The comment, cut at a line where it would be too long; the verdict stays its last heading."""
    lines = markdown.render(review).rstrip("\n").split("\n")
    whole = _folded(review, lines)
    if _size(whole) <= LIMIT:
        return whole
    end = ["", CUT, "", lines[-1]]
    return _folded(review, [*_fitting(lines[:-1], LIMIT - _size(_folded(review, end))), *end])
