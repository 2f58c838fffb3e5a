from typing import List, Optional
from datetime import datetime
from fastapi import FastAPI
from sqlmodel import SQLModel, Field, Relationship, Column, String
import uuid as uuid_pkg
app = FastAPI()
class TeamBase(SQLModel):
    name: str = Field(index=True)
    headquarters: str = Field(default=None, max_length=5)
class Team(TeamBase, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    heroes: List["Hero"] = Relationship(back_populates="team")
class HeroBase(SQLModel):
    name: str
    secret: Optional[str] = None
    age: Optional[int] = Field(default=None, index=True, ge=0, description="Age")
    team_id: Optional[int] = Field(default=None, foreign_key="team.id")
class Hero(HeroBase, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    uid: uuid_pkg.UUID = Field(default_factory=uuid_pkg.uuid4, nullable=False)
    created: datetime = Field(default_factory=datetime.utcnow)
    team: Optional[Team] = Relationship(back_populates="heroes")
class HeroRead(HeroBase):
    id: int
class HeroReadTeam(HeroRead):
    team: Optional[TeamBase] = None
    class Config:
        schema_extra = {"example": {"id": 1}}
@app.post("/h", response_model=HeroReadTeam)
def h(x: HeroBase): ...
@app.get("/t", response_model=List[Team])
def t(): ...
@app.get("/hh", response_model=Hero)
def hh(): ...
