"""Client or engine created per request.

## What it does

Finds a database engine, a connection pool, a client of another service or a thread pool that is created in a handler,
a dependency, or a function that they call, and is not kept.

## Why is this bad?

An engine is a pool: made per request it pools nothing, and each request opens connections that the database has to
bear. A client pays for certificates, name lookup and handshake each time, often more than for the request itself.

## Bad

```python
from fastapi import Depends, FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

app = FastAPI()


def get_session():
    engine = create_engine("postgresql://db/app")  # finding
    with Session(engine) as session:
        yield session


@app.get("/items")
def items(session: Session = Depends(get_session)):
    return session.execute(query())
```

## Good

```python
from functools import lru_cache

from fastapi import Depends, FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

app = FastAPI()


@lru_cache
def engine():
    return create_engine("postgresql://db/app")


def get_session():
    with Session(engine()) as session:
        yield session


@app.get("/items")
def items(session: Session = Depends(get_session)):
    return session.execute(query())
```

## Limits

HTTP clients and thread pools are a note: for a rare call the cost is small. What is stored in an attribute, a global
or a mapping counts as kept, in the function that makes it or in the one that it is returned to.

```python
import httpx
from fastapi import FastAPI

app = FastAPI()
_clients: dict[str, httpx.AsyncClient] = {}


def client_for(host: str) -> httpx.AsyncClient:
    if host not in _clients:
        _clients[host] = httpx.AsyncClient(base_url=host)
    return _clients[host]


@app.get("/proxy")
async def proxy(host: str):
    return (await client_for(host).get("/")).json()
```

## References

- SQLAlchemy: Engine Configuration ("a single Engine per database, for the lifetime of the process")
- HTTPX: Clients, Why use a Client?
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Call, Facts, Function
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity
from byte.model.served import cached, offline, served, server

_HEAVY = {
    "sqlalchemy.create_engine": "an engine",
    "sqlalchemy.ext.asyncio.create_async_engine": "an engine",
    "asyncpg.create_pool": "a connection pool",
    "psycopg_pool.ConnectionPool": "a connection pool",
    "psycopg_pool.AsyncConnectionPool": "a connection pool",
    "pymongo.MongoClient": "a database client",
    "pymongo.AsyncMongoClient": "a database client",
    "motor.motor_asyncio.AsyncIOMotorClient": "a database client",
    "elasticsearch.Elasticsearch": "a search client",
    "elasticsearch.AsyncElasticsearch": "a search client",
    "redis.ConnectionPool": "a connection pool",
    "redis.asyncio.ConnectionPool": "a connection pool",
    "jwt.PyJWKClient": "a key client",
    "sentence_transformers.SentenceTransformer": "a model",
    "transformers.pipeline": "a model",
}
_LIGHT = {
    "httpx.AsyncClient": "an HTTP client",
    "httpx.Client": "an HTTP client",
    "aiohttp.ClientSession": "an HTTP client",
    "requests.Session": "an HTTP client",
    "boto3.client": "an AWS client",
    "boto3.resource": "an AWS client",
    "openai.OpenAI": "an HTTP client",
    "openai.AsyncOpenAI": "an HTTP client",
    "anthropic.Anthropic": "an HTTP client",
    "anthropic.AsyncAnthropic": "an HTTP client",
    "redis.Redis": "a redis client",
    "redis.from_url": "a redis client",
    "redis.asyncio.Redis": "a redis client",
    "redis.asyncio.from_url": "a redis client",
    "concurrent.futures.ThreadPoolExecutor": "a thread pool",
    "concurrent.futures.ProcessPoolExecutor": "a process pool",
}


def check(function: Function, facts: Facts) -> Iterator[Evidence]:
    """One finding for each client that a request makes and throws away."""
    if offline(function.path):
        return
    for call in facts.calls(function):
        what = _HEAVY.get(call.target or "") or _LIGHT.get(call.target or "")
        if what is None or _test_transport(call):
            continue
        chain = served(function, facts)
        if chain is None or _kept(function, call, facts):
            continue
        name = s.text(call.node.func, 50)
        yield Evidence(
            message=f"`{name}` makes {what} for every request, so no connection is ever used again",
            at=Location(function.path, call.line, call.line),
            symbol=function.qualname,
            key=call.target or name,
            because=chain,
            fix=f"Create `{name}` once, in the lifespan or behind a cache, and hand it to the handlers.",
            severity=None if call.target in _HEAVY else Severity.NOTE,
        )


def _test_transport(call: Call) -> bool:
    """A client of the application itself opens no connection."""
    return s.keyword(call.node, "app") is not None or "ASGITransport" in s.text(call.node, 400)


def _kept(function: Function, call: Call, facts: Facts, depth: int = 0) -> bool:
    """Whether what the call makes outlives the request, as far as this function and those it returns to show."""
    node = function.node
    if cached(function) or node.name in ("__init__", "__new__", "__aenter__", "__enter__"):
        return True
    shared = {n for item in s.walk(*node.body) if isinstance(item, s.Scope) for n in item.names}
    for item in s.walk(*node.body):
        if isinstance(item, s.Assign) and _contains(item.value, call):
            names = {t.id for t in item.targets if isinstance(t, s.Name)}
            if len(names) < len(item.targets) or names & shared or _stored(function, names):
                return True
            if _returned(function, names):
                return _kept_by_caller(function, facts, depth)
        elif isinstance(item, s.Return) and _contains(item.value, call):
            return _kept_by_caller(function, facts, depth)
        elif isinstance(item, s.Call) and call.target not in _HEAVY and _argument(item, call):
            return True  # what it is given to may keep it
    return False


def _kept_by_caller(function: Function, facts: Facts, depth: int) -> bool:
    """Whether the function that gets the client keeps it; a dependency hands it to the request."""
    if not served(function, facts):
        return False
    caller = server(function, facts)
    made = next((c for c in facts.calls(caller) if c.callee == function.key), None) if caller is not None else None
    if caller is None or made is None or depth > 4:
        return True
    return _kept(caller, made, facts, depth + 1)


def _argument(outer: s.Call, call: Call) -> bool:
    return any(_contains(item, call) for item in (*outer.args, *outer.keywords))


def _contains(expr: s.Node | None, call: Call) -> bool:
    return expr is not None and any(n is call.node for n in s.walk(expr))


def _stored(function: Function, names: set[str]) -> bool:
    """Whether one of these locals is put into an attribute or a mapping."""
    for item in s.walk(*function.node.body):
        if not isinstance(item, s.Assign) or not isinstance(item.value, s.Name) or item.value.id not in names:
            continue
        if any(isinstance(t, (s.Attribute, s.Subscript)) for t in item.targets):
            return True
    return False


def _returned(function: Function, names: set[str]) -> bool:
    return any(
        isinstance(item, s.Return) and item.value is not None and names & set(_names(item.value))
        for item in s.walk(*function.node.body)
    )


def _names(expr: s.Expr) -> Iterator[str]:
    items = expr.items if isinstance(expr, s.Sequence) else (expr,)
    yield from (item.id for item in items if isinstance(item, s.Name))


RULE = Rule(
    id="BYT403",
    name="client-per-request",
    area=Area.PERFORMANCE,
    aspect=Aspect.QUERY_EFFICIENCY,
    severity=Severity.MAJOR,
    on=Function,
    check=check,
)
