"""The schemas of Pydantic 2: what real Pydantic and FastAPI wrote for these models, once, is what Byte reads."""

import textwrap
from typing import Any

import pytest

from byte.extract.cache import Cache
from byte.extract.contract import evaluation
from byte.extract.contract.fields import Mode, ModelField, Schema
from byte.extract.contract.pydantic2 import Pydantic2Schemas
from byte.extract.evaluate.interpreter import Target
from byte.extract.evaluate.source import Source
from byte.extract.evaluate.values import EMPTY, Class, Place
from byte.extract.library import Library
from tests.extract.projects import snapshot

HEAD = """\
from pydantic import *
import dataclasses
import datetime
import decimal
import enum
from typing import *

import typing_extensions
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import core_schema
"""
LATEST = Target((0, 141, 1), (2, 14, 3))
"""Versions that wrote the expected schemas below."""


def written(text: str, target: Target = LATEST, **files: str) -> tuple[dict[str, Schema], list[Schema], dict[str, Any]]:
    """The components, the schemas of the types in `IN` and `OUT`, and the names of the module."""
    texts = {"app.py": HEAD + textwrap.dedent(text)} | {f"{name}.py": textwrap.dedent(t) for name, t in files.items()}
    interp = evaluation.interpreter(Source(snapshot(texts), Library(Cache(None)), ""), target)
    with interp.deep():
        names = interp.import_module("app").scope.names
        schemas = Pydantic2Schemas(interp)
        fields = [field(f"in{n}", t, "validation") for n, t in enumerate(names.get("IN", []))]
        fields += [field(f"out{n}", t, "serialization") for n, t in enumerate(names.get("OUT", []))]
        for one in fields:
            schemas.add(one)
        components = schemas.build()
        return components, [schemas.schema(one) for one in fields], names


def field(name: str, type_: Any, mode: Mode) -> ModelField:
    return ModelField(name, name, type_, None, EMPTY, mode, Place("app.py", 1))


def without_origins(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_origins(v) for k, v in value.items() if k != "x-origin"}
    return [without_origins(v) for v in value] if isinstance(value, list) else value


def property_(components: dict[str, Schema], model: str, name: str) -> Any:
    return without_origins(components[model]["properties"][name])


