from typing import Generic

from fastapi_users import models


class AuthenticationBackend(Generic[models.UP, models.ID]):
    def __init__(self, name, transport, get_strategy):
        self.name = name
        self.transport = transport
        self.get_strategy = get_strategy
