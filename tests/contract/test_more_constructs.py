"""More ways in which real projects build their application: import roots, enumerations, defaults, types at run time."""

import textwrap
from typing import Any

from byte.extract.cache import Cache
from byte.extract.contract.read import read
from byte.extract.library import Library
from byte.model.contract import Application, Contract, Target
from tests.extract.projects import snapshot

V2 = Target((0, 141, 1), (2, 14, 3), "given", "given")
V1 = Target((0, 95, 2), (1, 10, 8), "given", "given")


def contract(files: dict[str, str], path: str, target: Target = V2) -> Contract:
    texts = {name: textwrap.dedent(text) for name, text in files.items()}
    return read(snapshot(texts), Library(Cache(None)), "", Application(path, "app", None, "given"), target)


def document(text: str, target: Target = V2) -> dict[str, Any]:
    found = contract({"main.py": text}, "main.py", target)
    assert not found.gaps
    return found.document


def properties(found: dict[str, Any], name: str) -> dict[str, Any]:
    listed = found["components"]["schemas"][name]["properties"]
    return {k: {n: x for n, x in v.items() if n not in ("title", "x-origin")} for k, v in listed.items()}


# --- where modules are imported from -----------------------------------------------------------


def test_the_import_root_is_where_whole_module_names_are_found() -> None:
    found = contract(
        {
            "src/server/__init__.py": "",
            "src/base/server/__init__.py": "",
            "src/base/server/routes.py": """
                from fastapi import APIRouter
                router = APIRouter()
                @router.get("/there")
                def there(): ...
            """,
            "src/base/server/main.py": """
                from fastapi import FastAPI
                from server.routes import router
                app = FastAPI()
                app.include_router(router)
            """,
        },
        path="src/base/server/main.py",
    )
    assert list(found.document["paths"]) == ["/there"]


def test_distributions_share_a_folder_that_is_no_package() -> None:
    found = contract(
        {
            "src/core/acme/core/__init__.py": "",
            "src/core/acme/core/routes.py": """
                from fastapi import APIRouter
                router = APIRouter()
                @router.get("/core")
                def core(): ...
            """,
            "src/web/acme/web/__init__.py": "",
            "src/web/acme/web/main.py": """
                from acme.core.routes import router
                from fastapi import FastAPI
                app = FastAPI()
                app.include_router(router)
            """,
        },
        path="src/web/acme/web/main.py",
    )
    assert list(found.document["paths"]) == ["/core"]
    assert not found.gaps


def test_a_folder_inside_another_package_hides_no_library() -> None:
    found = contract(
        {
            "libs/kit/__init__.py": "",
            "libs/kit/clients/openai/__init__.py": "VERSION = 1",
            "app/main.py": """
                from fastapi import FastAPI
                from openai import AsyncOpenAI, VERSION
                app = FastAPI()
                @app.get("/")
                def ask(): ...
            """,
        },
        path="app/main.py",
    )
    assert not found.gaps


# --- enumerations, objects, types --------------------------------------------------------------


def test_members_of_an_enumeration_are_made_by_its_own_new() -> None:
    found = document("""
        import enum
        from fastapi import FastAPI
        from pydantic import BaseModel

        class Label(str, enum.Enum):
            def __new__(cls, value: str, text: str = ""):
                made = str.__new__(cls, value)
                made._value_ = value
                made.text = text
                return made
            spam = "spam", "unwanted"
            fine = "fine"

        class Code(int, enum.Enum):
            def __new__(cls, value: int, text: str):
                made = int.__new__(cls, value)
                made._value_ = value
                return made
            first = 1, "one"
            second = 2, "two"

        class Review(BaseModel):
            labels: list[Label] = [Label.spam]
            code: Code = Code.first

        app = FastAPI()
        @app.post("/")
        def review(body: Review): ...
    """)
    schemas = found["components"]["schemas"]
    assert schemas["Label"]["enum"] == ["spam", "fine"]
    assert schemas["Code"]["enum"] == [1, 2]
    assert properties(found, "Review")["labels"]["default"] == ["spam"]
    assert properties(found, "Review")["code"]["default"] == 1


def test_an_optional_field_of_pydantic_1_is_none_where_its_model_is_a_default() -> None:
    found = document(
        """
        from typing import Any, Optional
        from fastapi import FastAPI
        from pydantic import BaseModel, Field

        class Limits(BaseModel):
            cpu: Optional[str]
            memory: Optional[str] = Field(description="bytes")
            anything: Any
            disk: int = 1

        class Job(BaseModel):
            limits: Limits = Limits()
            held: bool = Limits().cpu is None

        app = FastAPI()
        @app.post("/")
        def run(body: Job): ...
        """,
        V1,
    )
    assert properties(found, "Job")["limits"]["default"] == {"disk": 1}
    assert properties(found, "Job")["held"]["default"] is True


