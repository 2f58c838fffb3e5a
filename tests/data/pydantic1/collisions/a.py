from enum import Enum
from typing import Generic, List, Optional, TypeVar
from pydantic import BaseModel
from pydantic.generics import GenericModel
T = TypeVar("T")
class User(BaseModel):
    a: int
class Kind(Enum):
    x = 1
class Box(GenericModel, Generic[T]):
    v: T
    k: Kind
class Outer:
    class Inner(BaseModel):
        z: int
