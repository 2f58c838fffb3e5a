"""Python's own functions as Byte follows them: the same lines give what Python gives."""

import re
import textwrap
from typing import Any

import pytest

from byte.extract.cache import Cache
from byte.extract.evaluate.interpreter import Interpreter, Target
from byte.extract.evaluate.natives.system import is_simple
from byte.extract.evaluate.source import Source
from byte.extract.evaluate.values import EMPTY, Class, Function, Instance, Unknown
from byte.extract.library import Library
from tests.extract.projects import snapshot


def interpret(files: dict[str, str], module: str = "app") -> tuple[Interpreter, dict[str, Any]]:
    source = Source(snapshot({p: textwrap.dedent(t) for p, t in files.items()}), Library(Cache(None)), "")
    interp = Interpreter(source, Target((0, 115, 0), (2, 10, 0)))
    with interp.deep():
        found = interp.import_module(module)
    return interp, found.scope.names


def names(text: str) -> dict[str, Any]:
    return interpret({"app.py": text})[1]


SAME = {
    "numbers": """
        a = len([1, 2]), len("abc"), len({1: 2})
        b = list(range(2, 10, 3)), list(enumerate("ab", 1)), list(zip([1, 2], "ab"))
        c = sorted([3, 1, 2], reverse=True), sorted("ba", key=lambda x: x), list(reversed([1, 2]))
        d = list(map(lambda x: x + 1, [1, 2])), list(filter(None, [0, 1])), any([0, 1]), all([1, 0])
        e = sum([1, 2], 3), min(2, 1), max([1, 5], key=lambda x: -x), abs(-2), round(2.567, 2)
        f = int("12"), int("ff", 16), float("1.5"), str(12), bool([]), repr("a"), divmod(7, 2), pow(2, 5), pow(2, 5, 7)
        g = list("ab"), dict(a=1), dict([("x", 1)]), tuple([1]), set([1, 2]), frozenset([1])
        h = ord("a"), chr(98), format(3.14159, ".2f"), format(12, "05d"), callable(len), next(iter([4])), next(iter([]), 9)
    """,
    "texts": """
        a = "a-b".split("-"), "Ab".lower(), "ab".title(), " x ".strip(), "a,b".replace(",", ";"), "abc".startswith(("a", "b"))
        b = ",".join(["x", "y"]), "{0}-{x}-{0[1]}".format([1, 2], x=3), "%s %05d" % ("a", 12), "%(x)s" % {"x": 1}
        c = f"{1 + 1}|{'a'}", "a b".capitalize(), "ab".zfill(5), "a\\nb".splitlines(), "x".join("abc"), "aXb".swapcase()
        d = "abc".encode(), b"abc".decode(), "abc".index("b"), "abc".find("z"), "snake_case".partition("_"), "a".isidentifier()
    """,
    "containers": """
        a = [1]
        a.append(2); a.extend([3]); a.insert(0, 0); a.remove(1); a.reverse()
        b = a.index(0), a.count(3), a.pop(), a.copy()
        d = {"x": 1}
        d.update({"y": 2}, z=3); d.setdefault("w", []).append(1)
        e = d.get("x"), d.get("q", 5), list(d.items()), list(d.keys()), d.pop("x"), d.pop("q", 7), list(d.values())
        s = {1, 2}
        s.add(3); s.discard(1)
        t = s.union([5]), s.intersection({2}), s.issubset({2, 3}), sorted(s)
    """,
    "functools": """
        import functools, itertools, operator
        from collections import Counter, OrderedDict, defaultdict, namedtuple, deque, ChainMap
        a = functools.reduce(lambda x, y: x + y, [1, 2, 3]), functools.partial(int, base=2)("101")
        b = list(itertools.chain([1], [2])), list(itertools.product([1, 2], "a")), list(itertools.chain.from_iterable([[1], [2]]))
        c = operator.itemgetter("x")({"x": 1}), list(itertools.islice([1, 2, 3], 2)), list(itertools.repeat(1, 2))
        g = defaultdict(list)
        g["a"].append(1)
        e = dict(g), OrderedDict(a=1)["a"], dict(Counter("aab"))
        P = namedtuple("P", "x y")
        p = P(1, y=2)
        f = p.x, p.y, list(p), P._fields
        q = deque([1, 2])
        q.appendleft(0)
        h = list(q), ChainMap({"a": 1}, {"a": 2, "b": 3})["b"]
        i = [(k, list(v)) for k, v in itertools.groupby([1, 1, 2])]
    """,
    "system": """
        import os, os.path, json, re, math, datetime, decimal, uuid, base64, string, textwrap
        from pathlib import PurePosixPath as Path
        from urllib.parse import quote
        a = os.getenv("BYTE_NOT_SET", "x"), os.environ.get("BYTE_NOT_SET"), os.path.join("a", "b"), os.path.splitext("a.py")
        b = json.loads('{"a": [1]}'), json.dumps({"b": 1}), re.sub("[^a-z]", "-", "a b"), re.match("a(.)", "ab").group(1)
        c = math.ceil(1.2), base64.b64encode(b"x"), quote("a b"), string.digits, textwrap.dedent("  a")
        d = str(Path("/a/b.py").parent / "c"), Path("/a/b.py").stem, Path("x").name, str(Path("a", "b"))
        e = str(datetime.date(2020, 1, 2)), datetime.datetime(2020, 1, 2).isoformat(), str(decimal.Decimal("1.50"))
        f = str(datetime.datetime(2020, 1, 2) + datetime.timedelta(days=1)), datetime.timedelta(hours=1).total_seconds()
        g = str(uuid.UUID("12345678123456781234567812345678")), uuid.UUID(int=1).hex
        h = re.compile(r"(?<!^)(?=[A-Z])").sub("_", "camelCase").lower(), re.sub(r"_(.)", lambda m: m.group(1).upper(), "a_b")
    """,
    "objects": """
        import copy, inspect, typing, types, dataclasses, enum, http
        class A:
            x: int = 1
            def m(self, a, *, b: str = "c"): ...
            @property
            def p(self): return 5
        o = A()
        setattr(o, "y", 2)
        a = hasattr(o, "y"), hasattr(o, "z"), getattr(o, "z", 3), isinstance(o, A), issubclass(A, object), type(o).__name__
        b = [n for n, _ in inspect.getmembers(A, inspect.isfunction)], list(inspect.signature(A.m).parameters)
        c = inspect.signature(A.m).parameters["b"].default, inspect.isclass(A), callable(o.m), o.p
        d = typing.get_type_hints(A) == {"x": int}, typing.get_origin(typing.List[int]) is list
        e = typing.get_args(typing.Dict[str, int]) == (str, int), typing.cast(int, "x")
        s = types.SimpleNamespace(q=1)
        f = s.q, vars(s) == {"q": 1}, copy.deepcopy({"a": [1]}), type("B", (A,), {"z": 4})().z
        @dataclasses.dataclass
        class D:
            n: int
            l: list = dataclasses.field(default_factory=list)
        g = [x.name for x in dataclasses.fields(D)], D(1).l, dataclasses.is_dataclass(D)
        h = int(http.HTTPStatus.CREATED), http.HTTPStatus(404).name, http.HTTPStatus.OK.phrase
        class E(str, enum.Enum):
            a = "b"
        i = E.a.upper(), E("b").name, E.a == "b", {E.a: 1}[E.a], [x.value for x in E]
        j = dataclasses.asdict(D(3)), dataclasses.replace(D(3), n=4).n
    """,
}


