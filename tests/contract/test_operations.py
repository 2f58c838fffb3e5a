"""What FastAPI's settings and signatures become in the document, for the versions that each test names.

The truth is `app.openapi()` of those versions; `test_generated` asks it, here it is written down.
"""

from typing import Any

import pytest

from byte.extract.cache import Cache
from byte.extract.contract import evaluation, openapi
from byte.extract.contract.pydantic1 import Pydantic1Schemas
from byte.extract.contract.pydantic2 import Pydantic2Schemas
from byte.extract.evaluate.interpreter import Interpreter, Target
from byte.extract.evaluate.source import Source
from byte.extract.evaluate.values import Instance
from byte.extract.library import Library
from tests.extract.projects import snapshot

NEWEST = ((0, 165, 0), (2, 14, 3))
LAZY = ((0, 141, 1), (2, 14, 3))
EAGER = ((0, 115, 4), (2, 9, 2))
OLD = ((0, 92, 0), (1, 10, 13))
Versions = tuple[tuple[int, ...], tuple[int, ...]]

HEAD = (
    "from typing import Annotated, Any, List, Optional, Union\n"
    "from fastapi import *\n"
    "from fastapi.responses import *\n"
    "from fastapi.routing import APIRoute\n"
    "from fastapi.security import *\n"
    "from pydantic import BaseModel, Field\n\n"
    "class Item(BaseModel):\n    name: str\n\n"
    "app = FastAPI()\n"
)


def written(body: str, versions: Versions = LAZY) -> tuple[openapi.Written, Interpreter]:
    fastapi, pydantic = versions
    source = Source(snapshot({"main.py": HEAD + body}), Library(Cache(None)), "", pydantic < (2,))
    interp = evaluation.interpreter(source, Target(fastapi, pydantic))
    with interp.deep():
        app = interp.module_at("main.py").scope.names["app"]
        assert isinstance(app, Instance)
        schemas = Pydantic1Schemas(interp) if pydantic < (2,) else Pydantic2Schemas(interp)
        return openapi.write(interp, app, schemas), interp


def document(body: str, versions: Versions = LAZY) -> dict[str, Any]:
    return written(body, versions)[0].document


def operation(body: str, versions: Versions = LAZY) -> dict[str, Any]:
    """The last operation of the document."""
    *_, item = document(body, versions)["paths"].values()
    *_, found = item.values()
    assert isinstance(found, dict)
    return found


def params(body: str, versions: Versions = LAZY) -> list[tuple[str, str, bool]]:
    return [(p["in"], p["name"], p["required"]) for p in operation(body, versions).get("parameters", [])]


def paths(body: str, versions: Versions = LAZY) -> list[str]:
    return list(document(body, versions)["paths"])


def media(content: dict[str, Any]) -> Any:
    return {kind: {k: v for k, v in found["schema"].items() if k != "x-origin"} for kind, found in content.items()}


# --- parameters --------------------------------------------------------------------------------


def test_the_type_and_the_path_decide_where_a_parameter_is() -> None:
    body = (
        "@app.post('/a/{id}')\n"
        "def a(q: int, id: str, item: Item, many: List[int], one: Optional[str] = None, up: UploadFile = None,\n"
        "      user_agent: str = Header(), c: str = Cookie('x'), r: Request = None): ...\n"
    )
    assert params(body) == [
        ("path", "id", True),
        ("query", "q", True),
        ("query", "one", False),
        ("header", "user-agent", True),
        ("cookie", "c", False),
    ]
    assert list(operation(body)["requestBody"]["content"]) == ["multipart/form-data"]


@pytest.mark.parametrize("versions", [NEWEST, LAZY, EAGER, OLD])
def test_markers_of_a_signature(versions: Versions) -> None:
    body = (
        "@app.get('/')\n"
        "def a(x_tok: str = Header(None), raw_h: str = Header('q', convert_underscores=False),\n"
        "      b: str = Query(..., alias='B-b'), hid: str = Query('x', include_in_schema=False),\n"
        "      l: List[str] = Query([])): ...\n"
    )
    assert params(body, versions) == [
        ("query", "B-b", True),
        ("query", "l", False),
        ("header", "x-tok", False),
        ("header", "raw_h", False),
    ]


