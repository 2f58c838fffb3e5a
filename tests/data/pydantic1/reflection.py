from typing import *
from fastapi import FastAPI
from pydantic import BaseModel, Field, create_model
from pydantic.schema import field_schema
app = FastAPI()
class Sub(BaseModel):
    q: int
class A(BaseModel):
    n: int = Field(..., gt=2, title="NN")
    s: Optional[str]
    l: List[Sub] = []
    later: "Optional[B]" = None
class B(BaseModel):
    z: int
A.update_forward_refs()
class AllOpt(A): pass
for k in AllOpt.__fields__:
    AllOpt.__fields__[k].required = False
class Drop(A): pass
del Drop.__fields__["n"]
def opt(cls):
    for f in cls.__fields__.values():
        f.required = False
        f.allow_none = True
    return cls
@opt
class Deco(BaseModel):
    a: int
    b: Sub
Partial = create_model("Partial", **{n: (Optional[f.outer_type_], f.default) for n, f in A.__fields__.items()})
Copy = create_model("Copy", **{n: (f.outer_type_, f.default) for n, f in A.__fields__.items() if n in ("n", "s")})
params = []
for f in A.__fields__.values():
    if f.name in ("n", "s"):
        s, _, _ = field_schema(f, model_name_map={})
        params.append({"name": f.alias, "in": "query", "required": f.required, "schema": s})
@app.get("/a", response_model=A, openapi_extra={"parameters": params})
def a(): ...
@app.get("/b", response_model=AllOpt)
def b(): ...
@app.get("/c", response_model=Drop)
def c(): ...
@app.get("/d", response_model=Deco)
def d(): ...
@app.get("/e", response_model=Partial)
def e(): ...
@app.get("/f", response_model=Copy, responses={404: {"content": {"application/json": {"schema": Sub.schema()}}}})
def f(): ...
