"""The partial evaluator against Python itself, and what it does where Python would need the outside."""

import hashlib
from collections.abc import Iterable
from typing import Any

import pytest

from byte.extract.cache import Cache
from byte.extract.evaluate.interpreter import Interpreter, Target
from byte.extract.evaluate.source import Source
from byte.extract.evaluate.values import Class, External, Function, Instance, Unknown
from byte.extract.library import Library
from byte.model.change import File, Snapshot


def snapshot(files: dict[str, str]) -> Snapshot:
    blobs = {hashlib.sha1(text.encode()).hexdigest(): text.encode() for text in files.values()}

    def file(path: str) -> File:
        data = files[path].encode()
        return File(path=path, blob=hashlib.sha1(data).hexdigest(), size=len(data))

    def read(asked: Iterable[File]) -> list[bytes | None]:
        return [blobs[f.blob] for f in asked]

    return Snapshot(label="test", revision=None, files={p: file(p) for p in sorted(files)}, read=read)


def interpreter(files: dict[str, str]) -> Interpreter:
    source = Source(snapshot(files), Library(Cache(None)), "")
    return Interpreter(source, Target((0, 141, 1), (2, 14, 3)))


def names(files: dict[str, str], module: str = "m") -> tuple[dict[str, Any], Interpreter]:
    interp = interpreter(files)
    with interp.deep():
        found = interp.import_module(module)
    assert not isinstance(found, External)
    return found.scope.names, interp


