from typing import Generic, Protocol

from fastapi_users import models


class StrategyDestroyNotSupportedError(Exception):
    pass


class Strategy(Protocol, Generic[models.UP, models.ID]):
    pass
