"""Tables, columns and relationships in the styles of SQLAlchemy 1, 2 and SQLModel."""

import pytest

from byte.model import facts as f
from tests.extract.projects import project

HEAD = (
    "from typing import Optional\nfrom sqlalchemy import (Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, func)\n"
    "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship\nclass Base(DeclarativeBase): ...\n"
)


def tables(text: str) -> dict[str, f.Table]:
    facts = project(HEAD + text)
    return {t.name: t for t in facts.all(f.Table) if not t.abstract}


def told(column: f.Column) -> str:
    words = [column.name, column.type or "-"]
    words += [w for w, on in (("pk", column.primary_key), ("index", column.index), ("unique", column.unique)) if on]
    words += {True: ["null"], False: ["not null"], None: []}[column.nullable]
    words += [f"-> {column.foreign_key}"] if column.foreign_key else []
    words += [f"on delete {column.ondelete}"] if column.ondelete else []
    words += ["server"] if column.server_default else []
    return " ".join(words)


COLUMNS = {
    "classic": ("id = Column(Integer, primary_key=True)", "id Integer pk not null"),
    "nullable by default": ("a = Column(String(10))", "a String null"),
    "not null": ("a = Column(String, nullable=False, index=True, unique=True)", "a String index unique not null"),
    "mapped": ("a: Mapped[int] = mapped_column(index=True)", "a int index not null"),
    "mapped alone": ("a: Mapped[str]", "a str not null"),
    "mapped optional": ("a: Mapped[str | None] = mapped_column(String(5))", "a String null"),
    "Optional": ("a: Mapped[Optional[int]]", "a int null"),
    "foreign key": (
        "a_id = Column(Integer, ForeignKey('a.id', ondelete='CASCADE'))",
        "a_id Integer null -> a.id on delete CASCADE",
    ),
    "foreign key, mapped": ("a_id: Mapped[int] = mapped_column(ForeignKey('a.id'))", "a_id int not null -> a.id"),
    "server default": ("a = Column(String, server_default='x')", "a String null server"),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_columns(name: str) -> None:
    body, wanted = COLUMNS[name]
    found = tables(f"class T(Base):\n    __tablename__ = 't'\n    {body}\n")["t"]
    assert [told(c) for c in found.columns] == [wanted]


def test_mixins_and_bases_bring_columns() -> None:
    found = tables(
        "class Stamp:\n    made = Column(Integer)\nclass Own(Base):\n    __abstract__ = True\n    id = Column(Integer, primary_key=True)\n"
        "class T(Stamp, Own):\n    __tablename__ = 't'\n    a = Column(String)\n"
    )["t"]
    assert sorted(c.name for c in found.columns) == ["a", "id", "made"]


def test_sqlmodel() -> None:
    found = tables(
        "from sqlmodel import Field, Relationship, SQLModel\nclass HeroBase(SQLModel):\n    name: str = Field(index=True)\n"
        "class Hero(HeroBase, table=True):\n    id: int | None = Field(default=None, primary_key=True)\n"
        "    team_id: int | None = Field(default=None, foreign_key='team.id')\n    team: 'Team' = Relationship(back_populates='heroes')\n"
        "class Team(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n    heroes: list[Hero] = Relationship(back_populates='team')\n"
        "class HeroRead(HeroBase): ...\n"
    )
    assert sorted(found) == ["hero", "team"]
    assert sorted(told(c) for c in found["hero"].columns) == [
        "id int pk not null",
        "name str index not null",
        "team_id int null -> team.id",
    ]
    assert [(r.name, r.target, r.back_populates, r.many) for r in found["team"].relationships] == [
        ("heroes", "Hero", "team", True)
    ]


@pytest.mark.parametrize(
    "body, wanted",
    [
        ("a = relationship('A', back_populates='t')", ("a", "A", "t", None)),
        ("a = relationship(lambda: A)", ("a", "A", None, None)),
        ("a: Mapped['A'] = relationship(back_populates='t')", ("a", "A", "t", False)),
        ("a: Mapped[list['A']] = relationship()", ("a", "A", None, True)),
        ("a = relationship('A', uselist=False)", ("a", "A", None, False)),
    ],
)
def test_relationships(body: str, wanted: tuple[object, ...]) -> None:
    found = tables(f"class A(Base):\n    __tablename__ = 'a'\nclass T(Base):\n    __tablename__ = 't'\n    {body}\n")[
        "t"
    ]
    assert [(r.name, r.target, r.back_populates, r.many) for r in found.relationships] == [wanted]


def test_indexes_and_core_tables() -> None:
    found = tables(
        "class T(Base):\n    __tablename__ = 't'\n    a = Column(Integer)\n    b = Column(Integer)\n"
        "    __table_args__ = (Index('i', 'a', 'b'), UniqueConstraint('b'), {'schema': 'x'})\n"
        "links = Table('links', Base.metadata, Column('a_id', ForeignKey('t.a'), primary_key=True))\n"
    )
    assert {i[0] for i in found["t"].indexes} >= {"a", "b"}
    assert [told(c) for c in found["links"].columns] == ["a_id - pk not null -> t.a"]
