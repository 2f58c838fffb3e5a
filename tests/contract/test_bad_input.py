"""Projects that are broken, odd or beyond reading: the rest is read, and each gap has its place and its reason."""

import pytest

from byte.model.contract import CONDITIONAL, UNKNOWN, marks
from tests.contract.apart import Answer, Apart

HEAD = """\
from typing import Annotated, Any, Optional
from fastapi import APIRouter, Depends, FastAPI, Query
from pydantic import BaseModel, Field

app = FastAPI()


class Item(BaseModel):
    name: str


@app.get("/fine/{item_id}")
def fine(item_id: int, q: str = "a") -> Item: ...


"""
AFTER = """

@app.post("/after")
def after(item: Item) -> int: ...
"""


def read(reading: Apart, text: str, **others: str) -> Answer:
    """The contract of a `main.py` with something odd in the middle; what stands around it has to be there."""
    files = {"app/__init__.py": "", "app/main.py": f"{HEAD}{text}\n{AFTER}"}
    files |= {f"app/{name}.py": source for name, source in others.items()}
    found = reading.of(files)
    assert "error" not in found, found["error"]
    paths = found["document"]["paths"]
    fine = paths["/fine/{item_id}"]["get"]
    assert [(p["name"], p["in"], p["required"]) for p in fine["parameters"]] == [
        ("item_id", "path", True),
        ("q", "query", False),
    ]
    assert fine["responses"]["200"]["content"]["application/json"]["schema"]["$ref"] == "#/components/schemas/Item"
    assert "requestBody" in paths["/after"]["post"]
    for at, reason in notes(found):
        path, _, line = at.rpartition(":")
        assert path in files
        assert 1 <= int(line) <= files[path].count("\n") + 1
        assert reason.strip()
        assert "Traceback" not in reason
        assert "0x" not in reason
    return found


def notes(found: Answer) -> list[tuple[str, str]]:
    """What is said to be missing: the gaps, and the marks in the document, each with its "path:line"."""
    document = found["document"]
    out = [(f"{path}:{line}", reason) for path, line, reason in found["gaps"]]
    for _, part in marks(document, UNKNOWN):
        own = part[UNKNOWN] if isinstance(part[UNKNOWN], list) else [part[UNKNOWN]]
        out += [(mark["at"], mark["reason"]) for mark in own]
    out += [(c["at"], c["condition"]) for _, part in marks(document, CONDITIONAL) for c in part[CONDITIONAL]]
    return out


def told(found: Answer, word: str) -> bool:
    """Whether anything that is missing is told with this word."""
    return any(word in reason for _, reason in notes(found))