def test_the_last_marker_of_an_annotation_counts_and_the_default_stands_beside_it() -> None:
    body = (
        "Page = Annotated[int, Query(ge=1, description='Page')]\n"
        "@app.get('/')\ndef a(page: Page = 3, other: Annotated[str, Field(max_length=9), Query(min_length=2)] = 'ab'): ...\n"
    )
    found = operation(body)["parameters"]
    assert [(p["name"], p["required"], p.get("description")) for p in found] == [
        ("page", False, "Page"),
        ("other", False, None),
    ]
    assert found[0]["schema"] | {"x-origin": 0} == {
        "type": "integer", "minimum": 1, "description": "Page", "default": 3, "title": "Page", "x-origin": 0,
    }  # fmt: skip


def test_a_model_of_parameters_is_spread_from_the_version_that_has_it() -> None:
    body = (
        "class Filter(BaseModel):\n    limit: int = Field(100, le=100)\n    x_tag: str\n"
        "@app.get('/')\ndef a(f: Annotated[Filter, Header()]): ...\n"
    )
    assert params(body) == [("header", "limit", False), ("header", "x-tag", True)]
    assert params(body, EAGER) == [("header", "limit", False), ("header", "x_tag", True)]


def test_two_models_of_parameters_are_spread_by_the_newest_only() -> None:
    body = (
        "class A(BaseModel):\n    a: int\n\nclass B(BaseModel):\n    b: int = 1\n\n"
        "@app.get('/')\ndef f(a: Annotated[A, Query()], b: Annotated[Optional[B], Query()] = None): ...\n"
    )
    assert params(body, NEWEST) == [("query", "a", True), ("query", "b", False)]
    assert params(body) == [("query", "a", True), ("query", "b", False)]
    assert "$ref" in operation(body)["parameters"][0]["schema"]
    assert "$ref" not in operation(body, NEWEST)["parameters"][0]["schema"]


def test_a_decorator_without_wraps_shows_its_own_signature() -> None:
    body = (
        "from functools import wraps\n"
        "def bare(f):\n    def inner(*args, **kwargs): ...\n    return inner\n"
        "def kept(f):\n    @wraps(f)\n    def inner(*args, **kwargs): ...\n    return inner\n"
        "@app.get('/a')\n@kept\ndef a(x: int): ...\n"
        "@app.get('/b')\n@bare\ndef b(x: int): ...\n"
    )
    assert params(body) == [("query", "args", True), ("query", "kwargs", True)]
    assert document(body)["paths"]["/a"]["get"]["parameters"][0]["name"] == "x"
    assert document(body)["paths"]["/a"]["get"]["x-origin"] == "main.py:20"


# --- dependencies and security -----------------------------------------------------------------

CHAIN = (
    "oauth = OAuth2PasswordBearer(tokenUrl='token', scopes={'me': 'Me'})\n"
    "def user(scopes: SecurityScopes, token: str = Depends(oauth), x_key: Optional[str] = Header(None)): ...\n"
    "async def active(u=Security(user, scopes=['me'])): ...\n"
    "class Pager:\n    def __init__(self, skip: int = 0): ...\n    def __call__(self, deep: bool = False): ...\n"
    "def shared(limit: int = 10):\n    yield limit\n"
    "def both(a=Depends(shared), b=Depends(Pager(1))): ...\n"
)


def test_dependencies_are_followed_once_each() -> None:
    body = CHAIN + (
        "@app.get('/', dependencies=[Depends(shared)])\n"
        "def a(u=Depends(active), p: Pager = Depends(), b=Depends(both), c=Depends(shared)): ...\n"
    )
    assert params(body) == [
        ("query", "limit", False),
        ("query", "skip", False),
        ("query", "deep", False),
        ("header", "x-key", False),
    ]
    assert operation(body)["security"] == [{"OAuth2PasswordBearer": ["me"]}]
    assert document(body)["components"]["securitySchemes"]["OAuth2PasswordBearer"] == {
        "type": "oauth2",
        "flows": {"password": {"scopes": {"me": "Me"}, "tokenUrl": "token"}},
        "x-origin": "main.py:12",
    }


