from starlette.datastructures import State
from starlette.routing import Mount, Router


class Starlette:
    middleware_stack = None

    def __init__(
        self,
        debug=False,
        routes=None,
        middleware=None,
        exception_handlers=None,
        on_startup=None,
        on_shutdown=None,
        lifespan=None,
    ):
        self.debug = debug
        self.state = State()
        self.router = Router(routes, on_startup=on_startup, on_shutdown=on_shutdown, lifespan=lifespan)
        self.exception_handlers = {} if exception_handlers is None else exception_handlers
        self.user_middleware = [] if middleware is None else middleware

    @property
    def routes(self):
        return self.router.routes

    def build_middleware_stack(self):
        return self.router

    def on_event(self, event_type):
        return self.router.on_event(event_type)

    def mount(self, path, app=None, name=None):
        self.router.mount(path, app=app, name=name)

    def host(self, host, app=None, name=None):
        pass

    def add_middleware(self, middleware_class, *args, **kwargs):
        pass

    def add_exception_handler(self, exc_class_or_status_code, handler):
        pass

    def add_event_handler(self, event_type, func):
        self.router.add_event_handler(event_type, func)

    def add_route(self, path, route, methods=None, name=None, include_in_schema=True):
        self.router.add_route(path, route, methods=methods, name=name, include_in_schema=include_in_schema)

    def add_websocket_route(self, path, route, name=None):
        pass

    def exception_handler(self, exc_class_or_status_code):
        def decorator(func):
            return func

        return decorator

    def route(self, path, methods=None, name=None, include_in_schema=True):
        def decorator(func):
            self.router.add_route(path, func, methods=methods, name=name, include_in_schema=include_in_schema)
            return func

        return decorator

    def websocket_route(self, path, name=None):
        def decorator(func):
            return func

        return decorator

    def middleware(self, middleware_type):
        def decorator(func):
            return func

        return decorator

    def url_path_for(self, name, /, **path_params):
        return self.router.url_path_for(name, **path_params)
