"""Reviews that are kept: sent by a CI, or made when a version was published."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from byte.registry import gate
from byte.registry.actors import Actor
from byte.registry.errors import NotFoundError, TooLargeError
from byte.registry.faults import COMMIT, LABEL, LABEL_LENGTH, Faults
from byte.registry.gate import Ruling
from byte.registry.records import Event, Review
from byte.registry.store import Store, Write, events, reviews, services, versions
from byte.report.json import document

REPORT_BYTES: Final = 1_000_000
REPORT_DEPTH: Final = 64
_CANONICAL: Final = msgspec.json.Encoder(order="sorted")


def add_review(store: Store, who: Actor, draft: Review) -> tuple[Review, bool]:
    """Keeps a review of a service that the caller may publish. Returns it, and whether it is new.

    Its id is a digest of what it says: the same review, sent again, is the same review.
    Raises `ForbiddenError`, `InvalidError`, `TooLargeError`, `NotFoundError`.
    """
    who.must("publish")
    check_review(draft)
    review = msgspec.structs.replace(draft, id=identity(draft), actor=who.name)
    with store.writing() as write:
        who.must_own(services.get(write, review.service).owner)
        if review.version is not None:
            versions.get(write, review.service, review.version)
        try:
            return reviews.get(write, review.id), False
        except NotFoundError:
            made = reviews.add(write, review)
        data: dict[str, Any] = {"verdict": made.verdict, "commit": made.commit, "source": made.source}
        events.append(
            write,
            Event(
                type="review.added",
                service=made.service,
                version=made.version,
                subject=made.id,
                actor=who.name,
                data=data,
            ),
        )
    return made, True


def check_review(review: Review) -> None:
    """Raises `InvalidError` or `TooLargeError` for what cannot be kept."""
    faults = Faults()
    if review.version is not None:
        faults.matches("/version", review.version, LABEL, LABEL_LENGTH)
    if review.commit is not None:
        faults.matches("/commit", review.commit, COMMIT, 64)
    if not _shallow(review.report, REPORT_DEPTH):
        faults.add("/report", f"It is nested deeper than {REPORT_DEPTH} levels.")
    faults.settle("review")
    try:
        size = len(_CANONICAL.encode(review.report))
    except (UnicodeEncodeError, TypeError):
        faults.add("/report", "It has a text that UTF-8 cannot write.")
        faults.settle("review")
        return
    if size > REPORT_BYTES:
        raise TooLargeError(
            f"The report has {size:,} bytes of JSON; {REPORT_BYTES:,} are taken. Send it without its trace."
        )


def identity(review: Review) -> str:
    """The id of a review: 24 hexadecimal digits of the SHA-256 of what it is about and what it says."""
    said = (review.service, review.version, review.commit, review.source, review.verdict, review.report)
    return hashlib.sha256(_CANONICAL.encode(said)).hexdigest()[:24]


def _shallow(value: Any, most: int) -> bool:
    """Whether a JSON value is nested at most so deep; without recursion."""
    layer = [value]
    for _ in range(most + 1):
        nested = [part for part in layer if isinstance(part, dict | list)]
        if not nested:
            return True
        layer = [item for part in nested for item in (part.values() if isinstance(part, dict) else part)]
    return False


# --- reviews of publishes ----------------------------------------------------------------------


def of_ruling(ruling: Ruling, said: Mapping[str, Any], commit: str | None, who: Actor) -> Review | None:
    """The review of a version that was judged, as it is kept; None for a first version, which has none.

    Its report is that of `byte review`, with what the gate said of it as `gate`. One that is too large loses findings, and
    of the gate's lists as many; it has the counts.
    """
    if ruling.review is None:
        return None
    whole = gate.plain(document(ruling.review))
    kept = {key: value for key, value in said.items() if key not in _IN_REVIEW}
    report = {**whole, "gate": kept}
    shown = len(whole["findings"])
    while len(_CANONICAL.encode(report)) > REPORT_BYTES and (shown or report["answers"]):
        shown //= 2
        cut = {key: value[:shown] if isinstance(value, list) else value for key, value in kept.items()}
        report |= {"findings": whole["findings"][:shown], "gate": cut, **{key: [] for key in _LEFT_OUT}}
    draft = Review(
        id="",
        service=ruling.service,
        version=ruling.label,
        commit=commit,
        source="publish",
        verdict=ruling.review.verdict.value,
        outcome="refused" if ruling.refused else "published",
        report=report,
        actor=who.name,
    )
    return msgspec.structs.replace(draft, id=identity(draft))


def keep(write: Write, review: Review) -> None:
    """Keeps a review unless this very one is there."""
    if reviews.find(write, review.id) is None:
        reviews.add(write, review)


_LEFT_OUT: Final = ("recommendations", "questions", "answers", "unreadable", "accepted")
"""What a report that is too large is kept without, beside some of its findings; it has the counts."""
_IN_REVIEW: Final = frozenset({"verdict", "summary", "findings", "finding_count", "id"})
"""What the review says itself."""
