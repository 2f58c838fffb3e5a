"""Reviews in the store: kept as they were, never edited."""

from typing import Final, Literal

import msgspec
from sqlalchemy import bindparam, delete, select

from byte.registry.errors import NotFoundError
from byte.registry.records import Outcome, Page, Review, Verdict
from byte.registry.store import services
from byte.registry.store.connection import Read, Write
from byte.registry.store.kept import Kept, Listing
from byte.registry.store.shapes import Shape
from byte.registry.store.tables import reviews

_KEPT: Final = Kept(Review, reviews, "review", key=("id",))
_LISTING: Final = Listing(
    "reviews",
    Shape(Review, reviews, without=("report",)),
    {"created_at": [reviews.c.created_at, reviews.c.id]},
    {
        name: reviews.c[name] == bindparam(name)
        for name in ("service", "version", "verdict", "commit", "source", "outcome")
    },
)
_OLD: Final = select(reviews.c.id).where(reviews.c.created_at < bindparam("before")).order_by(reviews.c.created_at)
_FORGET: Final = delete(reviews).where(reviews.c.id.in_(_OLD.limit(bindparam("limit"))))


class ReviewFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which reviews to list: None lets all through."""

    service: str | None = None
    version: str | None = None
    verdict: Verdict | None = None
    commit: str | None = None
    source: Literal["publish", "ci"] | None = None
    outcome: Outcome | None = None


ALL: Final = ReviewFilter()


def find(read: Read, id: str) -> Review | None:
    """A review, None where there is none."""
    return _KEPT.find(read, id)


def get(read: Read, id: str) -> Review:
    """A review. Raises `NotFoundError`."""
    return _KEPT.get(read, id)


def page(
    read: Read, asked: ReviewFilter = ALL, sort: str = "-created_at", limit: int = 50, cursor: str | None = None
) -> Page[Review]:
    """Reviews by `created_at` without their reports, the newest first unless told otherwise.

    Raises `InvalidError` (sort, cursor).
    """
    return _LISTING.page(read, msgspec.structs.asdict(asked), sort, limit, cursor)


def add(write: Write, review: Review) -> Review:
    """Keeps a review. Raises `ExistsError`, and `NotFoundError` without the service."""
    if services.find(write, review.service) is None:
        raise NotFoundError(f"There is no service `{review.service}`.")
    return _KEPT.add(write, review)


def forget(write: Write, before: int, limit: int = 1_000) -> int:
    """Removes up to `limit` of the reviews from before a time, oldest first; how many."""
    return write.run(_FORGET, {"before": before, "limit": limit})
