"""What a name stands for: imports of every form, over files, roots and re-exports."""

import pytest

from byte.extract.modules import Modules
from tests.extract.projects import function, project, targets

CALLED = {
    "same file": ("def f(): ...\ndef run(): f()\n", "app/main.py::f"),
    "imported": ("from app.a import f\ndef run(): f()\n# --- app/a.py\ndef f(): ...\n", "app/a.py::f"),
    "under another name": ("from app.a import f as g\ndef run(): g()\n# --- app/a.py\ndef f(): ...\n", "app/a.py::f"),
    "module": ("import app.a\ndef run(): app.a.f()\n# --- app/a.py\ndef f(): ...\n", "app/a.py::f"),
    "module under another name": ("import app.a as x\ndef run(): x.f()\n# --- app/a.py\ndef f(): ...\n", "app/a.py::f"),
    "module from a package": ("from app import a\ndef run(): a.f()\n# --- app/a.py\ndef f(): ...\n", "app/a.py::f"),
    "relative": ("from .a import f\ndef run(): f()\n# --- app/a.py\ndef f(): ...\n", "app/a.py::f"),
    "relative module": ("from . import a\ndef run(): a.f()\n# --- app/a.py\ndef f(): ...\n", "app/a.py::f"),
    "two dots": (
        "# --- app/x/y/z.py\nfrom ...b.a import f\ndef run(): f()\n# --- app/b/a.py\ndef f(): ...\n",
        "app/b/a.py::f",
    ),
    "too many dots": ("# --- z.py\nfrom ...a import f\ndef run(): f()\n# --- a.py\ndef f(): ...\n", None),
    "star": ("from app.a import *\ndef run(): f()\n# --- app/a.py\ndef f(): ...\n", "app/a.py::f"),
    "star, private": ("from app.a import *\ndef run(): _f()\n# --- app/a.py\ndef _f(): ...\n", None),
    "star with __all__": (
        "from app.a import *\ndef run(): _f()\n# --- app/a.py\n__all__ = ['_f']\ndef _f(): ...\n",
        "app/a.py::_f",
    ),
    "star, not in __all__": (
        "from app.a import *\ndef run(): f()\n# --- app/a.py\n__all__ = ['g']\ndef f(): ...\ndef g(): ...\n",
        None,
    ),
    "star, __all__ added to": (
        "from app.a import *\ndef run(): f()\n# --- app/a.py\n__all__ = ['g']\n__all__ += ['f']\ndef f(): ...\ndef g(): ...\n",
        "app/a.py::f",
    ),
    "star, __all__ joined": (
        "from app.a import *\ndef run(): f()\n# --- app/a.py\nfrom app import b\n__all__ = ['g'] + b.__all__\ndef f(): ...\n# --- app/b.py\n__all__ = ['f']\n",
        "app/a.py::f",
    ),
    "star over star": (
        "from app.a import *\ndef run(): f()\n# --- app/a.py\nfrom app.b import *\n# --- app/b.py\ndef f(): ...\n",
        "app/b.py::f",
    ),
    "own name before star": (
        "from app.a import *\ndef f(): ...\ndef run(): f()\n# --- app/a.py\ndef f(): ...\n",
        "app/main.py::f",
    ),
    "re-export": (
        "from app.b import f\ndef run(): f()\n# --- app/b/__init__.py\nfrom .c import f\n# --- app/b/c.py\ndef f(): ...\n",
        "app/b/c.py::f",
    ),
    "re-export, renamed": (
        "from app import b\ndef run(): b.g()\n# --- app/b/__init__.py\nfrom app.b.c import f as g\n# --- app/b/c.py\ndef f(): ...\n",
        "app/b/c.py::f",
    ),
    "re-export by star": (
        "from app.b import f\ndef run(): f()\n# --- app/b/__init__.py\nfrom .c import *\n# --- app/b/c.py\ndef f(): ...\n",
        "app/b/c.py::f",
    ),
    "submodule that the package does not import": (
        "from app.b import c\ndef run(): c.f()\n# --- app/b/__init__.py\n# --- app/b/c.py\ndef f(): ...\n",
        "app/b/c.py::f",
    ),
    "name of the package hides its submodule": (
        "from app.b import c\ndef run(): c()\n# --- app/b/__init__.py\ndef c(): ...\n# --- app/b/c.py\ndef f(): ...\n",
        "app/b/__init__.py::c",
    ),
    "circle": (
        "from app.a import f\ndef run(): f()\n# --- app/a.py\nfrom app.b import g\ndef f(): g()\n# --- app/b.py\nfrom app.a import f\ndef g(): f()\n",
        "app/a.py::f",
    ),
    "circle without a definition": (
        "from app.a import f\ndef run(): f()\n# --- app/a.py\nfrom app.b import f\n# --- app/b.py\nfrom app.a import f\n",
        None,
    ),
    "src layout": ("# --- src/pkg/m.py\nfrom pkg.a import f\ndef run(): f()\n# --- src/pkg/a.py\ndef f(): ...\n", "src/pkg/a.py::f"),
    "src layout from tests": (
        "# --- scripts/m.py\nfrom pkg.a import f\ndef run(): f()\n# --- src/pkg/a.py\ndef f(): ...\n",
        "src/pkg/a.py::f",
    ),
    "monorepo": (
        "# --- one/app/__init__.py\n# --- one/app/m.py\nfrom app.a import f\ndef run(): f()\n# --- one/app/a.py\ndef f(): ...\n"
        "# --- two/app/__init__.py\n# --- two/app/a.py\ndef f(): ...\n",
        "one/app/a.py::f",
    ),
    "monorepo, another root": (
        "# --- one/app/m.py\nfrom shared.a import f\ndef run(): f()\n# --- libs/shared/a.py\ndef f(): ...\n",
        "libs/shared/a.py::f",
    ),
    "ambiguous root": (
        "# --- one/m.py\nfrom shared.a import f\ndef run(): f()\n# --- x/shared/a.py\ndef f(): ...\n# --- y/shared/a.py\ndef f(): ...\n",
        "shared.a.f",
    ),
    "library": ("import httpx\ndef run(): httpx.get('x')\n", "httpx.get"),
    "library under another name": ("from httpx import get as g\ndef run(): g('x')\n", "httpx.get"),
    "file named like a library": ("import redis\ndef run(): redis.f()\n# --- app/redis.py\ndef f(): ...\n# --- app/__init__.py\n", "redis.f"),
    "folder named like a library": (
        "from sqlalchemy.orm import Session\ndef run(): Session()\n# --- app/__init__.py\n# --- app/sqlalchemy/__init__.py\ndef f(): ...\n",
        "sqlalchemy.orm.Session",
    ),
    "stray folder named like a library": (
        "from redis import Redis\ndef run(): Redis()\n# --- redis/notes.py\nx = 1\n",
        "redis.Redis",
    ),
    "conditional": (
        "try:\n    from app.a import f\nexcept ImportError:\n    f = None\ndef run(): f()\n# --- app/a.py\ndef f(): ...\n",
        "app/a.py::f",
    ),
    "type checking": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.a import f\ndef run(): f()\n# --- app/a.py\ndef f(): ...\n",
        "app/a.py::f",
    ),
    "in the function": ("def run():\n    from app.a import f\n    f()\n# --- app/a.py\ndef f(): ...\n", "app/a.py::f"),
    "in the function, a module": ("def run():\n    import app.a\n    app.a.f()\n# --- app/a.py\ndef f(): ...\n", "app/a.py::f"),
    "parameter hides": ("def f(): ...\ndef run(f): f()\n", None),
    "local hides": ("def f(): ...\ndef run():\n    f = other\n    f()\n", None),
    "nested": ("def run():\n    def f(): ...\n    f()\n", "app/main.py::run.f"),
    "enclosing": ("def outer():\n    def f(): ...\n    def run(): f()\n", "app/main.py::outer.f"),
    "alias": ("def f(): ...\ng = f\ndef run(): g()\n", "app/main.py::f"),
    "alias over files": ("from app.a import g\ndef run(): g()\n# --- app/a.py\ndef f(): ...\ng = f\n", "app/a.py::f"),
    "class": ("class A: ...\ndef run(): A()\n", "app/main.py::A"),
    "builtin": ("def run(): len([])\n", "builtins.len"),
    "own name like a builtin": ("def len(x): ...\ndef run(): len([])\n", "app/main.py::len"),
    "unknown": ("def run(): nowhere()\n", None),
    "last definition": ("def f(): ...\ndef f(a): ...\ndef run(): f()\n", "app/main.py::f#2"),
    "namespace package": ("from app.n import a\ndef run(): a.f()\n# --- app/n/a.py\ndef f(): ...\n", "app/n/a.py::f"),
    "aliases in a circle": ("a = b\nb = a\ndef run(): a()\n", "app/main.py::b"),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLED)
