"""Ways in which real projects build their application, each as small as it gets."""

import hashlib
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from byte.extract.cache import Cache
from byte.extract.contract.read import read
from byte.extract.evaluate import yaml_text
from byte.extract.library import Library
from byte.model.change import File, Snapshot
from byte.model.contract import Application, Contract, Target

V2 = Target((0, 141, 1), (2, 14, 3), "given", "given")
V1 = Target((0, 95, 2), (1, 10, 8), "given", "given")


def contract(files: dict[str, str], target: Target = V2) -> Contract:
    blobs = {path: textwrap.dedent(text).encode() for path, text in sorted(files.items())}
    listed = {
        path: File(path=path, blob=hashlib.sha1(data).hexdigest(), size=len(data)) for path, data in blobs.items()
    }

    def content(wanted: Iterable[File]) -> list[bytes | None]:
        return [blobs[file.path] for file in wanted]

    snapshot = Snapshot(label="test", revision=None, files=listed, read=content)
    return read(snapshot, Library(Cache(None)), "", Application("main.py", "app", None, "given"), target)


def document(text: str, target: Target = V2, **files: str) -> dict[str, Any]:
    found = contract({"main.py": text, **{name.replace("__", "/"): body for name, body in files.items()}}, target)
    assert not found.gaps
    return found.document


def properties(found: dict[str, Any], name: str) -> dict[str, Any]:
    listed = found["components"]["schemas"][name].get("properties", {})
    return {k: {n: x for n, x in v.items() if n not in ("title", "x-origin")} for k, v in listed.items()}


ROUTER = """
    from fastapi import APIRouter
    router = APIRouter()
    @router.get("/{name}")
    def {name}(): ...
"""


# --- metaclasses -------------------------------------------------------------------------------


def test_a_metaclass_makes_every_field_optional() -> None:
    found = document("""
        from typing import Optional
        from fastapi import FastAPI
        from pydantic import BaseModel
        from pydantic._internal._model_construction import ModelMetaclass
        class AllOptional(ModelMetaclass):
            def __new__(mcs, name, bases, namespace, **kwargs):
                annotations = namespace.get("__annotations__", {})
                for base in bases:
                    annotations.update(base.__annotations__)
                for field in annotations:
                    annotations[field] = Optional[annotations[field]]
                    namespace.setdefault(field, None)
                namespace["__annotations__"] = annotations
                return super().__new__(mcs, name, bases, namespace, **kwargs)
        class Item(BaseModel):
            name: str
        class Changed(Item, metaclass=AllOptional):
            size: int
        app = FastAPI()
        @app.patch("/items")
        def change(item: Changed) -> Item: ...
    """)
    assert properties(found, "Changed") == {
        "name": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "size": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    }
    assert "required" not in found["components"]["schemas"]["Changed"]


def test_a_metaclass_registers_classes_and_sets_attributes() -> None:
    found = document("""
        from fastapi import FastAPI
        class Registry(type):
            known = {}
            def __new__(mcs, name, bases, namespace):
                made = super().__new__(mcs, name, bases, namespace)
                if bases:
                    mcs.known[name.lower()] = made
                return made
            def __init__(cls, name, bases, namespace):
                super().__init__(name, bases, namespace)
                cls.path = f"/{name.lower()}"
        class Handler(metaclass=Registry):
            def handle(self): ...
        class One(Handler): ...
        Two = Registry("Two", (Handler,), {})
        app = FastAPI()
        for handler in Registry.known.values():
            app.add_api_route(handler.path, handler().handle)
    """)
    assert list(found["paths"]) == ["/one", "/two"]


def test_annotations_of_a_class_may_be_changed_in_place() -> None:
    found = document("""
        from fastapi import FastAPI
        from pydantic import BaseModel
        class Numbered(BaseModel):
            def __init_subclass__(cls, **options):
                cls.__annotations__["number"] = int
        class Item(Numbered):
            name: "str"
        app = FastAPI()
        @app.post("/items")
        def make(item: Item): ...
    """)
    assert properties(found, "Item") == {"name": {"type": "string"}, "number": {"type": "integer"}}


# --- what the project starts with --------------------------------------------------------------


def test_arguments_of_the_command_have_their_defaults() -> None:
    found = document("""
        import argparse
        from fastapi import FastAPI
        parser = argparse.ArgumentParser()
        parser.add_argument("--url-prefix", default="/api")
        parser.add_argument("--top", type=int, default="5")
        parser.add_argument("--debug", action="store_true")
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--no-docs", dest="docs", action="store_false")
        args, _ = parser.parse_known_args()
        app = FastAPI()
        @app.get(args.url_prefix + "/items")
        def items(top: int = args.top): ...
        if args.debug:
            @app.get("/debug")
            def debug(): ...
        if args.docs:
            @app.get("/described")
            def described(): ...
    """)
    assert list(found["paths"]) == ["/api/items", "/described"]
    assert found["paths"]["/api/items"]["get"]["parameters"][0]["schema"]["default"] == 5


