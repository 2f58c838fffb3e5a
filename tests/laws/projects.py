"""Small FastAPI projects and changes of them, from a grammar.

A project is a list of definitions, each with its file; the text and the imports of a file follow from what stands in
it, so that a definition can be moved and everything still means the same.
"""

import re
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

FILES = (
    "app/__init__.py",
    "app/main.py",
    "app/api/items.py",
    "app/api/users.py",
    "app/services.py",
    "app/db.py",
    "lib.py",
)
HELPERS = ("load", "store", "total", "first", "notify", "fetch", "compute")
MODELS = ("Item", "User", "Page")
TABLES = ("Book", "Author")
ROUTERS = ("items_router", "users_router")
CLASSES = ("Service", "Repository")

PREAMBLE = """\
import os
import time
import httpx
import requests
from datetime import datetime
from functools import lru_cache
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query
from pydantic import BaseModel
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
"""

STATEMENTS = (
    "session.get({table}, key)",
    "session.execute(select({table}))",
    "rows = session.scalars(select({table})).all()",
    "session.add({table}())",
    "session.commit()",
    "for row in rows:\n    {call}",
    "for row in rows:\n    session.get({table}, row)",
    "out = [{call} for row in rows]",
    "{call}",
    "out = {call}",
    "return {call}",
    "await {call}",
    "time.sleep(1)",
    "requests.get('http://x')",
    "httpx.get('http://x', timeout=3)",
    "client = httpx.Client()",
    "now = datetime.utcnow()",
    "value = os.environ['KEY']",
    "try:\n    {call}\nexcept Exception:\n    pass",
    "raise HTTPException(404)",
    "if key:\n    return rows[0]",
    "total = key / len(rows)",
    "item = {cls}()\nitem.run(session, key, rows)",
    "self.run(session, key, rows)",
    "service.run(session, key, rows)",
    "with open('x') as file:\n    file.read()",
    "row = session.get({table}, key)\nrow.name = 'x'\nsession.commit()",
    "print(key)",
    "pass",
)
ARGUMENTS = "session, key, rows"


@dataclass(frozen=True)
class Definition:
    """One top-level definition: its name, its text without imports, and its file."""

    name: str
    text: str
    path: str


@dataclass(frozen=True)
class Project:
    """Definitions in their order. `spacing` blank or comment lines stand before each."""

    definitions: tuple[Definition, ...]
    spacing: tuple[str, ...] = ("",)
    named: dict[str, str] = field(default_factory=dict)
    """Files that are called something else."""

    def path(self, item: Definition) -> str:
        return self.named.get(item.path, item.path)

    def files(self) -> dict[str, str]:
        """The text of each file."""
        items = [*self.definitions, *self._rest()]
        home = {item.name: self.path(item) for item in items}
        out: dict[str, str] = {}
        for path in dict.fromkeys(self.path(item) for item in items):
            here = [item for item in items if self.path(item) == path]
            body = ""
            for number, item in enumerate(here):
                body += f"{self.spacing[number % len(self.spacing)]}\n\n{item.text}"
            used = sorted(n for n in home if home[n] != path and re.search(rf"\b{n}\b", body))
            imports = "".join(f"from {_module(home[name])} import {name}\n" for name in used)
            out[path] = f"{PREAMBLE}{imports}{body}"
        return out

    def _rest(self) -> list[Definition]:
        """What is used and not defined, so that no name dangles: a program that runs has none of those."""
        out: dict[str, Definition] = {}
        known = {item.name for item in self.definitions}
        texts = [item.text for item in self.definitions]
        while texts:
            words = set(re.findall(r"\w+", texts.pop()))
            for name in NAMES:
                if name in words and name not in known and name not in out:
                    out[name] = Definition(name, _plain(name), "app/rest.py")
                    texts.append(out[name].text)
        return sorted(out.values(), key=lambda item: NAMES.index(item.name))


def _plain(name: str) -> str:
    """The least that a name can be."""
    if name in HELPERS:
        return f"def {name}(session, key=None, rows=()):\n    return key\n"
    if name in CLASSES:
        return f"class {name}:\n    def run(self, session, key=None, rows=()):\n        return key\n"
    if name in MODELS:
        return f"class {name}(BaseModel):\n    name: str\n"
    if name in TABLES:
        return (
            f"class {name}(Base):\n    __tablename__ = '{name.lower()}'\n"
            "    id: Mapped[int] = mapped_column(primary_key=True)\n"
        )
    return {
        "Base": "class Base(DeclarativeBase):\n    pass\n",
        "connect": "def connect():\n    return Session()\n",
        "app": "app = FastAPI()\n",
    }.get(name, f"{name} = APIRouter()\n")


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _indent(text: str, by: int = 4) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


@st.composite
def _body(draw, depth=0):
    out = []
    for template in draw(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=3)):
        name = draw(st.sampled_from(HELPERS))
        out.append(
            template.format(
                table=draw(st.sampled_from(TABLES)), call=f"{name}({ARGUMENTS})", cls=draw(st.sampled_from(CLASSES))
            )
        )
    return _indent("\n".join(out))


@st.composite
def _helper(draw, name):
    kind = draw(st.sampled_from(["def", "async def"]))
    session = draw(st.sampled_from(["session: Session", "session"]))
    decorator = draw(st.sampled_from(["", "", "", "@lru_cache\n"]))
    result = draw(st.sampled_from(["", " -> list[Item]", " -> Service", " -> int"]))
    return f"{decorator}{kind} {name}({session}, key=None, rows=()){result}:\n{draw(_body())}"


