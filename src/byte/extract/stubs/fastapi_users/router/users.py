from typing import Any

from byte_target import FASTAPI
from fastapi import APIRouter, Depends, Request, Response
from fastapi_users.router.common import ErrorCode, failures
from pydantic import UUID4

_MISSING = {401: {"description": "Missing token or inactive user."}}
_ONE = {
    **_MISSING,
    403: {"description": "Not a superuser."},
    404: {"description": "The user does not exist."},
}


def _updating():
    return failures(
        (ErrorCode.UPDATE_USER_EMAIL_ALREADY_EXISTS, "A user with this email already exists.", None),
        (
            ErrorCode.UPDATE_USER_INVALID_PASSWORD,
            "Password validation failed.",
            "Password should beat least 3 characters",
        ),
    )


def get_users_router(
    get_user_manager, user_schema, user_update_schema, authenticator, requires_verification=False, uuid_only=False
):
    """`uuid_only` is what version 9 and before do."""
    router = APIRouter()
    get_current_active_user = authenticator.current_user(active=True, verified=requires_verification)
    get_current_superuser = authenticator.current_user(active=True, verified=requires_verification, superuser=True)
    path = "/{id:uuid}" if uuid_only else "/{id}"
    id_type = str
    if uuid_only:
        id_type = UUID4
    elif FASTAPI < (0, 95):
        id_type = Any

    async def get_user_or_404(id: id_type, user_manager=Depends(get_user_manager)):
        pass

    @router.get("/me", response_model=user_schema, name="users:current_user", responses=dict(_MISSING))
    async def me(user=Depends(get_current_active_user)):
        pass

    @router.patch(
        "/me",
        response_model=user_schema,
        dependencies=[Depends(get_current_active_user)],
        name="users:patch_current_user",
        responses={**_MISSING, **_updating()},
    )
    async def update_me(
        request: Request,
        user_update: user_update_schema,
        user=Depends(get_current_active_user),
        user_manager=Depends(get_user_manager),
    ):
        pass

    @router.get(
        path,
        response_model=user_schema,
        dependencies=[Depends(get_current_superuser)],
        name="users:user",
        responses=dict(_ONE),
    )
    async def get_user(user=Depends(get_user_or_404)):
        pass

    @router.patch(
        path,
        response_model=user_schema,
        dependencies=[Depends(get_current_superuser)],
        name="users:patch_user",
        responses={**_ONE, **_updating()},
    )
    async def update_user(
        user_update: user_update_schema,
        request: Request,
        user=Depends(get_user_or_404),
        user_manager=Depends(get_user_manager),
    ):
        pass

    @router.delete(
        path,
        status_code=204,
        response_class=Response,
        dependencies=[Depends(get_current_superuser)],
        name="users:delete_user",
        responses=dict(_ONE),
    )
    async def delete_user(request: Request, user=Depends(get_user_or_404), user_manager=Depends(get_user_manager)):
        pass

    return router
