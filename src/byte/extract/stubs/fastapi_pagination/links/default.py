from typing import Generic, TypeVar

from fastapi_pagination._version import VERSION
from fastapi_pagination.customization import CustomizedPage, UseModule
from fastapi_pagination.default import Page as BasePage
from fastapi_pagination.links.bases import BaseUseHeaderLinks, BaseUseLinks, Links

TAny = TypeVar("TAny")


class UseLinks(BaseUseLinks):
    pass


class UseHeaderLinks(BaseUseHeaderLinks):
    pass


if VERSION < (0, 13):

    class Page(BasePage[TAny], Generic[TAny]):
        links: Links

else:
    Page = CustomizedPage[BasePage[TAny], UseLinks(), UseModule(__name__)]
