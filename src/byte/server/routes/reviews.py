"""`/v1/reviews`: reviews that are kept."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from byte.registry import reviews as use_cases
from byte.registry.records import Outcome, Review
from byte.registry.store import reviews
from byte.server import answers, models, paging
from byte.server.auth import Publisher, Reader
from byte.server.context import Given
from byte.server.problems import responses
from byte.server.routes.parameters import OfCommit, OfService, OfVerdict, OfVersion, ReviewId, success
from byte.server.routing import Route

router: Final = APIRouter(prefix="/v1/reviews", tags=["reviews"], route_class=Route)
Sort = Annotated[
    Literal["created_at", "-created_at"], Query(description="What the list is ordered by; `-` turns it round.")
]
OfSource = Annotated[
    Literal["publish", "ci"] | None, Query(description="Only those of publishes, or those that a CI sent.")
]
OfOutcome = Annotated[Outcome | None, Query(description="Only those of publishes that came to this.")]
_REVISION: Final = 1
"""A review never changes."""


@router.get("", operation_id="list_reviews", summary="List reviews", response_model=models.ListOf[models.ReviewSummary])
def list_reviews(
    request: Request,
    given: Given,
    who: Reader,
    service: OfService = None,
    version: OfVersion = None,
    verdict: OfVerdict = None,
    commit: OfCommit = None,
    source: OfSource = None,
    outcome: OfOutcome = None,
    sort: Sort = "-created_at",
    limit: paging.Limit = paging.USUAL,
    cursor: paging.Cursor = None,
) -> Response:
    """List reviews without their reports, the newest first unless told otherwise."""
    del who
    with given.store.reading() as read:
        chosen = reviews.ReviewFilter(
            service=service, version=version, verdict=verdict, commit=commit, source=source, outcome=outcome
        )
        page = reviews.page(read, chosen, sort, limit, cursor)
    return answers.listing(request, [models.review_shown(review) for review in page.items], page.next)


@router.post(
    "",
    operation_id="create_review",
    summary="Create review",
    status_code=201,
    response_model=models.Review,
    responses={
        **success(201, "The review is kept.", created=True),
        200: {**success(200, "This very review is kept already.")[200], "model": models.Review},
        **responses("invalid", "not-found", "too-large"),
    },
)
def create_review(request: Request, given: Given, who: Publisher, draft: models.ReviewCreate) -> Response:
    """Keep a review that a CI made.

    Its id is a digest of what it says, so that the same review can be sent again.
    """
    review, new = use_cases.add_review(given.store, who, draft.record())
    return _answer(request, review, new)


@router.get(
    "/{review}",
    operation_id="get_review",
    summary="Get review",
    response_model=models.Review,
    responses={**success(200, "The review."), **responses("not-found")},
)
def get_review(request: Request, given: Given, who: Reader, review: ReviewId) -> Response:
    """Get a review with its report."""
    del who
    with given.store.reading() as read:
        return _answer(request, reviews.get(read, review), new=False)


def _answer(request: Request, review: Review, new: bool) -> Response:
    more: dict[str, Any] = {"status": 201, "location": f"/v1/reviews/{review.id}"} if new else {}
    return answers.resource(request, models.review_whole(review), _REVISION, **more)
