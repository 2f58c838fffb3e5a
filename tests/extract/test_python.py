"""The reader of Python against Python's own `ast`, on broken source, and on source that wants to hurt."""

import ast
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byte.extract import python, symbols
from byte.model import syntax as s
from tests.extract import oracle

STDLIB = Path(sysconfig.get_path("stdlib"))
ELSEWHERE = {"site-packages", "test", "tests", "idle_test", "lib2to3"}
KNOWN = {
    "lib2to3/tests/data/py3_test_grammar.py": "the grammar binds `^` closer than `&`",
    "test/test_grammar.py": "the same",
    "test/test_compile.py": "the grammar loses a file where a line that ends in `.` goes on further left",
    "test/test_exceptions.py": "800 targets in one assignment",
    "test/test_future_stmt/badsyntax_future8.py": "no Python",
    "test/test_print.py": "`print >> x` is read as Python 2",
    "test/test_traceback.py": "names are not normalised (NFKC)",
    "test/test_unicode_identifiers.py": "the same",
}


def library(test: bool) -> list[Path]:
    """The files of the standard library, its own tests among them or not."""
    files = sorted(STDLIB.rglob("*.py"))
    return [f for f in files if "site-packages" not in f.parts and (test or not ELSEWHERE & set(f.parts))]


def complaints(source: bytes) -> list[str]:
    """Where the reader and `ast` differ on a file that `ast` can read."""
    try:
        wanted = oracle.convert(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    module = python.parse(source)
    if module.cut:
        return []
    return [*(f"error in line {n}" for n in module.errors), *oracle.differences(module.body, wanted)]


def round_trip(module: s.Module) -> s.Module:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(module), type=s.Module)


def statement(source: str) -> s.Stmt:
    (only,) = python.parse(source.encode()).body
    return only


def expression(source: str) -> s.Expr:
    found = statement(source)
    assert isinstance(found, s.Expression)
    return found.value


# --- against ast -------------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(4))
def test_standard_library_reads_as_ast_reads_it(part: int) -> None:
    files = library(test=False)[part * 3 :: 24]
    assert len(files) > 15
    assert {f.name: c[:3] for f in files if (c := complaints(f.read_bytes()))} == {}


@pytest.mark.nightly
def test_all_of_the_standard_library_reads_as_ast_reads_it() -> None:
    found = {}
    for file in library(test=True):
        name = file.relative_to(STDLIB).as_posix()
        wrong = complaints(file.read_bytes())
        if wrong and name not in KNOWN:
            found[name] = wrong[:3]
    assert found == {}


