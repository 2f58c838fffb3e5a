import uuid
from typing import Generic, List, Optional, Protocol, TypeVar

from byte_target import PYDANTIC

ID = TypeVar("ID")


class UserProtocol(Protocol[ID]):
    pass


class OAuthAccountProtocol(Protocol[ID]):
    pass


UP = TypeVar("UP", bound=UserProtocol)
OAP = TypeVar("OAP", bound=OAuthAccountProtocol)


class UserOAuthProtocol(UserProtocol[ID], Generic[ID, OAP]):
    pass


UOAP = TypeVar("UOAP", bound=UserOAuthProtocol)

if PYDANTIC < (2,):
    # The models of version 9 and before, which live in this module.
    from pydantic import UUID4, BaseModel, EmailStr, Field

    class CreateUpdateDictModel(BaseModel):
        pass

    class BaseUser(CreateUpdateDictModel):
        """Base User model."""

        id: UUID4 = Field(default_factory=uuid.uuid4)
        email: EmailStr
        is_active: bool = True
        is_superuser: bool = False
        is_verified: bool = False

    class BaseUserCreate(CreateUpdateDictModel):
        email: EmailStr
        password: str
        is_active: Optional[bool] = True
        is_superuser: Optional[bool] = False
        is_verified: Optional[bool] = False

    class BaseUserUpdate(CreateUpdateDictModel):
        password: Optional[str]
        email: Optional[EmailStr]
        is_active: Optional[bool]
        is_superuser: Optional[bool]
        is_verified: Optional[bool]

    class BaseUserDB(BaseUser):
        hashed_password: str

        class Config:
            orm_mode = True

    class BaseOAuthAccount(BaseModel):
        """Base OAuth account model."""

        id: UUID4 = Field(default_factory=uuid.uuid4)
        oauth_name: str
        access_token: str
        expires_at: Optional[int] = None
        refresh_token: Optional[str] = None
        account_id: str
        account_email: str

        class Config:
            orm_mode = True

    class BaseOAuthAccountMixin(BaseModel):
        """Adds OAuth accounts list to a User model."""

        oauth_accounts: List[BaseOAuthAccount] = []

    U = TypeVar("U", bound=BaseUser)
    UC = TypeVar("UC", bound=BaseUserCreate)
    UU = TypeVar("UU", bound=BaseUserUpdate)
    UD = TypeVar("UD", bound=BaseUserDB)
