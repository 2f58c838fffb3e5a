import inspect
from typing import Annotated, Any, get_args, get_origin

from byte_target import PYDANTIC
from fastapi import Depends, Query, Request, Response
from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute, _IncludedRouter
from fastapi_pagination.bases import AbstractPage, BaseAbstractPage
from pydantic import BaseModel


def resolve_params(params=None):
    return params


def create_page(items, *args, **kwargs):
    return None


def response():
    return None


def request():
    return None


def set_params(params):
    return None


def set_page(page):
    return None


_CONSTRAINTS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "regex")


def _constrained(info, parameter):
    default = ... if parameter.default is inspect.Parameter.empty else parameter.default
    if info is None:
        return parameter.default
    given = {name: getattr(info, name) for name in _CONSTRAINTS if getattr(info, name, None) is not None}
    return Query(default, **given) if given else parameter.default


def _create_params_dependency(params):
    async def _pagination_params(*args, **kwargs):
        yield None

    kind = inspect.Parameter.KEYWORD_ONLY
    if PYDANTIC >= (2,) and isinstance(params, type) and issubclass(params, BaseModel):
        parameters = [
            inspect.Parameter(name=name, kind=kind, annotation=field.annotation, default=field)
            for name, field in params.model_fields.items()
        ]
        _pagination_params.__signature__ = inspect.Signature(parameters)
    else:
        signature = inspect.signature(params)
        if isinstance(params, type) and issubclass(params, BaseModel):
            # The types of Pydantic 1 carry the constraints of the fields, but not their descriptions.
            infos = {name: field.field_info for name, field in params.__fields__.items()}
            parameters = [p.replace(default=_constrained(infos.get(p.name), p)) for p in signature.parameters.values()]
            signature = signature.replace(parameters=parameters)
        _pagination_params.__signature__ = signature
    return _pagination_params


async def _noop_dep():
    pass


def pagination_ctx(page=None, params=None, transformer=None, __page_ctx_dep__=False):
    if page is not None and params is None:
        params = page.__params_type__
    params_dep = _create_params_dependency(params) if params is not None else _noop_dep

    async def _page_ctx_dependency(req: Request, res: Response, _params: Any = Depends(params_dep)):
        yield _params

    if __page_ctx_dep__:
        _page_ctx_dependency.__page_ctx_dep__ = True
    return _page_ctx_dependency


def _response_model(route):
    found = route.response_model
    if isinstance(found, DefaultPlaceholder):
        found = inspect.signature(route.endpoint).return_annotation
    return get_args(found)[0] if get_origin(found) is Annotated else found


def _update_route(route):
    cls = _response_model(route)
    if not isinstance(cls, type) or not issubclass(cls, (AbstractPage, BaseAbstractPage)):
        return
    if not any(getattr(d.dependency, "__page_ctx_dep__", False) is True for d in route.dependencies):
        route.dependencies.append(Depends(pagination_ctx(cls, __page_ctx_dep__=True)))


def _update_routes(routes):
    for route in routes:
        if isinstance(route, APIRoute):
            _update_route(route)
        elif isinstance(route, _IncludedRouter):
            _update_routes(route.original_router.routes)


def add_pagination(parent):
    _update_routes(parent.routes)
    return parent