SNIPPETS = {
    "chain": "x = (\n    select(A)\n    .where(\n        A.id == 1,\n    )\n    .limit(3)\n)\n",
    "decorators": "@a\n@b.c(\n    1,\n)\nasync def f(x):\n    pass\n\n\n@d\nclass C(A, metaclass=M, **k):\n    pass\n",
    "params": "def f(a, /, b: int, c=1, *args: str, d, e: int = 2, **kw: int) -> None: ...\n",
    "keyword only": "def f(*, a, b=1): ...\nf = lambda a, *b, c=1, **d: (a, b)\nlambda: 0\n",
    "imports": "import a.b.c, d as e\nfrom . import x\nfrom ...p.q import (y as z, w,)\nfrom m import *\n"
    "from __future__ import annotations\n",
    "targets": "a = b = c, *d = e.f[0] = [1]\n(g, [h]) = 1, 2\nx: int\ny.z: str = 'a'\n(q): int = 3\nn @= m\np //= 2\n",
    "displays": "[*a.b(), 1]\n{*a[0]}\n(*a.b,)\n{**a.b(), 'k': 1}\nf(*a.b(), *c, **d.e())\nx = *a.b(), *c\n[*a | b]\n"
    "for x in *a.b(), 1: pass\n",
    "subscripts": "a[1:2, ::3]\na[b, c]\na[b,]\na[(b, c)]\na[:]\na[*b]\na[*b.c()]\nx: tuple[*Ts]\ny: dict[str, list[int]]\n"
    "z: Callable[[int], str] | None\n",
    "strings": r"""r'\\'; r'\'' ; '\N{BULLET}\x41\u00e9\101\n' ; b'\xff\0' ; rb'\\' b'a'
'''a
b\
c'''
"x" 'y' "z"
""",
    "f-strings": 'f"{a}b{c!r:>{w}}{{d}}" f"{e.f(1)}"\nf"{x = }{y=!r}"\n"a" f"b{1}" "c"\nrf"\\d{a}"\nf"{z:=10}"\nf""\n'
    "f\"{d['k']}\"\nf'''\n{\n a\n}'''\n",
    "numbers": "1_000 + 0xFF + 0b11 + 0o17 + 1e3 + .5 + 3j + 99999999999999999999999\n",
    "operators": "a if b else c if d else e\nnot a in b\na not in b\na is not b\na < b <= c\n-a ** b\n~a\na and b and c or d\n"
    "await_ = a @ b % c\na | b | c\n(a and (b and c))\n",
    "comprehensions": "[x for x in y if x if z for w in x]\n{a: b for a, b in c}\n{a for (a) in b}\nf(x for x in y)\n"
    "async def g():\n    return [x async for x in y if await x]\n[[j for j in i] for i in k]\n",
    "walrus": "if (n := f()) and (m := n): pass\nwhile chunk := read(): pass\n[y := 1, y]\nf(z := 2)\n",
    "flow": "for a, (b, *c) in d:\n    break\nelse:\n    pass\nwhile a:\n    continue\nelse: pass\nasync def f():\n"
    "    async for x in y: pass\n    async with a as b, c: pass\nif a: pass\nelif b: pass\nelse: pass\n",
    "else if": "if a:\n    pass\nelse:\n    if b:\n        pass\n",
    "try": "try:\n    pass\nexcept (A, B) as e:\n    raise\nexcept C:\n    raise X from e\nexcept:\n    pass\nelse:\n    pass\n"
    "finally:\n    pass\ntry:\n    pass\nexcept* E as g:\n    pass\n",
    "with": "with a: pass\nwith (a as b, c as d.e, f(),): pass\nwith a as (b, c): pass\nwith (a): pass\nwith (a, b): pass\n",
    "match": "match x, y:\n    case [a, *rest] if a: pass\n    case {'k': v, **kw}: pass\n    case P(q, r=t) as whole: pass\n"
    "    case 1 | 'a' | None | m.N: pass\n    case (b, c): pass\n    case _: pass\nmatch z,:\n    case d: pass\n",
    "soft keywords": "match = 1\ncase = match\ntype = 2\nmatch(x)\nmatch[x]\nprint(a, file=b)\nexec('a')\n_ = type\n",
    "type of": "type(a).b = 1\ntype(a).b[c] = d\ntype(a)[b].c(1).d = 2\ntype(a, b).c = 1\ntype(a).b += 1\ntype(a).b()\n",
    "scopes": "def f():\n    global a, b\n    def g():\n        nonlocal c\n    del a, b[0], (c)\n    assert a, 'm'\n    assert (a, b)\n",
    "generators": "def f():\n    x = yield\n    yield a, b\n    yield from c\n    return (yield)\ndef g():\n"
    "    return lambda: (yield)\ndef h():\n    def i(): yield\n",
    "ends": "class A:\n    def f(self):\n        if a:\n            pass\n            # inside\n        # after\n\n    # later\n"
    "# outside\nfor x in y:\n    pass\n    # inside\nx = 1\n",
    "semicolons": "a = 1; b(); c.d\nif a: b; c\n",
    "continued": "a = b + \\\n    c\nassert a, \\\n    b\nfrom m import a, \\\n    b\nif a and \\\n        b:\n    pass\n",
    "empty": "",
    "comment": "# nothing\n",
    "form feed": "a = 1\n\x0c\ndef f():\n\x0c    pass\n",
    "tabs": "def f():\n\tif a:\n\t\treturn 1\n\treturn 2\n",
    "unicode": "größe = 'ü' + \"\U0001f600\"\nclass Größe: pass\n",
}


@pytest.mark.parametrize("name", SNIPPETS)
def test_snippet_reads_as_ast_reads_it(name: str) -> None:
    source = SNIPPETS[name].encode()
    ast.parse(source)  # a snippet that is no Python shows nothing
    assert complaints(source) == []
    module = python.parse(source)
    assert round_trip(module) == module


def test_generics_of_python_3_12() -> None:
    alias = statement("type Pair[T: (int, str), *Ts, **P] = tuple[T, T]\n")
    assert isinstance(alias, s.TypeAlias)
    assert (alias.name, alias.params, s.text(alias.value)) == ("Pair", ("T", "*Ts", "**P"), "tuple[T, T]")
    function = statement("def first[T](items: list[T]) -> T: ...\n")
    assert isinstance(function, s.Function)
    assert (function.name, function.type_params) == ("first", ("T",))
    cls = statement("class Box[T](Base[T]): ...\n")
    assert isinstance(cls, s.Class)
    assert (cls.type_params, s.text(cls.bases[0])) == (("T",), "Base[T]")


