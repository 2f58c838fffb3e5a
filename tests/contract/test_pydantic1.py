"""Pydantic 1: documents read from source are those that the running applications gave (tests/data/pydantic1).

Each `NAME.FASTAPI+PYDANTIC.json` is `app.openapi()` of `NAME.py` (or `NAME/main.py`) under these versions.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from byte.extract.cache import Cache
from byte.extract.contract import evaluation, openapi
from byte.extract.contract.pydantic1 import Pydantic1Schemas, reflection
from byte.extract.contract.pydantic1.kinds import display
from byte.extract.evaluate.interpreter import Target
from byte.extract.evaluate.source import Source
from byte.extract.evaluate.values import Alias, Union, external
from byte.extract.library import Library
from tests.extract.projects import snapshot

DATA = Path(__file__).parents[1] / "data" / "pydantic1"


def document(files: dict[str, str], path: str, fastapi: tuple[int, ...], pydantic: tuple[int, ...]) -> dict[str, Any]:
    interp = evaluation.interpreter(Source(snapshot(files), Library(Cache(None)), "", True), Target(fastapi, pydantic))
    with interp.deep():
        app = interp.module_at(path).scope.names["app"]
        written = openapi.write(interp, app, Pydantic1Schemas(interp))
    found: dict[str, Any] = json.loads(json.dumps(written.document))
    return found


def without_origins(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_origins(v) for k, v in value.items() if k != "x-origin"}
    return [without_origins(v) for v in value] if isinstance(value, list) else value


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def differences(real: Any, ours: Any, path: str = "") -> Iterator[str]:
    if isinstance(real, dict) and isinstance(ours, dict):
        for key in sorted(real.keys() | ours.keys()):
            if key not in real or key not in ours:
                yield f"{path}/{key}: {'only in ours' if key in ours else 'missing'}"
            else:
                yield from differences(real[key], ours[key], f"{path}/{key}")
    elif isinstance(real, list) and isinstance(ours, list) and len(real) == len(ours):
        for index, (a, b) in enumerate(zip(real, ours, strict=True)):
            yield from differences(a, b, f"{path}[{index}]")
    elif real != ours:
        yield f"{path}: {ours!r} is not {real!r}"


@pytest.mark.parametrize("truth", sorted(DATA.glob("*.json")), ids=lambda p: p.name)
def test_documents_are_those_of_the_running_application(truth: Path) -> None:
    name, _, versions = truth.name.removesuffix(".json").partition(".")
    fastapi, _, pydantic = versions.partition("+")
    folder = DATA / name
    if folder.is_dir():
        files = {f"{name}/{p.name}": p.read_text() for p in folder.glob("*.py")}
        path = f"{name}/main.py"
    else:
        path = f"{name}.py"
        files = {path: (DATA / path).read_text()}
    ours = document(files, path, version(fastapi), version(pydantic))
    assert list(differences(json.loads(truth.read_text()), without_origins(ours))) == []


def schemas(text: str) -> dict[str, Any]:
    found = document({"app.py": text}, "app.py", (0, 115, 14), (1, 10, 26))
    components: dict[str, Any] = found["components"]["schemas"]
    return components


HEAD = """
import os
from typing import Optional
from fastapi import FastAPI
from pydantic import BaseModel, Field
app = FastAPI()
"""


def test_origins_are_the_lines_of_the_source() -> None:
    found = schemas(
        HEAD
        + """
class Base(BaseModel):
    a: int

class Item(Base):
    b: str = "x"

@app.post("/")
def create(item: Item): ...
"""
    )
    assert found["Item"]["x-origin"] == "app.py:11"
    assert found["Item"]["properties"]["a"]["x-origin"] == "app.py:9"
    assert found["Item"]["properties"]["b"]["x-origin"] == "app.py:12"


def test_what_is_not_known_is_marked() -> None:
    found = schemas(
        HEAD
        + """
from elsewhere import Foreign, ForeignModel

