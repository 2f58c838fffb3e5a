from fastapi_pagination.api import (
    add_pagination,
    create_page,
    pagination_ctx,
    request,
    resolve_params,
    response,
    set_page,
    set_params,
)
from fastapi_pagination.default import Page, Params
from fastapi_pagination.limit_offset import LimitOffsetPage, LimitOffsetParams
from fastapi_pagination.paginator import paginate
