"""Reading a contract runs nothing of the project, whatever stands in it, and comes to an end soon."""

import ast
from pathlib import Path

import pytest

import byte.extract
from tests.contract.apart import Answer, Apart

LIMIT = 8
"""Seconds of a processor in which every project is read."""
HEAD = """\
from typing import Annotated, Any, Generic, Literal, Optional, TypeVar, Union
from fastapi import APIRouter, Depends, FastAPI, Query
from pydantic import BaseModel, Field

app = FastAPI()


@app.get("/fine")
def fine() -> int: ...


"""
SOURCES = Path(byte.extract.__file__).parent


# --- nothing runs ------------------------------------------------------------------------------

TRAP = """
import builtins, ctypes, importlib, os, pathlib, runpy, shutil, socket, subprocess, sys, threading
from multiprocessing import Process

RAN = {ran!r}


def leave(*args, **kwargs):
    with open(RAN, "a") as file:
        file.write("ran")
    return args[0] if args else None


leave()
pathlib.Path(RAN).write_text("ran")
os.system("touch " + RAN)
os.open(RAN, os.O_CREAT)
os.mkdir(RAN)
shutil.copy(__file__, RAN)
subprocess.run(["touch", RAN])
subprocess.Popen("touch " + RAN, shell=True)
exec("open(RAN, 'w')")
eval("open(RAN, 'w')")
exec(compile("open(RAN, 'w')", "x", "exec"))
__import__("os").system("touch " + RAN)
importlib.import_module("os").system("touch " + RAN)
getattr(builtins, "open")(RAN, "w")
runpy.run_path(__file__)
ctypes.CDLL(None).system(b"touch x")
Process(target=leave).start()
threading.Thread(target=leave).start()
sys.modules["os"].system("touch " + RAN)
connection = socket.create_connection(("127.0.0.1", 9))


class Meta(type):
    def __new__(cls, *args):
        leave()
        return super().__new__(cls, *args)

    def __call__(cls, *args):
        leave()
        return super().__call__(*args)


class Base(metaclass=Meta):
    leave()

    def __init_subclass__(cls):
        leave()

    def __class_getitem__(cls, item):
        leave()
        return int

    def __getattr__(self, name):
        leave()

    def __del__(self):
        leave()

    @property
    def value(self):
        leave()


class Derived(Base):
    x: leave(int) = leave(1)


Derived().value
Derived()[1]
"""
TRAPPED = """
from fastapi import Depends, FastAPI
from pydantic import BaseModel, Field, field_validator
from app.trap import Derived, leave

app = FastAPI(lifespan=leave, title=f"{leave('Shop')}")


class Item(BaseModel):
    name: str = Field(default_factory=leave)
    size: int = 1

    @field_validator("name")
    def check(cls, value):
        return leave(value)

    class Config:
        json_schema_extra = leave


@app.get("/items/{item_id}")
@leave
def read(item_id: int, found: Derived = Depends(leave), q: str = leave("a")) -> Item:
    return leave()


leave(app)
app.add_event_handler("startup", leave)
"""


