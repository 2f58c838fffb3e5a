from typing import Annotated

from fastapi import APIRouter, Query, status

from library.database import SessionDep
from library.models import Loan
from library.schemas import LoanIn, LoanOut, LoanUpdate, OverdueLoan
from library.services import loans

router = APIRouter(prefix="/loans", tags=["loans"])


@router.get("/overdue", response_model=list[OverdueLoan])
def list_overdue(
    session: SessionDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> list[OverdueLoan]:
    return loans.overdue(session, limit, offset)


@router.post("", response_model=LoanOut, status_code=status.HTTP_201_CREATED)
def lend_book(loan: LoanIn, session: SessionDep) -> Loan:
    return loans.lend(session, loan)


@router.patch("/{loan_id}", response_model=LoanOut)
def return_book(loan_id: int, update: LoanUpdate, session: SessionDep) -> Loan:
    return loans.close(session, loan_id, update)