def test_an_argument_that_must_be_given_is_not_known() -> None:
    found = document("""
        import argparse
        from fastapi import FastAPI
        parser = argparse.ArgumentParser()
        parser.add_argument("model")
        args = parser.parse_args()
        app = FastAPI()
        @app.get("/items")
        def items(model: str = args.model): ...
    """)
    assert "x-unknown" in found["paths"]["/items"]["get"]["parameters"][0]["schema"]


def test_files_of_the_project_are_read() -> None:
    found = contract(
        {
            "main.py": """
                import json, os, pathlib, tomllib, yaml
                from fastapi import FastAPI
                HERE = pathlib.Path(__file__).parent
                app = FastAPI()
                with open(os.path.join(os.path.dirname(__file__), "routes.yaml"), encoding="utf-8") as file:
                    for route in yaml.safe_load(file)["routes"]:
                        app.add_api_route(route["path"], lambda: None, methods=route["methods"])
                with open("settings.toml", "rb") as file:
                    prefix = tomllib.load(file)["api"]["prefix"]
                names = json.loads((HERE / "names.json").read_text())
                for name in names:
                    app.add_api_route(prefix + name, lambda: None)
            """,
            "routes.yaml": """
                # of the application
                routes:
                  - path: /a
                    methods: [GET, POST]
                  - {path: "/b", methods: ['PUT']}
            """,
            "settings.toml": '[api]\nprefix = "/v1"\n',
            "names.json": '["/x", "/y"]',
        }
    )
    assert not found.gaps
    assert {path: list(item) for path, item in found.document["paths"].items()} == {
        "/a": ["get", "post"], "/b": ["put"], "/v1/x": ["get"], "/v1/y": ["get"],
    }  # fmt: skip


def test_a_file_that_is_not_there_is_not_known() -> None:
    found = contract({"main.py": "from fastapi import FastAPI\napp = FastAPI(title=open('title.txt').read())\n"})
    assert found.document["info"]["title"] == "{?}"


def test_folders_are_walked() -> None:
    files = {
        "main.py": """
            import importlib, json, os, pkgutil
            from pathlib import Path
            from fastapi import FastAPI
            import plugins
            HERE = Path(__file__).parent
            app = FastAPI()
            for name in sorted(os.listdir(HERE / "plugins")):
                if os.path.isdir(os.path.join(HERE, "plugins", name)) and not name.startswith("_"):
                    prefix = json.loads((HERE / "plugins" / name / "plugin.json").read_text())["prefix"]
                    app.include_router(importlib.import_module(f"plugins.{name}.api").router, prefix=prefix)
            for root, folders, files in os.walk(HERE / "more"):
                for file in sorted(files):
                    if file.endswith(".py") and file != "__init__.py":
                        inner = os.path.relpath(os.path.join(root, file), HERE)
                        app.include_router(importlib.import_module(inner[:-3].replace(os.sep, ".")).router)
        """,
        "plugins/__init__.py": "",
        "plugins/one/__init__.py": "",
        "plugins/one/api.py": ROUTER.replace("{name}", "first"),
        "plugins/one/plugin.json": '{"prefix": "/one"}',
        "more/deep/second.py": ROUTER.replace("{name}", "second"),
    }
    found = contract(files)
    assert not found.gaps
    assert list(found.document["paths"]) == ["/one/first", "/second"]


def test_names_of_a_function_and_of_a_module_as_a_dictionary() -> None:
    found = document("""
        from fastapi import APIRouter, FastAPI
        def given(prefix, tags=None, **rest):
            return {k: v for k, v in locals().items() if k != "rest" and v is not None}
        globals()["router"] = APIRouter(**given("/in", other=1))
        @router.get("/x")
        def x(): ...
        app = FastAPI()
        app.include_router(router)
    """)
    assert list(found["paths"]) == ["/in/x"]


# --- libraries ---------------------------------------------------------------------------------


def test_everything_imported_from_a_library_that_is_not_known() -> None:
    found = contract(
        {
            "main.py": """
                from fastapi import FastAPI
                from compat import Thing
                app = FastAPI()
                @app.get("/things", response_model=Thing)
                def things(): ...
            """,
            "compat.py": "from some_library.things import *\n",
        }
    )
    assert not found.gaps
    assert "some_library.things.Thing" in str(found.document["paths"])


def test_names_of_typing_that_the_frameworks_import_themselves() -> None:
    found = document(
        """
        from fastapi import FastAPI
        from pydantic import BaseModel
        from pydantic.fields import List, Optional
        class Item(BaseModel):
            tags: List[str]
            name: Optional[str]
        app = FastAPI()
        @app.post("/items")
        def make(item: Item): ...
        """,
        V1,
    )
    assert properties(found, "Item") == {
        "tags": {"type": "array", "items": {"type": "string"}},
        "name": {"type": "string"},
    }


def test_a_type_as_the_value_of_an_attribute_is_no_field_of_pydantic_1() -> None:
    found = document(
        """
        from fastapi import FastAPI
        from pydantic import BaseModel
        class Item(BaseModel):
            id = int
            size = 3
        app = FastAPI()
        @app.post("/items")
        def make(item: Item): ...
        """,
        V1,
    )
    assert properties(found, "Item") == {"size": {"type": "integer", "default": 3}}


