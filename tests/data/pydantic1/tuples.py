from typing import *
from datetime import date
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()
class I(BaseModel):
    n: int
class N2(NamedTuple):
    a: int
    b: Optional[str] = None
class N3(NamedTuple):
    a: int
    b: date
class N4(NamedTuple):
    a: int
    b: I
class N5(NamedTuple):
    a: Union[int, str]
    b: List[int]
class M(BaseModel):
    t1: Tuple[date, date]
    t2: Tuple[int, date]
    t3: Tuple[List[int], Set[int]]
    t4: Tuple[List[int], Dict[str, int]]
    t5: Tuple[Any, Any]
    t6: Tuple[I, I]
    n2: N2
    n4: List[N4]
@app.get("/2", response_model=N2)
def a(): ...
@app.get("/3", response_model=N3)
def b(): ...
@app.get("/4", response_model=N4)
def c(): ...
@app.get("/5", response_model=N5)
def e(): ...
@app.get("/m", response_model=M)
def d(): ...
