from fastapi.openapi.models import APIKey, APIKeyIn
from fastapi.security.base import SecurityBase
from starlette.requests import Request


class APIKeyBase(SecurityBase):
    def __init__(self, location=None, name=None, description=None, scheme_name=None, auto_error=True):
        self.auto_error = auto_error
        self.model = APIKey(**{"in": location}, name=name, description=description)
        self.scheme_name = scheme_name or self.__class__.__name__

    async def __call__(self, request: Request) -> str | None:
        return None


class APIKeyQuery(APIKeyBase):
    def __init__(self, *, name, scheme_name=None, description=None, auto_error=True):
        super().__init__(APIKeyIn.query, name, description, scheme_name, auto_error)


class APIKeyHeader(APIKeyBase):
    def __init__(self, *, name, scheme_name=None, description=None, auto_error=True):
        super().__init__(APIKeyIn.header, name, description, scheme_name, auto_error)


class APIKeyCookie(APIKeyBase):
    def __init__(self, *, name, scheme_name=None, description=None, auto_error=True):
        super().__init__(APIKeyIn.cookie, name, description, scheme_name, auto_error)
