"""Operations and their parts: full paths through every way of registering, parameters by FastAPI's rules."""

import pytest

from byte.model import facts as f
from byte.model import syntax as s
from tests.extract.projects import operations, project

HEAD = "from fastapi import APIRouter, Depends, FastAPI\n"

PATHS = {
    "decorator": ("app = FastAPI()\n@app.get('/a')\ndef a(): ...\n@app.post('/b/{x}')\nasync def b(x): ...\n", "GET /a, POST /b/{x}"),
    "keyword path": ("app = FastAPI()\n@app.put(path='/a')\ndef a(): ...\n", "PUT /a"),
    "root": ("app = FastAPI()\n@app.get('')\ndef a(): ...\n@app.get('/')\ndef b(): ...\n", "GET /, GET /"),
    "api_route": ("app = FastAPI()\n@app.api_route('/a', methods=['get', 'POST'])\ndef a(): ...\n", "GET|POST /a"),
    "api_route alone": ("app = FastAPI()\n@app.api_route('/a')\ndef a(): ...\n", "GET /a"),
    "websocket": ("app = FastAPI()\n@app.websocket('/ws')\nasync def a(ws): ...\n", "WEBSOCKET /ws"),
    "add_api_route": ("app = FastAPI()\ndef a(): ...\napp.add_api_route('/a', a, methods=['DELETE'])\n", "DELETE /a"),
    "add_api_route by names": ("app = FastAPI()\ndef a(): ...\napp.add_api_route(path='/a', endpoint=a)\n", "GET /a"),
    "add websocket": ("app = FastAPI()\ndef a(w): ...\napp.add_api_websocket_route('/w', a)\n", "WEBSOCKET /w"),
    "stacked": ("app = FastAPI()\n@app.get('/a')\n@app.get('/b')\ndef a(): ...\n", "GET /a, GET /b"),
    "prefix": ("r = APIRouter(prefix='/p')\n@r.get('/a')\ndef a(): ...\napp = FastAPI()\napp.include_router(r, prefix='/q')\n", "GET /q/p/a"),
    "not included": ("r = APIRouter(prefix='/p')\n@r.get('/a')\ndef a(): ...\n", "GET /p/a"),
    "nested": (
        "a = APIRouter(prefix='/a')\nb = APIRouter(prefix='/b')\nc = APIRouter()\n@c.get('/c')\ndef f(): ...\n"
        "b.include_router(c, prefix='/x')\na.include_router(b)\napp = FastAPI()\napp.include_router(a)\n",
        "GET /a/b/x/c",
    ),
    "constant": ("P = '/v1'\nQ = P + '/q'\nr = APIRouter(prefix=f'{Q}/r')\n@r.get('/a')\ndef a(): ...\n", "GET /v1/q/r/a"),
    "unknown part": ("import os\nr = APIRouter(prefix=os.environ['P'])\n@r.get('/a')\ndef a(): ...\n", "GET {?}/a"),
    "settings": (
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    API: str = '/v2'\ns = S()\n"
        "r = APIRouter()\n@r.get('/a')\ndef a(): ...\napp = FastAPI()\napp.include_router(r, prefix=s.API)\n",
        "GET /v2/a",
    ),
    "settings across files": (
        "from app.config import settings\napp = FastAPI()\nr = APIRouter()\napp.include_router(r, prefix=settings.API)\n"
        "@r.get('/a')\ndef a(): ...\n# --- app/config.py\nfrom pydantic_settings import BaseSettings\n"
        "class Base(BaseSettings):\n    API: str = '/v3'\nclass Settings(Base): ...\nsettings = Settings()\n",
        "GET /v3/a",
    ),
    "included before its routes": (
        "app = FastAPI()\nr = APIRouter()\napp.include_router(r, prefix='/p')\n@r.get('/a')\ndef a(): ...\n", "GET /p/a",
    ),
    "module attribute": (
        "from app import items\nfrom app.users import router as users\napp = FastAPI()\napp.include_router(items.router, prefix='/i')\n"
        "app.include_router(users, prefix='/u')\n"
        "# --- app/__init__.py\n# --- app/items.py\nfrom fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/a')\ndef a(): ...\n"
        "# --- app/users.py\nfrom fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/b')\ndef b(): ...\n",
        "GET /i/a, GET /u/b",
    ),
    "through __init__": (
        "from app.routes import router\napp = FastAPI()\napp.include_router(router)\n"
        "# --- app/routes/__init__.py\nfrom fastapi import APIRouter\nfrom . import a, b\nrouter = APIRouter(prefix='/api')\n"
        "router.include_router(a.router)\nrouter.include_router(b.router, prefix='/b')\n"
        "# --- app/routes/a.py\nfrom fastapi import APIRouter\nrouter = APIRouter(prefix='/a')\n@router.get('/x')\ndef x(): ...\n"
        "# --- app/routes/b.py\nfrom fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/y')\ndef y(): ...\n",
        "GET /api/a/x, GET /api/b/y",
    ),
    "factory of an app": ("def create():\n    app = FastAPI()\n    @app.get('/a')\n    def a(): ...\n    return app\napp = create()\n", "GET /a"),
    "factory of a router": (
        "def make():\n    r = APIRouter(prefix='/r')\n    @r.get('/a')\n    def a(): ...\n    return r\n"
        "app = FastAPI()\napp.include_router(make(), prefix='/p')\n",
        "GET /p/r/a",
    ),
    "router held in a variable of a factory": (
        "def make() -> APIRouter:\n    r = APIRouter()\n    @r.get('/a')\n    def a(): ...\n    return r\n"
        "r = make()\napp = FastAPI()\napp.include_router(r, prefix='/p')\n",
        "GET /p/a",
    ),
    "included in a function": (
        "r = APIRouter()\n@r.get('/a')\ndef a(): ...\ndef create() -> FastAPI:\n    app = FastAPI()\n"
        "    app.include_router(r, prefix='/p')\n    return app\n",
        "GET /p/a",
    ),
    "app as an argument": (
        "r = APIRouter()\n@r.get('/a')\ndef a(): ...\ndef setup(app: FastAPI):\n    app.include_router(r, prefix='/p')\n"
        "app = FastAPI()\n@app.get('/z')\ndef z(): ...\nsetup(app)\n",
        "GET /z, GET /p/a",
    ),
    "argument without annotation": (
        "r = APIRouter()\n@r.get('/a')\ndef a(): ...\ndef setup(target):\n    target.include_router(r, prefix='/p')\n"
        "def create():\n    app = FastAPI()\n    setup(app)\n    return app\n",
        "GET /p/a",
    ),
    "routes on an argument": (
        "def setup(app: FastAPI, n: int):\n    @app.get('/a')\n    def a(): ...\napp = FastAPI()\nsetup(app, 1)\n", "GET /a",
    ),
    "router as an argument": (
        "a = APIRouter()\nb = APIRouter()\n@a.get('/a')\ndef fa(): ...\n@b.get('/b')\ndef fb(): ...\n"
        "def add(app: FastAPI, router: APIRouter):\n    app.include_router(router, prefix='/w')\n"
        "app = FastAPI()\nadd(app, a)\nadd(app, router=b)\n",
        "GET /w/a, GET /w/b",
    ),
    "prefix as an argument": (
        "a = APIRouter()\nb = APIRouter()\n@a.get('/a')\ndef fa(): ...\n@b.get('/b')\ndef fb(): ...\n"
        "def add(app, router, prefix='/d'):\n    app.include_router(router, prefix=prefix)\n"
        "app = FastAPI()\nadd(app, a, '/x')\nadd(app, b)\n",
        "GET /d/b, GET /x/a",
    ),
    "handed on": (
        "r = APIRouter()\n@r.get('/a')\ndef fa(): ...\ndef inner(app, router):\n    app.include_router(router, prefix='/i')\n"
        "def outer(target, router):\n    inner(target, router)\napp = FastAPI()\nouter(app, r)\n",
        "GET /i/a",
    ),
    "two applications": (
        "a = APIRouter()\n@a.get('/a')\ndef fa(): ...\nb = APIRouter()\n@b.get('/b')\ndef fb(): ...\n"
        "def add(app, router):\n    app.include_router(router)\none = FastAPI()\ntwo = FastAPI()\nadd(one, a)\nadd(two, b)\n",
        "GET /a, GET /b",
    ),
    "class attribute": (
        "class Api:\n    router = APIRouter(prefix='/k')\n@Api.router.get('/a')\ndef a(): ...\napp = FastAPI()\n"
        "app.include_router(Api.router)\n",
        "GET /k/a",
    ),
    "self attribute": (
        "class Server:\n    def __init__(self):\n        self.router = APIRouter(prefix='/s')\n"
        "        self.router.add_api_route('/a', self.a, methods=['GET'])\n    def a(self): ...\n"
        "server = Server()\napp = FastAPI()\napp.include_router(server.router, prefix='/p')\n",
        "GET /p/s/a",
    ),
    "nested in a method": (
        "class Server:\n    def __init__(self):\n        self.app = FastAPI()\n        self._routes()\n"
        "    def _routes(self):\n        @self.app.get('/a')\n        def a(): ...\n",
        "GET /a",
    ),
    "subclass": ("class MyRouter(APIRouter): ...\nr = MyRouter(prefix='/m')\n@r.get('/a')\ndef a(): ...\n", "GET /m/a"),
    "mount": (
        "sub = FastAPI()\n@sub.get('/a')\ndef a(): ...\napp = FastAPI()\napp.mount('/sub', sub)\n", "GET /sub/a",
    ),
    "loop": (
        "a = APIRouter()\nb = APIRouter()\n@a.get('/a')\ndef fa(): ...\n@b.get('/b')\ndef fb(): ...\n"
        "app = FastAPI()\nfor r in (a, b):\n    app.include_router(r, prefix='/l')\n",
        "GET /l/a, GET /l/b",
    ),
    "loop over a variable": (
        "a = APIRouter()\n@a.get('/a')\ndef fa(): ...\nROUTERS = [a]\ndef create():\n    app = FastAPI()\n"
        "    for r in ROUTERS:\n        app.include_router(r, prefix='/l')\n    return app\n",
        "GET /l/a",
    ),
    "condition": (
        "DEBUG = False\nr = APIRouter()\n@r.get('/a')\ndef a(): ...\napp = FastAPI()\nif DEBUG:\n    app.include_router(r, prefix='/d')\n",
        "GET /d/a",
    ),
    "same function name twice": (
        "app = FastAPI()\n@app.get('/a')\ndef f(): ...\n@app.get('/b')\ndef f(): ...\n", "GET /a, GET /b",
    ),
    "annotated router": ("r: APIRouter = APIRouter(prefix='/p')\n@r.get('/a')\ndef a(): ...\n", "GET /p/a"),
    "fastapi as a module": ("import fastapi\nr = fastapi.APIRouter(prefix='/p')\n@r.get('/a')\ndef a(): ...\n", "GET /p/a"),
    "app's own router": ("app = FastAPI()\n@app.router.get('/a')\ndef a(): ...\n", "GET /a"),
    "a client is no router": ("import httpx\nclient = httpx.Client()\napp = FastAPI()\n@app.get('/a')\ndef a(): client.get('/no')\n", "GET /a"),
    "included in itself": ("r = APIRouter()\nr.include_router(r)\n@r.get('/a')\ndef a(): ...\n", "GET /a"),
    "included in a circle": (
        "a = APIRouter()\nb = APIRouter()\na.include_router(b)\nb.include_router(a)\n@a.get('/a')\ndef f(): ...\n", "GET /a",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PATHS)
def test_paths(name: str) -> None:
    text, wanted = PATHS[name]
    assert sorted(operations(project(HEAD + text))) == sorted(wanted.split(", "))


def endpoint(text: str, name: str = "a") -> f.Endpoint:
    found = [e for e in project(HEAD + text).all(f.Endpoint) if e.function.node.name == name]
    assert len(found) == 1
    return found[0]


def test_order_of_registration() -> None:
    facts = project(
        HEAD + "r = APIRouter()\n@r.get('/r')\ndef r1(): ...\napp = FastAPI()\n@app.get('/first')\ndef a1(): ...\n"
        "app.include_router(r)\n@app.get('/last')\ndef a2(): ...\n"
    )
    assert operations(facts) == ["GET /first", "GET /r", "GET /last"]
    assert [e.order for e in facts.all(f.Endpoint)] == [0, 1, 2]
    assert {e.app for e in facts.all(f.Endpoint)} == {"app/main.py::app"}


def test_the_chain_of_inclusions_is_the_evidence() -> None:
    found = endpoint(
        "r = APIRouter()\n@r.get('/a')\ndef a(): ...\ndef setup(app):\n    app.include_router(r, prefix='/p')\n"
        "app = FastAPI()\nsetup(app)\n"
    )
    assert [(step.line, step.text) for step in found.because] == [(8, "setup(app)"), (6, "include_router(prefix='/p')")]
    assert found.app == "app/main.py::app"


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("app = FastAPI()\n@app.get('/a', include_in_schema=False)\ndef a(): ...\n", False),
        ("r = APIRouter(include_in_schema=False)\n@r.get('/a')\ndef a(): ...\n", False),
        (
            "r = APIRouter()\n@r.get('/a')\ndef a(): ...\napp = FastAPI()\napp.include_router(r, include_in_schema=False)\n",
            False,
        ),
        (
            "p = APIRouter(include_in_schema=False)\nr = APIRouter()\n@r.get('/a')\ndef a(): ...\np.include_router(r)\n"
            "app = FastAPI()\napp.include_router(p)\n",
            False,
        ),
        ("app = FastAPI()\n@app.get('/a')\ndef a(): ...\n", True),
    ],
)
def test_hidden_operations(text: str, wanted: bool) -> None:
    assert endpoint(text).in_schema is wanted