SAME_AS_PYTHON = {
    "arithmetic": "result = [7 // 2, 7 % 3, 2 ** 10, -7 // 2, 1.5 * 2, 6 / 4, 1 << 4, 6 & 3, 6 | 1, 6 ^ 3, ~5, -3, +4]",
    "texts": "result = ['a' + 'b', 'ab' * 3, '%s-%03d' % ('x', 7), '{:>4}|{a}'.format(1, a=2), 'a,b'.split(','), 'abc'[1:], f'{1}{\"x\"!r}{7:03d}', f'{2.5:.2f}' '-' f'{3:>4}', f'{1 + 1=}']",
    "comparison": "result = [1 < 2 < 3, 1 < 3 < 2, 'a' in 'cat', 3 not in [1, 2], None is None, 1 == 1.0, [1] == [1], (1,) != (2,)]",
    "truth": "result = [x or 'no' for x in (0, '', [], {}, None, 1, 'a', [0])] + [0 and 1, 2 and 3, not 0]",
    "unpacking": "a, (b, *c), d = 1, (2, 3, 4), 5\nresult = [a, b, c, d]",
    "starred": "def f(*a, k=1, **kw):\n    return a, k, kw\nresult = [f(1, *[2, 3], k=4, **{'z': 5}), f(), [*range(3), *'ab'], {**{'a': 1}, 'b': 2}]",
    "closures": "def outer(n):\n    count = 0\n    def inner():\n        nonlocal count\n        count += n\n        return count\n    return inner\nf = outer(3)\nresult = [f(), f(), outer(2)()]",
    "defaults": "def f(x, acc=[]):\n    acc.append(x)\n    return list(acc)\nresult = [f(1), f(2), f(3, [])]",
    "global": "n = 1\ndef f():\n    global n\n    n += 41\nf()\nresult = n",
    "loops": "result = []\nfor i in range(5):\n    if i == 1:\n        continue\n    if i == 4:\n        break\n    result.append(i)\nelse:\n    result.append('never')",
    "while": "n = 0\nwhile n < 3:\n    n += 1\nelse:\n    n += 10\nresult = n",
    "comprehensions": "result = [[x * y for x in range(3) if x for y in 'ab'], {k: v for k, v in zip('ab', (1, 2))}, sorted({x % 2 for x in range(5)}), list(x for x in (1, 2))]",
    "try": "def f(x):\n    try:\n        return {'a': 1}[x]\n    except KeyError as e:\n        return 'missing'\n    finally:\n        log.append(x)\nlog = []\nresult = [f('a'), f('b'), log]",
    "raise": "class Mine(ValueError):\n    pass\ndef f():\n    raise Mine('x')\ntry:\n    f()\n    result = 'no'\nexcept (KeyError, ValueError):\n    result = 'caught'",
    "classes": "class A:\n    x = 1\n    def __init__(self, y):\n        self.y = y\n    def both(self):\n        return self.x, self.y\nclass B(A):\n    x = 2\n    def both(self):\n        return ('B', *super().both())\nresult = [A(3).both(), B(4).both(), B.x, issubclass(B, A), isinstance(B(1), A)]",
    "diamond": "class A:\n    def f(self):\n        return ['A']\nclass B(A):\n    def f(self):\n        return ['B', *super().f()]\nclass C(A):\n    def f(self):\n        return ['C', *super().f()]\nclass D(B, C):\n    def f(self):\n        return ['D', *super().f()]\nresult = [D().f(), [k.__name__ for k in D.__mro__[:4]]]",
    "methods": "class A:\n    n = 5\n    @classmethod\n    def make(cls):\n        return cls.n\n    @staticmethod\n    def double(x):\n        return 2 * x\n    @property\n    def p(self):\n        return self._p + 1\n    @p.setter\n    def p(self, value):\n        self._p = value\na = A()\na.p = 9\nresult = [A.make(), a.double(4), a.p]",
    "special": "class V:\n    def __init__(self, n):\n        self.n = n\n    def __add__(self, other):\n        return V(self.n + other.n)\n    def __call__(self, x):\n        return self.n * x\n    def __getitem__(self, i):\n        return self.n - i\n    def __len__(self):\n        return self.n\n    def __iter__(self):\n        return iter([self.n])\nv = V(2) + V(3)\nresult = [v.n, v(4), v[1], len(v), list(v), bool(V(0))]",
    "getattr": "class A:\n    def __getattr__(self, name):\n        return name.upper()\na = A()\na.x = 1\nresult = [a.x, a.y, getattr(a, 'z'), hasattr(A, 'q'), getattr(A, 'q', None)]",
    "subclass hook": "made = []\nclass Base:\n    def __init_subclass__(cls, **kw):\n        made.append((cls.__name__, kw))\nclass One(Base, tag=1):\n    pass\nresult = made",
    "enum": "from enum import Enum, IntEnum, auto\nclass C(str, Enum):\n    a = 'x'\n    b = 'y'\n    also = 'x'\nclass N(Enum):\n    one = auto()\n    two = auto()\nresult = [C.a.value, C('y').name, [m.name for m in C], C.also is C.a, C.a == 'x', N.two.value, C['b'].value, list(C.__members__)]",
    "dataclass": "from dataclasses import dataclass, field\n@dataclass\nclass P:\n    x: int\n    y: list = field(default_factory=list)\n    z: int = 3\n    def __post_init__(self):\n        self.w = self.x + self.z\np = P(1, z=5)\nresult = [p.x, p.y, p.z, p.w]",
    "namedtuple": "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\n    y: int = 2\na, b = P(1)\nresult = [a, b, P(5).x, P._fields]",
    "wraps": "from functools import wraps\ndef deco(n):\n    def inner(f):\n        @wraps(f)\n        def call(*a, **k):\n            return n * f(*a, **k)\n        return call\n    return inner\n@deco(3)\ndef f(x):\n    return x + 1\nresult = [f(1), f.__name__]",
    "partial": "from functools import partial, reduce, lru_cache\ncalls = []\n@lru_cache\ndef f(x):\n    calls.append(x)\n    return x\nresult = [partial(max, 5)(3), reduce(lambda a, b: a + b, [1, 2, 3]), f(1), f(1), calls]",
    "generators": "def gen(n):\n    for i in range(n):\n        yield i\n    yield from 'ab'\nresult = [list(gen(2)), sum(x for x in gen(0) if False), dict(zip('ab', gen(2)))]",
    "walrus": "result = [y for x in (1, 2, 3) if (y := x * 2) > 2]",
    "conditional": "result = ['a' if n else 'b' for n in (0, 1)] + [(lambda q=3: q)()]",
    "delete": "d = {'a': 1, 'b': 2}\ndel d['a']\nx = [1, 2, 3]\ndel x[0]\nresult = [d, x]",
    "augmented": "a = b = [1]\na += [2]\nd = {}\nd['k'] = d.get('k', 0) + 1\nd |= {'j': 2}\nresult = [b, d]",
    "match": "def f(x):\n    match x:\n        case 1:\n            return 'one'\n        case 'a' | 'b':\n            return 'letter'\n        case _:\n            return 'other'\nresult = [f(1), f('b'), f(3)]",
    "type()": "T = type('T', (), {'x': 1, 'f': lambda self: self.x + 1})\nresult = [T().f(), T.__name__, type(3).__name__, type('a') is str]",
    "signature": "import inspect\ndef f(a, b=2, *c, d, e: int = 5, **g): ...\nresult = [[p.name, p.default if p.default is not inspect.Parameter.empty else '-'] for p in inspect.signature(f).parameters.values()]",
    "nested class": "class A:\n    class B:\n        x = 1\n    y = B.x + 1\nresult = [A.B.x, A.y, A.B.__qualname__]",
    "class scope": "x = 'module'\nclass A:\n    x = 'class'\n    y = x\n    def f(self):\n        return x\nresult = [A.y, A().f()]",
    "sets": "result = [sorted({1, 2} | {3}), sorted({1, 2} & {2}), sorted({1, 2} - {2}), {1} <= {1, 2}]",
    "methods of containers": "x = [3, 1, 2]\nx.sort(key=lambda v: -v)\nx.insert(0, 9)\nd = {'a': 1}\nd.update(b=2)\nd.setdefault('c', []).append(1)\nresult = [x, x.pop(), list(d.items()), d.pop('a'), 'a-b'.partition('-'), ' x '.strip()]",
    "string methods": "result = ['aB'.lower(), 'a b'.title(), 'abc'.replace('b', 'x'), '-'.join(['a', 'b']), 'x'.zfill(3), 'abc'.startswith('ab'), 'a{}'.format('b')]",
    "exceptions in order": "out = []\ndef f():\n    try:\n        out.append(1)\n        raise KeyError('k')\n    except ValueError:\n        out.append(2)\n    finally:\n        out.append(3)\ntry:\n    f()\nexcept Exception:\n    out.append(4)\nresult = out",
    "recursion": "def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)\nresult = fact(12)",
    "metaclass call": "class Single(type):\n    made = {}\n    def __call__(cls, *a):\n        if cls not in cls.made:\n            cls.made[cls] = super().__call__(*a)\n        return cls.made[cls]\nclass S(metaclass=Single):\n    def __init__(self):\n        self.n = 0\nS().n += 1\nS().n += 1\nresult = S().n",
    "new": "class S:\n    _one = None\n    def __new__(cls):\n        if cls._one is None:\n            cls._one = super().__new__(cls)\n            cls._one.n = 0\n        return cls._one\nS().n += 1\nS().n += 1\nresult = S().n",
    "contextmanager": "from contextlib import contextmanager\n@contextmanager\ndef c():\n    yield 7\nwith c() as v:\n    result = v",
    "async": "async def f(x):\n    return x + 1\nasync def g():\n    return await f(1) + await f(2)\nimport asyncio\nresult = asyncio.run(g())",
    "setattr": "class A:\n    pass\nfor n in 'ab':\n    setattr(A, n, n * 2)\nresult = [A.a, A().b, sorted(k for k in vars(A) if len(k) == 1)]",
    "type of dict": "class D(dict):\n    def twice(self, k):\n        return self[k] * 2\nd = D(a=2)\nd['b'] = 3\nresult = [d.twice('a'), d.get('b'), len(d), sorted(d)]",
}