def test_a_project_that_would_leave_traces_leaves_none(reading: Apart, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    found = reading.of(
        {
            "app/__init__.py": TRAP.format(ran=str(ran)),
            "app/trap.py": TRAP.format(ran=str(ran)),
            "app/main.py": TRAPPED,
            "conftest.py": TRAP.format(ran=str(ran)),
            "setup.py": TRAP.format(ran=str(ran)),
            "sitecustomize.py": TRAP.format(ran=str(ran)),
            "fastapi_plugin.pth": f"import os; os.system('touch {ran}')\n",
        }
    )
    assert "error" not in found, found["error"]
    assert not ran.exists()
    (path,) = found["document"]["paths"]
    assert path == "/items/{item_id}"
    operation = found["document"]["paths"][path]["get"]
    assert operation["parameters"][0]["name"] == "item_id"
    assert operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/Item")


def test_a_project_whose_modules_raise_is_read(reading: Apart) -> None:
    for raising in (
        "raise RuntimeError('no database')",
        "1 / 0",
        "undefined",
        "import sys\nsys.exit(3)",
        "raise SystemExit",
        "assert False, 'never'",
        "import os\nos.environ['NOT_THERE']",
        "import os\nos._exit(1)",
        "raise KeyboardInterrupt",
        "def f(:\n",
    ):
        files = {"app/main.py": f"import app.boom\n{HEAD}", "app/boom.py": f"{raising}\n", "app/__init__.py": ""}
        found = reading.of(files)
        assert "error" not in found, (raising, found["error"])
        assert list(found["document"]["paths"]) == ["/fine"], raising


def modules() -> list[Path]:
    """The modules that evaluate code of a project."""
    return sorted(p for part in ("evaluate", "contract") for p in (SOURCES / part).rglob("*.py"))


LOADS = {"eval", "exec", "compile", "__import__", "execfile", "open", "input", "breakpoint"}
FOREIGN = {
    "asyncio", "code", "codeop", "concurrent", "ctypes", "http", "imp", "importlib", "marshal", "multiprocessing", "os",
    "pickle", "pkgutil", "random", "runpy", "shelve", "shutil", "socket", "subprocess", "tempfile", "threading", "time",
    "urllib",
    "fastapi", "pydantic", "starlette", "sqlmodel",
}  # fmt: skip
HARMLESS = {"http", "importlib.resources", "importlib.resources.abc", "urllib.parse"}
"""The phrases of status codes, Byte's own data, and the parts of an address."""


def test_nothing_that_evaluates_projects_can_run_them() -> None:
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Name) and node.id in LOADS:
                found.append(f"{path.name}:{node.lineno}: {node.id}")
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            bad = [name for name in names if name.partition(".")[0] in FOREIGN and name not in HARMLESS]
            found += [f"{path.name}: {name}" for name in bad]
    assert modules()
    assert found == []


def test_models_of_libraries_are_never_imported() -> None:
    """They are data: folders without a package above them, which no module of Byte names."""
    assert not (SOURCES / "stubs" / "__init__.py").exists()
    for path in SOURCES.rglob("*.py"):
        if "stubs" not in path.relative_to(SOURCES).parts:
            assert "extract.stubs" not in path.read_text(), path


# --- everything ends ---------------------------------------------------------------------------