def test_names(name: str) -> None:
    text, wanted = CALLED[name]
    facts = project(text)
    place = next(fn.qualname for p in facts.sources for fn in facts.functions(p) if fn.node.name == "run")
    assert targets(facts, place)[-1] == wanted


def test_modules_by_root() -> None:
    modules = Modules(
        ["a/pkg/__init__.py", "a/pkg/sub/__init__.py", "a/pkg/sub/m.py", "a/pkg/x.py", "b/src/lib/y.py", "x.py"]
    )
    assert modules.find("a/pkg/sub/m.py", "pkg.x") == "a/pkg/x.py"
    assert modules.find("a/pkg/sub/m.py", "x", 2) == "a/pkg/x.py"
    assert modules.find("a/pkg/sub/m.py", "", 1) == "a/pkg/sub/__init__.py"
    assert modules.find("a/pkg/sub/m.py", "x") == "x.py"
    assert modules.find("b/main.py", "lib.y") == "b/src/lib/y.py"
    assert modules.find("b/main.py", "lib") == "b/src/lib/"
    assert modules.find("b/main.py", "nothing") is None


def test_subclasses_over_files() -> None:
    facts = project(
        "from app.a import B\nclass C(B): ...\n# --- app/a.py\nfrom pydantic import BaseModel\nclass A(BaseModel): ...\n"
        "class B(A, object): ...\nclass Loop(Loop2): ...\nclass Loop2(Loop): ...\n"
    )
    assert facts.is_subclass("app/main.py::C", {"pydantic.BaseModel"})
    assert not facts.is_subclass("app/a.py::Loop", {"pydantic.BaseModel"})
    assert not facts.is_subclass(None, {"pydantic.BaseModel"})