def test_strings_of_python_3_12_and_later() -> None:
    nested = expression('f"{d["key"]} {\n    a  # why\n}"\n')
    assert isinstance(nested, s.FString)
    assert [s.text(p) for p in nested.parts if not isinstance(p, s.Constant)] == ['d["key"]', "a"]
    template = expression('t"{a}!"\n')
    assert isinstance(template, s.FString)


def test_except_without_parentheses_of_python_3_14() -> None:
    found = statement("try:\n    pass\nexcept A, B:\n    pass\n")
    assert isinstance(found, s.Try)
    assert len(found.handlers) == 1


@pytest.mark.parametrize(
    "target, names",
    [
        ("a", "a"),
        ("[a, *b]", "a b"),
        ("{'k': a, **b}", "a b"),
        ("C(a, x=b)", "a b"),
        ("C() as c", "c"),
        ("(1 | 2) as d", "d"),
        ("m.N", ""),
        ("_", ""),
        ("[_, *_]", ""),
        ("C(D(a), [b, {'k': c}])", "a b c"),
        ("'s' | None | -1 | 1+2j", ""),
    ],
)
def test_names_that_a_pattern_binds(target: str, names: str) -> None:
    found = statement(f"match x:\n    case {target}:\n        pass\n")
    assert isinstance(found, s.Match)
    assert sorted(found.cases[0].binds) == names.split()


# --- bytes -------------------------------------------------------------------------------------


SAMPLE = "import os\n\n\n@deco\ndef f(a, b=1):\n    # byte: allow[x] y\n    return f'{a}' + 'ü'\n\n\nclass A:\n    x: int = 1\n"


def test_line_ends_do_not_matter() -> None:
    assert python.parse(SAMPLE.replace("\n", "\r\n").encode()).body == python.parse(SAMPLE.encode()).body
    text = expression("'''a\nb'''".replace("\n", "\r\n"))
    assert text == s.Constant(1, "a\nb", "str")


def test_a_byte_order_mark_does_not_matter() -> None:
    assert python.parse(b"\xef\xbb\xbf" + SAMPLE.encode()) == python.parse(SAMPLE.encode())


@pytest.mark.parametrize(
    "first", ["# -*- coding: latin-1 -*-\n", "#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\n"]
)
def test_a_declared_encoding_is_obeyed(first: str) -> None:
    module = python.parse((first + "x = 'é'\n").encode("latin-1"))
    assert isinstance(module.body[0], s.Assign)
    assert s.string(module.body[0].value) == "é"


@pytest.mark.parametrize(
    "first",
    [
        "# coding: nonsense\n",
        "# coding: utf-7\n",
        "# coding: idna\n",
        "x = 1\ny = 2\n# coding: latin-1\n",
        "# coding: hex\n",
        "# coding: rot13\n",
    ],
)
def test_an_encoding_that_cannot_be_read_is_ignored(first: str) -> None:
    assert not python.parse((first + "y = 'é'\n").encode()).errors


def test_text_that_is_not_utf_8_is_replaced() -> None:
    assert expression("'a'") == s.Constant(1, "a", "str")
    module = python.parse(b"x = '\xff\xfe'\ndef f(): pass\n")
    assert "f" in symbols.read(module).functions


def test_null_bytes_do_not_hide_the_rest() -> None:
    module = python.parse(b"x = 1\n\0\ndef f():\n    pass\n")
    assert "f" in symbols.read(module).functions


def test_comments_to_byte_are_kept() -> None:
    module = python.parse(b"x = 1  # byte: allow[a] b\n# byte: allow[c] d\n# bytes\n'# byte: allow[no] e'\n")
    assert module.comments == (
        s.Comment(1, "# byte: allow[a] b", False),
        s.Comment(2, "# byte: allow[c] d", True),
    )


# --- broken files ------------------------------------------------------------------------------

GOOD = '''import os

app = FastAPI()


@app.get("/a")
def first(x: int):
    return [x, (x + 1)]


class Service:
    """What it does."""

    name: str = "s"

    def list(self, y):
        if y:
            return {"a": y}
        return None

    @property
    def size(self):
        return len(self.name)


async def last(z):
    async with z as w:
        return await w.get("x")
'''
BREAKS = {
    "open bracket": ("return [x, (x + 1)]", "return [x, (x + 1)"),
    "open call": ('await w.get("x")', 'await w.get("x"'),
    "open string": ('return {"a": y}', 'return {"a: y}'),
    "open docstring": ("return len(self.name)", 'return len(self.name) """'),
    "no colon": ("if y:", "if y"),
    "half a line": ("return len(self.name)", "return len(self."),
    "half a def": ("def list(self, y):", "def list(self,"),
    "a stray word": ("return None", "return None nothing"),
    "merge": ("        return None\n", "<<<<<<< HEAD\n        return None\n=======\n        return 1\n>>>>>>> them\n"),
    "decorator": ('@app.get("/a")', '@app.get("/a"'),
}


