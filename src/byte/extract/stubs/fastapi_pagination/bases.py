from abc import ABC
from typing import Generic, Optional, Sequence, TypeVar

from byte_target import PYDANTIC
from fastapi_pagination._version import VERSION
from fastapi_pagination.types import GreaterEqualZero

if PYDANTIC < (2,):
    from pydantic.generics import GenericModel
else:
    from pydantic import BaseModel as GenericModel

TAny = TypeVar("TAny")


class BaseRawParams:
    include_total = True

    def as_limit_offset(self):
        return self

    def as_cursor(self):
        return self


class RawParams(BaseRawParams):
    type = "limit-offset"

    def __init__(self, limit=None, offset=None, include_total=True):
        self.limit = limit
        self.offset = offset
        self.include_total = include_total


class CursorRawParams(BaseRawParams):
    type = "cursor"

    def __init__(self, cursor, size, include_total=True):
        self.cursor = cursor
        self.size = size
        self.include_total = include_total


class AbstractParams(ABC):
    @classmethod
    def set_page(cls, page_cls):
        page_cls.__params_type__ = cls


class BaseAbstractPage(ABC, Generic[TAny]):
    pass


class AbstractPage(GenericModel, Generic[TAny], ABC):
    __model_aliases__ = {}
    __model_exclude__ = set()

    if PYDANTIC < (2,):

        class Config:
            orm_mode = True
            arbitrary_types_allowed = True
            allow_population_by_field_name = True

    else:
        model_config = {"arbitrary_types_allowed": True, "from_attributes": True, "populate_by_name": True}

    @classmethod
    def set_params(cls, params_cls):
        cls.__params_type__ = params_cls

    @classmethod
    def with_custom_options(cls, *, cls_name=None, module=None, **fields):
        from fastapi_pagination.customization import customized, params_with_fields

        return customized(cls, _custom_name(cls, cls_name), params_with_fields(cls.__params_type__, fields))

    @classmethod
    def with_params(cls, custom_params, *, cls_name=None, module=None):
        from fastapi_pagination.customization import customized

        return customized(cls, _custom_name(cls, cls_name), custom_params)


def _custom_name(cls, given):
    if given is not None:
        return given
    if VERSION < (0, 12):
        return cls.__name__
    return f"Customized{cls.__name__}" if VERSION < (0, 12, 19) else f"{cls.__name__}Customized"


if VERSION < (0, 12):

    class BasePage(AbstractPage[TAny], Generic[TAny], ABC):
        items: Sequence[TAny]
        total: GreaterEqualZero

elif VERSION < (0, 13):

    class BasePage(AbstractPage[TAny], Generic[TAny], ABC):
        items: Sequence[TAny]
        total: Optional[GreaterEqualZero]

elif VERSION < (0, 14):

    class BasePage(AbstractPage[TAny], Generic[TAny], ABC):
        items: Sequence[TAny]
        total: Optional[GreaterEqualZero] = None

else:

    class BasePage(AbstractPage[TAny], Generic[TAny], ABC):
        items: Sequence[TAny]
        total: GreaterEqualZero