class Item(BaseModel):
    a: Foreign
    b: int = os.environ["B"]
    c: Missing
    d: Optional[Foreign] = None

class Derived(ForeignModel):
    z: int

class Both(BaseModel):
    e: Derived

@app.post("/")
def create(item: Item, both: Both): ...
"""
    )
    properties = found["Item"]["properties"]
    assert "elsewhere.Foreign" in properties["a"]["x-unknown"]["reason"]
    assert properties["b"]["type"] == "integer"
    assert "x-unknown" in properties["b"]["default"]
    assert "Missing" in properties["c"]["x-unknown"]["reason"]
    assert "x-unknown" in properties["d"]
    assert "x-unknown" in found["Both"]["properties"]["e"]


def test_models_of_pydantic_1_inside_of_pydantic_2() -> None:
    text = """
from typing import List, Optional
from pydantic.v1 import BaseModel, Field, constr
class Inner(BaseModel):
    n: Optional[int]
class Item(BaseModel):
    a: constr(max_length=3) = Field("x", title="A!")
    b: List[Inner] = []
"""
    interp = evaluation.interpreter(
        Source(snapshot({"app.py": text}), Library(Cache(None)), ""), Target((0, 119, 0), (2, 12, 0))
    )
    with interp.deep():
        item = interp.module_at("app.py").scope.names["Item"]
        schema = reflection.model_schema(interp, item)
    assert schema == {
        "title": "Item",
        "type": "object",
        "properties": {
            "a": {"title": "A!", "default": "x", "type": "string", "maxLength": 3},
            "b": {"title": "B", "default": [], "type": "array", "items": {"$ref": "#/definitions/Inner"}},
        },
        "definitions": {
            "Inner": {"title": "Inner", "type": "object", "properties": {"n": {"title": "N", "type": "integer"}}}
        },
    }


def test_types_are_named_as_pydantic_names_them() -> None:
    text = external("builtins.str")
    assert display(Alias(external("builtins.list"), (text,))) == "list[str]"
    assert display(Alias(external("builtins.list"), (text,), written="List")) == "List[str]"
    assert display(Union((text, None))) == "Union[str, NoneType]"
    assert display(Alias(external("builtins.dict"), (text, Union((text, None))))) == "dict[str, Optional[str]]"


GROWING = {
    "a doubled tuple": "M = int\n" + "M = Tuple[M, M]\n" * 60 + "class Q(BaseModel):\n    a: M = Field(None, gt=3)\n",
    "a doubled default": "X = [1]\n"
    + "X = [X, X]\n" * 60
    + "class Q(BaseModel):\n    a: Any = X\n    b: int = Field(1, more=X)\n    class Config:\n        schema_extra = {'e': X}\n",
    "a deep list": "M = int\n" + "M = List[M]\n" * 3000 + "class Q(BaseModel):\n    a: M\n",
    "a generic that grows": "T = TypeVar('T')\nclass G(GenericModel, Generic[T]):\n    a: T\n    b: 'Optional[G[List[T]]]' = None\n"
    "class Q(BaseModel):\n    g: G[int]\n",
    "names of themselves": "Y = Optional['Y']\nZ = List['Z']\nclass Q(BaseModel):\n    a: Y\n    b: Z\n    c: 'c'\n",
    "a schema in itself": "class Q(BaseModel):\n    a: int\n    class Config:\n        def schema_extra(s, m):\n            s['x'] = s\n",
    "an alias that fails": "class Q(BaseModel):\n    a: int\n    class Config:\n        alias_generator = lambda name: 1 / 0\n",
}


@pytest.mark.parametrize("name", sorted(GROWING))
def test_nothing_grows_without_bound(name: str) -> None:
    found = schemas(
        "from typing import *\nfrom pydantic.generics import GenericModel\n"
        + HEAD
        + GROWING[name]
        + "@app.post('/')\ndef create(item: Q): ...\n"
    )
    assert "Q" in found
    assert len(json.dumps(found)) < 1_000_000
