import re
from collections import OrderedDict, defaultdict, deque
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntFlag, auto
from typing import *
from uuid import UUID, uuid4
import pydantic
from pydantic import BaseModel, Field, conint, constr, AnyHttpUrl, validator, parse_obj_as, stricturl, condate, PastDate, create_model, Extra
from fastapi import FastAPI, Query, Depends, Body, Path, Header, Form, status
from http import HTTPStatus
app = FastAPI(title="x", version="2")
class Color(str, Enum):
    red = "r"
    BLUE = "blue"
class Auto(Enum):
    a = auto()
    b = auto()
class Mix(Enum):
    a = (1, 2)
    b = None
class Strong(str):
    pass
class SubInt(int): pass
class MyDict(dict): pass
class MyDate(date): pass
Alias = List[Dict[str, Optional[int]]]
Uid = NewType("Uid", int)
X = TypeVar("X", bound=int)
Y = TypeVar("Y", int, str)
class Deep(BaseModel):
    a: Optional[List[Optional[Dict[str, List[Optional[int]]]]]] = None
    b: Alias = [{"a": 1, "b": None}]
    c: Uid
    d: X
    e: Y
    f: Strong = Strong("q")
    g: SubInt = 5
    h: MyDict = {}
    i: OrderedDict = OrderedDict()
    j: DefaultDict[str, List[int]] = {}
    k: Counter[str] = {}
    l: Mapping[str, int] = {}
    m: MutableMapping = {}
    o: Color = Color.BLUE
    p: Auto = Auto.b
    q: Mix = Mix.a
    r: Optional[Mix]
    s: datetime = datetime(2020, 1, 2, 3, 4, 5)
    t: date = date(2020, 1, 2)
    u: time = time(1, 2)
    v: Decimal = Decimal("10")
    w: UUID = UUID("12345678123456781234567812345678")
    x: UUID = Field(default_factory=uuid4)
    y: re.Pattern = re.compile("ab")
    z: Set[Color] = {Color.red}
    aa: Tuple[Color, ...] = (Color.red,)
    ab: bytes = b"abc"
    ac: Union[int, None, str] = None
    ad: Union[Deque[int], Set[str]]
    ae: MyDate
    ag: stricturl(allowed_schemes={"s3"})
    ai: Optional[Any]
    aj: Optional[Any] = Field(None, description="q")
    ak: List[Any] = Field(...)
    al: "List['Deep']" = []
    am: Literal[True, None]
    an: Literal[1, "a", None]
    ao: Union[Literal["a"], Literal["b"], int]
    ap: Dict[Color, int]
    aq: Dict[int, Dict[str, "Deep"]]
    ar: float = float("1e3")
    at: int = Field(3, multiple_of=3, lt=10)
    au: Decimal = Field(..., gt=Decimal("0.5"), max_digits=4)
    av: Optional[constr(max_length=3)] = Field(None, min_length=1)
    aw: List[conint(gt=1)] = Field([2], min_items=1, title="AW", unique_items=True)
    ax: List[str] = Field(..., max_length=5)
    ay: Dict[str, int] = Field(..., gt=1)
    az: Set[int] = Field(..., max_items=5)
    ba: Tuple[int, str] = Field(..., description="tt")
    bb: Union[int, str] = Field(..., gt=3, max_length=4)
    bc: bool = Field(True, const=True)
    bd: AnyHttpUrl = "http://x"
    be: timedelta = timedelta(days=1)
    bf: Final[int] = 3
    bg: PastDate
    bi: None = None
    bk: Optional[Type[int]] = None
    bl: Callable = None
    bm: Sequence = []
    bn: Iterable = []
    class Config:
        arbitrary_types_allowed = True
Deep.update_forward_refs()
class Mixin:
    shared: int = 3
class WithMixin(Mixin, BaseModel):
    z: int
class Over(BaseModel):
    a: Optional[int] = None
    b: str
class Over2(Over):
    a: int
    b = "q"
class Over3(Over2):
    b: int = Field(..., alias="bee")
    c: str = None
class Inh1(BaseModel):
    x: int
    class Config:
        title = "T1"
        schema_extra = {"example": 1}
class Inh2(Inh1):
    y: int
    class Config:
        extra = Extra.forbid
class Inh3(Inh2, Over):
    class Config:
        schema_extra = {"y": 2}
class Ex(BaseModel):
    a: int = Field(1, example=3, examples=[1], deprecated=True, nullable=True, foo={"a": [1, None]})
    class Config:
        @staticmethod
        def schema_extra(schema: Dict[str, Any], model: Type["Ex"]) -> None:
            for prop in schema.get("properties", {}).values():
                prop.pop("title", None)
            schema["properties"]["extra"] = {"type": "string"}

@app.post("/deep", response_model=Deep)
def deep(x: Deep): ...
for i, m in enumerate([WithMixin, Over, Over2, Over3, Inh1, Inh2, Inh3, Ex, Optional[Over], Union[Over, Over2, None], List[Union[Over, int]], Dict[str, Over], Any, int, str, Tuple[Over, int], Literal["a"], Color, Optional[Color], List[Color], Set[Over], List[List[Over]], None, datetime, Json if False else bytes]):
    app.get(f"/r{i}", response_model=m, name=f"r{i}", status_code=HTTPStatus.CREATED)(lambda: None)
class Common:
    def __init__(self, q: Optional[str] = None, limit: conint(le=100) = 10, color: Color = Color.red, colors: List[Color] = Query([Color.red]), tup: Tuple[int, str] = Query((1, "a")), opt: Optional[List[int]] = Query(None), s: Set[int] = Query(set()), any_: Any = None, dt: Optional[date] = date(2020, 1, 1), r: str = Query(..., regex="^a$"), al: int = Query(..., alias="a-l", title="AL"), lit: Optional[Literal["x", "y"]] = Query(None, description="ll"), un: Union[int, None, str] = None, uid: UUID = Query(UUID(int=1)), ex: str = Query("a", examples={"e": {"value": 1}})): ...
@app.get("/common/{p}")
def common(p: Color, c: Common = Depends(), h: List[str] = Header([]), hd: Optional[str] = Header(None, convert_underscores=False)): ...
@app.put("/bod/{i}")
def bod(i: int = Path(..., gt=0, title="The I"), a: Union[Over, Inh1] = Body(...), ): ...
@app.put("/bod2")
def bod2(a: Color = Body(...), b: Optional[int] = Body(None, title="BB", gt=1), c: Any = Body(None), d: Dict[Color, List[Over]] = Body({}), e: Literal["a"] = Body("a")): ...
@app.put("/bod3")
def bod3(a: Any = Body(...)): ...
@app.put("/bod4")
def bod4(a: str = Body(..., media_type="text/plain", max_length=3)): ...
@app.put("/bod5")
def bod5(a: Optional[Over] = Body(None, description="d")): ...
@app.put("/bod6")
def bod6(a: dict): ...
@app.put("/bod7")
def bod7(a: list = Body([])): ...

