from typing import Generic, Optional, TypeVar

from fastapi import Query
from fastapi_pagination._version import VERSION
from fastapi_pagination.bases import AbstractParams, BasePage, RawParams
from fastapi_pagination.types import GreaterEqualOne, GreaterEqualZero
from pydantic import BaseModel

TAny = TypeVar("TAny")


class LimitOffsetParams(BaseModel, AbstractParams):
    limit: int = Query(50, ge=1, le=100, description="Page size limit")
    offset: int = Query(0, ge=0, description="Page offset")

    def to_raw_params(self):
        return RawParams()


class OptionalLimitOffsetParams(LimitOffsetParams):
    limit: Optional[int] = Query(None, ge=1, le=100, description="Page size limit")
    offset: Optional[int] = Query(None, ge=0, description="Page offset")


if VERSION < (0, 12) or VERSION >= (0, 14):

    class LimitOffsetPage(BasePage[TAny], Generic[TAny]):
        limit: GreaterEqualOne
        offset: GreaterEqualZero

        __params_type__ = LimitOffsetParams

else:

    class LimitOffsetPage(BasePage[TAny], Generic[TAny]):
        limit: Optional[GreaterEqualOne]
        offset: Optional[GreaterEqualZero]

        __params_type__ = LimitOffsetParams
