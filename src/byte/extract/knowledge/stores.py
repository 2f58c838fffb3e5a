"""Other stores: MongoDB, asyncpg, psycopg, databases, aiosqlite, Tortoise, Redis."""

from byte.model.facts import Effect

_QUERY = frozenset({Effect.QUERY})
_SYNC = frozenset({Effect.QUERY, Effect.BLOCKING})
_W = frozenset({Effect.WRITE})

_READS = ("find_one", "count_documents", "distinct", "estimated_document_count")
_WRITES = (
    "insert_one", "insert_many", "update_one", "update_many", "delete_one", "delete_many", "replace_one",
    "find_one_and_update", "find_one_and_delete", "bulk_write",
)  # fmt: skip
_FETCH = ("fetch", "fetchrow", "fetchval")
_REDIS = (
    "get", "set", "setex", "delete", "exists", "expire", "hget", "hset", "hgetall", "incr", "keys", "lpush", "rpush",
    "lrange", "mget", "mset", "ping", "publish", "sadd", "smembers", "scan", "ttl", "zadd", "zrange",
)  # fmt: skip
_DOCUMENTS = ("beanie.Document", "tortoise.models.Model")

CANONICAL = {
    "pymongo.collection.Collection": "pymongo.Collection",
    "motor.motor_asyncio.AsyncIOMotorCollection": "motor.Collection",
}

RETURNS = {
    "pymongo.MongoClient": "pymongo.MongoClient",
    "redis.Redis": "redis.Redis",
    "redis.from_url": "redis.Redis",
    "redis.StrictRedis": "redis.Redis",
    "databases.Database": "databases.Database",
    "psycopg2.connect": "psycopg2.connection",
    "psycopg2.connection.cursor": "psycopg2.cursor",
    "psycopg.connect": "psycopg.Connection",
    "asyncpg.connect": "asyncpg.Connection",
    "asyncpg.create_pool": "asyncpg.Pool",
    "asyncpg.Pool.acquire": "asyncpg.Connection",
    "aiosqlite.connect": "aiosqlite.Connection",
}

EFFECTS = {
    **{f"pymongo.Collection.{m}": _SYNC for m in _READS},
    **{f"pymongo.Collection.{m}": _SYNC | _W for m in _WRITES},
    **{f"motor.Collection.{m}": _QUERY for m in _READS},
    **{f"motor.Collection.{m}": _QUERY | _W for m in _WRITES},
    **{f"{c}.{m}": _QUERY for c in ("asyncpg.Connection", "asyncpg.Pool") for m in _FETCH},
    **{f"{c}.{m}": _QUERY for c in ("asyncpg.Connection", "asyncpg.Pool") for m in ("execute", "executemany")},
    **{f"databases.Database.{m}": _QUERY for m in ("fetch_all", "fetch_one", "fetch_val", "execute", "iterate")},
    **{f"aiosqlite.Connection.{m}": _QUERY for m in ("execute", "executemany", "execute_fetchall")},
    "aiosqlite.Connection.commit": _QUERY | _W,
    **{f"psycopg2.cursor.{m}": _SYNC for m in ("execute", "executemany")},
    "psycopg.Connection.execute": _SYNC,
    "psycopg2.connection.commit": _SYNC | _W,
    "psycopg2.connect": frozenset({Effect.BLOCKING}),
    "pymysql.connect": frozenset({Effect.BLOCKING}),
    **{f"redis.Redis.{m}": frozenset({Effect.BLOCKING}) for m in _REDIS},
    **{f"{c}.{m}": _QUERY for c in _DOCUMENTS for m in ("get", "find_one", "count", "exists", "get_or_none", "first")},
    **{f"{c}.{m}": _QUERY | _W for c in _DOCUMENTS for m in ("save", "insert", "delete", "create", "insert_many")},
}
