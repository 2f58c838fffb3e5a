from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=100)]
Title = Annotated[str, Field(min_length=1, max_length=200)]


class BookIn(BaseModel):
    isbn: str = Field(pattern=r"^\d{13}$")
    title: Title
    author: Title
    owner: Name


class BookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    isbn: str
    title: str
    author: str
    owner: str


class LoanIn(BaseModel):
    book_id: int
    borrower: Name


class LoanUpdate(BaseModel):
    returned_at: AwareDatetime


class LoanOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    book_id: int
    borrower: str
    due_at: datetime
    returned_at: datetime | None


class OverdueLoan(BaseModel):
    loan_id: int
    title: str
    borrower: str
    due_at: datetime


class RatingIn(BaseModel):
    reader: Name
    stars: int = Field(ge=1, le=5)


class RatingOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    book_id: int
    reader: str
    stars: int


class BookRating(BaseModel):
    book_id: int
    title: str
    average: float
    count: int


class ComparedRating(BookRating):
    open_library: float | None


class Health(BaseModel):
    status: str


class Problem(BaseModel):
    detail: str