def test_containers_of_dependencies() -> None:
    found = document("""
        from fastapi import APIRouter, Depends, FastAPI
        from dependency_injector import containers, providers
        from dependency_injector.wiring import Provide, inject
        class Service:
            def __init__(self, limit: int = 0): ...
        class Container(containers.DeclarativeContainer):
            config = providers.Configuration()
            service = providers.Singleton(Service, limit=config.limit)
            router = providers.Singleton(APIRouter, prefix="/in")
        container = Container()
        container.config.from_dict({"limit": 5})
        app = FastAPI()
        @container.router().get("/injected")
        @inject
        def injected(service: Service = Depends(Provide[Container.service]), top: int = container.config.limit()): ...
        app.include_router(container.router())
        @app.get("/plain")
        def plain(service: Service = Depends(Container.service)): ...
    """)
    (top,) = found["paths"]["/in/injected"]["get"]["parameters"]
    assert (top["name"], top["schema"]["default"]) == ("top", 5)
    assert [p["name"] for p in found["paths"]["/plain"]["get"]["parameters"]] == ["args", "kwargs"]


def test_documents_of_odmantic() -> None:
    found = document("""
        from typing import Optional
        from fastapi import FastAPI
        from odmantic import EmbeddedModel, Field, Model, ObjectId, Reference
        class City(EmbeddedModel):
            name: str
        class Publisher(Model):
            code: str = Field(primary_field=True, min_length=2)
        class Book(Model):
            city: City
            publisher: Publisher = Reference()
        app = FastAPI()
        @app.post("/books/{author}")
        def make(author: ObjectId, book: Book) -> Book: ...
    """)
    assert list(properties(found, "Book")) == ["city", "publisher", "id"]
    assert found["components"]["schemas"]["Book"]["required"] == ["city", "publisher"]
    assert properties(found, "Publisher") == {"code": {"type": "string", "minLength": 2}}
    assert found["paths"]["/books/{author}"]["post"]["parameters"][0]["schema"]["type"] == "string"


# --- the YAML that is read ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, value",
    [
        ("a: 1\nb: [x, 'y z', {c: yes}]\n", {"a": 1, "b": ["x", "y z", {"c": True}]}),
        ("a:\n- 1\n- b: 2\n  c: ~\nd: 1.5\n", {"a": [1, {"b": 2, "c": None}], "d": 1.5}),
        ("---\na: |\n  one\n   two\n\nb: >-\n  three\n  four\n", {"a": "one\n two\n", "b": "three four"}),
        ("url: http://x/y#z # comment\nkey: a b\n  c\n", {"url": "http://x/y#z", "key": "a b c"}),
        ('a: "x\\ty"\n"b c": {}\nd:\n', {"a": "x\ty", "b c": {}, "d": None}),
        ("a: [1,\n  2]\n", {"a": [1, 2]}),
        ("- - 1\n  - 2\n- 3\n", [[1, 2], 3]),
        ("", None),
    ],
)
def test_yaml(text: str, value: object) -> None:
    assert yaml_text.load(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\nb: *x\n",
        "a: !env X\n",
        "a: 2020-01-01\n",
        "a: 1\n---\nb: 2\n",
        "a: {[x]: 1}\n",
        "a: b: c\n",
        "a: 010\n",
    ],
)
def test_more_of_yaml_is_refused(text: str) -> None:
    with pytest.raises(yaml_text.YamlError):
        yaml_text.load(text)


def test_the_models_of_libraries_are_python() -> None:
    """Each is read by the same grammar as the project, so that a mistake in one shows here."""
    stubs = Path(yaml_text.__file__).parents[1] / "stubs"
    for path in (*stubs.glob("argparse/*.py"), *stubs.glob("dependency_injector/*.py"), *stubs.glob("odmantic/*.py")):
        compile(path.read_text(), str(path), "exec")


# --- modules -----------------------------------------------------------------------------------


def test_modules_that_are_imported_by_a_call() -> None:
    found = contract(
        {
            "main.py": """
                from fastapi import FastAPI
                app = FastAPI()
                for name in ("first", "second"):
                    app.include_router(__import__(f"routes.{name}", fromlist=["router"]).router, prefix=f"/{name}")
                app.include_router(__import__("routes.first").router)
            """,
            "routes/__init__.py": "from routes.second import router\n",
            "routes/first.py": ROUTER.replace("{name}", "x"),
            "routes/second.py": ROUTER.replace("{name}", "y"),
        }
    )
    assert not found.gaps
    assert list(found.document["paths"]) == ["/first/x", "/second/y", "/y"]


def test_a_library_may_give_a_module_its_names() -> None:
    found = contract(
        {
            "main.py": """
                from fastapi import FastAPI
                from thing_pb2 import Thing
                app = FastAPI()
                @app.get("/things", response_model=Thing)
                def things(): ...
            """,
            "thing_pb2.py": "from google.protobuf import builder\nnames = globals()\nbuilder.build(1, names)\n",
        }
    )
    assert not found.gaps
    assert "thing_pb2.Thing" in str(found.document["paths"])
