"""Hostile repositories through the real command: reported or refused in one sentence, soon, and nothing runs."""

import json
import os

import pytest

from tests.cli.conftest import APP, LIMIT, WORST
from tests.sources.test_isolation import armed, trap, tree_of

__all__ = ["trap"]

RANGE = "main~1..main"
ROUTER = f"{APP}\nrouter = app\n\n"
DEEP = 10_000


def nest(opening, inner, closing="", times=DEEP):
    return f"{ROUTER}@app.get('/x')\nasync def f(a):\n    return {opening * times}{inner}{closing * times}\n"


def lines(template, times, head=ROUTER, tail=""):
    return head + "".join(template.replace("{i}", str(i)).replace("{j}", str(i + 1)) for i in range(times)) + tail


HANDLER = "@app.get('/x')\ndef f(session, rows, a: LAST = None) -> LAST:\n    return f0(session)\n"
TANGLE = """
from typing import Annotated, NewType, Optional, Union
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase
class A(B): x: 'A'
class B(A): y: 'B'
class C(C): pass
class D(BaseModel, D): d: 'D'
class E(DeclarativeBase, F): __tablename__ = X
class F(E): __tablename__ = Y
X = Y
Y = X
Z = Z
P = Annotated[Q, Depends(g)]
Q = Annotated[P, Depends(h)]
R = list[R]
S = T | None
T = Optional[S]
U = Union[U, U]
V = V()
W = W.x[0]
N = NewType('N', M)
M = NewType('M', N)
type K = L
type L = K
r1 = APIRouter()
r2 = APIRouter()
r1.include_router(r2, prefix=X)
r2.include_router(r1, prefix=Y)
app.include_router(r1)
app.include_router(app)
@r1.get(X + Y, response_model=X)
def g(a: P, b: R, c: X, d: S, e: A, i: C, j: D, k: K, n: N, dep=Depends(g)) -> T:
    a = b.x
    b = a.y
    for row in a: g(row, b)
    return g(a)
@r2.get('/y')
@g
@h
def h(a: Annotated[Q, Depends(h)], z: Z, w: W, v: V, u: U = Depends(g)):
    for i in V: h(V.x, *[h(q) for q in h(i)])
    return h(W.y.z)
"""
SOURCES = {
    # The same depth in each of the ways in which an expression or a block can nest.
    "binary": nest("", "+".join(["1"] * DEEP)),
    "parentheses": nest("(", "1", ")"),
    "calls": nest("f(", "1", ")"),
    "attributes": nest("", "a" + ".b" * DEEP),
    "method chain": nest("", "a" + ".filter(1)" * DEEP),
    "subscripts": nest("", "a" + "[0]" * DEEP),
    "not": nest("not ", "1"),
    "lambda": nest("lambda: ", "1"),
    "conditional": nest("1 if a else ", "1"),
    "await": nest("await ", "a"),
    "dictionaries": nest("{'a': ", "1", "}"),
    "comprehensions": nest("[x for x in ", "y", "]", 2000),
    "f-strings": nest("f'{", "1", "}'", 150),
    "union annotation": f"{ROUTER}@app.get('/x')\ndef f(a: {'|'.join(f'T{i}' for i in range(DEEP))}): pass\n",
    "annotation": f"{ROUTER}@app.get('/x')\ndef f(a: {'list[' * DEEP}int{']' * DEEP}): pass\n",
    "blocks": f"{ROUTER}def f(x):\n" + "".join(f"{' ' * i}for x in x:\n" for i in range(1, 900)) + f"{' ' * 901}pass\n",
    "classes": ROUTER + "".join(f"{' ' * i}class A{i}:\n" for i in range(900)) + f"{' ' * 901}pass\n",
    "patterns": f"{ROUTER}def f(x):\n    match x:\n        case {'[' * DEEP}{']' * DEEP}:\n            pass\n",
    # Much of one thing.
    "elif": lines("    elif x == {i}:\n        y = {i}\n", 20_000, f"{ROUTER}def f(x):\n    if x:\n        y = 0\n"),
    "definitions": lines("    def g{i}(): pass\n", 20_000, f"{ROUTER}def f():\n"),
    "one line": f"{ROUTER}x = [{','.join(['1'] * 490_000)}]\n",
    "one line of statements": f"{ROUTER}def f(s): {';'.join(['s.get(1)'] * 30_000)}\n",
    "string": f"{ROUTER}x = '{'a' * 900_000}'\n",
    "route": f"{ROUTER}@app.get('{'/a' * 100_000}')\ndef f(): pass\n",
    "number": f"{ROUTER}x = {'9' * 900_000}\n",
    "hexadecimal": f"{ROUTER}LIMIT = 0x{'f' * 800_000}\ndef f(r):\n    for i in range(LIMIT): r(i)\n",
    "power": f"{ROUTER}X = 9**9**9**9\nY = 'a' * 10**10\n@app.get('/x')\ndef f(a: int = Query(X, le=Y)): pass\n",
    "exponent": f"{ROUTER}X = 1e999999999\n@app.get('/x')\ndef f(a: int = Query(le=X)): pass\n",
    "parameters": f"{ROUTER}@app.get('/x')\ndef f({', '.join(f'a{i}: int = 1' for i in range(10_000))}): pass\n",
    "fields": lines("    a{i}: int = 1\n", 10_000, f"{ROUTER}from pydantic import BaseModel\nclass M(BaseModel):\n"),
    "suppressions": lines("x = {i}  # byte: allow[a,b,query-in-loop]\n", 5000),
    "suppression": f"{ROUTER}x = 1  # byte: allow[{'[' * 100_000}\n#{' ' * 100_000}byte\n# byte: allow[{',' * 100_000}]\n",
    "handlers": lines("    try:\n        x()\n    except Exception:\n        pass\n", 3000, f"{ROUTER}def f():\n"),
    # What refers to itself, or fans out.
    "tangle": f"{ROUTER}{TANGLE}",
    "call chain": lines("def f{i}(s): f{j}(s)\n", 3000, tail=HANDLER.replace("LAST", "int")),
    "alias chain": lines("A{i} = A{j}\n", 3000, tail=HANDLER.replace("LAST", "A0")),
    "calls of each other": lines("def f{i}(s):\n" + "".join(f"    f{n * 7 % 300}(s)\n" for n in range(30)), 300),
    "tuples of tuples": lines("A{j} = tuple[A{i}, A{i}]\n", 60, tail=HANDLER.replace("LAST", "A60")),
    "diamonds": lines(
        "class A{j}(A{i}, B{i}): pass\nclass B{j}(A{i}, B{i}): pass\n", 60, tail=HANDLER.replace("LAST", "A60")
    ),
    "doubled text": lines("A{j} = A{i} + A{i}\n", 60, f"{ROUTER}A0 = '/x'\n", "@app.get(A60)\ndef f(): pass\n"),
    "doubled values": lines("    a{j} = a{i}.x or a{i}.y\n", 60, f"{ROUTER}def f(a0):\n", "    return a60\n"),
    "dependencies": lines(
        "def d{j}(a=Depends(d{i}), b=Depends(d{i})): pass\n", 60, tail="@app.get('/x')\ndef f(a=Depends(d60)): pass\n"
    ),
    "routers": lines("r{i} = APIRouter()\n", 40)
    + lines(
        "r{i}.include_router(r{j}, prefix='/a')\nr{i}.include_router(r{j}, prefix='/b')\n",
        39,
        "",
        "app.include_router(r0)\n@r39.get('/x')\ndef f(): pass\n",
    ),
    # What is hardly text.
    "NUL": f"{ROUTER}x = 'a\0b'\n\0\0\ndef f():\0 pass\n",
    "bidirectional": f"{ROUTER}def \u202ef\u2066(): pass\n\n@app.get('/\u202e{{x}}')\ndef g\u0430(x): return []\n# \u2028 byte: allow[x]\n",
    "byte order mark": f"\ufeff{ROUTER}{WORST}",
    "carriage returns": ROUTER.replace("\n", "\r") + WORST.replace("\n", "\r"),
    "form feeds": ROUTER.replace("\n", "\n\f\v"),
    "surrogate escapes": f"{ROUTER}x = '\\ud800'\n\n@app.get('/\\ud800')\ndef f(): return x\n",
    "latin 1": f"{ROUTER}x = 'é'\n".encode("latin-1"),
    "noise": bytes(range(256)) * 400,
}