def test_schemes_of_all_kinds() -> None:
    body = (
        "class Own(APIKeyHeader):\n    def __init__(self):\n        super().__init__(name='X-Own')\n"
        "for one in [APIKeyQuery(name='k', scheme_name='Key', description='d'), HTTPBasic(realm='r'), HTTPDigest(),\n"
        "            HTTPBearer(bearerFormat='JWT'), OpenIdConnect(openIdConnectUrl='u'), Own()]:\n"
        "    app.add_api_route('/', lambda: 1, dependencies=[Depends(one)], methods=['GET'])\n"
        "@app.get('/all', dependencies=[Depends(APIKeyCookie(name='c'))])\ndef a(): ...\n"
    )
    found = document(body)["components"]["securitySchemes"]
    kept = {name: {k: v for k, v in scheme.items() if k != "x-origin"} for name, scheme in found.items()}
    assert kept == {
        "Key": {"type": "apiKey", "description": "d", "in": "query", "name": "k"},
        "HTTPBasic": {"type": "http", "scheme": "basic"},
        "HTTPDigest": {"type": "http", "scheme": "digest"},
        "HTTPBearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "OpenIdConnect": {"type": "openIdConnect", "openIdConnectUrl": "u"},
        "Own": {"type": "apiKey", "in": "header", "name": "X-Own"},
        "APIKeyCookie": {"type": "apiKey", "in": "cookie", "name": "c"},
    }


def test_a_model_as_a_dependency_gives_its_fields_by_alias() -> None:
    body = (
        "class Paging(BaseModel):\n    per_page: int = Field(10, alias='perPage', le=50)\n    page: int = 1\n"
        "@app.get('/')\ndef a(p: Annotated[Paging, Depends()]): ...\n"
    )
    assert params(body) == [("query", "perPage", False), ("query", "page", False)]
    assert operation(body)["parameters"][0]["schema"]["maximum"] == 50


# --- bodies ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "signature,name,kind,required",
    [
        ("item: Item", "Item", "application/json", True),
        ("item: Item = None", None, "application/json", False),
        ("item: Item, n: int = Body(1)", "Body_a__post", "application/json", True),
        ("item: Item = Body(..., embed=True)", "Body_a__post", "application/json", True),
        ("n: int = Body(1), m: str = Body('x')", "Body_a__post", "application/json", False),
        ("a: str = Form()", "Body_a__post", "application/x-www-form-urlencoded", True),
        ("a: str = Form(), f: bytes = File(b'')", "Body_a__post", "multipart/form-data", True),
        ("f: Optional[UploadFile] = None", "Body_a__post", "multipart/form-data", False),
        ("f: Annotated[Item, Form()]", "Item", "application/x-www-form-urlencoded", True),
        ("n: int = Body(..., media_type='x/y')", None, "x/y", True),
    ],
)
def test_bodies(signature: str, name: str | None, kind: str, required: bool) -> None:
    found = operation(f"@app.post('/')\ndef a({signature}): ...\n")["requestBody"]
    (content,) = found["content"].items()
    assert (content[0], found.get("required", False)) == (kind, required)
    if name is not None:
        schema = content[1]["schema"]
        named = [schema.get("$ref"), *(one.get("$ref") for one in schema.get("anyOf", []))]
        assert f"#/components/schemas/{name}" in named


def test_the_model_of_a_form_stands_beside_its_fields_in_the_newest() -> None:
    body = "@app.post('/')\ndef a(f: Annotated[Item, Form()], up: UploadFile): ...\n"
    found = document(body, NEWEST)["components"]["schemas"]["Body_a__post"]
    assert (found["allOf"], found["required"]) == ([{"$ref": "#/components/schemas/Item"}], ["up"])
    assert document(body)["components"]["schemas"]["Body_a__post"]["required"] == ["f", "up"]


# --- responses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "decorator,returns,responses",
    [
        ("", "", {"200": {"application/json": {}}}),
        ("", " -> Item", {"200": {"application/json": {"$ref": "#/components/schemas/Item"}}}),
        ("", " -> None", {"200": {"application/json": {}}}),
        ("", " -> JSONResponse", {"200": {"application/json": {}}}),
        (", response_model=None", " -> Item", {"200": {"application/json": {}}}),
        (", status_code=204", " -> None", {"204": None}),
        (", status_code=status.HTTP_201_CREATED", "", {"201": {"application/json": {}}}),
        (", response_class=HTMLResponse", " -> str", {"200": {"text/html": {"type": "string"}}}),
        (", response_class=RedirectResponse", "", {"307": None}),
        (", response_class=FileResponse", "", {"200": None}),
        (
            ", responses={404: {'model': Item}, 'default': {'description': 'd'}, '5XX': {}}",
            "",
            {
                "200": {"application/json": {}},
                "404": {"application/json": {"$ref": "#/components/schemas/Item"}},
                "default": None,
                "5XX": None,
            },
        ),
    ],
)
def test_responses(decorator: str, returns: str, responses: dict[str, Any]) -> None:
    found = operation(f"@app.get('/'{decorator})\ndef a(){returns}: ...\n")["responses"]
    assert {code: media(r["content"]) if "content" in r else None for code, r in found.items()} == responses