def test_a_type_is_compared_with_those_of_the_types_module() -> None:
    found = document("""
        from types import UnionType
        from typing import Union, get_origin
        from fastapi import FastAPI
        from pydantic import BaseModel, create_model

        class Item(BaseModel):
            name: str
            size: int | None

        def optional():
            out = {}
            for name, field in Item.model_fields.items():
                type_ = field.annotation
                if get_origin(type_) not in (Union, UnionType):
                    type_ = type_ | None
                out[name] = (type_, None)
            return out

        Change = create_model("Change", **optional())
        app = FastAPI()
        @app.patch("/")
        def change(body: Change): ...
    """)
    assert properties(found, "Change") == {
        "name": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "size": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    }


def test_the_response_model_is_read_from_the_annotation_as_fastapi_does() -> None:
    found = document("""
        from typing import Generic, TypeVar, get_args
        from fastapi import FastAPI
        from fastapi.dependencies.utils import get_typed_return_annotation
        from fastapi.responses import JSONResponse
        from pydantic import BaseModel

        T = TypeVar("T")
        class Answer(JSONResponse, Generic[T]): ...
        class Item(BaseModel):
            name: str

        def answering(method, **given):
            def decorate(endpoint):
                model = get_args(get_typed_return_annotation(endpoint))[0]
                return method(**given, response_model=model)(endpoint)
            return decorate

        app = FastAPI()
        @answering(app.get, path="/")
        def item() -> "Answer[Item]": ...
    """)
    answer = found["paths"]["/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/Item"}


def test_the_limits_of_a_number_type_are_known() -> None:
    found = document("""
        import numpy as np
        from fastapi import FastAPI, Query

        MOST = np.iinfo(np.uint32).max
        app = FastAPI()
        @app.get("/")
        def draw(seed: int = Query(0, le=MOST, ge=np.iinfo(np.int8).min)): ...
    """)
    schema = found["paths"]["/"]["get"]["parameters"][0]["schema"]
    assert (schema["minimum"], schema["maximum"]) == (-128, 4294967295)


def test_members_that_code_puts_into_the_names_of_the_body_count() -> None:
    found = document("""
        import enum
        from fastapi import FastAPI

        class Axis(enum.Enum):
            X = 0
            Y = 1
            Z = 0

        class Motor(str, enum.Enum):
            _ignore_ = "Motor _name"
            Motor = vars()
            for _name in Axis.__members__:
                Motor[_name] = _name.lower()

        app = FastAPI()
        @app.get("/{motor}")
        def motor(motor: Motor): ...
    """)
    assert found["components"]["schemas"]["Motor"]["enum"] == ["x", "y", "z"]


# --- names of parametrised models --------------------------------------------------------------


def test_a_name_shows_how_a_type_was_written() -> None:
    text = """
        from typing import Dict, Generic, List, TypeVar
        from fastapi import FastAPI
        from pydantic import BaseModel

        T = TypeVar("T")
        class Page(BaseModel, Generic[T]):
            items: T

        app = FastAPI()
        @app.get("/1")
        def one() -> Page[List[int]]: ...
        @app.get("/2")
        def two() -> Page[list[str]]: ...
        @app.get("/3", response_model=Page[Dict[str, list[T]]][int])
        def three(): ...
    """
    names = ["Page_Dict_str__list_int___", "Page_List_int__", "Page_list_str__"]
    assert list(document(text)["components"]["schemas"]) == names
    text = text.replace("pydantic import BaseModel", "pydantic.generics import GenericModel")
    assert list(document(text.replace("BaseModel", "GenericModel"), V1)["components"]["schemas"]) == names


def test_a_generic_model_of_pydantic_1_belongs_to_the_module_that_asks_for_it() -> None:
    routes = """
        from fastapi import APIRouter
        from pydantic import BaseModel
        from shapes import Box

        class Item(BaseModel):
            {field}: int

        router = APIRouter()
        @router.get("/{field}", response_model=Box[Item])
        def get(): ...
    """
    found = contract(
        {
            "main.py": """
                from fastapi import FastAPI
                import one, two
                app = FastAPI()
                app.include_router(one.router)
                app.include_router(two.router)
            """,
            "shapes.py": """
                from typing import Generic, TypeVar
                from pydantic.generics import GenericModel
                T = TypeVar("T")
                class Box(GenericModel, Generic[T]):
                    inside: T
            """,
            "one.py": routes.replace("{field}", "first"),
            "two.py": routes.replace("{field}", "second"),
        },
        "main.py",
        V1,
    ).document
    assert list(found["components"]["schemas"]) == ["one__Box[Item]", "one__Item", "two__Box[Item]", "two__Item"]


def test_an_optional_none_is_a_model_and_none_is_not() -> None:
    found = document(
        """
        from typing import Optional
        from fastapi import FastAPI
        app = FastAPI()
        @app.get("/none")
        def none() -> None: ...
        @app.get("/null")
        def null() -> Optional[None]: ...
        """
    )
    schemas = [
        found["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        for path in ("/none", "/null")
    ]
    assert (schemas[0], schemas[1]["type"]) == ({}, "null")
