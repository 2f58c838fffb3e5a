from fastapi import APIRouter, Body, Depends, Request
from fastapi_users.router.common import ErrorCode, failures
from pydantic import EmailStr


def get_verify_router(get_user_manager, user_schema):
    router = APIRouter()

    @router.post("/request-verify-token", status_code=202, name="verify:request-token")
    async def request_verify_token(
        request: Request, email: EmailStr = Body(..., embed=True), user_manager=Depends(get_user_manager)
    ):
        pass

    @router.post(
        "/verify",
        response_model=user_schema,
        name="verify:verify",
        responses=failures(
            (
                ErrorCode.VERIFY_USER_BAD_TOKEN,
                "Bad token, not existing user or not the e-mail currently set for the user.",
                None,
            ),
            (ErrorCode.VERIFY_USER_ALREADY_VERIFIED, "The user is already verified.", None),
        ),
    )
    async def verify(request: Request, token: str = Body(..., embed=True), user_manager=Depends(get_user_manager)):
        pass

    return router