def test_a_return_annotation_is_no_response_model_before_its_version() -> None:
    body = "@app.get('/')\ndef a() -> Item: ...\n"
    assert media(operation(body, OLD)["responses"]["200"]["content"])["application/json"]
    older = ((0, 88, 0), (1, 10, 2))
    assert media(operation(body, older)["responses"]["200"]["content"]) == {"application/json": {}}


def test_generators_stream_from_the_version_that_has_it() -> None:
    body = "from typing import AsyncIterable\n@app.get('/')\nasync def a() -> AsyncIterable[Item]:\n    yield Item()\n"
    found = operation(body)["responses"]["200"]["content"]
    assert found == {"application/jsonl": {"itemSchema": {"$ref": "#/components/schemas/Item"}}}


def test_what_is_refused_is_described_unless_the_route_does() -> None:
    assert "422" in operation("@app.get('/')\ndef a(x: int): ...\n")["responses"]
    assert "422" not in operation("@app.get('/')\ndef a(): ...\n")["responses"]
    own = "@app.get('/', responses={'4XX': {'description': 'x'}})\ndef a(x: int): ...\n"
    assert list(operation(own)["responses"]) == ["200", "4XX"]


def test_extras_are_laid_over_the_operation() -> None:
    body = (
        "@app.get('/', tags=['a'], openapi_extra={'tags': ['b'], 'x-c': {'d': 1},\n"
        "    'responses': {'200': {'headers': {}}}})\ndef a(): ...\n"
    )
    found = operation(body)
    assert (found["tags"], found["x-c"], found["responses"]["200"]["headers"]) == (["a", "b"], {"d": 1}, {})


# --- routers -----------------------------------------------------------------------------------

ROUTERS = (
    "inner = APIRouter(tags=['inner'], default_response_class=PlainTextResponse)\n"
    "outer = APIRouter(prefix='/outer', tags=['outer'], dependencies=[Depends(lambda o=1: 1)], deprecated=True,\n"
    "                  responses={401: {'description': 'no'}})\n"
    "@inner.get('/a')\ndef a(): ...\n"
    "outer.include_router(inner, prefix='/inner', tags=['given'], responses={402: {'description': 'pay'}})\n"
    "app.include_router(outer, prefix='/api')\n"
    "app.include_router(inner, prefix='/hidden', include_in_schema=False)\n"
    "@inner.get('/late')\ndef late(): ...\n"
)


@pytest.mark.parametrize("versions", [LAZY, EAGER])
def test_routers_add_up(versions: Versions) -> None:
    found = document(ROUTERS, versions)["paths"]["/api/outer/inner/a"]["get"]
    assert found["tags"] == ["outer", "given", "inner"]
    assert (found["deprecated"], list(found["responses"])) == (True, ["200", "401", "402", "422"])
    assert list(found["responses"]["200"]["content"]) == ["text/plain"]
    assert [p["name"] for p in found["parameters"]] == ["o"]
    assert found["operationId"] == "a_api_outer_inner_a_get"


def test_a_router_is_read_when_the_document_is_made_in_new_versions() -> None:
    assert paths(ROUTERS) == ["/api/outer/inner/a", "/api/outer/inner/late"]
    assert paths(ROUTERS, EAGER) == ["/api/outer/inner/a"]


@pytest.mark.parametrize("versions", [LAZY, EAGER, OLD])
def test_classes_of_a_project_may_change_routes(versions: Versions) -> None:
    body = (
        "class Named(APIRoute):\n"
        "    def __init__(self, *args, **kwargs):\n"
        "        kwargs['summary'] = 'named'\n        super().__init__(*args, **kwargs)\n"
        "class Slashed(APIRouter):\n"
        "    def add_api_route(self, path, endpoint, *, include_in_schema=True, **kwargs):\n"
        "        super().add_api_route(path.rstrip('/'), endpoint, include_in_schema=include_in_schema, **kwargs)\n"
        "        super().add_api_route(path + '/', endpoint, include_in_schema=False, **kwargs)\n"
        "r = Slashed(prefix='/r', route_class=Named)\n"
        "@r.get('/x/')\ndef x(): ...\n"
        "app.include_router(r)\n"
    )
    assert paths(body, versions) == ["/r/x"]
    assert operation(body, versions)["summary"] == "named"