SOURCES = {
    "plain fields": """
        class Item(BaseModel):
            '''An item.'''
            id: int
            name: str = "x"
            price: float | None = None
            tags: list[str] = []
            sizes: dict[str, int] = {}
            pair: tuple[int, str]
            many: set[int]
            at: datetime.datetime
            amount: decimal.Decimal
            data: bytes
            any: Any = None
        IN=[Item]
    """,
    "constraints and texts": """
        class Item(BaseModel):
            a: int = Field(gt=0, le=10, title="T", description="d", examples=[1])
            b: Annotated[str, Field(min_length=1, max_length=5, pattern="^a")] = "ab"
            c: list[Annotated[int, Field(ge=1)]] = Field([], max_length=3)
            d: Optional[int] = Field(None, gt=3, deprecated=True, json_schema_extra={"x": 1})
            e: dict[constr(pattern="^k"), PositiveInt]
            f: str = Field(exclude=True, default="")
        IN=[Item]
        OUT=[Item]
    """,
    "aliases": """
        class Item(BaseModel):
            model_config = ConfigDict(alias_generator=to_camel, title="Thing", extra="forbid")
            first_name: str
            last_name: str = Field(alias="last")
            zip_code: int = Field(1, validation_alias=AliasChoices("zip", "postal"), serialization_alias="z")
        IN=[Item]
        OUT=[Item]
    """,
    "inheritance": """
        class Base(BaseModel):
            id: int
            name: str = "x"
        class Item(Base):
            name: int
            note: ClassVar[str] = "no field"
            _hidden: int = 1
            more: "Item | None" = None
        IN=[Item]
    """,
    "generic models": """
        T = TypeVar("T")
        class Row(BaseModel):
            x: int
        class Page(BaseModel, Generic[T]):
            items: list[T]
            first: T | None = None
        class Rows(Page[Row]):
            total: int
        IN=[Page[Row], Page[int], Page[Optional[Row]]]
        OUT=[Rows]
    """,
    "discriminated unions": """
        class Cat(BaseModel):
            kind: Literal["cat"]
        class Dog(BaseModel):
            kind: Literal["dog", "wolf"] = "dog"
            pets: list["Pet"] = []
        Pet = Annotated[Union[Cat, Dog], Field(discriminator="kind")]
        Dog.model_rebuild()
        IN=[Pet, Optional[Pet]]
    """,
    "enumerations": """
        class Color(str, enum.Enum):
            '''Colours.'''
            red = "r"
            blue = "b"
        class Item(BaseModel):
            color: Color = Color.red
            one: Literal[Color.blue]
            by: dict[Color, int] = {Color.red: 1}
        IN=[Item]
    """,
    "what is not a model": """
        class Options(typing_extensions.TypedDict, total=False):
            '''Options.'''
            a: typing_extensions.Required[int]
            b: str
        class Point(NamedTuple):
            x: int
            y: int = 0
        @dataclasses.dataclass
        class Box:
            size: int
            inside: list[Point] = dataclasses.field(default_factory=list)
        class Names(RootModel[list[str]]):
            pass
        class Item(BaseModel):
            options: Options
            box: Box
            names: Names = Names(["a"])
        IN=[Item]
    """,
    "input and output": """
        class Part(BaseModel):
            size: int = 1
            @computed_field
            @property
            def double(self) -> int:
                return self.size * 2
        class Same(BaseModel):
            x: int = 1
        class Item(BaseModel):
            part: Part
            same: Same
            at: datetime.datetime
            @field_serializer("at")
            def seconds(self, value) -> float:
                return value.timestamp()
        IN=[Item]
        OUT=[Item]
    """,
    "markers": """
        class Item(BaseModel):
            a: Annotated[int, BeforeValidator(lambda v: v, json_schema_input_type=str)]
            b: Annotated[int, PlainSerializer(str, return_type=str)] = 1
            c: Annotated[object, WithJsonSchema({"type": "string", "format": "c"})]
            d: int | SkipJsonSchema[None] = None
            e: SecretStr
            f: HttpUrl
            g: Json[list[int]]
            h: EmailStr
        IN=[Item]
        OUT=[Item]
    """,
    "own schemas": """
        class Id:
            @classmethod
            def __get_pydantic_core_schema__(cls, source, handler):
                return core_schema.no_info_after_validator_function(cls, handler(str))
            @classmethod
            def __get_pydantic_json_schema__(cls, schema, handler):
                out = handler(schema)
                out["format"] = "id"
                return out
        class Item(BaseModel):
            model_config = ConfigDict(json_schema_extra=lambda schema: schema.update(extra=1))
            id: Id
        IN=[Item, Optional[Id]]
    """,
    "models made by a call": """
        class Base(BaseModel):
            a: int
        Made = create_model("Made", __base__=Base, b=(str, "x"), c=(Optional[int], Field(None, gt=1)))
        IN=[Made]
    """,
}
COMPONENTS: dict[str, dict[str, Any]] = {
    "plain fields": {
        "Item": {
            "description": "An item.",
            "properties": {
                "id": {"title": "Id", "type": "integer"},
                "name": {"default": "x", "title": "Name", "type": "string"},
                "price": {"anyOf": [{"type": "number"}, {"type": "null"}], "default": None, "title": "Price"},
                "tags": {"default": [], "items": {"type": "string"}, "title": "Tags", "type": "array"},
                "sizes": {
                    "additionalProperties": {"type": "integer"},
                    "default": {},
                    "title": "Sizes",
                    "type": "object",
                },
                "pair": {
                    "maxItems": 2,
                    "minItems": 2,
                    "prefixItems": [{"type": "integer"}, {"type": "string"}],
                    "title": "Pair",
                    "type": "array",
                },
                "many": {"items": {"type": "integer"}, "title": "Many", "type": "array", "uniqueItems": True},
                "at": {"format": "date-time", "title": "At", "type": "string"},
                "amount": {"anyOf": [{"type": "number"}, {"type": "string"}], "title": "Amount"},
                "data": {"contentMediaType": "application/octet-stream", "title": "Data", "type": "string"},
                "any": {"default": None, "title": "Any"},
            },
            "required": ["id", "pair", "many", "at", "amount", "data"],
            "title": "Item",
            "type": "object",
        }
    },
    "constraints and texts": {
        "Item-Input": {
            "properties": {
                "a": {
                    "description": "d",
                    "examples": [1],
                    "exclusiveMinimum": 0,
                    "maximum": 10,
                    "title": "T",
                    "type": "integer",
                },
                "b": {"default": "ab", "maxLength": 5, "minLength": 1, "pattern": "^a", "title": "B", "type": "string"},
                "c": {
                    "default": [],
                    "items": {"minimum": 1, "type": "integer"},
                    "maxItems": 3,
                    "title": "C",
                    "type": "array",
                },
                "d": {
                    "anyOf": [{"exclusiveMinimum": 3, "type": "integer"}, {"type": "null"}],
                    "default": None,
                    "deprecated": True,
                    "title": "D",
                    "x": 1,
                },
                "e": {
                    "patternProperties": {"^k": {"exclusiveMinimum": 0, "type": "integer"}},
                    "title": "E",
                    "type": "object",
                },
                "f": {"default": "", "title": "F", "type": "string"},
            },
            "required": ["a", "e"],
            "title": "Item",
            "type": "object",
        },
        "Item-Output": {
            "properties": {
                "a": {
                    "description": "d",
                    "examples": [1],
                    "exclusiveMinimum": 0,
                    "maximum": 10,
                    "title": "T",
                    "type": "integer",
                },
                "b": {"default": "ab", "maxLength": 5, "minLength": 1, "pattern": "^a", "title": "B", "type": "string"},
                "c": {
                    "default": [],
                    "items": {"minimum": 1, "type": "integer"},
                    "maxItems": 3,
                    "title": "C",
                    "type": "array",
                },
                "d": {
                    "anyOf": [{"exclusiveMinimum": 3, "type": "integer"}, {"type": "null"}],
                    "default": None,
                    "deprecated": True,
                    "title": "D",
                    "x": 1,
                },
                "e": {
                    "patternProperties": {"^k": {"exclusiveMinimum": 0, "type": "integer"}},
                    "title": "E",
                    "type": "object",
                },
            },
            "required": ["a", "e"],
            "title": "Item",
            "type": "object",
        },
    },
    "aliases": {
        "Item-Input": {
            "additionalProperties": False,
            "properties": {
                "firstName": {"title": "Firstname", "type": "string"},
                "last": {"title": "Last", "type": "string"},
                "zip": {"default": 1, "title": "Zip", "type": "integer"},
            },
            "required": ["firstName", "last"],
            "title": "Thing",
            "type": "object",
        },
        "Item-Output": {
            "additionalProperties": False,
            "properties": {
                "firstName": {"title": "Firstname", "type": "string"},
                "last": {"title": "Last", "type": "string"},
                "z": {"default": 1, "title": "Z", "type": "integer"},
            },
            "required": ["firstName", "last"],
            "title": "Thing",
            "type": "object",
        },
    },
    "inheritance": {
        "Item": {
            "properties": {
                "id": {"title": "Id", "type": "integer"},
                "name": {"title": "Name", "type": "integer"},
                "more": {"anyOf": [{"$ref": "#/components/schemas/Item"}, {"type": "null"}], "default": None},
            },
            "required": ["id", "name"],
            "title": "Item",
            "type": "object",
        }
    },
    "generic models": {
        "Page_Row_": {
            "properties": {
                "items": {"items": {"$ref": "#/components/schemas/Row"}, "title": "Items", "type": "array"},
                "first": {"anyOf": [{"$ref": "#/components/schemas/Row"}, {"type": "null"}], "default": None},
            },
            "required": ["items"],
            "title": "Page[Row]",
            "type": "object",
        },
        "Page_Union_Row__NoneType__": {
            "properties": {
                "items": {
                    "items": {"anyOf": [{"$ref": "#/components/schemas/Row"}, {"type": "null"}]},
                    "title": "Items",
                    "type": "array",
                },
                "first": {"anyOf": [{"$ref": "#/components/schemas/Row"}, {"type": "null"}], "default": None},
            },
            "required": ["items"],
            "title": "Page[Union[Row, NoneType]]",
            "type": "object",
        },
        "Page_int_": {
            "properties": {
                "items": {"items": {"type": "integer"}, "title": "Items", "type": "array"},
                "first": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None, "title": "First"},
            },
            "required": ["items"],
            "title": "Page[int]",
            "type": "object",
        },
        "Row": {
            "properties": {"x": {"title": "X", "type": "integer"}},
            "required": ["x"],
            "title": "Row",
            "type": "object",
        },
        "Rows": {
            "properties": {
                "items": {"items": {"$ref": "#/components/schemas/Row"}, "title": "Items", "type": "array"},
                "first": {"anyOf": [{"$ref": "#/components/schemas/Row"}, {"type": "null"}], "default": None},
                "total": {"title": "Total", "type": "integer"},
            },
            "required": ["items", "total"],
            "title": "Rows",
            "type": "object",
        },
    },
    "discriminated unions": {
        "Cat": {
            "properties": {"kind": {"const": "cat", "title": "Kind", "type": "string"}},
            "required": ["kind"],
            "title": "Cat",
            "type": "object",
        },
        "Dog": {
            "properties": {
                "kind": {"default": "dog", "enum": ["dog", "wolf"], "title": "Kind", "type": "string"},
                "pets": {
                    "default": [],
                    "items": {
                        "discriminator": {
                            "mapping": {
                                "cat": "#/components/schemas/Cat",
                                "dog": "#/components/schemas/Dog",
                                "wolf": "#/components/schemas/Dog",
                            },
                            "propertyName": "kind",
                        },
                        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
                    },
                    "title": "Pets",
                    "type": "array",
                },
            },
            "title": "Dog",
            "type": "object",
        },
    },
    "enumerations": {
        "Color": {"description": "Colours.", "enum": ["r", "b"], "title": "Color", "type": "string"},
        "Item": {
            "properties": {
                "color": {"$ref": "#/components/schemas/Color", "default": "r"},
                "one": {"const": "b", "title": "One", "type": "string"},
                "by": {
                    "additionalProperties": {"type": "integer"},
                    "default": {"r": 1},
                    "propertyNames": {"$ref": "#/components/schemas/Color"},
                    "title": "By",
                    "type": "object",
                },
            },
            "required": ["one"],
            "title": "Item",
            "type": "object",
        },
    },
    "what is not a model": {
        "Box": {
            "properties": {
                "size": {"title": "Size", "type": "integer"},
                "inside": {"items": {"$ref": "#/components/schemas/Point"}, "title": "Inside", "type": "array"},
            },
            "required": ["size"],
            "title": "Box",
            "type": "object",
        },
        "Item": {
            "properties": {
                "options": {"$ref": "#/components/schemas/Options"},
                "box": {"$ref": "#/components/schemas/Box"},
                "names": {"$ref": "#/components/schemas/Names", "default": ["a"]},
            },
            "required": ["options", "box"],
            "title": "Item",
            "type": "object",
        },
        "Names": {"items": {"type": "string"}, "title": "Names", "type": "array"},
        "Options": {
            "description": "Options.",
            "properties": {"a": {"title": "A", "type": "integer"}, "b": {"title": "B", "type": "string"}},
            "required": ["a"],
            "title": "Options",
            "type": "object",
        },
        "Point": {
            "maxItems": 2,
            "minItems": 1,
            "prefixItems": [{"title": "X", "type": "integer"}, {"default": 0, "title": "Y", "type": "integer"}],
            "type": "array",
        },
    },
    "input and output": {
        "Item-Input": {
            "properties": {
                "part": {"$ref": "#/components/schemas/Part-Input"},
                "same": {"$ref": "#/components/schemas/Same"},
                "at": {"format": "date-time", "title": "At", "type": "string"},
            },
            "required": ["part", "same", "at"],
            "title": "Item",
            "type": "object",
        },
        "Item-Output": {
            "properties": {
                "part": {"$ref": "#/components/schemas/Part-Output"},
                "same": {"$ref": "#/components/schemas/Same"},
                "at": {"title": "At", "type": "number"},
            },
            "required": ["part", "same", "at"],
            "title": "Item",
            "type": "object",
        },
        "Part-Input": {
            "properties": {"size": {"default": 1, "title": "Size", "type": "integer"}},
            "title": "Part",
            "type": "object",
        },
        "Part-Output": {
            "properties": {
                "size": {"default": 1, "title": "Size", "type": "integer"},
                "double": {"readOnly": True, "title": "Double", "type": "integer"},
            },
            "required": ["double"],
            "title": "Part",
            "type": "object",
        },
        "Same": {
            "properties": {"x": {"default": 1, "title": "X", "type": "integer"}},
            "title": "Same",
            "type": "object",
        },
    },
    "markers": {
        "Item-Input": {
            "properties": {
                "a": {"title": "A", "type": "string"},
                "b": {"default": 1, "title": "B", "type": "integer"},
                "c": {"format": "c", "title": "C", "type": "string"},
                "d": {"default": None, "title": "D", "type": "integer"},
                "e": {"format": "password", "title": "E", "type": "string", "writeOnly": True},
                "f": {"format": "uri", "maxLength": 2083, "minLength": 1, "title": "F", "type": "string"},
                "g": {
                    "contentMediaType": "application/json",
                    "contentSchema": {"items": {"type": "integer"}, "type": "array"},
                    "title": "G",
                    "type": "string",
                },
                "h": {"format": "email", "title": "H", "type": "string"},
            },
            "required": ["a", "c", "e", "f", "g", "h"],
            "title": "Item",
            "type": "object",
        },
        "Item-Output": {
            "properties": {
                "a": {"title": "A", "type": "integer"},
                "b": {"default": "1", "title": "B", "type": "string"},
                "c": {"format": "c", "title": "C", "type": "string"},
                "d": {"default": None, "title": "D", "type": "integer"},
                "e": {"format": "password", "title": "E", "type": "string", "writeOnly": True},
                "f": {"format": "uri", "maxLength": 2083, "minLength": 1, "title": "F", "type": "string"},
                "g": {"items": {"type": "integer"}, "title": "G", "type": "array"},
                "h": {"format": "email", "title": "H", "type": "string"},
            },
            "required": ["a", "c", "e", "f", "g", "h"],
            "title": "Item",
            "type": "object",
        },
    },
    "own schemas": {
        "Item": {
            "extra": 1,
            "properties": {"id": {"format": "id", "title": "Id", "type": "string"}},
            "required": ["id"],
            "title": "Item",
            "type": "object",
        }
    },
    "models made by a call": {
        "Made": {
            "properties": {
                "a": {"title": "A", "type": "integer"},
                "b": {"default": "x", "title": "B", "type": "string"},
                "c": {
                    "anyOf": [{"exclusiveMinimum": 1, "type": "integer"}, {"type": "null"}],
                    "default": None,
                    "title": "C",
                },
            },
            "required": ["a"],
            "title": "Made",
            "type": "object",
        }
    },
}
FIELDS: dict[str, list[Any]] = {
    "plain fields": [{"$ref": "#/components/schemas/Item"}],
    "constraints and texts": [
        {"$ref": "#/components/schemas/Item-Input"},
        {"$ref": "#/components/schemas/Item-Output"},
    ],
    "aliases": [{"$ref": "#/components/schemas/Item-Input"}, {"$ref": "#/components/schemas/Item-Output"}],
    "inheritance": [{"$ref": "#/components/schemas/Item"}],
    "generic models": [
        {"$ref": "#/components/schemas/Page_Row_"},
        {"$ref": "#/components/schemas/Page_int_"},
        {"$ref": "#/components/schemas/Page_Union_Row__NoneType__"},
        {"$ref": "#/components/schemas/Rows"},
    ],
    "discriminated unions": [
        {
            "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {
                    "cat": "#/components/schemas/Cat",
                    "dog": "#/components/schemas/Dog",
                    "wolf": "#/components/schemas/Dog",
                },
            },
            "title": "In0",
        },
        {
            "anyOf": [
                {
                    "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
                    "discriminator": {
                        "propertyName": "kind",
                        "mapping": {
                            "cat": "#/components/schemas/Cat",
                            "dog": "#/components/schemas/Dog",
                            "wolf": "#/components/schemas/Dog",
                        },
                    },
                },
                {"type": "null"},
            ],
            "title": "In1",
        },
    ],
    "enumerations": [{"$ref": "#/components/schemas/Item"}],
    "what is not a model": [{"$ref": "#/components/schemas/Item"}],
    "input and output": [{"$ref": "#/components/schemas/Item-Input"}, {"$ref": "#/components/schemas/Item-Output"}],
    "markers": [{"$ref": "#/components/schemas/Item-Input"}, {"$ref": "#/components/schemas/Item-Output"}],
    "own schemas": [
        {"$ref": "#/components/schemas/Item"},
        {"anyOf": [{"type": "string", "format": "id"}, {"type": "null"}], "title": "In1"},
    ],
    "models made by a call": [{"$ref": "#/components/schemas/Made"}],
}


