import uuid
from typing import Generic, Optional

from fastapi_users.db.base import BaseUserDatabase
from fastapi_users.models import ID, UP
from pydantic import UUID4, EmailStr
from sqlmodel import Field, SQLModel


class SQLModelBaseUserDB(SQLModel):
    __tablename__ = "user"

    id: UUID4 = Field(default_factory=uuid.uuid4, primary_key=True, nullable=False)
    email: EmailStr = Field(sa_column_kwargs={"unique": True, "index": True}, nullable=False)
    hashed_password: str
    is_active: bool = Field(True, nullable=False)
    is_superuser: bool = Field(False, nullable=False)
    is_verified: bool = Field(False, nullable=False)


class SQLModelBaseOAuthAccount(SQLModel):
    __tablename__ = "oauthaccount"

    id: UUID4 = Field(default_factory=uuid.uuid4, primary_key=True)
    user_id: UUID4 = Field(foreign_key="user.id", nullable=False)
    oauth_name: str = Field(index=True, nullable=False)
    access_token: str = Field(nullable=False)
    expires_at: Optional[int] = Field(nullable=True)
    refresh_token: Optional[str] = Field(nullable=True)
    account_id: str = Field(index=True, nullable=False)
    account_email: str = Field(nullable=False)


class SQLModelUserDatabase(Generic[UP, ID], BaseUserDatabase[UP, ID]):
    def __init__(self, session, user_model, oauth_account_model=None):
        self.session = session
        self.user_model = user_model
        self.oauth_account_model = oauth_account_model


class SQLModelUserDatabaseAsync(Generic[UP, ID], BaseUserDatabase[UP, ID]):
    def __init__(self, session, user_model, oauth_account_model=None):
        self.session = session
        self.user_model = user_model
        self.oauth_account_model = oauth_account_model
