"""What calls reach, in which loops, awaited or guarded, with which effects; and that no question changes an answer."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byte.model import facts as f
from byte.model import syntax as s
from tests.extract.projects import files, function, project, targets

SERVICE = "class Base:\n    def base(self): ...\nclass Service(Base):\n    def work(self) -> 'Other': ...\nclass Other:\n    def go(self): ...\n"
WORK, BASE, GO = "app/main.py::Service.work", "app/main.py::Base.base", "app/main.py::Other.go"

METHODS = {
    "annotated parameter": ("def run(x: Service): x.work()\n", WORK),
    "annotation as a string": ("def run(x: 'Service'): x.work()\n", WORK),
    "optional": ("def run(x: Service | None): x.work()\n", WORK),
    "Optional": ("from typing import Optional\ndef run(x: Optional[Service] = None): x.work()\n", WORK),
    "Annotated": ("from typing import Annotated\ndef run(x: Annotated[Service, 1]): x.work()\n", WORK),
    "constructor": ("def run():\n    x = Service()\n    x.work()\n", WORK),
    "constructor at once": ("def run(): Service().work()\n", WORK),
    "annotated local": ("def run(y):\n    x: Service = y\n    x.work()\n", WORK),
    "inherited": ("def run(x: Service): x.base()\n", BASE),
    "result of a method": ("def run(x: Service): x.work().go()\n", GO),
    "result in a variable": ("def run(x: Service):\n    y = x.work()\n    y.go()\n", GO),
    "return annotation": ("def make() -> Service: ...\ndef run(): make().work()\n", WORK),
    "returned value": ("def make():\n    return Service()\ndef run(): make().work()\n", WORK),
    "awaited": ("async def make() -> Service: ...\nasync def run(): (await make()).work()\n", WORK),
    "self attribute": ("class A:\n    def __init__(self):\n        self.x = Service()\n    def run(self): self.x.work()\n", WORK),
    "self attribute of a parameter": (
        "class A:\n    def __init__(self, x: Service):\n        self.x = x\n    def run(self): self.x.work()\n",
        WORK,
    ),
    "class attribute": ("class A:\n    x: Service\n    def run(self): self.x.work()\n", WORK),
    "class attribute with a value": ("class A:\n    x = Service()\n    def run(self): self.x.work()\n", WORK),
    "inherited attribute": (
        "class A:\n    def __init__(self):\n        self.x = Service()\nclass B(A):\n    def run(self): self.x.work()\n",
        WORK,
    ),
    "self": ("class A(Service):\n    def run(self): self.work()\n", WORK),
    "overridden": ("class A(Service):\n    def work(self): ...\n    def run(self): self.work()\n", "app/main.py::A.work"),
    "super": ("class A(Service):\n    def work(self): ...\n    def run(self): super().work()\n", WORK),
    "super of the grandparent": ("class A(Service):\n    def base(self): ...\n    def run(self): super().base()\n", BASE),
    "classmethod": ("class A:\n    @classmethod\n    def make(cls): ...\n    @classmethod\n    def run(cls): cls.make()\n", "app/main.py::A.make"),
    "classmethod that makes": (
        "class A(Service):\n    @classmethod\n    def make(cls): return cls()\ndef run(): A.make().work()\n",
        WORK,
    ),
    "typing.Self": (
        "from typing import Self\nclass A(Service):\n    def me(self) -> Self: ...\ndef run(a: A): a.me().work()\n",
        WORK,
    ),
    "staticmethod": ("class A:\n    @staticmethod\n    def f(): ...\ndef run(): A.f()\n", "app/main.py::A.f"),
    "property": ("class A:\n    @property\n    def x(self) -> Service: ...\ndef run(a: A): a.x.work()\n", WORK),
    "cached property": (
        "from functools import cached_property\nclass A:\n    @cached_property\n    def x(self): return Service()\ndef run(a: A): a.x.work()\n",
        WORK,
    ),
    "method itself is no value": ("class A:\n    def x(self) -> Service: ...\ndef run(a: A): a.x.work()\n", None),
    "module singleton": ("service = Service()\ndef run(): service.work()\n", WORK),
    "module variable by annotation": ("service: Service\ndef run(): service.work()\n", WORK),
    "global": ("service = None\ndef run():\n    global service\n    service = Service()\n    service.work()\n", None),
    "Depends": ("from fastapi import Depends\ndef make() -> Service: ...\ndef run(x=Depends(make)): x.work()\n", WORK),
    "Depends of a class": ("from fastapi import Depends\ndef run(x: Service = Depends()): x.work()\n", WORK),
    "Depends that yields": ("from fastapi import Depends\ndef make():\n    yield Service()\ndef run(x=Depends(make)): x.work()\n", WORK),
    "Annotated alias": (
        "from typing import Annotated\nfrom fastapi import Depends\ndef make() -> Service: ...\n"
        "Dep = Annotated[Service, Depends(make)]\ndef run(x: Dep): x.work()\n",
        WORK,
    ),
    "with": ("class M:\n    def __enter__(self) -> Service: ...\ndef run():\n    with M() as x:\n        x.work()\n", WORK),
    "with a generator": (
        "from contextlib import contextmanager\nfrom typing import Iterator\n@contextmanager\ndef make() -> Iterator[Service]:\n"
        "    yield Service()\ndef run():\n    with make() as x:\n        x.work()\n",
        WORK,
    ),
    "async with": (
        "from contextlib import asynccontextmanager\n@asynccontextmanager\nasync def make():\n    yield Service()\n"
        "async def run():\n    async with make() as x:\n        x.work()\n",
        WORK,
    ),
    "loop": ("def run(xs: list[Service]):\n    for x in xs:\n        x.work()\n", WORK),
    "comprehension": ("def run(xs: list[Service]):\n    return [x.work() for x in xs]\n", WORK),
    "element": ("def run(xs: list[Service]): xs[0].work()\n", WORK),
    "value of a dict": ("def run(xs: dict[str, Service]): xs['a'].work()\n", WORK),
    "either": ("def run(x: Service = None): (x or Service()).work()\n", WORK),
    "conditional": ("def run(a):\n    x = Service() if a else None\n    x.work()\n", WORK),
    "walrus": ("def run():\n    if (x := Service()):\n        x.work()\n", WORK),
    "rebound": ("def run(x: Service):\n    x = x.work()\n    x.go()\n", GO),
    "before it is rebound": ("def run(x: Service):\n    x.work()\n    x = Other()\n", WORK),
    "called object": ("class A:\n    def __call__(self) -> Service: ...\na = A()\ndef run(): a().work()\n", WORK),
    "partial is not guessed": ("from functools import partial\ndef f() -> Service: ...\ng = partial(f)\ndef run(): g().work()\n", None),
    "unannotated parameter": ("def run(x): x.work()\n", None),
    "getattr": ("def run(x: Service): getattr(x, 'work')()\n", None),
    "union": ("def run(x: Service | int): x.work()\n", None),
    "type of": ("def run(x: type[Service]): x().work()\n", WORK),
    "enclosing variable": ("def outer():\n    x = Service()\n    def run(): x.work()\n", WORK),
    "match": ("def run(x):\n    match x:\n        case Service() as y:\n            y.work()\n", None),
    "generic": (
        "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass A(Generic[T]):\n    def f(self): ...\nclass B(A[int]): ...\ndef run(b: B): b.f()\n",
        "app/main.py::A.f",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", METHODS)
def test_methods(name: str) -> None:
    text, wanted = METHODS[name]
    facts = project(SERVICE + text)
    place = next(fn.qualname for fn in facts.functions("app/main.py") if fn.node.name == "run")
    last = [
        c
        for c in facts.calls(function(facts, place))
        if s.text(c.node.func).rpartition(".")[2] in ("work", "base", "go", "make", "f") or wanted is None
    ]
    assert last[-1].target == wanted


def test_sessions_from_a_maker() -> None:
    facts = project(
        "from sqlalchemy.ext.asyncio import async_sessionmaker, AsyncSession, create_async_engine\nfrom app.models import Item\n"
        "from sqlalchemy import select\nengine = create_async_engine('x')\nSession = async_sessionmaker(engine)\n"
        "async def run():\n    async with Session() as db:\n        found = await db.execute(select(Item))\n        await db.commit()\n"
        "# --- app/models.py\nclass Item: ...\n"
    )
    assert targets(facts)[-1] == "sqlalchemy.ext.asyncio.AsyncSession.commit" or (targets(facts)[-1] or "").endswith(
        "Session.commit"
    )
    commit = facts.calls(function(facts, "run"))[-1]
    assert commit.effects == {f.Effect.QUERY, f.Effect.WRITE, f.Effect.COMMIT}
    assert commit.awaited is True


PLACES = """async def f(): ...
def g(x=1): ...
async def run(xs, ys):
    await f()
    f()
    for x in g(xs):
        g(x)
        for y in ys:
            await f()
    else:
        g()
    while g():
        g()
    try:
        g()
        for x in xs:
            g()
    except ValueError:
        g()
    else:
        g()
    finally:
        g()
    try:
        g()
    finally:
        pass
    [g(x) for x in g(xs) if g(x)]
    {g(k): g(v) for k in xs for v in g(k)}
    lambda: g()
    def inner():
        g()
    with g():
        g()
    return await f(g())
