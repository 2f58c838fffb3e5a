from typing import ClassVar, Generic, Optional, Sequence, TypeVar

from fastapi import Query
from fastapi_pagination._version import VERSION
from fastapi_pagination.bases import AbstractPage, AbstractParams, BasePage, CursorRawParams
from pydantic import BaseModel, Field

TAny = TypeVar("TAny")


class CursorParams(BaseModel, AbstractParams):
    cursor: Optional[str] = Query(None, description="Cursor for the next page")
    if VERSION < (0, 12, 20):
        size: int = Query(50, ge=0, description="Page offset")
    else:
        size: int = Query(50, ge=0, le=100, description="Page size")

    str_cursor: ClassVar[bool] = True
    quoted_cursor: ClassVar[bool] = True

    def to_raw_params(self):
        return CursorRawParams(None, 0)


if VERSION < (0, 12, 10):

    class CursorPage(AbstractPage[TAny], Generic[TAny]):
        items: Sequence[TAny]
        previous_page: Optional[str] = Field(None, description="Cursor for the previous page")
        next_page: Optional[str] = Field(None, description="Cursor for the next page")

        __params_type__ = CursorParams

elif VERSION < (0, 13):

    class CursorPage(AbstractPage[TAny], Generic[TAny]):
        items: Sequence[TAny]
        total: Optional[int] = Field(None, description="Total items")
        current_page: Optional[str] = Field(None, description="Cursor to refetch the current page")
        current_page_backwards: Optional[str] = Field(
            None, description="Cursor to refetch the current page starting from the last item"
        )
        previous_page: Optional[str] = Field(None, description="Cursor for the previous page")
        next_page: Optional[str] = Field(None, description="Cursor for the next page")

        __params_type__ = CursorParams

else:

    class CursorPage(BasePage[TAny], Generic[TAny]):
        current_page: Optional[str] = Field(None, description="Cursor to refetch the current page")
        current_page_backwards: Optional[str] = Field(
            None, description="Cursor to refetch the current page starting from the last item"
        )
        previous_page: Optional[str] = Field(None, description="Cursor for the previous page")
        next_page: Optional[str] = Field(None, description="Cursor for the next page")

        __params_type__ = CursorParams