USED = "\n@app.get('/used', summary=X)\ndef used(q: Any = Query(X)) -> Any: ...\n"
GROWING = {
    "text": "X = 'a' * 10**9",
    "more text": "X = 'a'\nfor i in range(60):\n    X += X",
    "bytes": "X = bytes(10**10)",
    "repeated bytes": "X = b'ab' * 10**9",
    "a list": "X = [0] * 10**9",
    "a tuple": "X = (0, 1) * 10**9",
    "lists of lists": "X = [0] * 10\nfor i in range(30):\n    X = [X] * 10",
    "pairs": "X = ()\nfor i in range(60):\n    X = (X, X)\nX = str(X)",
    "dictionaries": "X = {'a': 1}\nfor i in range(60):\n    X = {'a': X, 'b': X}",
    "an f-string": "X = 'a' * 1000\nfor i in range(60):\n    X = f'{X}{X}'",
    "a wide f-string": "X = f'{1:1000000000}'",
    "a wide format": "X = '{:>1000000000}'.format(1)",
    "a nested wide format": "X = '{:{w}}'.format(1, w=10**9)",
    "a wide percent": "X = '%1000000000d' % 1",
    "a wide star percent": "X = '%*d' % (10**9, 1)",
    "a filled text": "X = '1'.zfill(10**9) + 'a'.ljust(10**9) + 'a'.center(10**9)",
    "a replaced text": "X = 'a' * 10000\nfor i in range(10):\n    X = X.replace('a', X)",
    "a joined text": "X = ('a' * 10**5).join(['b'] * 10**6)",
    "a translated text": "X = ('a' * 10**4).translate({97: 'b' * 10**6})",
    "expanded tabs": "X = ('\\t' * 1000).expandtabs(10**8)",
    "a number": "X = 10 ** 10 ** 8",
    "powers of powers": "X = 9 ** 9 ** 9 ** 9",
    "a shift": "X = 1 << 10**10",
    "squares": "X = 3\nfor i in range(60):\n    X = X * X",
    "digits": "X = str(7 ** 100_000)",
    "a factorial": "import math\nX = math.factorial(10**7)",
    "a power by name": "X = pow(10, 10**8)",
    "a long number": "X = int('9' * 10**6)",
    "a decimal": "from decimal import Decimal\nX = Decimal(10) ** Decimal(10**8)\nY = int(Decimal('1e100000000'))",
    "a fraction": "from fractions import Fraction\nX = Fraction('1e100000000')",
    "bits": "X = bin(1 << 10**9)",
    "a long range": "X = list(range(10**12))",
    "a sum": "X = sum(range(10**12))",
    "a search in a range": "X = 'a' in range(10**12)\nY = range(10**12).index(7.5)",
    "a comprehension": "X = [i for i in range(10**12)]",
    "comprehensions": "X = {i: j for i in range(10**4) for j in range(10**4) for k in range(10**4)}",
    "a generator expression": "X = ''.join(str(i) for i in range(10**12))",
    "any": "X = any(i < 0 for i in range(10**12))",
    "counts": "import itertools\nX = list(itertools.count())",
    "repeats": "import itertools\nX = list(itertools.repeat('a'))",
    "a cycle": "import itertools\nX = max(itertools.cycle([1]))",
    "products": "import itertools\nX = list(itertools.product(range(1000), repeat=5))",
    "permutations": "import itertools\nX = list(itertools.permutations(range(30)))",
    "a callable's end": "X = list(iter(lambda: 1, 2))",
    "zeros": "X = [[0] * 10**5 for i in range(10**5)]",
    "a sorted range": "X = sorted(range(10**9), key=lambda i: -i)",
    "a pattern": "import re\nX = re.match(r'(a+)+$', 'a' * 40 + 'b')",
    "a pattern in a function": "import re\nX = re.sub(r'(x+x+)+y', '', 'x' * 50)\nY = re.compile(r'^(\\w+\\s?)*$').match('a ' * 40 + '!')",
    "a pattern of patterns": "import re\nX = re.compile('(' * 5000 + 'a' + ')' * 5000)",
    "many alternatives": "import re\nX = re.fullmatch('(?:a|a|a)*' * 20, 'a' * 60 + 'b')",
    "nested JSON": "import json\nX = json.loads('[' * 100_000 + ']' * 100_000)",
    "a literal": "import ast\nX = ast.literal_eval('(' * 100_000)",
    "an evaluated literal": "X = eval('9**9**9**9')",
    "copies": "import copy\nX = []\nfor i in range(40):\n    X = [X, copy.deepcopy(X)]",
    "a chain": "import functools\nX = functools.reduce(lambda a, b: a + a, range(100), 'a')",
    "unpacked": "X = [1]\nfor i in range(60):\n    X = [*X, *X]",
    "merged": "X = {}\nfor i in range(10**9):\n    X = {**X, i: i}",
    "keys": "X = dict.fromkeys(range(10**10))",
    "a counter": "from collections import Counter\nX = list(Counter({'a': 10**10}).elements())",
    "an own list": "X = [1]\nX.append(X)\nX = [X, X]\nY = str(X) + repr(X == [X])",
    "an own dictionary": "X = {}\nX['x'] = X",
    "a hash": "import hashlib\nX = hashlib.pbkdf2_hmac('sha256', b'', b'', 10**9)",
    "sleep": "import time\ntime.sleep(10**6)\nX = 1",
    "a path": "X = '/' + '/'.join(['{a}'] * 10**6)\napp.get(X)(fine)",
    "a large literal": f"X = [{', '.join(['1'] * 200_000)}]",
    "a large dictionary": f"X = {{{', '.join(f'{i}: [{i}]' for i in range(50_000))}}}",
    "a long text": f"X = '{'a' * 900_000}'",
    "a long number in the source": f"X = {'9' * 100_000}",
}
RUNNING = {
    "while": "while True:\n    pass",
    "while with a count": "i = 0\nwhile i >= 0:\n    i += 1",
    "while that makes routes": "i = 0\nwhile True:\n    i += 1\n    app.get(f'/{i}')(fine)",
    "for": "for i in range(10**12):\n    pass",
    "for that makes routes": "for i in range(10**12):\n    app.get(f'/{i}')(fine)",
    "nested loops": "for i in range(10**4):\n    for j in range(10**4):\n        for k in range(10**4):\n            x = i + j",
    "a generator": "def g():\n    while True:\n        yield 1\n\n\nfor i in g():\n    pass",
    "a generator of itself": "def g():\n    yield from g()\n\n\nlist(g())",
    "a growing list": "items = [1]\nfor i in items:\n    items.append(i)",
    "recursion": "def f(n):\n    return f(n + 1)\n\n\nf(0)",
    "mutual recursion": "def f(n):\n    return g(n)\n\n\ndef g(n):\n    return f(n) + f(n)\n\n\nf(0)",
    "two calls each": "def f(n):\n    return 1 if n < 2 else f(n - 1) + f(n - 2)\n\n\nf(60)",
    "Ackermann": "def f(m, n):\n    return n + 1 if not m else f(m - 1, 1 if not n else f(m, n - 1))\n\n\nf(4, 2)",
    "a lambda": "f = lambda g: g(g)\nf(f)",
    "a decorator of itself": "def d(f):\n    return d(f)\n\n\n@app.get('/a')\n@d\ndef a(): ...",
    "an attribute": "class A:\n    def __getattr__(self, name):\n        return getattr(self, name + 'x')\n\n\nA().a",
    "a property": "class A:\n    @property\n    def a(self):\n        return self.a\n\n\nA().a",
    "a constructor": "class A:\n    def __init__(self):\n        self.a = A()\n\n\nA()",
    "a subclass hook": "class A:\n    def __init_subclass__(cls):\n        class B(A): pass\n\n\nclass C(A): pass",
    "a metaclass": "class M(type):\n    def __call__(cls):\n        return cls()\n\n\nclass A(metaclass=M): pass\n\n\nA()",
    "an operator": "class A:\n    def __add__(self, other):\n        return self + other\n\n\nA() + A()",
    "a truth": "class A:\n    def __bool__(self):\n        return bool(self)\n\n\nif A():\n    pass",
    "a text of itself": "class A:\n    def __repr__(self):\n        return f'{self}'\n\n\nstr(A())",
    "many undecided conditions": "import os\n"
    + "".join(f"if os.urandom(1):\n    x = {i}\nelse:\n    x = -{i}\n" for i in range(300)),
    "undecided loops": "import os\nwhile os.urandom(1):\n    while os.urandom(1):\n        while os.urandom(1):\n            app.get('/a')(fine)",
    "undecided calls": "import os\n\n\ndef f(n):\n    if os.urandom(1):\n        f(n + 1)\n    else:\n        f(n - 1)\n    if os.urandom(1):\n        f(n)\n\n\nf(0)",
    "the limit of recursion": "import sys\nsys.setrecursionlimit(10**9)\n\n\ndef f():\n    f()\n\n\nf()",
    "exceptions": "while True:\n    try:\n        raise ValueError\n    except ValueError:\n        continue\n    finally:\n        pass",
    "a match": "x = 1\nwhile x:\n    match x:\n        case 1: x = 1",
    "names": "x = lambda: y()\ny = lambda: x()\nx()",
    "a class of itself": "class A(BaseModel):\n    class B(BaseModel):\n        pass\n\n\nfor i in range(10**7):\n    class A(A): pass",
    "many bases": "A = BaseModel\n"
    + "".join(f"class A{i}({f'A{i - 1}' if i else 'BaseModel'}): pass\n" for i in range(2000))
    + "@app.get('/a')\ndef a() -> A1999: ...",
    "nested blocks": "".join(f"{' ' * i}if True:\n" for i in range(90)) + f"{' ' * 90}x = 1",
}
ROUTING = {
    "a router in itself": "router = APIRouter()\nrouter.include_router(router, prefix='/r')\napp.include_router(router)",
    "the application in itself": "app.include_router(app, prefix='/r')",
    "routers in each other": "a = APIRouter()\nb = APIRouter()\na.include_router(b, prefix='/b')\nb.include_router(a, prefix='/a')\napp.include_router(a)",
    "routers twice each": "".join(f"r{i} = APIRouter()\n" for i in range(41))
    + "@r40.get('/x')\ndef x(): ...\n"
    + "".join(f"r{i}.include_router(r{i + 1}, prefix='/{p}')\n" for i in reversed(range(40)) for p in "ab")
    + "app.include_router(r0)",
    "inclusions in a loop": "router = APIRouter()\nrouter.get('/x')(fine)\nfor i in range(40):\n    router.include_router(router, prefix=f'/{i}')\napp.include_router(router)",
    "a growing router": "router = APIRouter()\nrouter.get('/x')(fine)\nfor i in range(60):\n    other = APIRouter()\n    other.include_router(router, prefix='/a')\n    other.include_router(router, prefix='/b')\n    router = other\napp.include_router(router)",
    "mounts in themselves": "app.mount('/a', app)",
    "dependencies of themselves": "def d(x=Depends(lambda: d)): ...\n\n\ndef e(x: 'E'): ...\nE = Annotated[int, Depends(e)]\n\n\n@app.get('/a')\ndef a(x: E, y=Depends(d)): ...",
    "dependencies twice each": "def d0(q: int = 1): ...\n"
    + "".join(f"def d{i + 1}(a=Depends(d{i}), b=Depends(d{i})): ...\n" for i in range(60))
    + "@app.get('/a')\ndef a(x=Depends(d60)): ...",
    "callbacks of themselves": "router = APIRouter()\n\n\n@router.get('/x', callbacks=router.routes)\ndef x(): ...\n\n\napp.include_router(router, callbacks=router.routes)",
    "long prefixes": "router = APIRouter()\nrouter.get('/x')(fine)\nfor i in range(30):\n    other = APIRouter(prefix='/a' * 10000)\n    other.include_router(router)\n    router = other\napp.include_router(router)",
}
TYPES = {
    "a model of itself": "class A(BaseModel):\n    a: 'Optional[A]' = None\n    b: 'dict[str, list[A]]'\n\n\n@app.get('/a')\ndef a() -> A: ...",
    "a generic of itself": "T = TypeVar('T')\n\n\nclass A(BaseModel, Generic[T]):\n    a: 'Optional[A[list[T]]]' = None\n\n\n@app.get('/a')\ndef a() -> A[int]: ...",
    "a generic of itself twice": "T = TypeVar('T')\n\n\nclass A(BaseModel, Generic[T]):\n    a: 'Optional[A[A[T]]]' = None\n    b: 'Optional[A[tuple[T, T]]]' = None\n\n\n@app.get('/a')\ndef a() -> A[int]: ...",
    "a nested generic": "T = TypeVar('T')\n\n\nclass A(BaseModel, Generic[T]):\n    a: T\n    b: list[T]\n\n\nM = A[int]\nfor i in range(2000):\n    M = A[M]\n\n\n@app.get('/a')\ndef a() -> M: ...",
    "a doubled generic": "T = TypeVar('T')\nU = TypeVar('U')\n\n\nclass A(BaseModel, Generic[T, U]):\n    a: T\n    b: U\n\n\nM = A[int, str]\nfor i in range(60):\n    M = A[M, M]\n\n\n@app.get('/a')\ndef a() -> M: ...",
    "a doubled tuple": "M = tuple[int, str]\nfor i in range(60):\n    M = tuple[M, M]\n\n\n@app.get('/a')\ndef a() -> M: ...",
    "a doubled union": "M = Union[list[int], str]\nfor i in range(60):\n    M = Union[list[M], dict[str, M]]\n\n\n@app.get('/a')\ndef a() -> M: ...",
    "a nested list": "M = int\nfor i in range(5000):\n    M = list[M]\n\n\n@app.get('/a')\ndef a() -> M: ...",
    "a nested annotation": "M = int\nfor i in range(2000):\n    M = Annotated[Optional[M], Field(gt=i)]\n\n\n@app.get('/a')\ndef a(q: M) -> M: ...",
    "a nested text": f"M = '{'list[' * 3000}int{']' * 3000}'\n\n\n@app.get('/a')\ndef a(q: M) -> M: ...",
    "a name of itself": "X = 'X'\nY = Optional['Y']\nZ = list['Z']\n\n\n@app.get('/a')\ndef a(x: X, y: Y) -> Z: ...",
    "an alias of itself": "from typing_extensions import TypeAliasType\nJ = TypeAliasType('J', 'Union[int, list[J], dict[str, J]]')\nK = TypeAliasType('K', 'K')\n\n\n@app.get('/a')\ndef a(k: K) -> J: ...",
    "bases twice each": "class A0(BaseModel): x: int\nclass B0(BaseModel): y: int\n"
    + "".join(f"class A{i + 1}(A{i}, B{i}): pass\nclass B{i + 1}(A{i}, B{i}): pass\n" for i in range(40))
    + "@app.get('/a')\ndef a() -> A40: ...",
    "models of the next twice": "".join(
        f"class A{i}(BaseModel):\n    a: 'A{i + 1}'\n    b: 'list[A{i + 1}]'\n" for i in range(60)
    )
    + "class A60(BaseModel): x: int\n@app.get('/a')\ndef a() -> A0: ...",
    "dictionaries of the next twice": "from typing import TypedDict\nclass A0(TypedDict): x: int\n"
    + "".join(f"class A{i + 1}(TypedDict):\n    a: A{i}\n    b: A{i}\n" for i in range(60))
    + "@app.get('/a')\ndef a() -> A60: ...",
    "a wide union": f"M = Union[{', '.join(f'list[Literal[{i}]]' for i in range(3000))}]\n\n\n@app.get('/a')\ndef a() -> M: ...",
    "a large literal type": f"M = Literal[{', '.join(map(str, range(20_000)))}]\n\n\n@app.get('/a')\ndef a() -> M: ...",
    "many fields": f"class A(BaseModel):\n{''.join(f'    a{i}: int = {i}{chr(10)}' for i in range(5000))}\n\n@app.get('/a')\ndef a() -> A: ...",
    "many members": f"import enum\n\n\nclass A(enum.Enum):\n{''.join(f'    A{i} = {i}{chr(10)}' for i in range(5000))}\n\n@app.get('/a')\ndef a() -> A: ...",
    "a default that grows": "from pydantic import ConfigDict\n\n\nX = [0]\nfor i in range(60):\n    X = [X, X]\n\n\nclass A(BaseModel):\n    model_config = ConfigDict(json_schema_extra={'x': X})\n    a: list = X\n\n\n@app.get('/a')\ndef a() -> A: ...",
    "made models": "from pydantic import create_model\nM = int\nfor i in range(10**6):\n    M = create_model(f'M{i}', a=(M, ...))\n\n\n@app.get('/a')\ndef a() -> M: ...",
}
BOMBS = {
    **{f"growing: {name}": f"{text}\n{USED}" for name, text in GROWING.items()},
    **{f"running: {name}": text for name, text in RUNNING.items()},
    **{f"routing: {name}": text for name, text in ROUTING.items()},
    **{f"types: {name}": text for name, text in TYPES.items()},
}