BROKEN = {
    "a syntax error": "def broken(:\n    pass\n",
    "an open bracket": "x = [1, 2\n",
    "an open text": "x = 'abc\n",
    "a wrong indent": "  x = 1\n y = 2\n",
    "Python 2": "print 'a'\nexec 'b'\nraise ValueError, 'c'\n",
    "a merge conflict": "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n",
    "no Python": "<html><body>{{ title }}</body></html>\n",
    "latin 1": "x = 'caf\udce9'\n# \udcff\udcfe\n",
    "NUL": "x = 'a\0b'\n\0\0\n",
    "a declared encoding": "# -*- coding: latin-1 -*-\nNAME = 'caf\udce9'\n",
    "an unknown encoding": "# -*- coding: klingon -*-\nNAME = 'a'\n",
    "empty": "",
    "only a comment": "# nothing",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_beside_is_no_harm(reading: Apart, name: str) -> None:
    text = "from app import other\nfrom app.other import router, Thing\nimport app.other as again\n"
    use = "app.include_router(router)\n\n\n@app.get('/things')\ndef things(x: Thing) -> Thing: ...\n"
    found = read(reading, f"{text}{use}", other=BROKEN[name])
    assert found["gaps"]


def test_what_stands_around_an_error_in_a_file_is_read(reading: Apart) -> None:
    broken = "from fastapi import APIRouter\nrouter = APIRouter()\n\n\n@router.get('/one')\ndef one(): ...\n\n\ndef broken(:\n    pass\n\n\n@router.get('/two')\ndef two(): ...\n"
    found = read(reading, "from app.other import router\napp.include_router(router)", other=broken)
    assert {"/one", "/two"} <= set(found["document"]["paths"])
    assert [gap[1] for gap in found["gaps"] if gap[0] == "app/other.py"]


# What stands in the middle of `main.py`, and a word that a gap says of it (None: nothing has to be missing).
ODD: dict[str, tuple[str, str | None]] = {
    "a module that is not there": (
        "from nowhere.at_all import thing\nimport another\nthing(app)\nanother.setup(app, x=thing.y)",
        None,
    ),
    "a router that is not there": ("from nowhere import router\napp.include_router(router, prefix='/x')", "nowhere"),
    "a type that is not there": (
        "from nowhere import Thing\n@app.get('/t')\ndef t(x: Thing) -> list[Thing]: ...",
        "nowhere",
    ),
    "a base that is not there": (
        "from nowhere import Base\nclass Odd(Base):\n    x: int\n@app.get('/t')\ndef t() -> Odd: ...",
        "nowhere",
    ),
    "a dependency that is not there": (
        "from nowhere import dep\n@app.get('/t')\ndef t(x=Depends(dep), y=Depends(dep.of('a'))): ...",
        "nowhere",
    ),
    "a decorator that is not there": (
        "from nowhere import decorated\n@app.get('/t')\n@decorated(1)\ndef t(x: int): ...",
        None,
    ),
    "an application that is not there": (
        "from nowhere import plugin\nplugin.install(app)\nplugin.Plugin(app=app).run()",
        None,
    ),
    "a relative import beyond the top": ("from ....above import thing\nthing(app)", None),
    "a name that is not there": (
        "app.include_router(routers)\n@app.get('/t')\ndef t(x: Missing) -> Other: ...",
        "Missing",
    ),
    "a name that is gone": ("gone = 1\ndel gone\nprint(gone)", None),
    "an attribute that is not there": ("app.include_router(app.nothing.router)\nItem.nothing()", None),
    "a monkeypatched router": (
        "APIRouter.get = lambda self, path, **k: (lambda f: f)\nr = APIRouter()\n@r.get('/patched')\ndef p(): ...\napp.include_router(r)",
        None,
    ),
    "a patched application": (
        "old = app.get\ndef patched(path, **k):\n    return old('/p' + path, **k)\napp.get = patched\n@app.get('/x')\ndef x(): ...",
        None,
    ),
    "replaced routes": ("app.router.routes = [*app.router.routes]\nfor route in app.routes:\n    route.x = 1", None),
    "attributes set in a loop": (
        "class Odd(BaseModel):\n    x: int = 1\nfor name in ('a', 'b'):\n    setattr(Odd, name, 1)\nOdd.__annotations__['late'] = int\n@app.get('/t')\ndef t() -> Odd: ...",
        None,
    ),
    "a class made by type": (
        "Odd = type('Odd', (BaseModel,), {'__annotations__': {'x': int}, 'x': 1, '__module__': __name__})\n@app.get('/t')\ndef t() -> Odd: ...",
        None,
    ),
    "a class made by type of what is unknown": (
        "import os\nOdd = type(os.urandom(3).hex(), (BaseModel,), dict(os.environ))\n@app.get('/t')\ndef t() -> Odd: ...",
        "",
    ),
    "code in a string": ("exec('class Odd(BaseModel):\\n    x: int')\n@app.get('/t')\ndef t() -> Odd: ...", "Odd"),
    "a value in a string": ("PREFIX = eval('\"/a\" + \"/b\"')\n@app.get(PREFIX + '/t')\ndef t(): ...", ""),
    "globals": (
        "globals()['made'] = APIRouter()\n@made.get('/m')\ndef m(): ...\napp.include_router(made)\nlocals()['x'] = 1\nvars(app)['y'] = 2",
        None,
    ),
    "modules at run time": (
        "import importlib, os\nfor name in os.listdir(os.environ['PLUGINS']):\n    app.include_router(importlib.import_module(name).router)",
        "",
    ),
    "the environment": (
        "import os\nfor name in os.environ:\n    app.get('/' + name)(fine)\nif os.environ['FLAG']:\n    app.get('/flag')(fine)",
        "",
    ),
    "the clock": ("import time\n@app.get(f'/{time.time()}')\ndef t(): ...", ""),
    "the network": (
        "import requests\nroutes = requests.get('http://a.example').json()\nfor path in routes:\n    app.get(path)(fine)",
        "",
    ),
    "a wrong path": (
        "@app.get(1)\ndef t(): ...\n@app.get(None)\ndef u(): ...\n@app.get('no-slash')\ndef v(): ...\n@app.get()\ndef w(): ...",
        "",
    ),
    "wrong keywords": ("@app.get('/t', nonsense=1, response_model=3, status_code='x', tags=5)\ndef t(): ...", ""),
    "wrong types": (
        "app.include_router(5)\napp.include_router(Item)\napp.add_api_route('/t', 3)\n@app.get('/u', response_model=lambda: 1)\ndef u(x: 3, y: app): ...",
        "",
    ),
    "a wrong status": ("@app.get('/t', status_code=204, response_model=Item)\ndef t(): ...", None),
    "wrong responses": ("@app.get('/t', responses={'abc': {}, 404: 5, 405: {'model': 'Nothing'}})\ndef t(): ...", ""),
    "wrong constraints": (
        "class Odd(BaseModel):\n    x: int = Field(gt='a', max_length=[])\n    y: str = Field(ge=1)\n@app.get('/t')\ndef t() -> Odd: ...",
        None,
    ),
    "wrong dependencies": (
        "@app.get('/t', dependencies=[5, fine, Depends(7), None])\ndef t(x=Depends('a'), y: Annotated[int, Depends(3)] = 1): ...",
        "",
    ),
    "a path parameter with a default": (
        "@app.get('/t/{x}')\ndef t(x: int = 1): ...\n@app.get('/u/{x}')\ndef u(x: int = Query(1)): ...",
        None,
    ),
    "a parameter twice": ("@app.get('/t/{x}/{x}')\ndef t(x): ...", None),
    "a default before none": ("@app.get('/t')\ndef t(x=1, y): ...", None),
    "no function": ("app.get('/t')(5)\napp.get('/u')(None)\napp.get('/v')('text')\napp.get('/w')", None),
    "odd functions": (
        "import functools\napp.get('/t')(functools.partial(fine, 1))\napp.get('/u')(Item)\napp.get('/v')(lambda q: q)\nclass C:\n    def __call__(self, x: int): ...\napp.get('/w')(C())\napp.get('/y')(len)\napp.get('/z')(C().missing)",
        None,
    ),
    "arguments of all kinds": ("@app.get('/t')\ndef t(a, /, b, *args: int, c: int = 1, **kwargs: str): ...", None),
    "unpacked arguments": (
        "K = {'tags': ['x']}\nA = ('/t',)\n@app.get(*A, **K)\ndef t(): ...\nimport os\n@app.get('/u', **dict(os.environ))\ndef u(): ...",
        "",
    ),
    "the application again": ("other = app\napp2 = FastAPI()\napp2.get('/hidden')(fine)", None),
    "a walrus and a star": (
        "first, *rest = [(r := APIRouter()), 1, 2]\n@r.get('/w')\ndef w(): ...\napp.include_router(r)",
        None,
    ),
    "a deleted route": ("app.router.routes.pop()\nfine2 = app.get('/fine/{item_id}')(fine)", None),
    "an inconsistent hierarchy": (
        "class A: pass\nclass B(A): pass\nclass C(A, B): pass\n@app.get('/t')\ndef t() -> C: ...",
        "",
    ),
    "a model of two configurations": (
        "class Odd(BaseModel):\n    model_config = {'extra': 'nonsense', 'title': 5, 'alias_generator': 7}\n    x: int\n@app.get('/t')\ndef t() -> Odd: ...",
        None,
    ),
    "an unknown configuration": (
        "import os\nclass Odd(BaseModel):\n    model_config = dict(os.environ)\n    x: int\n@app.get('/t')\ndef t() -> Odd: ...",
        "",
    ),
    "an enum of nothing": (
        "import enum\nclass Odd(enum.Enum): pass\nclass Even(enum.Enum):\n    a = object()\n    b = print\n@app.get('/t')\ndef t(x: Odd, y: Even = Even.a, z: Even = Even.zz): ...",
        None,
    ),
    "unusual text": (
        "@app.get('/\u202e{x}/\u0430')\ndef t\u0430(x, \u0431: int = 1):\n    '''\u2028 \\ud800 \\0 \x0b'''\n",
        None,
    ),
    "surrogates": ("@app.get('/\\ud800', summary='\\udcff')\ndef t(): ...", None),
    "infinity": (
        "@app.get('/t')\ndef t(x: float = float('inf'), y: float = float('nan'), z: float = Query(1, gt=float('-inf'))): ...",
        None,
    ),
    "an asynchronous module": (
        "import asyncio\nasync def main(): app.get('/async')(fine)\nasyncio.run(main())\nawait_ = main()",
        None,
    ),
    "with and try": (
        "with open('x') as f:\n    text = f.read()\ntry:\n    import orjson\nexcept ImportError:\n    orjson = None\nfinally:\n    x = 1\nif text:\n    app.get('/maybe')(fine)",
        None,
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_something_odd_in_the_middle_hides_nothing_around_it(reading: Apart, name: str) -> None:
    text, word = ODD[name]
    found = read(reading, text)
    if word is not None:
        assert told(found, word), notes(found)


def refused(found: Answer) -> str:
    """The sentence with which the application is refused."""
    assert "error" not in found, found["error"]
    sentence: str = found["refused"]
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert "Traceback" not in sentence
    return sentence


def test_no_file_of_the_application(reading: Apart) -> None:
    assert "app/main.py" in refused(reading.of({"app/other.py": HEAD}))


@pytest.mark.parametrize(
    "expression",
    ["nothing", "app.app", "app()", "create_app()", "1 +", "", "Item", "fine", "__import__('os').system('x')"],
)
def test_an_application_that_is_none(reading: Apart, expression: str) -> None:
    refused(reading.of({"app/main.py": HEAD}, f"app/main.py:{expression}"))


@pytest.mark.parametrize(
    "text", ["app = 5\n", "app = None\n", "from nowhere import app\n", "def broken(:\n    pass\n", ""]
)
def test_a_file_without_an_application(reading: Apart, text: str) -> None:
    refused(reading.of(dict.fromkeys(("app/__init__.py", "app/main.py", "app/other.py"), text)))


def test_circular_imports(reading: Apart) -> None:
    other = "from app.main import app, Item\n\n\n@app.get('/other')\ndef other() -> Item: ...\n"
    found = read(reading, "from app import other", other=other)
    assert "/other" in found["document"]["paths"]
    again = "from app.main import later\nimport app.main\nx = app.main.later\n"
    read(reading, "from app import other\nlater = 1", other=again)