@pytest.mark.parametrize("versions", [LAZY, EAGER])
def test_a_function_of_the_project_gives_ids(versions: Versions) -> None:
    body = (
        "def ids(route):\n    return f'{route.tags[0]}-{route.name}'\n"
        "r = APIRouter(generate_unique_id_function=ids)\n"
        "@r.get('/a', tags=['t'])\ndef a(x: Item, y: Item): ...\n"
        "app.include_router(r, prefix='/p')\n"
    )
    assert operation(body, versions)["operationId"] == "t-a"
    assert "Body_t-a" in document(body, versions)["components"]["schemas"]


def test_routes_may_be_renamed_after_they_were_made() -> None:
    body = (
        "@app.get('/a')\ndef a(): ...\n"
        "for route in app.routes:\n    if isinstance(route, APIRoute):\n        route.operation_id = route.name\n"
    )
    assert operation(body)["operationId"] == "a"


def test_converters_and_methods() -> None:
    body = "@app.api_route('/f/{rest:path}/{n:int}', methods=['post', 'PUT'])\ndef f(rest: str, n: int): ...\n"
    assert {path: list(item) for path, item in document(body)["paths"].items()} == {"/f/{rest}/{n}": ["post", "put"]}


def test_callbacks_and_webhooks() -> None:
    body = (
        "cb = APIRouter()\n"
        "@cb.post('{$callback_url}/x')\ndef notify(body: Item): ...\n"
        "@app.webhooks.post('new')\ndef hook(body: Item): ...\n"
        "@app.post('/', callbacks=cb.routes)\ndef a(): ...\n"
    )
    assert list(operation(body)["callbacks"]) == ["notify"]
    assert list(operation(body)["callbacks"]["notify"]) == ["{$callback_url}/x"]
    assert list(document(body)["webhooks"]) == ["new"]
    assert "webhooks" not in document(body.replace("app.webhooks.post", "APIRouter().post"), OLD)


# --- the document ------------------------------------------------------------------------------


def test_the_version_of_openapi_follows_from_fastapis() -> None:
    assert document("", LAZY)["openapi"] == "3.1.0"
    assert document("", OLD) == {"openapi": "3.0.2", "info": {"title": "FastAPI", "version": "0.1.0"}, "paths": {}}


def test_settings_of_the_application() -> None:
    body = (
        "app = FastAPI(title='T', version='2', summary='s', description='d', contact={'url': 'http://a.b', 'name': 'n'},\n"
        "    openapi_tags=[{'name': 't'}], servers=[{'url': 'https://x.y'}], license_info={'name': 'MIT'})\n"
    )
    found = document(body)
    assert found["info"] == {
        "title": "T", "summary": "s", "description": "d", "contact": {"name": "n", "url": "http://a.b/"},
        "license": {"name": "MIT"}, "version": "2",
    }  # fmt: skip
    assert list(found) == ["openapi", "info", "servers", "paths", "tags"]


def test_a_project_may_change_the_document() -> None:
    body = (
        "from fastapi.openapi.utils import get_openapi\n"
        "@app.get('/a')\ndef a(x: int): ...\n"
        "def custom():\n"
        "    if app.openapi_schema:\n        return app.openapi_schema\n"
        "    schema = get_openapi(title='Own', version='9', routes=app.routes)\n"
        "    schema['info']['x-logo'] = {'url': 'u'}\n"
        "    for item in schema['paths'].values():\n"
        "        for one in item.values():\n            one['responses'].pop('422', None)\n"
        "    app.openapi_schema = schema\n    return app.openapi_schema\n"
        "app.openapi = custom\n"
    )
    found = document(body)
    assert found["info"] == {"title": "Own", "version": "9", "x-logo": {"url": "u"}}
    assert list(found["paths"]["/a"]["get"]["responses"]) == ["200"]


def test_a_document_that_cannot_be_followed_is_fastapis_and_noted() -> None:
    body = "import lib\n@app.get('/a')\ndef a(): ...\napp.openapi = lambda: lib.changed(app)\n"
    made, interp = written(body)
    assert list(made.document["paths"]) == ["/a"]
    assert any("openapi()" in gap.reason for gap in interp.gaps.values())


# --- what is not known -------------------------------------------------------------------------