"""


def test_places_of_calls() -> None:
    facts = project(PLACES)
    told = [
        f"{c.line}:{''.join(loop.kind[0] for loop in c.loops)}{'!' if c.awaited else ''}{'?' if c.guarded else ''}"
        for c in facts.calls(function(facts, "run"))
    ]
    wanted = (
        "4:! 5: 6: 7:f 9:ff! 11: 12:w 13:w 15:? 17:f? 19: 21: 23: 25: 28: 28:c 28:c 29:c 29:cc 29:cc 33: 34: 35: 35:!"
    )
    assert told == wanted.split()
    assert [c.line for c in facts.calls(function(facts, "run.inner"))] == [32]


EFFECTS = {
    "http": ("import httpx\ndef run(): httpx.get('x')\n", "blocking http"),
    "async client": ("import httpx\nasync def run():\n    async with httpx.AsyncClient() as c:\n        await c.get('x')\n", "http"),
    "requests": ("import requests\ndef run(): requests.post('x')\n", "blocking http"),
    "sleep": ("import time\ndef run(): time.sleep(1)\n", "blocking"),
    "async sleep": ("import asyncio\nasync def run(): await asyncio.sleep(1)\n", ""),
    "read": ("def run(): open('x')\n", "file_read"),
    "write": ("def run(): open('x', 'w')\n", "file_write"),
    "mode by name": ("def run(): open('x', mode='ab')\n", "file_write"),
    "environment": ("import os\ndef run(): os.environ.get('X')\n", "environment"),
    "session query": ("from sqlalchemy.orm import Session\ndef run(db: Session): db.query(X).all()\n", "blocking query"),
    "delete statement": ("from sqlalchemy import delete\nfrom sqlalchemy.orm import Session\ndef run(db: Session): db.execute(delete(X))\n", "blocking query write"),
    "select statement": ("from sqlalchemy import select\nfrom sqlalchemy.orm import Session\ndef run(db: Session): db.execute(select(X))\n", "blocking query"),
    "text that writes": ("from sqlalchemy import text\nfrom sqlalchemy.orm import Session\ndef run(db: Session): db.execute(text('UPDATE x SET a = 1'))\n", "blocking query write"),
    "untyped session": ("def run(db): db.commit()\n", "commit query write"),
    "untyped anything": ("def run(thing): thing.commit()\n", ""),
    "own method": ("class A:\n    def commit(self): ...\ndef run(db: A): db.commit()\n", ""),
    "none": ("def run(): len([])\n", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", EFFECTS)
def test_effects(name: str) -> None:
    text, wanted = EFFECTS[name]
    facts = project(text)
    found: set[str] = set()
    for call in facts.calls(function(facts, "run")):
        found |= {e.value for e in call.effects}
    assert " ".join(sorted(found)) == wanted


def test_reach_is_the_shortest_chain() -> None:
    facts = project(
        "from app.a import far, near\ndef run():\n    far()\n    near()\n"
        "# --- app/a.py\nimport requests\ndef far(): near()\ndef near():\n    requests.get('x')\ndef nothing(): far_away()\n"
    )
    chain = facts.reach(function(facts, "run"), f.Effect.HTTP)
    assert [(x.path, x.line, x.text) for x in chain or ()] == [
        ("app/main.py", 4, "near"),
        ("app/a.py", 4, "requests.get"),
    ]
    assert facts.reach(function(facts, "nothing"), f.Effect.HTTP) is None
    first = facts.calls(function(facts, "run"))[0]
    assert [x.line for x in facts.reach(first, f.Effect.HTTP) or ()] == [3, 2, 4]


def test_reach_ends_in_circles_and_stops_at_what_does_not_run() -> None:
    facts = project(
        "import time\nfrom functools import cache\ndef a(): b()\ndef b(): a()\n"
        "async def slow(): time.sleep(1)\nasync def starts(): slow()\nasync def waits(): await slow()\n"
        "def numbers():\n    yield time.sleep(1)\ndef lazy(): numbers()\n@cache\ndef once(): time.sleep(1)\ndef cheap(): once()\n"
    )
    reached = {
        n: facts.reach(function(facts, n), f.Effect.BLOCKING) is not None
        for n in ("a", "starts", "waits", "lazy", "cheap")
    }
    assert reached == {"a": False, "starts": False, "waits": True, "lazy": False, "cheap": False}


# --- laws --------------------------------------------------------------------------------------

MIXED = (
    SERVICE + "from app.a import helper, client\nfrom app.b import *\nfrom fastapi import Depends\ndef make() -> Service: return helper()\n"
    "def run(x=Depends(make)):\n    y = x.work()\n    y.go()\n    client.get('u')\n    star()\n    loop1()\n"
    "def loop1(): return loop2()\ndef loop2(): return loop1()\n"
    "def first():\n    q = second()\n    q = q.work()\n    q.go()\n    return q\ndef second():\n    return third() or Service()\ndef third():\n    return second() or first()\n"
    "class A:\n    def __init__(self, b: 'B'):\n        self.b = b\n        self.s = b.s\n    def go(self): return self.b.a.s.work()\n"
    "class B:\n    def __init__(self):\n        self.a = A(self)\n        self.s = self.a.s or Service()\n    def go(self): return self.a.go().go()\n"
    "# --- app/a.py\nimport httpx\nfrom app.main import Service\nclient = httpx.Client()\ndef helper():\n    s = Service()\n    return s\n"
    "# --- app/b.py\nfrom app.main import run\ndef star():\n    return run().work()\n"
)  # fmt: skip


def answers(order: list[str], kinds: list[int]) -> dict[str, object]:
    """Everything that can be asked of each function, asked in this order."""
    facts = project(MIXED)
    everything = {fn.key: fn for p in facts.sources for fn in facts.functions(p)}
    out: dict[str, object] = {}
    for number, name in enumerate(order):
        fn = everything[name]
        for kind in (kinds[number % len(kinds)], 0, 1, 2, 3):
            if kind == 0:
                out[f"{name} calls"] = [
                    (c.target, c.callee, c.receiver, c.effects, c.awaited, len(c.loops)) for c in facts.calls(fn)
                ]
            elif kind == 1:
                out[f"{name} reach"] = [facts.reach(fn, e) for e in f.Effect]
            elif kind == 2:
                out[f"{name} types"] = [
                    facts.type_of(fn, n) for n in s.walk(*fn.node.body) if isinstance(n, (s.Name, s.Attribute, s.Call))
                ]
            else:
                out[f"{name} effects"] = facts.effects(fn)
    return out


KEYS = [fn.key for p in project(MIXED).sources for fn in project(MIXED).functions(p)]


@given(st.randoms(use_true_random=False), st.lists(st.integers(0, 3), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_the_order_of_questions_does_not_matter(dice: random.Random, kinds: list[int]) -> None:
    order = KEYS.copy()
    dice.shuffle(order)
    assert answers(order, kinds) == answers(KEYS, [0])


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_files_does_not_matter(dice: random.Random) -> None:
    sources = list(files(MIXED).items())
    dice.shuffle(sources)
    one, two = project(dict(sources)), project(MIXED)
    for key in KEYS:
        left, right = one.function(key), two.function(key)
        assert left is not None
        assert right is not None
        assert [(c.target, c.effects) for c in one.calls(left)] == [(c.target, c.effects) for c in two.calls(right)]
