from typing import Generic, TypeVar

from fastapi_pagination._version import VERSION
from fastapi_pagination.customization import CustomizedPage, UseModule
from fastapi_pagination.limit_offset import LimitOffsetPage as BasePage
from fastapi_pagination.links.bases import BaseUseHeaderLinks, BaseUseLinks, Links

TAny = TypeVar("TAny")


class UseLimitOffsetLinks(BaseUseLinks):
    pass


class UseLimitOffsetHeaderLinks(BaseUseHeaderLinks):
    pass


if VERSION < (0, 13):

    class LimitOffsetPage(BasePage[TAny], Generic[TAny]):
        links: Links

else:
    LimitOffsetPage = CustomizedPage[BasePage[TAny], UseLimitOffsetLinks(), UseModule(__name__)]