def ended(found: Answer) -> None:
    assert "error" not in found, found["error"]
    assert found["seconds"] < LIMIT
    assert "/fine" in found["document"]["paths"]


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_left_alone(reading: Apart, name: str) -> None:
    found = reading.of({"app/main.py": f"{HEAD}{BOMBS[name]}\n", "app/__init__.py": ""})
    ended(found)
    for path, line, reason in found["gaps"]:
        assert path == "app/main.py", path
        assert line >= 1
        assert reason


@pytest.mark.parametrize(
    "name", ["growing: text", "growing: a number", "growing: a long range", "running: while", "running: recursion"]
)
def test_what_was_left_alone_is_told(reading: Apart, name: str) -> None:
    assert reading.of({"app/main.py": f"{HEAD}{BOMBS[name]}\n"})["gaps"]


def test_modules_that_import_each_other_in_circles(reading: Apart) -> None:
    files = {"app/__init__.py": "from app.m0 import *\nfrom app.main import *\n"}
    for number in range(40):
        after, other = (number + 1) % 40, (number + 3) % 40
        files[f"app/m{number}.py"] = (
            f"from app.m{after} import *\nfrom app import m{other}\nimport app.main\n"
            f"from app.m{other} import x{other} as x{number}\nclass A{number}(m{other}.A{other}): pass\n"
        )
    files["app/main.py"] = f"from app.m0 import *\n{HEAD}\nfrom app.m1 import A1\n@app.get('/a')\ndef a(x: A1): ...\n"
    ended(reading.of(files))


def test_a_chain_of_many_imports(reading: Apart) -> None:
    files = {f"app/m{number}.py": f"from app.m{number + 1} import x\n" for number in range(1500)}
    files["app/m1500.py"] = "x = '/far'\n"
    files["app/main.py"] = f"{HEAD}from app.m0 import x\napp.get(x)(fine)\n"
    ended(reading.of(files))
