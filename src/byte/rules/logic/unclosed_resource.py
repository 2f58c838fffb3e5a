"""Connection or file that is never closed.

## What it does

Finds a connection, a client or a session that a function opens for itself and leaves open on every path, and a file
that is opened inside an expression.

## Why is this bad?

Each call leaves a socket and its buffers behind until the collector happens to run. A busy server runs out of file
descriptors or of connections that the database accepts, and the error then appears somewhere else.

## Bad

```python
import json

import psycopg2
from pymongo import MongoClient


def total(dsn: str) -> int:
    connection = psycopg2.connect(dsn)  # finding
    cursor = connection.cursor()
    cursor.execute("SELECT count(*) FROM items")
    return cursor.fetchone()[0]


def names(url: str) -> list[str]:
    client = MongoClient(url)  # finding
    return client["shop"]["items"].distinct("name")


def settings(path: str) -> dict:
    return json.load(open(path))  # finding
```

## Good

```python
import json
from contextlib import closing

import psycopg2


def total(dsn: str) -> int:
    with closing(psycopg2.connect(dsn)) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM items")
        return cursor.fetchone()[0]


def settings(path: str) -> dict:
    with open(path) as file:
        return json.load(file)
```

## Limits

What is returned, stored, yielded or handed to another function is the matter of who gets it. What is closed on one
path counts as closed. A session that is bound to something of the caller's is left alone. A note: the collector often closes what nothing refers to any more.

```python
import httpx


class Api:
    def __init__(self, url: str) -> None:
        client = httpx.Client(base_url=url)
        self.client = client


def connect(url: str) -> httpx.Client:
    client = httpx.Client(base_url=url)
    client.headers["accept"] = "application/json"
    return client
```

## References

- CWE-772: Missing Release of Resource after Effective Lifetime
"""

from collections.abc import Iterator

from byte.model import flow
from byte.model import syntax as s
from byte.model.facts import Call, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity

_OPENS = {
    "pymongo.MongoClient": "a database client",
    "pymongo.AsyncMongoClient": "a database client",
    "motor.motor_asyncio.AsyncIOMotorClient": "a database client",
    "psycopg2.connect": "a database connection",
    "psycopg.connect": "a database connection",
    "psycopg.AsyncConnection.connect": "a database connection",
    "pymysql.connect": "a database connection",
    "MySQLdb.connect": "a database connection",
    "mysql.connector.connect": "a database connection",
    "sqlite3.connect": "a database connection",
    "asyncpg.connect": "a database connection",
    "asyncpg.create_pool": "a connection pool",
    "aiomysql.connect": "a database connection",
    "aiomysql.create_pool": "a connection pool",
    "aiosqlite.connect": "a database connection",
    "clickhouse_connect.get_client": "a database client",
    "snowflake.connector.connect": "a database connection",
    "oracledb.connect": "a database connection",
    "pyodbc.connect": "a database connection",
    "elasticsearch.AsyncElasticsearch": "a search client",
    "aiohttp.ClientSession": "an HTTP client",
    "httpx.Client": "an HTTP client",
    "httpx.AsyncClient": "an HTTP client",
    "smtplib.SMTP": "a connection to the mail server",
    "smtplib.SMTP_SSL": "a connection to the mail server",
    "ftplib.FTP": "a connection",
    "imaplib.IMAP4_SSL": "a connection to the mail server",
    "paramiko.SSHClient": "a connection",
    "socket.socket": "a socket",
    "socket.create_connection": "a socket",
}
_SESSIONS = {"sqlalchemy.orm.Session", "sqlmodel.Session", "sqlalchemy.ext.asyncio.AsyncSession",
             "sqlmodel.ext.asyncio.session.AsyncSession"}  # fmt: skip
_FILES = frozenset({"builtins.open", "pathlib.Path.open", "io.open"})
_ENDS = frozenset(
    {"close", "aclose", "quit", "disconnect", "shutdown", "terminate", "release", "dispose", "logout", "stop",
     "__exit__", "__aexit__", "__enter__", "__aenter__", "detach", "wait_closed", "end", "remove"}
)  # fmt: skip
_PARTS = ("get_database", "get_collection", "get_default_database", "cursor", "makefile", "database", "collection")
_READERS = frozenset({"read", "readlines", "readline", "write", "writelines"})
_LOADERS = frozenset({"load", "safe_load", "full_load", "load_all", "safe_load_all", "dump", "safe_dump", "reader"})


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """What the function opens for itself and never closes, and the files it opens inside expressions."""
    calls = {id(call.node): call for call in facts.calls(function)}
    for node in s.own(function.node):
        if isinstance(node, s.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], s.Name):
            value = node.value.value if isinstance(node.value, s.Await) else node.value
            call = calls.get(id(value))
            what = _opened(call, function, facts) if call is not None else None
            if call is not None and what is not None and not _let_go(function.node, node.targets[0].id):
                yield _evidence(function, call, node.targets[0].id, what)
        elif isinstance(node, s.Call):
            opened = _opens_inside(node, calls)
            if opened is not None:
                yield _file(function, opened)


