from __future__ import annotations
from enum import Enum
from typing import Generic, List, Optional, TypeVar, TYPE_CHECKING
from pydantic import BaseModel, Field
from pydantic.generics import GenericModel
T = TypeVar("T")
class User(BaseModel):
    b: Optional[Kind] = None
    o: List[Later] = []
class Kind(str, Enum):
    y = "y"
class Later(BaseModel):
    q: int
class Boxx(GenericModel, Generic[T]):
    v: List[T]
class Inner(BaseModel):
    z: str
User.update_forward_refs()
