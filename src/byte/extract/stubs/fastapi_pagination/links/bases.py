from typing import Optional

from byte_target import PYDANTIC
from fastapi_pagination._version import VERSION
from fastapi_pagination.customization import PageCustomizer
from pydantic import BaseModel, Field

if VERSION < (0, 12):
    _link_field = Field(example="/api/v1/users?limit=1&offset1")

    class Links(BaseModel):
        first: str = _link_field
        last: str = _link_field
        self: str = _link_field
        next: Optional[str] = _link_field
        prev: Optional[str] = _link_field

else:
    _given = {"example": "/api/v1/users?limit=1&offset1"}
    if PYDANTIC >= (2,):
        _given = {"examples": ["/api/v1/users?limit=1&offset1"]}
    if VERSION >= (0, 13):
        _given["default"] = None
    _link_field = Field(**_given)

    class Links(BaseModel):
        first: Optional[str] = _link_field
        last: Optional[str] = _link_field
        self: Optional[str] = _link_field
        next: Optional[str] = _link_field
        prev: Optional[str] = _link_field


def create_links(first, last, next, prev, *, only_path=None):
    return Links()


class BaseLinksCustomizer(PageCustomizer):
    def __init__(self, only_path=True, field="links"):
        self.only_path = only_path
        self.field = field


class BaseUseLinks(BaseLinksCustomizer):
    def customize_page_ns(self, page_cls, ns):
        from pydantic import computed_field

        def links(_self):
            return None

        ns[self.field] = computed_field(return_type=Links)(links)


class BaseUseHeaderLinks(BaseLinksCustomizer):
    pass
