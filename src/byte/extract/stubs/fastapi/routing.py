import byte_fastapi
from byte_target import FASTAPI
from fastapi import params
from fastapi.datastructures import Default, DefaultPlaceholder
from fastapi.utils import generate_unique_id, get_value_or_default
from starlette import routing
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, compile_path, get_name
from starlette.routing import Mount as Mount

_ROUTE = {
    "response_model": Default(None) if FASTAPI >= (0, 89) else None,
    "status_code": None,
    "tags": None,
    "dependencies": None,
    "summary": None,
    "description": None,
    "response_description": "Successful Response",
    "responses": None,
    "deprecated": None,
    "methods": None,
    "operation_id": None,
    "response_model_include": None,
    "response_model_exclude": None,
    "response_model_by_alias": True,
    "response_model_exclude_unset": False,
    "response_model_exclude_defaults": False,
    "response_model_exclude_none": False,
    "include_in_schema": True,
    "response_class": Default(JSONResponse),
    "name": None,
    "callbacks": None,
    "openapi_extra": None,
    "generate_unique_id_function": Default(generate_unique_id),
}


def get_request_handler(*args, **kwargs):
    return byte_fastapi.handler


def request_response(func):
    return func


def serialize_response(**kwargs):
    return byte_fastapi.response


class APIWebSocketRoute(routing.WebSocketRoute):
    pass


class APIRoute(routing.Route):
    dependant = byte_fastapi.dependant
    body_field = byte_fastapi.body_field
    response_field = byte_fastapi.response_field
    app = byte_fastapi.handler

    def __init__(self, path, endpoint, **options):
        byte_fastapi.route(self, path, endpoint, {**_ROUTE, **options})

    def get_route_handler(self):
        return byte_fastapi.handler


class _IncludedRouter(BaseRoute):
    pass


class APIRouter(routing.Router):
    def __init__(
        self,
        *,
        prefix="",
        tags=None,
        dependencies=None,
        default_response_class=Default(JSONResponse),
        responses=None,
        callbacks=None,
        routes=None,
        redirect_slashes=True,
        default=None,
        dependency_overrides_provider=None,
        route_class=APIRoute,
        on_startup=None,
        on_shutdown=None,
        lifespan=None,
        deprecated=None,
        include_in_schema=True,
        generate_unique_id_function=Default(generate_unique_id),
        **extra,
    ):
        byte_fastapi.store(
            self,
            {
                "routes": [] if routes is None else list(routes),
                "on_startup": [] if on_startup is None else list(on_startup),
                "on_shutdown": [] if on_shutdown is None else list(on_shutdown),
                "lifespan_context": lifespan,
                "redirect_slashes": redirect_slashes,
                "default": default,
                "prefix": prefix,
                "tags": [] if tags is None else tags,
                "dependencies": [] if dependencies is None else list(dependencies),
                "deprecated": deprecated,
                "include_in_schema": include_in_schema,
                "responses": {} if responses is None else responses,
                "callbacks": [] if callbacks is None else callbacks,
                "dependency_overrides_provider": dependency_overrides_provider,
                "route_class": route_class,
                "default_response_class": default_response_class,
                "generate_unique_id_function": generate_unique_id_function,
            },
        )

    def add_api_route(self, path, endpoint, **options):
        byte_fastapi.add_api_route(self, path, endpoint, {**_ROUTE, **options})

    def api_route(self, path, **options):
        def decorator(func):
            self.add_api_route(path, func, **{**_ROUTE, **options})
            return func

        return decorator

    def add_api_websocket_route(self, path, endpoint, name=None, *, dependencies=None):
        pass

    def websocket(self, path, name=None, *, dependencies=None):
        def decorator(func):
            return func

        return decorator

    def websocket_route(self, path, name=None):
        def decorator(func):
            return func

        return decorator

    def include_router(self, router, **options):
        byte_fastapi.include_router(self, router, options)

    def get(self, path, **options):
        return self.api_route(path=path, **{**_ROUTE, "methods": ["GET"], **options})

    def put(self, path, **options):
        return self.api_route(path=path, **{**_ROUTE, "methods": ["PUT"], **options})

    def post(self, path, **options):
        return self.api_route(path=path, **{**_ROUTE, "methods": ["POST"], **options})

    def delete(self, path, **options):
        return self.api_route(path=path, **{**_ROUTE, "methods": ["DELETE"], **options})

    def options(self, path, **options):
        return self.api_route(path=path, **{**_ROUTE, "methods": ["OPTIONS"], **options})

    def head(self, path, **options):
        return self.api_route(path=path, **{**_ROUTE, "methods": ["HEAD"], **options})

    def patch(self, path, **options):
        return self.api_route(path=path, **{**_ROUTE, "methods": ["PATCH"], **options})

    def trace(self, path, **options):
        return self.api_route(path=path, **{**_ROUTE, "methods": ["TRACE"], **options})

    def frontend(self, path, **options):
        pass

    def add_event_handler(self, event_type, func):
        if event_type == "startup":
            self.on_startup.append(func)
        else:
            self.on_shutdown.append(func)

    def on_event(self, event_type):
        def decorator(func):
            self.add_event_handler(event_type, func)
            return func

        return decorator
