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
or a mapping counts as kept; what a helper only returns is the matter of its callers.

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
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity, Step
from byte.model.served import cached, offline, served

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
        made = _made(call, facts)
        what = _HEAVY.get(made) or _LIGHT.get(made)
        if what is None or _own_application(call):
            continue
        chain = served(function, facts)
        if chain is None or _kept(function, call, made, chain):
            continue
        name = s.text(call.node.func, 50)
        yield Evidence(
            message=f"`{name}` makes {what} for every request, so no connection is ever used again",
            at=Location(function.path, call.line, call.line),
            symbol=function.qualname,
            key=made,
            because=chain,
            fix=f"Create `{name}` once, in the lifespan or behind a cache, and hand it to the handlers.",
            severity=None if made in _HEAVY else Severity.NOTE,
        )


def _made(call: Call, facts: Facts, depth: int = 0) -> str:
    """What the call makes: a known client, or one that the called function makes and returns."""
    if call.target in _HEAVY or call.target in _LIGHT:
        return call.target or ""
    callee = facts.function(call.callee)
    if callee is None or depth > 3 or cached(callee) or callee.node.is_generator:
        return ""
    returned = [n.value for n in s.own(callee.node) if isinstance(n, s.Return) and n.value is not None]
    if len(returned) != 1:
        return ""
    value = returned[0].value if isinstance(returned[0], s.Await) else returned[0]
    inner = next((c for c in facts.calls(callee) if c.node is value), None)
    return _made(inner, facts, depth + 1) if inner is not None else ""


def _own_application(call: Call) -> bool:
    """A client of the application itself opens no connection."""
    return s.keyword(call.node, "app") is not None or "ASGITransport" in s.text(call.node, 400)


def _kept(function: Function, call: Call, made: str, chain: tuple[Step, ...]) -> bool:
    """Whether what the call makes outlives this function, as far as the function shows.

    What a handler or a dependency returns (`chain` is empty) lives no longer than the request; what another function
    returns is the matter of its callers.
    """
    node = function.node
    if cached(function) or node.name in ("__init__", "__new__", "__aenter__", "__enter__"):
        return True
    shared = {n for item in s.walk(*node.body) if isinstance(item, s.Scope) for n in item.names}
    for item in s.walk(*node.body):
        if isinstance(item, s.Assign) and _contains(item.value, call):
            names = {t.id for t in item.targets if isinstance(t, s.Name)}
            if len(names) < len(item.targets) or names & shared or _stored(function, names):
                return True
            if chain and _returned(function, names):
                return True
        elif isinstance(item, s.Return) and _contains(item.value, call) and chain:
            return True
        elif isinstance(item, s.Call) and made not in _HEAVY and _argument(item, call):
            return True  # what it is given to may keep it
    return False


def _argument(outer: s.Call, call: Call) -> bool:
    return any(_contains(item, call) for item in (*outer.args, *outer.keywords))


def _contains(expr: s.Node | None, call: Call) -> bool:
    return expr is not None and any(n is call.node for n in s.walk(expr))


def _stored(function: Function, names: set[str]) -> bool:
    """Whether one of these locals is put into an attribute or a mapping."""
    for item in s.own(function.node):
        if not isinstance(item, s.Assign) or not isinstance(item.value, s.Name) or item.value.id not in names:
            continue
        if any(isinstance(t, (s.Attribute, s.Subscript)) for t in item.targets):
            return True
    return False


def _returned(function: Function, names: set[str]) -> bool:
    return any(
        isinstance(item, s.Return) and item.value is not None and names & set(_names(item.value))
        for item in s.own(function.node)
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
