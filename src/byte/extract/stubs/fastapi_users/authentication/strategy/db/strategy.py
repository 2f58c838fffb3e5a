from typing import Generic, Optional

from fastapi_users import models
from fastapi_users.authentication.strategy.base import Strategy
from fastapi_users.authentication.strategy.db.adapter import AccessTokenDatabase
from fastapi_users.authentication.strategy.db.models import AP


class DatabaseStrategy(Strategy[models.UP, models.ID], Generic[models.UP, models.ID, AP]):
    def __init__(self, database: AccessTokenDatabase[AP], lifetime_seconds: Optional[int] = None):
        self.database = database
        self.lifetime_seconds = lifetime_seconds
