from datetime import datetime
from typing import Generic

from fastapi_users.authentication.strategy.db import AP, AccessTokenDatabase
from pydantic import UUID4
from sqlalchemy import Column, String
from sqlmodel import Field, SQLModel


class SQLModelBaseAccessToken(SQLModel):
    __tablename__ = "accesstoken"

    token: str = Field(sa_column=Column("token", String(length=43), primary_key=True))
    created_at: datetime = Field(default_factory=datetime.utcnow)
    user_id: UUID4 = Field(foreign_key="user.id", nullable=False)


class SQLModelAccessTokenDatabase(Generic[AP], AccessTokenDatabase[AP]):
    def __init__(self, session, access_token_model):
        self.session = session
        self.access_token_model = access_token_model


class SQLModelAccessTokenDatabaseAsync(SQLModelAccessTokenDatabase[AP]):
    pass