def reviewed(byte, repo, *arguments):
    command = ("review", *(arguments or (RANGE,)), "--format", "json", "--no-cache")
    done = byte(*command, cwd=repo.root, timeout=6 * LIMIT)
    assert done.seconds < LIMIT
    assert (done.code in (0, 1), done.err) == (True, "")
    return json.loads(done.out)


@pytest.fixture
def hostile(make_repo):
    """A repository whose last commit brings these files."""

    def make(files):
        repo = make_repo("hostile")
        repo.commit({"app/main.py": APP})
        repo.commit(files)
        return repo

    return make


LONG = {"definitions", "one line", "one line of statements", "suppressions", "handlers"}
"""What takes seconds of its own; read by `make nightly`."""
GROUPS = [[name for name in SOURCES if name not in LONG][start::6] for start in range(6)]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{group[0]}...")
def test_hostile_sources_are_read_or_reported(byte, hostile, group):
    # Several files a repository: each of them is a change of its own to the reader.
    repo = hostile({f"app/{number}.py": SOURCES[name] for number, name in enumerate(group)})
    review = reviewed(byte, repo)
    assert {u["path"] for u in review["unreadable"]} <= {f"app/{number}.py" for number in range(len(group))}


@pytest.mark.nightly
@pytest.mark.parametrize("name", SOURCES)
def test_each_hostile_source_alone_in_a_change_and_in_an_audit(byte, hostile, name):
    repo = hostile({"app/main.py": SOURCES[name]})
    reviewed(byte, repo)
    reviewed(byte, repo, "--all")


