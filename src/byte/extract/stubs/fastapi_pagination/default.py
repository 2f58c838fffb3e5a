from typing import Generic, Optional, TypeVar

from fastapi import Query
from fastapi_pagination._version import VERSION
from fastapi_pagination.bases import AbstractParams, BasePage, RawParams
from fastapi_pagination.types import GreaterEqualOne, GreaterEqualZero
from pydantic import BaseModel

TAny = TypeVar("TAny")


class Params(BaseModel, AbstractParams):
    page: int = Query(1, ge=1, description="Page number")
    size: int = Query(50, ge=1, le=100, description="Page size")

    def to_raw_params(self):
        return RawParams()


class OptionalParams(Params):
    page: Optional[int] = Query(None, ge=1, description="Page number")
    size: Optional[int] = Query(None, ge=1, le=100, description="Page size")


if VERSION < (0, 11):

    class Page(BasePage[TAny], Generic[TAny]):
        page: GreaterEqualOne
        size: GreaterEqualOne

        __params_type__ = Params

elif VERSION < (0, 12):

    class Page(BasePage[TAny], Generic[TAny]):
        page: GreaterEqualOne
        size: GreaterEqualOne
        pages: Optional[GreaterEqualZero] = None

        __params_type__ = Params

elif VERSION < (0, 14):

    class Page(BasePage[TAny], Generic[TAny]):
        page: Optional[GreaterEqualOne]
        size: Optional[GreaterEqualOne]
        pages: Optional[GreaterEqualZero] = None

        __params_type__ = Params

else:

    class Page(BasePage[TAny], Generic[TAny]):
        page: GreaterEqualOne
        size: GreaterEqualOne
        pages: GreaterEqualZero

        __params_type__ = Params
