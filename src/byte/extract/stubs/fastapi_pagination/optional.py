from typing import TypeVar

from fastapi_pagination.customization import CustomizedPage, UseModule, UseOptionalFields
from fastapi_pagination.default import Page
from fastapi_pagination.limit_offset import LimitOffsetPage

T = TypeVar("T")

OptionalPage = CustomizedPage[Page[T], UseOptionalFields(), UseModule(__name__)]
OptionalLimitOffsetPage = CustomizedPage[LimitOffsetPage[T], UseOptionalFields(), UseModule(__name__)]
OptionalParams = OptionalPage.__params_type__
OptionalLimitOffsetParams = OptionalLimitOffsetPage.__params_type__