@pytest.mark.parametrize("name", SOURCES)
def test_as_pydantic_writes_it(name: str) -> None:
    components, fields, _ = written(SOURCES[name])
    assert without_origins(components) == COMPONENTS[name]
    assert list(components) == list(COMPONENTS[name])
    for component, schema in components.items():
        assert list(schema.get("properties", {})) == list(COMPONENTS[name][component].get("properties", {}))
    assert fields == FIELDS[name]


def test_every_component_and_property_says_where_it_is_written() -> None:
    components, _, names = written(
        """
        class Base(BaseModel):
            a: int

        class Item(Base):
            b: (
                int
            )
            @computed_field
            @property
            def c(self) -> int:
                return 1

        OUT=[Item]
        """
    )
    first = HEAD.count("\n") + 2
    assert isinstance(names["Item"], Class)
    item = components["Item"]
    assert item["x-origin"] == f"app.py:{first + 3}"
    assert {k: v["x-origin"] for k, v in item["properties"].items()} == {
        "a": f"app.py:{first + 1}",
        "b": f"app.py:{first + 4}",
        "c": f"app.py:{first + 7}",
    }


def test_models_of_the_same_name_are_told_apart_by_module() -> None:
    components, fields, _ = written(
        """
        import left, right

        IN=[left.Item, right.Item, left.Same, right.Same]
        """,
        left="""
        from pydantic import BaseModel

        class Item(BaseModel):
            a: int

        class Same(BaseModel):
            x: int
        """,
        right="""
        from pydantic import BaseModel

        class Item(BaseModel):
            b: int

        class Same(BaseModel):
            x: int
        """,
    )
    assert list(components) == ["Same", "left__Item", "right__Item"]
    assert [f["$ref"].rpartition("/")[2] for f in fields] == ["left__Item", "right__Item", "Same", "Same"]


