from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from library.clients import open_library
from library.errors import ConflictError
from library.models import Book, Rating
from library.repositories import ratings as stored
from library.schemas import BookRating, ComparedRating, RatingIn
from library.services import books


def rate(session: Session, book_id: int, rating: RatingIn) -> Rating:
    book = books.get(session, book_id)
    added = stored.add(session, Rating(book_id=book.id, reader=rating.reader, stars=rating.stars))
    try:
        session.commit()
    except IntegrityError as error:
        raise ConflictError(f"{rating.reader} has rated book {book_id} already.") from error
    return added


def summarize(session: Session, book: Book) -> BookRating:
    stars = stored.stars_of(session, book.id)
    average = sum(stars) / len(stars)
    return BookRating(book_id=book.id, title=book.title, average=round(average, 1), count=len(stars))


def compare(session: Session, book_id: int) -> ComparedRating:
    book = books.get(session, book_id)
    ours = summarize(session, book)
    return ComparedRating(**ours.model_dump(), open_library=open_library.average(book.isbn))