@pytest.mark.parametrize("name", ["binary", "parentheses", "method chain", "await", "annotation"])
def test_what_is_nested_too_deeply_is_reported(byte, hostile, name):
    review = reviewed(byte, hostile({"app/deep.py": SOURCES[name]}))
    assert [(u["path"], u["reason"]) for u in review["unreadable"]] == [("app/deep.py", "nested too deeply to be read")]


def test_a_file_of_100_megabytes(byte, hostile):
    repo = hostile({"app/big.py": b"x = 1\n" * 17_500_000, "app/small.py": f"{ROUTER}{WORST}"})
    review = reviewed(byte, repo)
    assert [(u["path"], "more than" in u["reason"]) for u in review["unreadable"]] == [("app/big.py", True)]
    assert "app/small.py" in {f["path"] for f in review["findings"]}
    assert [u["path"] for u in reviewed(byte, repo, "--all")["unreadable"]] == ["app/big.py"]


def test_a_syntax_error_in_every_file(byte, hostile):
    files = {f"app/m{number}.py": f"{ROUTER}def broken(:\n    pass\n" for number in range(30)}
    review = reviewed(byte, hostile(files))
    assert {u["path"] for u in review["unreadable"]} == set(files)
    assert all(
        "unreadable" in r["evidence"]
        for r in review["assessment"].values()
        if r["evidence"] != "unchanged" and r["value"] == "Good"
    )