def test_functions_of_a_file_have_their_own_keys() -> None:
    facts = project(
        "class A:\n    def f(self): ...\n    @f.setter\n    def f(self, x): ...\nif a:\n    def g(): ...\nelse:\n    def g(): ...\n"
    )
    assert [fn.qualname for fn in facts.functions("app/main.py")] == ["A.f", "A.f#2", "g", "g#2"]
    assert function(facts, "A.f#2").cls == "app/main.py::A"


@pytest.mark.parametrize(
    "files, importer, module, wanted",
    [
        ("app/core/logging.py app/core/config.py", "app/core/config.py", "logging", None),
        ("app/__init__.py app/email.py app/main.py", "app/main.py", "email", None),
        ("app/__init__.py app/models.py app/main.py", "app/main.py", "models", "app/models.py"),
        ("platform/__init__.py platform/users.py main.py", "main.py", "platform.users", "platform/users.py"),
        ("back/platform/__init__.py back/main.py", "back/main.py", "platform", "back/platform/__init__.py"),
        ("redis/notes.py main.py", "main.py", "redis", None),
        ("redis/notes.py main.py", "main.py", "redis.notes", None),
        ("queue/__init__.py app/__init__.py app/queue/__init__.py app/m.py", "app/m.py", "queue", "queue/__init__.py"),
    ],
)
def test_a_neighbour_does_not_hide_a_library(files: str, importer: str, module: str, wanted: str | None) -> None:
    assert Modules(files.split()).find(importer, module) == wanted


def test_files_that_star_each_other_are_searched_once() -> None:
    files = {
        f"app/m{n}.py": f"from .m{(n + 1) % 60} import *\nfrom .m{(n + 7) % 60} import *\nfrom . import *\n"
        for n in range(60)
    }
    files["app/__init__.py"] = "from .m0 import *\nfrom . import *\n"
    files["app/m40.py"] += "def far(): ...\n"
    files["app/main.py"] = "from app.m5 import *\ndef run():\n    nowhere()\n    far()\n"
    assert targets(project(files)) == [None, "app/m40.py::far"]


def test_a_package_of_many_stars() -> None:
    files = {f"app/p/m{n}.py": f"def f{n}(): ...\n" for n in range(300)}
    files["app/p/__init__.py"] = "".join(f"from .m{n} import *\n" for n in range(300))
    files["app/main.py"] = "from app.p import f299\ndef run(): f299()\n"
    assert targets(project(files)) == ["app/p/m299.py::f299"]


def test_a_path_that_looks_like_a_key() -> None:
    facts = project({"app/a::b.py": "def f(): ...\ndef run(): f()\n"})
    assert targets(facts) == ["app/a::b.py::f"]
    assert facts.function("app/a::b.py::f") is not None
