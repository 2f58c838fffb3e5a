from typing import Generic, TypeVar

from pydantic import BaseModel, Field, create_model

SchemaType = TypeVar("SchemaType", bound=BaseModel)


def compute_offset(page, items_per_page):
    return (page - 1) * items_per_page


def paginated_response(crud_data, page, items_per_page, multi_response_key="data"):
    return {}


class PaginatedRequestQuery(BaseModel):
    offset: int | None = Field(None, description="Offset for unpaginated queries")
    limit: int | None = Field(None, description="Limit for unpaginated queries")
    page: int | None = Field(None, alias="page", description="Page number")
    items_per_page: int | None = Field(None, alias="itemsPerPage", description="Number of items per page")
    sort: str | None = Field(None, description="Sort results by one or more fields.")

    model_config = {"populate_by_name": True}


class CursorPaginatedRequestQuery(BaseModel):
    cursor: int | str | None = Field(None, description="Cursor value for pagination")
    limit: int | None = Field(100, description="Maximum number of items to return per page", gt=0, le=1000)
    sort_column: str | None = Field("id", description="Column name to sort by")
    sort_order: str | None = Field("asc", description="Sort order", pattern="^(asc|desc)$")

    model_config = {"populate_by_name": True}


def create_list_response(schema, response_key="data"):
    return create_model("DynamicListResponse", **{response_key: (list[schema], ...)})


def create_paginated_response(schema, response_key="data"):
    fields = {
        response_key: (list[schema], ...),
        "total_count": (int, ...),
        "has_more": (bool, ...),
        "page": (int | None, None),
        "items_per_page": (int | None, None),
    }
    return create_model("DynamicPaginatedResponse", **fields)


class ListResponse(BaseModel, Generic[SchemaType]):
    data: list[SchemaType]


class PaginatedListResponse(ListResponse[SchemaType]):
    total_count: int
    has_more: bool
    page: int | None = None
    items_per_page: int | None = None
