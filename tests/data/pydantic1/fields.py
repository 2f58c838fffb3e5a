from typing import *
from enum import Enum, IntEnum
from datetime import datetime, date, time, timedelta
from decimal import Decimal
from uuid import UUID
from pathlib import Path as P
import re
from ipaddress import IPv4Address, IPv6Network
from fastapi import FastAPI, Query, Path, Body, Header, Cookie, Depends, Form, File, UploadFile
from pydantic import *
from pydantic.color import Color

app = FastAPI()

class Kind(str, Enum):
    a = "a"
    b = "b"

class Num(IntEnum):
    "Numbers."
    one = 1

class Plain(Enum):
    x = "x"
    y = 2

class Sub(BaseModel):
    "A sub."
    n: int

class Base(BaseModel):
    base_field: str
    over: int = 3

class Item(Base):
    id: int
    name: str = Field(..., min_length=3, max_length=10, regex="^a", title="The name", description="Desc", example="abc")
    price: float = Field(1.5, gt=0, le=100)
    maybe: Optional[int]
    maybe2: Optional[int] = Field(None, ge=1)
    nothing: Optional[str] = None
    tags: List[str] = []
    items: List[Sub] = Field([], min_items=1, max_items=5)
    uniq: Set[int] = set()
    fz: FrozenSet[str] = frozenset()
    mapping: Dict[str, Sub] = {}
    anyd: Dict[str, Any] = {}
    plaind: dict = {}
    plainl: list = []
    kind: Kind = Kind.a
    kind2: Kind
    kind3: Optional[Kind] = None
    kinds: List[Kind] = [Kind.a]
    num: Num = Num.one
    plain: Plain = Field(Plain.x, description="described")
    sub: Sub
    sub2: Sub = Field(..., description="with desc")
    sub3: Optional[Sub] = None
    u: Union[int, str]
    u2: Union[Sub, Base] = Field(..., title="U2")
    u3: Optional[Union[int, Sub]] = None
    lit: Literal["a", "b"] = "a"
    lit2: Literal["a", 1]
    lit3: Literal[1]
    when: datetime
    day: date
    t: time
    delta: timedelta = timedelta(seconds=5)
    dec: Decimal = Decimal("1.5")
    uid: UUID
    path: P
    ip: IPv4Address
    net: IPv6Network
    pat: Pattern
    by: bytes
    an: Any
    ob: object
    tup: Tuple[int, str]
    tup1: Tuple[int]
    tupe: Tuple[int, ...]
    tupb: tuple
    seq: Sequence[int]
    it: Iterable[int]
    call: Callable[[int], int] = print
    typ: Type[Sub]
    none: None
    email: EmailStr
    url: HttpUrl
    anyurl: AnyUrl = "http://a"
    secret: SecretStr
    color: Color
    json_: Json
    jsont: Json[List[int]]
    pos: PositiveInt
    ci: conint(gt=1, lt=10)
    cs: constr(min_length=1, regex="x")
    cl: conlist(int, min_items=2)
    cl2: conlist(Sub, min_items=2, unique_items=True) = []
    cset: conset(str, max_items=3)
    cf: confloat(ge=0.5)
    cd: condecimal(max_digits=5, decimal_places=2, gt=0)
    u4: UUID4
    fp: FilePath
    dp: DirectoryPath
    strict: StrictStr
    sint: StrictInt
    sbool: StrictBool
    bs: ByteSize
    const: str = Field("x", const=True)
    constm: int = Field(5, const=True, title="C")
    ex: int = Field(..., some_extra="q", exclude=True)
    al: int = Field(..., alias="theAlias")
    fac: List[int] = Field(default_factory=list)
    lc: List[constr(min_length=2)] = Field(..., max_items=3)
    li: List[int] = Field(..., gt=3)
    dc: Dict[constr(regex="^x"), int]
    ll: List[List[Sub]]
    lo: List[Optional[int]]
    du: Dict[str, Union[int, str]]
    od: Optional[Dict[str, List[Sub]]]
    ann: "int" = 5
    selfs: List["Item"] = []
    parent: Optional["Item"] = None
    noann = 5
    noann2 = "x"
    lf: List[float] = Field([1.0, 2])
    default_sub: Sub = Sub(n=3)
    pc: PaymentCardNumber
    ne: NameEmail
    deq: Deque[int]

Item.update_forward_refs()

@app.post("/items", response_model=Item)
def create(item: Item): ...

@app.get("/l", response_model=List[Sub])
def l() : ...

@app.get("/u", response_model=Union[Sub, Base])
def u2() : ...

@app.get("/d", response_model=Dict[str, int])
def d() : ...

@app.get("/q/{p}")
def q(p: int = Path(..., ge=1), a: str = Query("x", min_length=2, max_length=5, regex="^x"), b: Optional[List[str]] = Query(None), c: Kind = Kind.a,
      d: Optional[Kind] = None, e: List[int] = Query([1, 2], description="hm", max_items=3), f: conint(gt=2) = 3, g: bool = False, h: Optional[float] = Query(None, gt=1), x_y: str = Header(None), ck: Optional[str] = Cookie(None),
      dt: datetime = None, u: UUID = None, deprecated: str = Query(None, deprecated=True), al: str = Query(..., alias="al-ias"), ex: str = Query("a", example="ex", title="T"), lit: Literal["a","b"]="a", un: Union[int, str] = 5): ...

@app.post("/body")
def body(a: Sub, b: Base, c: int = Body(..., gt=1, embed=True), d: Kind = Body(Kind.a), e: Optional[Sub] = None, l: List[Sub] = Body([])): ...

@app.post("/body1")
def body1(a: Sub = Body(..., embed=True)): ...

@app.post("/body2")
def body2(a: Optional[Sub] = None): ...

@app.post("/body3")
def body3(a: List[Sub]): ...

@app.post("/body4")
def body4(a: Dict[str, int], e: Sub = Body(..., example={"n": 1})): ...

@app.post("/body5")
def body5(a: Sub = Body(..., example={"n": 1}, description="dd")): ...

@app.post("/form")
def form(a: str = Form(...), b: int = Form(2), f: UploadFile = File(...), g: bytes = File(None), fs: List[UploadFile] = File([])): ...
