from typing import List

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi_users.router.common import ErrorCode, ErrorModel
from httpx_oauth.integrations.fastapi import OAuth2AuthorizeCallback
from pydantic import BaseModel

STATE_TOKEN_AUDIENCE = "fastapi-users:oauth-state"
CSRF_TOKEN_KEY = "csrftoken"
CSRF_TOKEN_COOKIE_NAME = "fastapiusersoauthcsrf"


class OAuth2AuthorizeResponse(BaseModel):
    authorization_url: str


def generate_state_token(data, secret, lifetime_seconds=3600):
    return ""


def generate_csrf_token():
    return ""


def _failures(inactive):
    examples = {"INVALID_STATE_TOKEN": {"summary": "Invalid state token.", "value": None}}
    if inactive:
        examples[ErrorCode.LOGIN_BAD_CREDENTIALS] = {
            "summary": "User is inactive.",
            "value": {"detail": ErrorCode.LOGIN_BAD_CREDENTIALS},
        }
    examples[ErrorCode.ACCESS_TOKEN_DECODE_ERROR] = {
        "summary": "Access token is error.",
        "value": {"detail": ErrorCode.ACCESS_TOKEN_DECODE_ERROR},
    }
    examples[ErrorCode.ACCESS_TOKEN_ALREADY_EXPIRED] = {
        "summary": "Access token is already expired.",
        "value": {"detail": ErrorCode.ACCESS_TOKEN_ALREADY_EXPIRED},
    }
    return {400: {"model": ErrorModel, "content": {"application/json": {"examples": examples}}}}


def get_oauth_router(
    oauth_client,
    backend,
    get_user_manager,
    state_secret,
    redirect_url=None,
    associate_by_email=False,
    is_verified_by_default=False,
    **options,
):
    router = APIRouter()
    callback_route_name = f"oauth:{oauth_client.name}.{backend.name}.callback"
    oauth2_authorize_callback = OAuth2AuthorizeCallback(oauth_client, callback_route_name, redirect_url)

    @router.get(
        "/authorize",
        name=f"oauth:{oauth_client.name}.{backend.name}.authorize",
        response_model=OAuth2AuthorizeResponse,
    )
    async def authorize(request: Request, response: Response, scopes: List[str] = Query(None)):
        pass

    @router.get(
        "/callback",
        name=callback_route_name,
        description="The response varies based on the authentication backend used.",
        responses=_failures(True),
    )
    async def callback(
        request: Request,
        access_token_state=Depends(oauth2_authorize_callback),
        user_manager=Depends(get_user_manager),
        strategy=Depends(backend.get_strategy),
    ):
        pass

    return router


def get_oauth_associate_router(
    oauth_client,
    authenticator,
    get_user_manager,
    user_schema,
    state_secret,
    redirect_url=None,
    requires_verification=False,
    **options,
):
    router = APIRouter()
    get_current_active_user = authenticator.current_user(active=True, verified=requires_verification)
    callback_route_name = f"oauth-associate:{oauth_client.name}.callback"
    oauth2_authorize_callback = OAuth2AuthorizeCallback(oauth_client, callback_route_name, redirect_url)

    @router.get(
        "/authorize",
        name=f"oauth-associate:{oauth_client.name}.authorize",
        response_model=OAuth2AuthorizeResponse,
    )
    async def authorize(
        request: Request,
        response: Response,
        scopes: List[str] = Query(None),
        user=Depends(get_current_active_user),
    ):
        pass

    @router.get(
        "/callback",
        response_model=user_schema,
        name=callback_route_name,
        description="The response varies based on the authentication backend used.",
        responses=_failures(False),
    )
    async def callback(
        request: Request,
        user=Depends(get_current_active_user),
        access_token_state=Depends(oauth2_authorize_callback),
        user_manager=Depends(get_user_manager),
    ):
        pass

    return router