def test_names_of_files_that_are_no_names(byte, hostile):
    names = [
        "app/a\nb.py",
        "app/\x1b[31mred.py",
        "app/ .py",
        "-rf.py",
        "app/\u202egnp.py",
        "app/`|](x).py",
        "app/a\\b.py",
        "app/%0A::error::x.py",
    ]
    repo = hostile(dict.fromkeys(names, f"{ROUTER}{WORST}"))
    os.makedirs(os.path.join(os.fsencode(repo.root), b"app/\xff\xfe"))
    with open(os.path.join(os.fsencode(repo.root), b"app/\xff\xfe/\xe9.py"), "w") as file:
        file.write(f"{ROUTER}{WORST}")
    repo.git("add", "-A")
    repo.git("commit", "-q", "--amend", "-m", "all")
    found = {f["path"] for f in reviewed(byte, repo)["findings"]}
    assert len(found) == len(names) + 1, sorted(found)
    for name in ("markdown", "github", "sarif", "comment", "terminal"):
        out = byte("review", RANGE, "--format", name, cwd=repo.root).out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert not any(line.startswith(("b.py", "::error::x")) for line in out.splitlines())


def test_links_that_go_round_and_out(byte, hostile, tmp_path):
    (tmp_path / "secret.py").write_text(f"{ROUTER}{WORST}")
    repo = hostile({"app/fine.py": f"{ROUTER}{WORST}"})
    for name, target in (
        ("loop", "."),
        ("up", ".."),
        ("self.py", "self.py"),
        ("out.py", tmp_path / "secret.py"),
        ("a", "b"),
        ("b", "a"),
    ):
        (repo.root / "app" / name).symlink_to(target)
    os.mkfifo(repo.root / "app" / "pipe.py")
    assert {f["path"] for f in reviewed(byte, repo, "--all")["findings"]} == {"app/fine.py"}
    repo.git("add", "-A")
    repo.git("commit", "-q", "--amend", "-m", "links")
    assert {f["path"] for f in reviewed(byte, repo)["findings"]} == {"app/fine.py"}


def circle(number, star):
    """Modules that take names from each other round and round."""
    files = {"app/__init__.py": "from . import *\nfrom .m0 import *\nfrom app import *\nfrom .. import *\n"}
    for index in range(number):
        after, other = (index + 1) % number, (index + 3) % number
        own = f"from .m{after} import *\nfrom . import X as Y\nfrom .m{other} import X as Y, Y as X\nclass A(A): pass\n"
        files[f"app/m{index}.py"] = own + (f"from .m{other} import *\n" if star else "")
    user = "@app.get('/x')\ndef f(a: X, b: Y, c: A, d: Z) -> X:\n    return X(Y.z, Z())\n"
    return {**files, "app/main.py": f"from app.m1 import *\n{ROUTER}{user}"}


@pytest.mark.parametrize("star", [False, True])
def test_modules_that_import_each_other_in_a_circle(byte, hostile, star):
    reviewed(byte, hostile(circle(40, star)))


def test_a_repository_that_names_programs_runs_none(byte, hostile, trap, tmp_path):
    repo = hostile(
        {"app/fine.py": f"{ROUTER}{WORST}", ".gitattributes": "* filter=evil diff=evil merge=evil text ident\n"}
    )
    armed(repo, trap)
    repo.write({"app/fine.py": f"{ROUTER}{WORST}\nx = 1\n"})
    before = tree_of(repo.root)
    for arguments in ([RANGE], ["main"], [], ["--all"]):
        assert byte("review", *arguments, cwd=repo.root).code in (0, 1)
    assert not (tmp_path / "ran").exists()
    assert tree_of(repo.root) == before


MANY = {
    "endpoints": "@app.get('/x{i}')\nasync def g{i}(a: int, b: str = 'x') -> list[str]:\n    return [a, b]\n",
    "endpoints of one path": "@app.get('/x')\nasync def g{i}(a: int):\n    return a\n",
    "parameter routes": "@app.get('/x{id}/{i}')\nasync def g{i}(id: int):\n    return id\n",
}


@pytest.mark.nightly
@pytest.mark.parametrize("name", MANY)
def test_5000_endpoints_in_one_file(byte, hostile, name):
    repo = hostile({"app/many.py": lines(MANY[name], 5000)})
    byte("review", RANGE, "--no-cache", cwd=repo.root)


def test_500_endpoints_in_one_file(byte, hostile):
    reviewed(byte, hostile({"app/many.py": lines(MANY["endpoints"], 500)}))