@pytest.mark.parametrize("part", sorted(SAME))
def test_same_lines_give_what_python_gives(part: str) -> None:
    text = textwrap.dedent(SAME[part])
    real: dict[str, Any] = {"__name__": "app"}
    exec(compile(text, "app.py", "exec", dont_inherit=True), real)
    interp, found = interpret({"app.py": text})
    assert not interp.gaps
    for name, value in real.items():
        if len(name) == 1 and type(value) in (int, str, list, dict, tuple, set, bool):
            assert found[name] == value, name


def test_what_the_machine_decides_is_unknown() -> None:
    found = names(
        """
        import os, time, random, uuid, datetime
        a = os.environ["HOME"]
        b = time.time()
        c = random.random()
        d = str(uuid.uuid4())
        e = datetime.datetime.now()
        f = open("x").read()
        g = "a" + os.environ["X"] + "b"
        h = "-".join(["x", os.environ["X"]])
        i = "{}/{}".format("x", os.environ["X"])
        """
    )
    assert all(isinstance(found[name], Unknown) for name in "abcdefghi")
    assert found["g"].text == "a{?}b"
    assert found["h"].text == "x-{?}"
    assert found["i"].text == "x/{?}"


def test_nothing_grows_without_bound() -> None:
    found = names(
        """
        import itertools, re
        a = list(range(10**9))
        b = pow(10, 10**9)
        c = "x".ljust(10**9)
        d = list(itertools.product(range(100), repeat=10))
        e = re.match(r"(a+)+$", "a" * 40 + "b")
        f = "{:>999999999}".format("x")
        g = bytes(10**9)
        h = "%999999999d" % 1
        """
    )
    assert all(isinstance(found[name], Unknown) for name in "abcdefgh")


