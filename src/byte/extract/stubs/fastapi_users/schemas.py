from typing import Any, Generic, List, Optional, TypeVar

from byte_target import PYDANTIC
from fastapi_users import models
from pydantic import BaseModel, EmailStr


# Not a generic model under Pydantic 1, which takes the variable for anything.
_ID = models.ID if PYDANTIC >= (2,) else Any


def model_dump(model, *args, **kwargs):
    return model.model_dump(*args, **kwargs)


def model_validate(schema, obj, *args, **kwargs):
    return schema.model_validate(obj)


class CreateUpdateDictModel(BaseModel):
    def create_update_dict(self):
        return self.model_dump()

    def create_update_dict_superuser(self):
        return self.model_dump()


class BaseUser(CreateUpdateDictModel, Generic[models.ID]):
    """Base User model."""

    id: _ID
    email: EmailStr
    is_active: bool = True
    is_superuser: bool = False
    is_verified: bool = False

    if PYDANTIC >= (2,):
        model_config = {"from_attributes": True}
    else:

        class Config:
            orm_mode = True


class BaseUserCreate(CreateUpdateDictModel):
    email: EmailStr
    password: str
    is_active: Optional[bool] = True
    is_superuser: Optional[bool] = False
    is_verified: Optional[bool] = False


class BaseUserUpdate(CreateUpdateDictModel):
    password: Optional[str] = None
    email: Optional[EmailStr] = None
    is_active: Optional[bool] = None
    is_superuser: Optional[bool] = None
    is_verified: Optional[bool] = None


U = TypeVar("U", bound=BaseUser)
UC = TypeVar("UC", bound=BaseUserCreate)
UU = TypeVar("UU", bound=BaseUserUpdate)


class BaseOAuthAccount(BaseModel, Generic[models.ID]):
    """Base OAuth account model."""

    id: _ID
    oauth_name: str
    access_token: str
    expires_at: Optional[int] = None
    refresh_token: Optional[str] = None
    account_id: str
    account_email: str

    if PYDANTIC >= (2,):
        model_config = {"from_attributes": True}
    else:

        class Config:
            orm_mode = True


class BaseOAuthAccountMixin(BaseModel):
    """Adds OAuth accounts list to a User model."""

    oauth_accounts: List[BaseOAuthAccount] = []