@pytest.mark.parametrize("source", SAME_AS_PYTHON.values(), ids=SAME_AS_PYTHON.keys())
def test_gives_what_python_gives(source: str) -> None:
    expected: dict[str, Any] = {"__name__": "m"}
    exec(compile(source, "m", "exec"), expected)
    found, interp = names({"m.py": source})
    assert not interp.gaps, list(interp.gaps.values())
    assert found["result"] == expected["result"]


def test_modules_are_followed_import_by_import() -> None:
    found, interp = names(
        {
            "app/__init__.py": "from app.core import settings\n",
            "app/core/__init__.py": "from .config import settings\n",
            "app/core/config.py": "settings = {'prefix': '/api'}\n",
            "app/routes.py": "from . import settings\nfrom .core.config import settings as again\nimport app.core as c\n"
            "result = [settings is again, c.settings['prefix']]\n",
        },
        "app.routes",
    )
    assert found["result"] == [True, "/api"]
    assert not interp.gaps


def test_circular_imports_are_as_in_python() -> None:
    found, interp = names({"a.py": "x = 1\nimport b\ny = b.z\n", "b.py": "import a\nz = a.x + 1\n"}, "a")
    assert found["y"] == 2
    assert not interp.gaps


def test_a_statement_that_fails_is_a_gap_and_the_rest_goes_on() -> None:
    found, interp = names({"m.py": "a = 1\nb = undefined + 1\nc = a + 1\n"})
    assert found["c"] == 2
    assert isinstance(found["b"], Unknown)
    assert [(g.at.line, g.reason) for g in interp.gaps.values()] == [(2, "the name undefined is not defined")]