@pytest.mark.parametrize("name", BREAKS)
def test_one_error_leaves_the_other_functions(name: str) -> None:
    before, after = BREAKS[name]
    assert GOOD.count(before) == 1
    whole = symbols.read(python.parse(GOOD.encode()))
    source = GOOD.replace(before, after)
    module = python.parse(source.encode())
    assert module.errors
    assert module.lines == len(source.splitlines())
    found = symbols.read(module)
    lost = whole.functions.keys() - found.functions.keys()
    assert len(lost) <= 1, lost
    assert found.functions.keys() <= whole.functions.keys()
    assert found.classes.keys() == whole.classes.keys()
    if name != "merge":
        assert all(found.functions[n].line == whole.functions[n].line for n in found.functions)


def test_a_broken_header_costs_its_class_alone() -> None:
    found = symbols.read(python.parse(GOOD.replace("class Service:", "class Service(:").encode()))
    assert {"first", "last"} <= found.functions.keys()


def test_syntax_errors_are_listed_by_line() -> None:
    assert python.parse(b"x = 1\ny = (\n").errors == (2,)
    assert len(python.parse(b"def f(:\n  x\n" * 500).errors) == python.MAX_ERRORS


# --- size and depth ----------------------------------------------------------------------------

DEEP = {
    "brackets": "[" * 10_000 + "]" * 10_000,
    "calls": "f(" * 10_000 + ")" * 10_000,
    "attributes": "a" + ".b" * 10_000,
    "sums": "a" + " + a" * 10_000,
    "negations": "not " * 10_000 + "a",
    "lambdas": "lambda: " * 10_000 + "1",
    "elif": "if a: pass\n" + "elif a: pass\n" * 10_000,
    "blocks": "".join(" " * n + "if a:\n" for n in range(1000)) + " " * 1000 + "pass",
    "types": "type" + "(a)" * 10_000 + ".b = 1",
    "dicts": "{1:" * 10_000 + "1" + "}" * 10_000,
    "targets": "a = " * 10_000 + "1",
    "subscripts": "x: " + "a[" * 10_000 + "b" + "]" * 10_000,
    "open": "(" * 10_000,
    "strings": "'a' " * 10_000,
    "errors": "class A:\n" + "  def f(:\n    x\n" * 5_000,
}


@pytest.mark.parametrize("name", DEEP)
def test_depth_is_cut_quickly(name: str) -> None:
    started = time.perf_counter()
    module = python.parse(f"def before(): pass\n{DEEP[name]}\ndef after(): pass\n".encode())
    assert time.perf_counter() - started < 5
    assert module.cut or module.errors or name == "strings"
    assert "before" in symbols.read(module).functions
    assert round_trip(module) == module


def test_annotations_in_strings() -> None:
    assert s.text(python.parse_expression("list[Item] | None")) == "list[Item] | None"
    assert python.parse_expression("x = 1") is None
    assert python.parse_expression("a b c") is None
    assert python.parse_expression("x" * 2000) is None


# --- laws --------------------------------------------------------------------------------------


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_can_be_read(source: bytes) -> None:
    module = python.parse(source)
    assert round_trip(module) == module


def alterations() -> st.SearchStrategy[list[tuple[int, int, str]]]:
    pieces = st.sampled_from(
        [*"()[]{}:,.*'\"\\\n\t #@=", '"""', "f'", "{", "def f(", "class ", "\n    ", "lambda ", "async ", "\0", "type "]
    )
    one = st.tuples(st.integers(0, 10_000), st.integers(0, 6), pieces)
    return st.lists(one, min_size=1, max_size=4)


@given(st.sampled_from([*sorted(SNIPPETS.values(), key=len)[5:], GOOD]), alterations())
@settings(max_examples=250, deadline=None)
def test_altered_source_can_be_read(source: str, changes: list[tuple[int, int, str]]) -> None:
    for place, gone, put in changes:
        at = place % (len(source) + 1)
        source = source[:at] + put + source[at + gone :]
    encoded = source.encode()
    module = python.parse(encoded)
    assert round_trip(module) == module
    assert python.parse(encoded) == module
    assert all(1 <= n <= max(module.lines, 1) + 1 for n in lines(module))


def lines(module: s.Module) -> Iterator[int]:
    yield from module.errors
    for node in s.walk(*module.body, into_scopes=True):
        yield node.line
        yield s.last_line(node)
