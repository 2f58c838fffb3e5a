from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.models import Rating


def stars_of(session: Session, book_id: int) -> Sequence[int]:
    return session.scalars(select(Rating.stars).where(Rating.book_id == book_id)).all()


def add(session: Session, rating: Rating) -> Rating:
    session.add(rating)
    return rating
