from typing import Generic

from fastapi_users import models
from fastapi_users.authentication import Authenticator
from fastapi_users.router import (
    get_auth_router,
    get_oauth_associate_router,
    get_oauth_router,
    get_register_router,
    get_reset_password_router,
    get_users_router,
    get_verify_router,
)


class FastAPIUsers(Generic[models.UP, models.ID]):
    """Version 10 and later are made of two arguments; version 9 and before take the models too."""

    def __init__(
        self,
        get_user_manager,
        auth_backends,
        user_model=None,
        user_create_model=None,
        user_update_model=None,
        user_db_model=None,
    ):
        self.authenticator = Authenticator(auth_backends, get_user_manager)
        self.get_user_manager = get_user_manager
        self.current_user = self.authenticator.current_user
        self._user_model = user_model
        self._user_create_model = user_create_model
        self._user_update_model = user_update_model
        self._user_db_model = user_db_model

    def get_register_router(self, user_schema=None, user_create_schema=None):
        return get_register_router(
            self.get_user_manager,
            user_schema or self._user_model,
            user_create_schema or self._user_create_model,
        )

    def get_verify_router(self, user_schema=None):
        return get_verify_router(self.get_user_manager, user_schema or self._user_model)

    def get_reset_password_router(self):
        return get_reset_password_router(self.get_user_manager)

    def get_auth_router(self, backend, requires_verification=False):
        return get_auth_router(backend, self.get_user_manager, self.authenticator, requires_verification)

    def get_oauth_router(
        self,
        oauth_client,
        backend,
        state_secret,
        redirect_url=None,
        associate_by_email=False,
        is_verified_by_default=False,
        **options,
    ):
        return get_oauth_router(oauth_client, backend, self.get_user_manager, state_secret, redirect_url)

    def get_oauth_associate_router(
        self, oauth_client, user_schema, state_secret, redirect_url=None, requires_verification=False, **options
    ):
        return get_oauth_associate_router(
            oauth_client,
            self.authenticator,
            self.get_user_manager,
            user_schema,
            state_secret,
            redirect_url,
            requires_verification,
        )

    def get_users_router(self, user_schema=None, user_update_schema=None, requires_verification=False):
        if self._user_model is not None:
            if user_schema is not None:
                requires_verification = user_schema
            return get_users_router(
                self.get_user_manager,
                self._user_model,
                self._user_update_model,
                self.authenticator,
                requires_verification,
                uuid_only=True,
            )
        return get_users_router(
            self.get_user_manager, user_schema, user_update_schema, self.authenticator, requires_verification
        )