@pytest.mark.parametrize(
    "pattern, simple",
    [
        (r"(a+)+$", False),
        (r"(?:\w*\s*)*", False),
        (r"((a|b)*c)+", False),
        (r"^[a-z]+(-[a-z]+)?$", True),
        (r"(?<!^)(?=[A-Z])", True),
        (r"(.)\1", False),
        (r"[()*+]+", True),
        ("a" * 201, False),
    ],
)
def test_patterns_that_may_take_long_are_refused(pattern: str, simple: bool) -> None:
    assert is_simple(pattern) is simple
    re.compile(pattern)


def test_wraps_keeps_the_signature() -> None:
    interp, found = interpret(
        {
            "app.py": '''
        import functools
        def deco(f):
            @functools.wraps(f)
            def wrapper(*args, **kwargs):
                return f(*args, **kwargs)
            return wrapper
        @deco
        def endpoint(a: int, b: str = "x"):
            """Doc."""
        n = endpoint.__name__
        d = endpoint.__doc__
        '''
        }
    )
    assert found["n"] == "endpoint"
    assert found["d"] == "Doc."
    assert [p.name for p in interp.signature(found["endpoint"])] == ["a", "b"]
    assert isinstance(found["endpoint"], Function)


def test_a_class_based_view_helper_can_change_signatures() -> None:
    interp, found = interpret(
        {
            "app.py": """
        import inspect
        from typing import get_type_hints, ClassVar

        def depends(x): return x

        def cbv(cls):
            old_init = cls.__init__
            old_signature = inspect.signature(old_init)
            old_parameters = list(old_signature.parameters.values())[1:]
            new = [p for p in old_parameters if p.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)]
            for name, hint in get_type_hints(cls).items():
                kw = {"default": getattr(cls, name, ...)}
                new.append(inspect.Parameter(name=name, kind=inspect.Parameter.KEYWORD_ONLY, annotation=hint, **kw))
            def new_init(self, *args, **kwargs):
                for n in ["db"]:
                    setattr(self, n, kwargs.pop(n))
                old_init(self, *args, **kwargs)
            setattr(cls, "__signature__", old_signature.replace(parameters=new))
            setattr(cls, "__init__", new_init)
            for name, f in inspect.getmembers(cls, inspect.isfunction):
                if name.startswith("_"):
                    continue
                sig = inspect.signature(f)
                params = list(sig.parameters.values())
                first = params[0].replace(default=depends(cls))
                rest = [first] + [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in params[1:]]
                setattr(f, "__signature__", sig.replace(parameters=rest))
            return cls

        @cbv
        class View:
            db: int = 5
            def get(self, item: str, q: int = 1) -> str: ...
        """
        }
    )
    view = found["View"]
    assert isinstance(view, Class)
    assert [(p.name, p.kind, p.default) for p in interp.signature(view)] == [("db", "keyword", 5)]
    parameters = interp.signature(view.lookup("get"))
    assert [(p.name, p.kind) for p in parameters] == [("self", "normal"), ("item", "keyword"), ("q", "keyword")]
    assert parameters[0].default is view
    assert parameters[1].default is EMPTY
    assert parameters[2].default == 1


def test_packages_list_their_modules() -> None:
    _, found = interpret(
        {
            "app/__init__.py": "",
            "app/main.py": """
                import os, importlib
                from pathlib import Path
                a = sorted(n for n in os.listdir(os.path.dirname(__file__)) if n.endswith(".py"))
                b = [p.stem for p in Path(__file__).parent.glob("*.py")]
                c = importlib.import_module("app.other").x
                d = importlib.import_module(".other", "app").x
            """,
            "app/other.py": "x = 3",
        },
        "app.main",
    )
    assert found["a"] == ["__init__.py", "main.py", "other.py"]
    assert found["b"] == ["__init__", "main", "other"]
    assert found["c"] == found["d"] == 3


def test_errors_are_those_of_the_code() -> None:
    interp, found = interpret(
        {
            "app.py": """
        try:
            x = int("a")
        except ValueError:
            x = "value"
        try:
            y = {}["a"]
        except KeyError:
            y = "key"
        try:
            z = [].pop()
        except (IndexError, KeyError):
            z = "index"
        """
        }
    )
    assert (found["x"], found["y"], found["z"]) == ("value", "key", "index")
    assert not interp.gaps


def test_cached_functions_give_one_object() -> None:
    _, found = interpret(
        {
            "app.py": """
        from functools import lru_cache
        class S: ...
        @lru_cache()
        def settings(): return S()
        a = settings() is settings()
        b = settings()
        """
        }
    )
    assert found["a"] is True
    assert isinstance(found["b"], Instance)