@st.composite
def _class(draw, name):
    methods = draw(st.lists(st.sampled_from(["run", "load", "save"]), min_size=1, max_size=2, unique=True))
    base = draw(st.sampled_from(["", "", "(Service)", "(Repository)"]))
    bodies = "\n".join(
        _indent(f"def {m}(self, session: Session, key=None, rows=()):\n{draw(_body())}") for m in methods
    )
    return f"class {name}{base if base != f'({name})' else ''}:\n{bodies}"


@st.composite
def _model(draw, name):
    base = draw(st.sampled_from(["BaseModel", "BaseModel", *MODELS]))
    fields = draw(
        st.lists(
            st.sampled_from(
                ["name: str", "size: int = 1", "tags: list = []", "item: 'Item'", "at: datetime | None = None"]
            ),
            min_size=1,
            max_size=3,
            unique=True,
        )
    )
    return f"class {name}({base if base != name else 'BaseModel'}):\n" + "".join(f"    {f}\n" for f in fields)


@st.composite
def _table(draw, name):
    columns = draw(
        st.lists(
            st.sampled_from(
                [
                    "name: Mapped[str]",
                    "author_id: Mapped[int] = mapped_column(ForeignKey('author.id'))",
                    "author: Mapped['Author'] = relationship(back_populates='books')",
                    "created: Mapped[datetime] = mapped_column(default=datetime.utcnow)",
                ]
            ),
            max_size=3,
            unique=True,
        )
    )
    head = f"class {name}(Base):\n    __tablename__ = '{name.lower()}'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    return head + "".join(f"    {c}\n" for c in columns)


@st.composite
def _endpoint(draw, name):
    router = draw(st.sampled_from([*ROUTERS, "app"]))
    method = draw(st.sampled_from(["get", "post", "put", "delete"]))
    path = draw(st.sampled_from(["/", "/{key}", "/list", "/getThings", "/{key}/parts"]))
    model = draw(st.sampled_from(["", ", response_model=Item", ", response_model=list[Item]", ", status_code=204"]))
    kind = draw(st.sampled_from(["def", "async def"]))
    parameter = draw(
        st.sampled_from(
            [
                "",
                ", limit: int = 10",
                ", page: Page = None",
                ", body: dict = None",
                ", service: Service = Depends(Service)",
            ]
        )
    )
    session = draw(st.sampled_from(["session: Session = Depends(connect)", "session: Session"]))
    return (
        f"@{router}.{method}('{path}'{model})\n"
        f"{kind} {name}({session}, key: int = 0, rows: list = None{parameter}):\n{draw(_body())}"
    )


@st.composite
def definitions(draw, name):
    """The text of the definition with this name."""
    if name in HELPERS:
        return draw(_helper(name))
    if name in CLASSES:
        return draw(_class(name))
    if name in MODELS:
        return draw(_model(name))
    if name in TABLES:
        return draw(_table(name))
    if name.startswith("handle_"):
        return draw(_endpoint(name))
    if name == "Base":
        return "class Base(DeclarativeBase):\n    pass\n"
    if name == "connect":
        return draw(
            st.sampled_from(
                [
                    "def connect():\n    return Session()\n",
                    "def connect() -> Session:\n    with Session() as s:\n        yield s\n",
                ]
            )
        )
    if name in ROUTERS:
        prefix = draw(st.sampled_from(["", "prefix='/v1'", "prefix='/items'", "dependencies=[Depends(connect)]"]))
        return f"{name} = APIRouter({prefix})\n"
    assert name == "app"
    included = draw(st.lists(st.sampled_from(ROUTERS), max_size=2, unique=True))
    lines = "".join(f"app.include_router({r})\n" for r in included)
    return f"app = FastAPI()\n{lines}"


NAMES = (
    *("Base", "connect", *TABLES, *MODELS, *CLASSES, *HELPERS, *ROUTERS, "app"),
    *(f"handle_{letter}" for letter in "abcd"),
)


@st.composite
def projects(draw):
    """A project of some of the definitions, in a few files."""
    chosen = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=10, unique=True))
    files = draw(st.lists(st.sampled_from(FILES), min_size=1, max_size=3, unique=True))
    out = [Definition(name, draw(definitions(name)), draw(st.sampled_from(files))) for name in chosen]
    return Project(tuple(sorted(out, key=lambda item: NAMES.index(item.name))))


@st.composite
def changes(draw):
    """A project and what became of it: definitions rewritten, added, removed, moved."""
    base = draw(projects())
    items = list(base.definitions)
    paths = [*sorted({item.path for item in items}), draw(st.sampled_from(FILES))]
    for _ in range(draw(st.integers(1, 3))):
        action = draw(st.sampled_from(["rewrite", "rewrite", "rewrite", "add", "remove", "move"]))
        if action == "add":
            free = [name for name in NAMES if name not in {item.name for item in items}]
            if free:
                name = draw(st.sampled_from(free))
                items.append(Definition(name, draw(definitions(name)), draw(st.sampled_from(paths))))
        elif items:
            index = draw(st.integers(0, len(items) - 1))
            item = items[index]
            if action == "remove":
                del items[index]
            elif action == "move":
                items[index] = replace(item, path=draw(st.sampled_from(paths)))
            else:
                items[index] = replace(item, text=draw(definitions(item.name)))
    items.sort(key=lambda item: NAMES.index(item.name))
    return base, Project(tuple(items))
