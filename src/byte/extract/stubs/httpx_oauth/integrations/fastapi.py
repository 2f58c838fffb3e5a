from typing import Optional

from fastapi import HTTPException
from starlette.requests import Request


class OAuth2AuthorizeCallbackError(HTTPException):
    pass


class OAuth2AuthorizeCallback:
    def __init__(self, client, route_name=None, redirect_url=None):
        self.client = client
        self.route_name = route_name
        self.redirect_url = redirect_url

    async def __call__(
        self,
        request: Request,
        code: Optional[str] = None,
        code_verifier: Optional[str] = None,
        state: Optional[str] = None,
        error: Optional[str] = None,
    ):
        pass
