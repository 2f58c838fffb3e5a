"""Models and their fields, as the class bodies declare them."""

import pytest

from byte.model import facts as f
from byte.model import syntax as s
from tests.extract.projects import project

HEAD = (
    "from dataclasses import dataclass\nfrom typing import Annotated, ClassVar, Optional\n"
    "from pydantic import BaseModel, ConfigDict, Field, constr\n"
)


def model(text: str, name: str = "M") -> f.Model | None:
    return project(HEAD + text).model(f"app/main.py::{name}")


FIELDS = {
    "required": ("a: int", "a: builtins.int *"),
    "default": ("a: int = 1", "a: builtins.int = 1"),
    "optional": ("a: int | None = None", "a: builtins.int? = None"),
    "optional but required": ("a: Optional[int]", "a: builtins.int? *"),
    "field": ("a: int = Field(1, ge=0)", "a: builtins.int = 1 [ge=0]"),
    "field, ellipsis": ("a: int = Field(..., ge=0)", "a: builtins.int * [ge=0]"),
    "field without default": ("a: int = Field(ge=0)", "a: builtins.int * [ge=0]"),
    "factory": ("a: list[int] = Field(default_factory=list)", "a: builtins.list [default_factory=list]"),
    "annotated": ("a: Annotated[int, Field(le=9)] = 2", "a: builtins.int = 2 [le=9]"),
    "annotated alias": ("a: Small", "a: builtins.int * [le=5]"),
    "constrained": ("a: constr(max_length=3)", "a: None * [max_length=3]"),
    "alias": ("a: int = Field(alias='A')", 'a: builtins.int * [alias="A"]'),
    "no field": ("a = 1", ""),
    "private": ("_a: int = 1", ""),
    "class variable": ("a: ClassVar[int] = 1", ""),
    "config": ("model_config: ConfigDict = ConfigDict()", ""),
    "inherited": ("a: int\nclass N(M):\n    b: int", "a: builtins.int *"),
}


@pytest.mark.parametrize("name", FIELDS)
def test_fields(name: str) -> None:
    body, wanted = FIELDS[name]
    found = model(f"Small = Annotated[int, Field(le=5)]\nclass M(BaseModel):\n    {body}\n")
    assert found is not None
    told = []
    for field in found.fields:
        kind = f"{field.type.name}{'?' if field.type.optional else ''}" if field.type is not None else "None"
        value = f" = {s.text(field.default)}" if field.default is not None else ""
        rules = ", ".join(f"{k}={s.text(v)}" for k, v in field.constraints.items())
        told.append(f"{field.name}: {kind}{value}{' *' if field.required else ''}{f' [{rules}]' if rules else ''}")
    assert "; ".join(told).replace("= none", "= None") == wanted


def test_own_fields_come_before_inherited_ones() -> None:
    found = model("class A(BaseModel):\n    a: int\n    b: int\nclass M(A):\n    c: int\n    b: str = ''\n")
    assert found is not None
    assert [(x.name, x.type.name if x.type else None) for x in found.fields] == [
        ("c", "builtins.int"),
        ("b", "builtins.str"),
        ("a", "builtins.int"),
    ]


@pytest.mark.parametrize(
    "text, kind",
    [
        ("class M(BaseModel): ...\n", "pydantic"),
        ("class A(BaseModel): ...\nclass M(A): ...\n", "pydantic"),
        ("from pydantic_settings import BaseSettings\nclass M(BaseSettings): ...\n", "settings"),
        ("from pydantic import BaseSettings\nclass M(BaseSettings): ...\n", "settings"),
        ("from sqlmodel import SQLModel\nclass M(SQLModel): ...\n", "sqlmodel"),
        ("@dataclass\nclass M: ...\n", "dataclass"),
        ("@dataclass(frozen=True)\nclass M: ...\n", "dataclass"),
        ("from typing import Generic, TypeVar\nT = TypeVar('T')\nclass M(BaseModel, Generic[T]): ...\n", "pydantic"),
        ("class M: ...\n", None),
        ("class M(Unknown): ...\n", None),
    ],
)
def test_kinds(text: str, kind: str | None) -> None:
    found = model(text)
    assert (found.kind if found is not None else None) == kind
