from inspect import Parameter, Signature
from typing import Generic

from fastapi import Depends
from fastapi_users import models


class DuplicateBackendNamesError(Exception):
    pass


class Authenticator(Generic[models.UP, models.ID]):
    def __init__(self, backends, get_user_manager):
        self.backends = backends
        self.get_user_manager = get_user_manager

    def current_user_token(
        self, optional=False, active=False, verified=False, superuser=False, get_enabled_backends=None
    ):
        async def current_user_token_dependency(*args, **kwargs):
            pass

        current_user_token_dependency.__signature__ = self._get_dependency_signature(get_enabled_backends)
        return current_user_token_dependency

    def current_user(self, optional=False, active=False, verified=False, superuser=False, get_enabled_backends=None):
        async def current_user_dependency(*args, **kwargs):
            pass

        current_user_dependency.__signature__ = self._get_dependency_signature(get_enabled_backends)
        return current_user_dependency

    def _get_dependency_signature(self, get_enabled_backends=None):
        kind = Parameter.POSITIONAL_OR_KEYWORD
        parameters = [Parameter(name="user_manager", kind=kind, default=Depends(self.get_user_manager))]
        for backend in self.backends:
            name = backend.name
            parameters.append(Parameter(name=name, kind=kind, default=Depends(backend.transport.scheme)))
            parameters.append(Parameter(name=f"strategy_{name}", kind=kind, default=Depends(backend.get_strategy)))
        if get_enabled_backends is not None:
            parameters.append(Parameter(name="enabled_backends", kind=kind, default=Depends(get_enabled_backends)))
        return Signature(parameters)