def test_of_two_inclusions_the_visible_one_is_told() -> None:
    found = endpoint(
        "r = APIRouter()\n@r.get('/a')\ndef a(): ...\napp = FastAPI()\napp.include_router(r, include_in_schema=False)\n"
        "app.include_router(r, prefix='/v1')\n"
    )
    assert (found.path, found.in_schema) == ("/v1/a", True)


@pytest.mark.parametrize(
    "code, wanted",
    [
        ("201", 201),
        ("status.HTTP_204_NO_CONTENT", 204),
        ("CREATED", 201),
        ("HTTPStatus.ACCEPTED", 202),
        ("unknown()", None),
    ],
)
def test_status_codes(code: str, wanted: int | None) -> None:
    head = "from http import HTTPStatus\nfrom fastapi import status\nCREATED = 201\napp = FastAPI()\n"
    assert endpoint(f"{head}@app.get('/a', status_code={code})\ndef a(): ...\n").status_code == wanted


@pytest.mark.parametrize(
    "decorator, returns, model, declared",
    [
        ("response_model=Item", "", "Item", True),
        ("response_model=list[Item]", " -> int", "builtins.list", True),
        ("", " -> Item", "Item", True),
        ("", " -> 'Item | None'", "Item", True),
        ("", "", None, False),
        ("response_class=HTMLResponse", "", None, True),
        ("response_model=None", " -> Item", None, True),
    ],
)
def test_response_model(decorator: str, returns: str, model: str | None, declared: bool) -> None:
    found = endpoint(
        "from pydantic import BaseModel\nfrom fastapi.responses import HTMLResponse\nclass Item(BaseModel): ...\n"
        f"app = FastAPI()\n@app.get('/a', {decorator})\ndef a(){returns}: ...\n"
    )
    name = found.response_model.name.rpartition("::")[2] if found.response_model is not None else None
    assert (name, found.declared) == (model, declared)


