from typing import Annotated

from fastapi import APIRouter, Query, status

from library.database import SessionDep
from library.models import Rating
from library.schemas import BookRating, ComparedRating, RatingIn, RatingOut
from library.services import books, ratings

router = APIRouter(tags=["ratings"])


@router.post("/books/{book_id}/ratings", response_model=RatingOut, status_code=status.HTTP_201_CREATED)
def rate_book(book_id: int, rating: RatingIn, session: SessionDep) -> Rating:
    return ratings.rate(session, book_id, rating)


@router.get("/books/{book_id}/rating", response_model=ComparedRating)
def get_rating(book_id: int, session: SessionDep) -> ComparedRating:
    return ratings.compare(session, book_id)


@router.get("/ratings", response_model=list[BookRating])
def list_ratings(
    session: SessionDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> list[BookRating]:
    return [ratings.summarize(session, book) for book in books.catalogue(session, limit, offset)]