def test_what_is_not_known_is_marked_and_not_guessed() -> None:
    components, _, _ = written(
        """
        import somewhere

        class Plain: ...

        class Item(BaseModel):
            a: somewhere.Thing
            b: list[Plain] = []
            c: int = somewhere.number()
            d: Nothing = 1

        IN=[Item]
        """
    )
    first = HEAD.count("\n") + 2
    a, b, c, d = (property_(components, "Item", n) for n in "abcd")
    assert a == {
        "x-unknown": {"reason": "somewhere.Thing is a type of a library that is not known", "at": f"app.py:{first + 5}"}
    }
    assert b["items"]["x-unknown"]["at"] == f"app.py:{first + 2}"
    assert (c["type"], "default" in c, sorted(c["x-unknown"])) == ("integer", False, ["at", "reason"])
    assert "Nothing" in d["x-unknown"]["reason"]


OLD = """
class Item(BaseModel):
    one: Literal["a"]
    amount: decimal.Decimal
    data: bytes
    part: "Part" = Field(description="a part")
    by: dict[constr(min_length=2), Any]
class Part(BaseModel):
    x: int = 1
IN=[Item]
"""


@pytest.mark.parametrize(
    "target, one, text, data, part, by",
    [
        (
            Target((0, 103, 2), (2, 5, 3)),
            {"const": "a"},
            {"type": "string"},
            {"format": "binary"},
            {"allOf": [{"$ref": "#/components/schemas/Part"}], "description": "a part"},
            {},
        ),
        (
            Target((0, 115, 4), (2, 9, 2)),
            {"const": "a", "enum": ["a"], "type": "string"},
            {"type": "string"},
            {"format": "binary"},
            {"$ref": "#/components/schemas/Part", "description": "a part"},
            {},
        ),
        (
            Target((0, 120, 0), (2, 12, 4)),
            {"const": "a", "type": "string"},
            {"type": "string", "pattern": r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"},
            {"format": "binary"},
            {"$ref": "#/components/schemas/Part", "description": "a part"},
            {"additionalProperties": True, "propertyNames": {"minLength": 2}},
        ),
    ],
)
def test_older_versions_write_otherwise(
    target: Target, one: Schema, text: Schema, data: Schema, part: Schema, by: Schema
) -> None:
    components, _, _ = written(OLD, target)
    title = {k: {"title": k.title()} for k in ("one", "amount", "data", "by")}
    assert property_(components, "Item", "one") == {**one, **title["one"]}
    assert property_(components, "Item", "amount") == {"anyOf": [{"type": "number"}, text], **title["amount"]}
    assert property_(components, "Item", "data") == {"type": "string", **data, **title["data"]}
    assert property_(components, "Item", "part") == part
    assert property_(components, "Item", "by") == {"type": "object", **by, **title["by"]}


def test_the_schema_of_a_model_while_code_runs() -> None:
    _, _, names = written(
        """
        class Part(BaseModel):
            x: int

        class Item(BaseModel):
            part: Part

        WHOLE = Item.model_json_schema()
        LIST = TypeAdapter(list[Part]).json_schema(ref_template="#/here/{model}")
        """
    )
    part = {
        "properties": {"x": {"title": "X", "type": "integer"}},
        "required": ["x"],
        "title": "Part",
        "type": "object",
    }
    assert names["WHOLE"] == {
        "$defs": {"Part": part},
        "properties": {"part": {"$ref": "#/$defs/Part"}},
        "required": ["part"],
        "title": "Item",
        "type": "object",
    }
    assert names["LIST"] == {"$defs": {"Part": part}, "items": {"$ref": "#/here/Part"}, "type": "array"}


def test_a_thousand_models_are_quick_enough() -> None:
    lines = ["class M0(BaseModel):\n    a: int = 1"]
    lines += [f"class M{n}(BaseModel):\n    a: list['M{n - 1}'] = []\n    b: M{n // 2}" for n in range(1, 1000)]
    names = ", ".join(f"M{n}" for n in range(1000))
    components, fields, _ = written("\n".join([*lines, f"IN=[{names}]"]))
    assert len(components) == len(fields) == 1000
