import inspect
from typing import ClassVar, get_origin, get_type_hints

from byte_libraries import version
from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute

CBV_CLASS_KEY = "__cbv_class__"
INCLUDE_INIT_PARAMS_KEY = "__include_init_params__"
RETURN_TYPES_FUNC_KEY = "__return_types_func__"

VERSION = version("fastapi-utils", ((0,), (0, 2, 1)), ((0, 110), (0, 8, 0)))
_CUTS_PREFIX = VERSION >= (0, 3)
_NAMES_CLASS = VERSION >= (0, 6)


def cbv(router, *urls):
    def decorator(cls):
        return _cbv(router, cls, *urls)

    return decorator


def _cbv(router, cls, *urls, instance=None):
    _init_cbv(cls, instance)
    _register_endpoints(router, cls, *urls)
    return cls


def _init_cbv(cls, instance=None):
    if cls.__dict__.get(CBV_CLASS_KEY) is True:
        return
    old_signature = inspect.signature(cls.__init__)
    new_parameters = [
        p
        for p in list(old_signature.parameters.values())[1:]
        if p.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    ]
    for name, hint in get_type_hints(cls, include_extras=False).items():
        if hint is ClassVar or get_origin(hint) is ClassVar:
            continue
        new_parameters.append(
            inspect.Parameter(
                name=name,
                kind=inspect.Parameter.KEYWORD_ONLY,
                annotation=hint,
                default=getattr(cls, name, ...),
            )
        )
    if instance is not None and cls.__dict__.get(INCLUDE_INIT_PARAMS_KEY) is not True:
        new_parameters = []
    cls.__signature__ = inspect.Signature(new_parameters)
    setattr(cls, CBV_CLASS_KEY, True)


def _register_endpoints(router, cls, *urls):
    function_members = inspect.getmembers(cls, inspect.isfunction)
    for url in urls:
        _allocate_routes_by_method_name(router, url, function_members)
    functions = [function for _, function in function_members]
    cbv_routes = [r for r in router.routes if isinstance(r, APIRoute) and r.endpoint in functions]
    cbv_router = APIRouter()
    for route in cbv_routes:
        router.routes.remove(route)
        if _CUTS_PREFIX:
            route.path = route.path[len(router.prefix) :]
        _update_cbv_route_endpoint_signature(cls, route)
        if _NAMES_CLASS:
            route.name = cls.__name__ + "." + route.name
        cbv_router.routes.append(route)
    router.include_router(cbv_router)


def _allocate_routes_by_method_name(router, url, function_members):
    existing = [(r.endpoint, r.path) for r in router.routes if isinstance(r, APIRoute)]
    for name, function in function_members:
        if name.startswith("__") or name.endswith("__") or not hasattr(APIRouter, name) or (function, url) in existing:
            continue
        response_model, status_code, responses, options = None, 200, None, {}
        return_types = function.__dict__.get(RETURN_TYPES_FUNC_KEY)
        if return_types is not None:
            response_model, status_code, responses, options = return_types()
        router.api_route(
            url,
            methods=[name.capitalize()],
            response_model=response_model,
            status_code=status_code,
            responses=responses,
            **options,
        )(function)


def _update_cbv_route_endpoint_signature(cls, route):
    old_signature = inspect.signature(route.endpoint)
    old_parameters = list(old_signature.parameters.values())
    new_parameters = [old_parameters[0].replace(default=Depends(cls))]
    for parameter in old_parameters[1:]:
        new_parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
    route.endpoint.__signature__ = old_signature.replace(parameters=new_parameters)
