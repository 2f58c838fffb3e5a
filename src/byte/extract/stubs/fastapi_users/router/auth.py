from fastapi import APIRouter, Depends, Request
from fastapi.security import OAuth2PasswordRequestForm
from fastapi_users.router.common import ErrorCode, failures


def get_auth_router(backend, get_user_manager, authenticator, requires_verification=False):
    router = APIRouter()
    get_current_user_token = authenticator.current_user_token(active=True, verified=requires_verification)
    login_responses = {
        **failures(
            (ErrorCode.LOGIN_BAD_CREDENTIALS, "Bad credentials or the user is inactive.", None),
            (ErrorCode.LOGIN_USER_NOT_VERIFIED, "The user is not verified.", None),
        ),
        **backend.transport.get_openapi_login_responses_success(),
    }

    @router.post("/login", name=f"auth:{backend.name}.login", responses=login_responses)
    async def login(
        request: Request,
        credentials: OAuth2PasswordRequestForm = Depends(),
        user_manager=Depends(get_user_manager),
        strategy=Depends(backend.get_strategy),
    ):
        pass

    logout_responses = {
        401: {"description": "Missing token or inactive user."},
        **backend.transport.get_openapi_logout_responses_success(),
    }

    @router.post("/logout", name=f"auth:{backend.name}.logout", responses=logout_responses)
    async def logout(user_token=Depends(get_current_user_token), strategy=Depends(backend.get_strategy)):
        pass

    return router
