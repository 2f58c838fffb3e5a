from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.exceptions import WebSocketException as StarletteWebSocketException


class HTTPException(StarletteHTTPException):
    pass


class WebSocketException(StarletteWebSocketException):
    pass


class FastAPIError(RuntimeError):
    pass


class DependencyScopeError(FastAPIError):
    pass


class ValidationException(Exception):
    def __init__(self, errors, **extra):
        self._errors = errors

    def errors(self):
        return self._errors


class RequestValidationError(ValidationException):
    def __init__(self, errors, *, body=None, **extra):
        self._errors = errors
        self.body = body


class WebSocketRequestValidationError(ValidationException):
    pass


class ResponseValidationError(ValidationException):
    pass


class FastAPIDeprecationWarning(UserWarning):
    pass