def test_unknown_things_are_marked_where_they_are() -> None:
    body = (
        "import lib\n"
        "r = APIRouter(prefix=f'/r{lib.PREFIX}')\n"
        "@r.get('/a/{id}', status_code=lib.CODE, dependencies=[Depends(lib.check)])\ndef a(id: int): ...\n"
        "app.include_router(r, prefix='/api')\n"
    )
    (path,) = paths(body)
    assert path == "/api/r{?}/a/{id}"
    reasons = [one["reason"] for one in operation(body)["x-unknown"]]
    assert len(reasons) == 3
    assert {one["at"] for one in operation(body)["x-unknown"]} <= {"main.py:13", "main.py:14"}


def test_what_exists_under_a_condition_says_so() -> None:
    body = (
        "import lib\n"
        "r = APIRouter()\n@r.get('/a')\ndef a(): ...\n"
        "if lib.ENABLED:\n    app.include_router(r)\n"
        "@app.get('/b', include_in_schema=lib.SHOWN)\ndef b(): ...\n"
    )
    for versions in (LAZY, EAGER):
        found = document(body, versions)["paths"]
        assert found["/a"]["get"]["x-conditional"] == [{"at": "main.py:16", "condition": "lib.ENABLED"}]
        assert "include_in_schema" in found["/b"]["get"]["x-conditional"][0]["condition"]


def test_a_router_that_is_not_known_is_noted() -> None:
    _, interp = written("import lib\napp.include_router(lib.make())\n")
    assert any("included" in gap.reason and gap.at.line == 13 for gap in interp.gaps.values())


# --- derivations -------------------------------------------------------------------------------


def test_a_derivation_names_the_places_of_each_part() -> None:
    for versions in (LAZY, EAGER):
        made, _ = written(CHAIN + ROUTERS.replace("def a()", "def a(p=Depends(both)) -> Item"), versions)
        lines = made.derivations[("GET", "/api/outer/inner/a")]
        assert lines[0] == "endpoint: a() at main.py:24"
        assert lines[1:3] == [
            "included with the prefix '/api' at main.py:27",
            "included with the prefix '/outer/inner' at main.py:26",
        ]
        assert "query parameter limit: main.py:18 through both() main.py:20 through shared() main.py:18" in lines
        assert "response: return annotation at main.py:25" in lines


FOLLOWED = """
class Out(BaseModel):
    id: int

router = APIRouter(prefix="/v1")

@router.get("/items", response_model=list[Item])
def items(): ...

@router.post("/items")
def make(item: Item) -> Out: ...

app.router.routes.extend(router.routes)
"""


def test_an_openapi_of_the_project_that_is_lost_after_it_asked_fastapi_leaves_fastapis_document() -> None:
    lost = (
        "from fastapi.openapi.utils import get_openapi\n"
        "import somewhere\n"
        "app.openapi = lambda: somewhere.finished(get_openapi(title='T', version='1', routes=app.routes))\n"
    )
    (found, interp), (plain, _) = written(FOLLOWED + lost), written(FOLLOWED)
    assert found.document == plain.document
    assert list(found.document["paths"]["/v1/items"]) == ["get", "post"]
    assert found.derivations == plain.derivations
    assert [gap.reason for gap in interp.gaps.values()] == [
        "the project's own openapi() could not be followed: the document is FastAPI's"
    ]


def test_each_document_that_a_project_asks_for_has_the_components_of_its_own_routes() -> None:
    both = (
        "from fastapi.openapi.utils import get_openapi\n"
        "def made():\n"
        "    few = get_openapi(title='Few', version='1', routes=app.routes[-2:-1])\n"
        "    found = get_openapi(title='All', version='1', routes=app.routes)\n"
        "    found['info']['description'] = ', '.join(sorted(few['components']['schemas']))\n"
        "    return found\n"
        "app.openapi = made\n"
    )
    found = document(FOLLOWED + both)
    assert found["info"]["description"] == "Item"
    assert sorted(found["components"]["schemas"]) == ["HTTPValidationError", "Item", "Out", "ValidationError"]


def test_a_dict_made_of_its_keys_is_known() -> None:
    found = operation(
        "SHARED = {**dict.fromkeys((401, 403), {'description': 'No'})}\n"
        "@app.get('/a', tags=list(dict.fromkeys(['x', 'y', 'x'])), responses=SHARED)\ndef a() -> None: ...\n"
    )
    assert found["tags"] == ["x", "y"]
    assert {code: found["responses"][code]["description"] for code in ("401", "403")} == {"401": "No", "403": "No"}
