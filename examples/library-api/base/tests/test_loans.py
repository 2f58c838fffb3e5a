import pytest
from sqlalchemy.orm import Session

from library.errors import ConflictError
from library.schemas import BookIn, LoanIn
from library.services import books, loans


def test_a_book_is_lent_once(session: Session) -> None:
    book = books.add(session, BookIn(isbn="9780141439518", title="Pride and Prejudice", author="Austen", owner="Ada"))
    loans.lend(session, LoanIn(book_id=book.id, borrower="Grace"))
    with pytest.raises(ConflictError):
        loans.lend(session, LoanIn(book_id=book.id, borrower="Linus"))
