from fastapi import APIRouter, Depends, Request
from fastapi_users.router.common import ErrorCode, failures


def get_register_router(get_user_manager, user_schema, user_create_schema):
    router = APIRouter()

    @router.post(
        "/register",
        response_model=user_schema,
        status_code=201,
        name="register:register",
        responses=failures(
            (ErrorCode.REGISTER_USER_ALREADY_EXISTS, "A user with this email already exists.", None),
            (
                ErrorCode.REGISTER_INVALID_PASSWORD,
                "Password validation failed.",
                "Password should beat least 3 characters",
            ),
        ),
    )
    async def register(request: Request, user_create: user_create_schema, user_manager=Depends(get_user_manager)):
        pass

    return router
