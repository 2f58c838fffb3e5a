from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from library.errors import ConflictError, NotFoundError
from library.models import Loan
from library.repositories import loans as stored
from library.schemas import LoanIn, LoanUpdate, OverdueLoan
from library.services import books
from library.settings import settings


def lend(session: Session, loan: LoanIn) -> Loan:
    book = books.get(session, loan.book_id)
    due_at = datetime.now(UTC) + timedelta(days=settings.loan_days)
    added = stored.add(session, Loan(book_id=book.id, borrower=loan.borrower, due_at=due_at))
    try:
        session.commit()
    except IntegrityError as error:
        raise ConflictError(f"Book {loan.book_id} is lent already.") from error
    return added


def close(session: Session, loan_id: int, update: LoanUpdate) -> Loan:
    loan = stored.get_for_update(session, loan_id)
    if loan is None:
        raise NotFoundError(f"There is no loan {loan_id}.")
    if loan.returned_at is not None:
        raise ConflictError(f"Loan {loan_id} is closed already.")
    loan.returned_at = update.returned_at
    session.commit()
    return loan


def overdue(session: Session, limit: int, offset: int) -> list[OverdueLoan]:
    late = []
    for loan in stored.due_before(session, datetime.now(UTC), limit, offset):
        book = books.get(session, loan.book_id)
        late.append(OverdueLoan(loan_id=loan.id, title=book.title, borrower=loan.borrower, due_at=loan.due_at))
    return late
