from typing import Protocol, TypeVar

from fastapi_users import models


class AccessTokenProtocol(Protocol[models.ID]):
    pass


AP = TypeVar("AP", bound=AccessTokenProtocol)
