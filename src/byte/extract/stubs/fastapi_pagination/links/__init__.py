from fastapi_pagination.links.default import Page, UseHeaderLinks, UseLinks
from fastapi_pagination.links.limit_offset import (
    LimitOffsetPage,
    UseLimitOffsetHeaderLinks,
    UseLimitOffsetLinks,
)