def _opened(call: Call, function: Function, facts: Facts) -> str | None:
    if call.target in _FILES:
        return "a file"
    if call.target in _OPENS:
        return _OPENS[call.target or ""]
    if call.callee is not None or call.node.args or call.node.keywords or "scoped" in s.text(call.node.func).lower():
        return None
    made = facts.type_of(function, call.node)
    if (
        made is None
        or made.factory
        or made.name not in _SESSIONS
        or not isinstance(call.node.func, (s.Name, s.Attribute))
    ):
        return None
    maker = facts.type_of(function, call.node.func)
    scoped = maker is not None and "scoped" in maker.name
    return None if scoped else "a database session"


def _let_go(node: s.Function, name: str) -> bool:
    """Whether the name, or a part of what it holds, is closed, entered or handed on."""
    if name in flow.outer_names(node):
        return True
    names = {name}
    for _ in range(3):
        names |= {bound for item in s.own(node) if isinstance(item, s.Assign) for bound in _parts(item, names)}
    if _bare_uses(node, names):
        return True
    for item in s.walk(*node.body, into_scopes=True):
        if isinstance(item, s.Attribute) and isinstance(item.value, s.Name) and item.value.id == name:
            if item.attr in _ENDS:
                return True
        elif isinstance(item, (s.Return, s.Yield)) and item.value is not None and _part(item.value, names):
            return True
    return False


def _parts(item: s.Assign, names: set[str]) -> Iterator[str]:
    if item.value is not None and _part(item.value, names):
        yield from (bound for target in item.targets for bound in s.bound_names(target))


def _part(expr: s.Expr, names: set[str]) -> bool:
    """`client["db"]`, `client.db`, `client.get_database()`: an object that keeps the client alive."""
    while isinstance(expr, (s.Await, s.Attribute, s.Subscript, s.Call)):
        if isinstance(expr, s.Call):
            if not isinstance(expr.func, s.Attribute) or expr.func.attr not in _PARTS:
                return False
            expr = expr.func
        expr = expr.value
    return isinstance(expr, s.Name) and expr.id in names


def _bare_uses(node: s.Function, names: set[str]) -> bool:
    """Whether one of the names is used other than by asking for an attribute, an item, or None."""
    owned: set[int] = set()
    for item in s.walk(*node.body, into_scopes=True):
        match item:
            case s.Attribute() | s.Subscript():
                owned.add(id(item.value))
            case s.Assign():
                owned.update(id(n) for target in item.targets for n in s.walk(target))
            case s.Call(func=s.Name(id="getattr" | "isinstance"), args=(first, *_)):
                owned.add(id(first))
            case s.Compare(comparators=(s.Constant(),)):
                owned.add(id(item.left))
            case s.If() | s.Conditional():
                owned.add(id(item.test))
            case s.Unary(op="not"):
                owned.add(id(item.operand))
            case _:
                pass
    uses = (n for n in s.walk(*node.body, into_scopes=True) if isinstance(n, s.Name) and n.id in names)
    return any(id(use) not in owned for use in uses)


def _opens_inside(node: s.Call, calls: dict[int, Call]) -> s.Call | None:
    """The `open()` in `open(p).read()` and `json.load(open(p))`."""
    if not isinstance(node.func, s.Attribute):
        return None
    inner = node.func.value if node.func.attr in _READERS else None
    if inner is None and node.func.attr in _LOADERS and node.args:
        inner = node.args[-1] if node.func.attr in ("dump", "safe_dump") else node.args[0]
    call = calls.get(id(inner))
    return call.node if call is not None and call.target in _FILES else None


def _evidence(function: Function, call: Call, name: str, what: str) -> Evidence:
    return Evidence(
        message=f"`{name}` is {what} that `{function.node.name}` opens and never closes",
        at=Location(function.path, call.line, call.line),
        symbol=function.qualname,
        key=f"{name} {call.target or what}",
        fix=f"Open `{name}` in a `with` (or close it in a `finally`).",
    )


def _file(function: Function, opened: s.Call) -> Evidence:
    shown = s.text(opened, 50)
    return Evidence(
        message=f"the file that `{shown}` opens is never closed",
        at=Location(function.path, opened.line, opened.line),
        symbol=function.qualname,
        key=s.text(opened, 200),
        fix=f"Open it in a `with {shown} as file:`.",
    )


RULE = Rule(
    id="BYT317",
    name="unclosed-resource",
    area=Area.LOGIC,
    aspect=Aspect.ERROR_HANDLING,
    severity=Severity.NOTE,
    on=Function,
    check=check,
)
