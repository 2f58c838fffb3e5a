from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from library.models import Loan


def get_for_update(session: Session, loan_id: int) -> Loan | None:
    return session.get(Loan, loan_id, with_for_update=True)


def due_before(session: Session, moment: datetime, limit: int, offset: int) -> Sequence[Loan]:
    late = select(Loan).options(joinedload(Loan.book)).where(Loan.returned_at.is_(None), Loan.due_at < moment)
    return session.scalars(late.order_by(Loan.due_at, Loan.id).limit(limit).offset(offset)).all()


def add(session: Session, loan: Loan) -> Loan:
    session.add(loan)
    return loan
