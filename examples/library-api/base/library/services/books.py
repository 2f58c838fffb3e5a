from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from library.errors import ConflictError, NotFoundError
from library.models import Book
from library.repositories import books as stored
from library.schemas import BookIn


def catalogue(session: Session, limit: int, offset: int) -> Sequence[Book]:
    return stored.catalogue(session, limit, offset)


def get(session: Session, book_id: int) -> Book:
    book = stored.get(session, book_id)
    if book is None:
        raise NotFoundError(f"There is no book {book_id}.")
    return book


def add(session: Session, book: BookIn) -> Book:
    added = stored.add(session, Book(**book.model_dump()))
    try:
        session.commit()
    except IntegrityError as error:
        raise ConflictError(f"ISBN {book.isbn} is on the shelf already.") from error
    return added
