from fastapi import APIRouter, Body, Depends, Request
from fastapi_users.router.common import ErrorCode, failures
from pydantic import EmailStr

RESET_PASSWORD_RESPONSES = failures(
    (ErrorCode.RESET_PASSWORD_BAD_TOKEN, "Bad or expired token.", None),
    (
        ErrorCode.RESET_PASSWORD_INVALID_PASSWORD,
        "Password validation failed.",
        "Password should be at least 3 characters",
    ),
)


def get_reset_password_router(get_user_manager):
    router = APIRouter()

    @router.post("/forgot-password", status_code=202, name="reset:forgot_password")
    async def forgot_password(
        request: Request, email: EmailStr = Body(..., embed=True), user_manager=Depends(get_user_manager)
    ):
        pass

    @router.post("/reset-password", name="reset:reset_password", responses=RESET_PASSWORD_RESPONSES)
    async def reset_password(
        request: Request,
        token: str = Body(...),
        password: str = Body(...),
        user_manager=Depends(get_user_manager),
    ):
        pass

    return router
