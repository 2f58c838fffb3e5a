import pytest
from sqlalchemy.orm import Session

from library.errors import ConflictError
from library.schemas import BookIn, RatingIn
from library.services import books, ratings


def test_ratings_are_averaged(session: Session) -> None:
    book = books.add(session, BookIn(isbn="9780141439518", title="Pride and Prejudice", author="Austen", owner="Ada"))
    ratings.rate(session, book.id, RatingIn(reader="Grace", stars=5))
    ratings.rate(session, book.id, RatingIn(reader="Linus", stars=4))
    assert ratings.summarize(session, book).average == 4.5


def test_a_reader_rates_a_book_once(session: Session) -> None:
    book = books.add(session, BookIn(isbn="9780141439518", title="Pride and Prejudice", author="Austen", owner="Ada"))
    ratings.rate(session, book.id, RatingIn(reader="Grace", stars=5))
    with pytest.raises(ConflictError):
        ratings.rate(session, book.id, RatingIn(reader="Grace", stars=1))
