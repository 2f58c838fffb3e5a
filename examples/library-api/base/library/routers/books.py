from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, status

from library.database import SessionDep
from library.models import Book
from library.schemas import BookIn, BookOut
from library.services import books

router = APIRouter(prefix="/books", tags=["books"])


@router.get("", response_model=list[BookOut])
def list_books(
    session: SessionDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Sequence[Book]:
    return books.catalogue(session, limit, offset)


@router.post("", response_model=BookOut, status_code=status.HTTP_201_CREATED)
def add_book(book: BookIn, session: SessionDep) -> Book:
    return books.add(session, book)


@router.get("/{book_id}", response_model=BookOut)
def get_book(book_id: int, session: SessionDep) -> Book:
    return books.get(session, book_id)
