from copy import copy
from typing import Optional, Union, get_args, get_origin

from byte_target import PYDANTIC
from fastapi import Depends
from pydantic import BaseModel


class BaseFilterModel(BaseModel):
    if PYDANTIC >= (2,):
        model_config = {"extra": "forbid"}
    else:

        class Config:
            extra = "forbid"

    class Constants:
        ordering_field_name = "order_by"
        search_field_name = "search"


def with_prefix(prefix, Filter):
    if PYDANTIC >= (2,):

        class NestedFilter(Filter):
            model_config = {"extra": "forbid", "alias_generator": lambda name: f"{prefix}__{name}"}

    else:

        class NestedFilter(Filter):
            class Config:
                extra = "forbid"
                alias_generator = lambda name: f"{prefix}__{name}"

    return NestedFilter


def _inner(annotation):
    if get_origin(annotation) is Union:
        rest = [a for a in get_args(annotation) if a is not type(None)]
        if len(rest) == 1:
            return rest[0]
    return annotation


def FilterDepends(Filter, *, by_alias=False, use_cache=True):
    """A list is asked for as one string."""
    fields = Filter.model_fields if PYDANTIC >= (2,) else Filter.__fields__
    namespace = {"__annotations__": {}}
    for name, field in fields.items():
        if PYDANTIC >= (2,):
            required = field.is_required()
            annotation = field.annotation
            info = copy(field)
        else:
            required = field.required
            annotation = field.outer_type_ if required else Optional[field.outer_type_]
            info = copy(field.field_info)
        inner = _inner(annotation)
        if inner is list or get_origin(inner) is list:
            annotation = str if required else Optional[str]
            if isinstance(info.default, (list, tuple)):
                info.default = ",".join(info.default)
        namespace["__annotations__"][name] = annotation
        namespace[name] = info
    return Depends(type("FilterWrapper", (BaseModel,), namespace), use_cache=use_cache)
