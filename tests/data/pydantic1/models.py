from typing import Any, Dict, Generic, List, Optional, TypeVar, Union, NamedTuple, ClassVar
from typing_extensions import Literal, TypedDict, Annotated
from enum import Enum
import dataclasses
from fastapi import FastAPI, Query, Depends, APIRouter, Body
from pydantic import BaseModel, Field, validator, root_validator, create_model, BaseSettings, Extra, PrivateAttr, conint
from pydantic.generics import GenericModel
from pydantic.dataclasses import dataclass as pdataclass

app = FastAPI()
T = TypeVar("T")
U = TypeVar("U")

def camel(s):
    parts = s.split("_")
    return parts[0] + "".join(p.capitalize() for p in parts[1:])

class Camel(BaseModel):
    class Config:
        alias_generator = camel
        allow_population_by_field_name = True

class CamelChild(Camel):
    first_name: str
    last_name: str = Field("x", alias="LAST")
    inner_model: Optional["Inner"] = None

class Inner(Camel):
    a_b: int

CamelChild.update_forward_refs()

class Grand(CamelChild):
    third_one: List[Inner] = []
    class Config:
        title = "Grand Title"
        extra = "forbid"

class WithFields(BaseModel):
    a: int
    b: str
    class Config:
        fields = {"a": "AAA", "b": {"alias": "BBB", "title": "T B", "description": "DD", "other": 3}}
        extra = Extra.allow

class WithFieldsChild(WithFields):
    c: int = 3
    class Config:
        fields = {"c": "CCC", "b": {"alias": "B2"}}

class Extra1(BaseModel):
    x: int
    class Config:
        schema_extra = {"example": {"x": 1}}

class Extra2(BaseModel):
    x: int
    y: int
    class Config:
        @staticmethod
        def schema_extra(schema, model):
            schema["properties"].pop("y")
            for p in schema["properties"].values():
                p.pop("title", None)
            schema["x-name"] = model.__name__

class Extra3(BaseModel):
    x: int
    class Config:
        @classmethod
        def schema_extra(cls, schema):
            schema["required"] = ["q"]

class Root(BaseModel):
    __root__: List[Inner]

class RootD(BaseModel):
    "Root doc."
    __root__: Dict[str, int] = Field(..., description="rd")

class Page(GenericModel, Generic[T]):
    "A page."
    items: List[T]
    total: int = Field(..., title="TT")
    nxt: Optional[T] = None

class Pair(GenericModel, Generic[T, U]):
    a: T
    b: U

class SubPage(Page[T], Generic[T]):
    extra: Optional[str]

class InnerPage(Page[Inner]):
    z: int

class Custom(str):
    @classmethod
    def __get_validators__(cls):
        yield cls.v
    @classmethod
    def v(cls, x): return x
    @classmethod
    def __modify_schema__(cls, field_schema):
        field_schema.update(pattern="^x", examples=["x"])

class Custom2:
    @classmethod
    def __get_validators__(cls):
        yield cls.v
    @classmethod
    def v(cls, x): return x
    @classmethod
    def __modify_schema__(cls, field_schema, field):
        field_schema.update(type="string", format=f"c-{field.name}")

class UsesCustom(BaseModel):
    a: Custom
    b: Custom2
    c: List[Custom]
    d: Optional[Custom2] = Field(None, description="x")
    e: List[Custom2] = Field([], title="E")

class Cat(BaseModel):
    kind: Literal["cat", "lion"]
    n: int
class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
class Pets(BaseModel):
    pet: Union[Cat, Dog] = Field(..., discriminator="kind")
    pets: List[Annotated[Union[Cat, Dog], Field(discriminator="kind")]] = []
    opt: Optional[Union[Cat, Dog]] = Field(None, discriminator="kind", title="Opt")

@dataclasses.dataclass
class DC:
    "Doc of DC."
    a: int
    b: List[Inner]
    c: str = "x"
    d: list = dataclasses.field(default_factory=list)
    e: int = dataclasses.field(default=5, metadata={"title": "EE", "ge": 1})

@pdataclass
class PDC:
    "Doc of PDC."
    a: int = Field(..., gt=3)
    dc: Optional[DC] = None

class TD(TypedDict):
    a: int
    b: str

class TD2(TD, total=False):
    c: Inner

class NT(NamedTuple):
    x: int
    y: Inner
    z: str = "q"

class Shape(BaseModel):
    dc: DC
    pdc: PDC
    td: TD
    td2: Optional[TD2] = None
    nt: NT
    nts: List[NT] = []

class Meth(BaseModel):
    cv: ClassVar[int] = 3
    _priv: int = PrivateAttr(5)
    _under = 3
    a: int = 4
    def foo(self): ...
    @property
    def p(self): return 3
    @validator("a", pre=True, always=True)
    def va(cls, v): return v
    @root_validator
    def rv(cls, v): return v
    @staticmethod
    def sm(): ...

class Dyn(Meth):
    a = 9
    b: Annotated[int, Field(gt=3)] = 5
    c: Annotated[Optional[str], Field(max_length=4)]

Created = create_model("Created", x=(int, ...), y=(Optional[str], None), z=5, __base__=Camel)
Part = create_model("Part", **{k: (Optional[f.outer_type_], None) for k, f in Cat.__fields__.items()})

class Settings(BaseSettings):
    api_key: str = Field("x", env="MY_KEY")
    other: int = 3
    third: str = Field("q", env=["A", "B"])
    class Config:
        env_prefix = "pre_"

class Kw(BaseModel, extra="forbid", title="KW"):
    x: int

class Par(BaseModel):
    a: "Optional[Chi]" = None
class Chi(BaseModel):
    p: Optional[Par]
Par.update_forward_refs()

class EnumDef(BaseModel):
    class Config:
        use_enum_values = True
    class E(str, Enum):
        "E doc."
        a = "a"
    e: E = E.a
    es: List[E] = Field([E.a], description="many")
    de: Dict[E, int] = {}
    oe: Optional[E] = Field(None, title="OE")
    le: Literal[E.a] = E.a

N = []
def ep(t):
    n = len(N); N.append(t)
    @app.post(f"/e{n}", response_model=t, name=f"e{n}")
    def e(): ...

for t in (CamelChild, Grand, WithFields, WithFieldsChild, Extra1, Extra2, Extra3, Root, RootD, Page[Inner], Page[int], Pair[int, List[Inner]], Pair[Optional[Inner], Dict[str, Inner]], SubPage[Cat], InnerPage, UsesCustom, Pets, Shape, Meth, Dyn, Created, Part, Settings, Kw, Par, EnumDef, DC, PDC, TD, Page[Page[Inner]], List[DC], Page):
    ep(t)

@app.post("/in")
def inn(x: Page[Inner], td: TD, dc: DC, pdc: PDC = None, r: Root = Body(...)): ...

class Filter(BaseModel):
    q: str = Field("a", max_length=3)
    l: Optional[int] = Field(None, description="L")

@app.get("/dep")
def dep(f: Filter = Depends(), s: Filter = Depends(Filter)): ...