PARAMETERS = {
    "path": ("x: int", "x path *"),
    "path with a converter": ("p: str", "p path *"),
    "query": ("q: str", "q query *"),
    "query with a default": ("q: str = 'a'", "q query"),
    "optional": ("q: str | None = None", "q query"),
    "optional without default": ("q: Optional[str]", "q query *"),
    "list without marker": ("q: list[int]", "q body *"),
    "list query": ("q: Annotated[list[int], Query()]", "q query *"),
    "no annotation": ("q", "q query *"),
    "model": ("item: Item", "item body *"),
    "optional model": ("item: Item | None = None", "item body"),
    "list of models": ("items: list[Item]", "items body *"),
    "union of models": ("item: Item | Other", "item body *"),
    "dict": ("d: dict", "d body *"),
    "typed dict": ("d: dict[str, int]", "d body *"),
    "dataclass": ("d: Data", "d body *"),
    "enum": ("c: Color", "c query *"),
    "literal": ("c: Literal['a', 'b']", "c query *"),
    "uuid": ("u: UUID", "u query *"),
    "datetime": ("u: datetime", "u query *"),
    "request": ("request: Request", "request context"),
    "background": ("tasks: BackgroundTasks", "tasks context"),
    "websocket": ("ws: WebSocket", "ws context"),
    "upload": ("up: UploadFile", "up file *"),
    "uploads": ("ups: list[UploadFile]", "ups file *"),
    "header": ("h: str = Header()", "h header *"),
    "header with a default": ("h: str = Header('x')", "h header"),
    "header, ellipsis": ("h: str = Header(...)", "h header *"),
    "cookie": ("c: Annotated[str | None, Cookie()] = None", "c cookie"),
    "body scalar": ("n: int = Body(embed=True)", "n body *"),
    "form": ("n: Annotated[str, Form()]", "n form *"),
    "file": ("n: Annotated[bytes, File()]", "n file *"),
    "path marker": ("x: Annotated[int, Path(ge=1)]", "x path *"),
    "alias of Annotated": ("page: Page", "page query"),
    "default factory": ("q: list[str] = Query(default_factory=list)", "q query"),
    "dependency": ("d: int = Depends(dep)", "d dependency, inner query *"),
    "annotated dependency": ("d: Annotated[int, Depends(dep)]", "d dependency, inner query *"),
    "alias of a dependency": ("d: Dep", "d dependency, inner query *"),
    "class dependency": ("d: Annotated[Filter, Depends()]", "d dependency, limit query"),
    "chain of dependencies": ("d: int = Depends(outer)", "d dependency, e dependency, inner query *"),
    "security": ("t: str = Security(dep)", "t dependency, inner query *"),
    "star": ("*, q: int = 1", "q query"),
    "query model": ("m: Annotated[Item, Query()]", "m query *"),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters(name: str) -> None:
    given, wanted = PARAMETERS[name]
    found = endpoint(
        "from dataclasses import dataclass\nfrom datetime import datetime\nfrom enum import Enum\nfrom uuid import UUID\n"
        "from typing import Annotated, Literal, Optional\nfrom pydantic import BaseModel\n"
        "from fastapi import (BackgroundTasks, Body, Cookie, File, Form, Header, Path, Query, Request, Security, UploadFile, WebSocket)\n"
        "class Item(BaseModel):\n    n: int\nclass Other(BaseModel): ...\n@dataclass\nclass Data:\n    n: int\n"
        "class Color(str, Enum):\n    RED = 'r'\ndef dep(inner: str): ...\ndef outer(e: int = Depends(dep)): ...\n"
        "class Filter:\n    def __init__(self, limit: int = 10): ...\n"
        "Dep = Annotated[int, Depends(dep)]\nPage = Annotated[int, Query(ge=1)]\n".replace(
            "Query(ge=1)]", "Query(ge=1)]"
        )
        + f"app = FastAPI()\n@app.post('/a/{{x}}/{{p:path}}')\nasync def a({given}{' = 1' if name == 'alias of Annotated' else ''}): ...\n"
    )
    told = [f"{p.name} {p.place}{' *' if p.required else ''}" for p in found.parameters]
    assert ", ".join(told) == wanted


def test_constraints_come_from_wherever_they_stand() -> None:
    found = endpoint(
        "from typing import Annotated\nfrom fastapi import Query\nLimit = Annotated[int, Query(le=50)]\napp = FastAPI()\n"
        "@app.get('/a')\ndef a(b: int = Query(1, ge=2), c: Limit = 3): ...\n"
    )
    told = {p.name: {k: s.text(v) for k, v in p.constraints.items()} for p in found.parameters}
    assert told == {"b": {"ge": "2"}, "c": {"le": "50"}}
    assert [s.text(p.default) for p in found.parameters] == ["1", "3"]


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("@app.get('/a')\ndef a(): ...\n", False),
        ("@app.get('/a')\ndef a(user=Depends(get_current_user)): ...\n", True),
        ("@app.get('/a', dependencies=[Depends(require_admin)])\ndef a(): ...\n", True),
        ("@app.get('/a')\ndef a(db=Depends(get_db)): ...\n", False),
        ("bearer = OAuth2PasswordBearer('t')\n@app.get('/a')\ndef a(t: str = Depends(bearer)): ...\n", True),
        ("@app.get('/a')\ndef a(c: HTTPAuthorizationCredentials): ...\n", True),
    ],
)
def test_security(text: str, wanted: bool) -> None:
    head = (
        "from fastapi.security import HTTPAuthorizationCredentials, OAuth2PasswordBearer\napp = FastAPI()\n"
        "def get_current_user(): ...\ndef require_admin(): ...\ndef get_db(): ...\n"
    )
    assert endpoint(head + text).security is wanted


def test_dependencies_of_routers_count() -> None:
    found = endpoint(
        "def login(): ...\ndef audit(): ...\ndef limit(): ...\nr = APIRouter(dependencies=[Depends(login)])\n"
        "@r.get('/a', dependencies=[Depends(limit)])\ndef a(): ...\napp = FastAPI(dependencies=[Depends(audit)])\napp.include_router(r)\n"
    )
    assert {d.rpartition("::")[2] for d in found.dependencies} == {"login", "audit", "limit"}
    assert found.security


def test_class_based_view() -> None:
    facts = project(
        HEAD
        + "from fastapi_utils.cbv import cbv\nr = APIRouter(prefix='/v')\ndef get_db(): ...\n@cbv(r)\nclass View:\n"
        "    db = Depends(get_db)\n    @r.get('/a')\n    def a(self, q: int): ...\n"
    )
    (found,) = facts.all(f.Endpoint)
    assert found.path == "/v/a"
    assert "self" not in [p.name for p in found.parameters]


def test_a_websocket_says_so() -> None:
    found = endpoint("app = FastAPI()\n@app.websocket('/w')\nasync def a(ws): ...\n")
    assert found.websocket
    assert found.is_async
