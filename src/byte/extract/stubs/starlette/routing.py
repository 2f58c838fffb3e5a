import re

import byte_fastapi


class Match:
    NONE = 0
    PARTIAL = 1
    FULL = 2


class NoMatchFound(Exception):
    pass


def get_name(endpoint):
    return endpoint.__name__


def request_response(func):
    return func


def compile_path(path):
    return re.compile(path), path, {}


class BaseRoute:
    pass


class Route(BaseRoute):
    def __init__(self, path, endpoint=None, *, methods=None, name=None, include_in_schema=True, middleware=None):
        self.path = path
        self.endpoint = endpoint
        self.name = name
        self.methods = methods
        self.include_in_schema = include_in_schema


class WebSocketRoute(BaseRoute):
    def __init__(self, path, endpoint=None, *, name=None, **extra):
        self.path = path
        self.endpoint = endpoint
        self.name = name


class Mount(BaseRoute):
    def __init__(self, path, app=None, routes=None, name=None, *, middleware=None):
        self.path = path
        self.app = app
        self.name = name
        self._routes = routes

    @property
    def routes(self):
        return [] if self._routes is None else self._routes


class Host(BaseRoute):
    def __init__(self, host, app=None, name=None):
        self.host = host
        self.app = app
        self.name = name


class Router:
    def __init__(
        self,
        routes=None,
        redirect_slashes=True,
        default=None,
        on_startup=None,
        on_shutdown=None,
        lifespan=None,
        *,
        middleware=None,
    ):
        self.routes = [] if routes is None else list(routes)
        self.redirect_slashes = redirect_slashes
        self.default = default
        self.on_startup = [] if on_startup is None else list(on_startup)
        self.on_shutdown = [] if on_shutdown is None else list(on_shutdown)
        self.lifespan_context = lifespan

    def mount(self, path, app=None, name=None):
        self.routes.append(Mount(path, app=app, name=name))

    def host(self, host, app=None, name=None):
        pass

    def add_route(self, path, endpoint, methods=None, name=None, include_in_schema=True):
        self.routes.append(
            Route(path, endpoint=endpoint, methods=methods, name=name, include_in_schema=include_in_schema)
        )

    def add_websocket_route(self, path, endpoint, name=None):
        pass

    def route(self, path, methods=None, name=None, include_in_schema=True):
        def decorator(func):
            self.add_route(path, func, methods=methods, name=name, include_in_schema=include_in_schema)
            return func

        return decorator

    def websocket_route(self, path, name=None):
        def decorator(func):
            return func

        return decorator

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

    def url_path_for(self, name, /, **path_params):
        return byte_fastapi.url(name)