def test_what_the_outside_decides_is_unknown_with_its_place() -> None:
    found, _ = names({"m.py": "import redis\nr = redis.Redis()\nx = r.get('k')\npath = f'/{x}/items'\n"})
    assert isinstance(found["x"], Unknown)
    assert found["x"].at == ("m.py", 2)
    assert found["path"].text == "/{?}/items"


def test_an_undecided_condition_has_both_branches_followed() -> None:
    found, _ = names(
        {
            "m.py": "import lib\nclass R:\n    pass\nitems = []\nif lib.flag():\n    items.append(R())\n    n = 1\nelse:\n    n = 2\n"
        }
    )
    assert [c.text for c in found["items"][0].conditions] == ["lib.flag()"]
    assert isinstance(found["n"], Unknown)
    assert found["n"].alternatives == (1, 2)


def test_settings_decide_by_their_defaults_and_by_committed_variables() -> None:
    source = (
        "from pydantic_settings import BaseSettings\n"
        "class Settings(BaseSettings):\n"
        "    model_config = {'env_file': '.env'}\n"
        "    DEBUG: bool = False\n"
        "    PREFIX: str = '/api'\n"
        "    SECRET: str\n"
        "s = Settings()\n"
        "result = [s.DEBUG, s.PREFIX]\n"
    )
    found, _ = names({"m.py": source})
    assert found["result"] == [False, "/api"]
    assert isinstance(found["s"].attributes["SECRET"], Unknown)
    found, _ = names({"m.py": source, ".env": "# local\nDEBUG=true\nexport PREFIX='/v2'\n"})
    assert found["result"] == [True, "/v2"]


def test_signatures_follow_wrappers_partials_and_classes() -> None:
    found, interp = names(
        {
            "m.py": "from functools import partial, wraps\nfrom dataclasses import dataclass\n"
            "def deco(f):\n    @wraps(f)\n    def w(*a, **k): ...\n    return w\n"
            "@deco\ndef f(x: int, y: 'str' = 'd'): ...\np = partial(f, 1)\n"
            "class C:\n    def __init__(self, a: int): ...\n    def __call__(self, b: str): ...\nc = C(1)\n"
            "@dataclass\nclass D:\n    q: int\n    r: int = 2\n"
        }
    )
    shown = {n: [p.name for p in interp.signature(found[n])] for n in ("f", "p", "C", "c", "D")}
    assert shown == {"f": ["x", "y"], "p": ["y"], "C": ["a"], "c": ["b"], "D": ["q", "r"]}
    assert interp.signature(found["f"])[1].annotation is interp.evaluate("str", found["f"].scope)


def test_names_for_type_checkers_alone_are_found_by_annotations() -> None:
    found, interp = names(
        {
            "m.py": "from __future__ import annotations\nfrom typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n    from other import Thing\ndef f(x: Thing, y: list['Thing']): ...\n",
            "other.py": "class Thing: ...\n",
        }
    )
    first, second = interp.signature(found["f"])
    assert isinstance(first.annotation, Class)
    assert first.annotation.name == "Thing"
    assert interp.resolve(second.annotation.args[0]) is first.annotation


def test_a_decorator_that_cannot_be_followed_keeps_what_it_decorates() -> None:
    found, _ = names({"m.py": "import limits\n@limits.slow\ndef f(x): ...\n"})
    assert isinstance(found["f"], Function)


def test_a_file_beside_the_importer_hides_no_library() -> None:
    found, interp = names(
        {
            "app/__init__.py": "",
            "app/redis.py": "from redis import Redis\n",
            "app/main.py": "from app.redis import Redis\n",
        },
        "app.main",
    )
    assert isinstance(found["Redis"], External)
    assert not interp.gaps


def test_objects_know_where_they_were_made() -> None:
    found, _ = names({"m.py": "class A: ...\n\na = A()\n"})
    assert isinstance(found["a"], Instance)
    assert found["a"].at == ("m.py", 3)
