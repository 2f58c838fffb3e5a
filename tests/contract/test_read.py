"""Which application an expression gives, and what is remembered of a contract."""

import json

import pytest

from byte.extract.cache import Cache
from byte.extract.contract.read import read
from byte.extract.evaluate import interpreter
from byte.extract.library import Library
from byte.model.contract import Application, Contract, Target, marks
from byte.model.errors import SourceError
from tests.extract.projects import snapshot

TARGET = Target((0, 115, 4), (2, 9, 2))
HEAD = "from fastapi import APIRouter, FastAPI\n\n\ndef hello(): ...\n\n\n"
MADE = "app = FastAPI()\napp.get('/hello')(hello)\n"


def contract(files: dict[str, str], expression: str, path: str = "main.py", library: Library | None = None) -> Contract:
    application = Application(path, expression, None, "given")
    return read(snapshot(files), library or Library(Cache(None)), "", application, TARGET)


def paths(source: str, expression: str, **files: str) -> list[str]:
    return list(contract({"main.py": HEAD + source, **files}, expression).document["paths"])


@pytest.mark.parametrize(
    "source,expression",
    [
        (MADE, "app"),
        (
            "def make(prefix=''):\n    app = FastAPI()\n    app.get(prefix + '/hello')(hello)\n    return app\n",
            "make()",
        ),
        ("def make(prefix):\n    app = FastAPI()\n    app.get(prefix + '/hello')(hello)\n    return app\n", "make('')"),
        ("async def make():\n    app = FastAPI()\n    app.get('/hello')(hello)\n    return app\n", "make()"),
        (
            "def make(settings):\n    app = FastAPI(debug=settings.debug)\n    app.get('/hello')(hello)\n    return app\n",
            "make()",
        ),
        (
            "class S:\n    def __init__(self, x):\n        self.app = FastAPI()\n        self.app.get('/hello')(hello)\n",
            "S().app",
        ),
        (
            "class S:\n    @classmethod\n    def make(cls):\n        app = FastAPI()\n        app.get('/hello')(hello)\n        return app\n",
            "S.make()",
        ),
        ("r = APIRouter()\nr.get('/hello')(hello)\n", "r"),
        ("def main(port: int):\n    app = FastAPI()\n    app.get('/hello')(hello)\n    serve(app, port)\n", "main()"),
        (f"{MADE}from starlette.middleware.cors import CORSMiddleware\nwrapped = CORSMiddleware(app)\n", "wrapped"),
        (f"{MADE}import socketio\nwrapped = socketio.ASGIApp(1, app)\n", "wrapped"),
    ],
)
def test_what_an_expression_may_be(source: str, expression: str) -> None:
    assert paths(source, expression) == ["/hello"]


def test_an_object_is_taken_from_where_the_project_makes_it() -> None:
    source = (
        "class Server:\n    def __init__(self, routers, settings):\n        self.app = FastAPI()\n"
        "        for router in routers:\n            self.app.include_router(router)\n"
    )
    builder = (
        "from fastapi import APIRouter\nfrom main import Server, hello\n\n\nclass Builder:\n"
        "    def __init__(self, config):\n        self.config = config\n\n"
        "    def build(self):\n        if not self.config:\n            raise ValueError\n"
        "        pool = self.connect()\n        router = APIRouter()\n        router.get('/built')(hello)\n"
        "        return Server([router], pool)\n\n    def connect(self):\n        raise RuntimeError('no database')\n"
    )
    files = {"main.py": HEAD + source, "builder.py": builder}
    assert list(contract(files, "Server().app").document["paths"]) == ["/built"]


def test_what_is_registered_at_startup_counts() -> None:
    source = (
        "from contextlib import asynccontextmanager\n\n\n@asynccontextmanager\nasync def lifespan(app):\n"
        "    app.get('/started')(hello)\n    yield\n\n\napp = FastAPI(lifespan=lifespan)\n"
    )
    assert paths(source, "app") == ["/started"]


@pytest.mark.parametrize(
    "expression,said",
    [
        ("gone", "binds no `gone`"),
        ("app.gone", "is no FastAPI application"),
        ("FastAPI", "is the class FastAPI"),
        ("1 +", "no expression"),
        ("hello", "is no FastAPI application"),
    ],
)
def test_what_is_no_application_is_said(expression: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        contract({"main.py": HEAD + MADE}, expression)


def test_a_factory_that_never_ends_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "MAX_STEPS", 50_000)
    source = (
        "def make():\n    for a in range(999):\n        for b in range(999):\n            a = b\n    return FastAPI()\n"
    )
    with pytest.raises(SourceError, match="more steps than are followed"):
        contract({"main.py": HEAD + source}, "make()")


def test_a_contract_is_remembered_for_the_files_that_it_was_read_from(tmp_path) -> None:
    library = Library(Cache(tmp_path / "facts.sqlite"))
    files = {"main.py": HEAD + "import routes\n" + MADE, "routes.py": "x = 1\n", "other.py": ""}
    first = contract(files, "app", library=library)
    assert contract(files, "app", library=library) == first
    assert contract({**files, "other.py": "y = 2\n"}, "app", library=library) == first
    changed = contract({**files, "main.py": files["main.py"].replace("/hello", "/bye")}, "app", library=library)
    assert list(changed.document["paths"]) == ["/bye"]


def test_nothing_of_the_evaluation_is_left_in_a_document() -> None:
    source = (
        "import elsewhere\napp = FastAPI(title=elsewhere.name, openapi_tags=elsewhere.tags)\n"
        "app.get('/hello', tags=[elsewhere.tag], response_description=elsewhere.text)(hello)\n"
    )
    found = contract({"main.py": HEAD + source}, "app")
    assert json.loads(json.dumps(found.document)) == found.document
    assert len(list(marks(found.document, "x-unknown"))) >= 2
