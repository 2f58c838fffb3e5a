from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.models import Book


def catalogue(session: Session, limit: int, offset: int) -> Sequence[Book]:
    return session.scalars(select(Book).order_by(Book.id).limit(limit).offset(offset)).all()


def get(session: Session, book_id: int) -> Book | None:
    return session.get(Book, book_id)


def add(session: Session, book: Book) -> Book:
    session.add(book)
    return book
