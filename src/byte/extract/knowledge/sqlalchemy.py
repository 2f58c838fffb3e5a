"""SQLAlchemy, SQLModel and their sessions, results and queries."""

from byte.model.facts import Effect

_QUERY = frozenset({Effect.QUERY})
_SYNC_QUERY = frozenset({Effect.QUERY, Effect.BLOCKING})
_WRITE = frozenset({Effect.WRITE})

_SESSION = "sqlalchemy.orm.Session"
_ASYNC = "sqlalchemy.ext.asyncio.AsyncSession"
_RESULT = "sqlalchemy.Result"
_SCALARS = "sqlalchemy.ScalarResult"
_QUERY_CLASS = "sqlalchemy.orm.Query"
_SELECT = "sqlalchemy.Select"

CANONICAL = {
    "sqlalchemy.orm.session.Session": _SESSION,
    "sqlalchemy.orm.scoped_session": "sqlalchemy.orm.scoped_session",
    "sqlalchemy.ext.asyncio.session.AsyncSession": _ASYNC,
    "sqlalchemy.ext.asyncio.session.async_sessionmaker": "sqlalchemy.ext.asyncio.async_sessionmaker",
    "sqlalchemy.orm.session.sessionmaker": "sqlalchemy.orm.sessionmaker",
    "sqlmodel.orm.session.Session": "sqlmodel.Session",
    "sqlmodel.ext.asyncio.AsyncSession": "sqlmodel.ext.asyncio.session.AsyncSession",
    "sqlmodel.main.SQLModel": "sqlmodel.SQLModel",
    "sqlalchemy.ext.declarative.declarative_base": "sqlalchemy.orm.declarative_base",
    "sqlalchemy.future.select": "sqlalchemy.select",
    "sqlalchemy.sql.select": "sqlalchemy.select",
    "sqlalchemy.sql.expression.select": "sqlalchemy.select",
    "sqlmodel.select": "sqlalchemy.select",
    "sqlmodel.sql.expression.select": "sqlalchemy.select",
    "sqlalchemy.future.create_engine": "sqlalchemy.create_engine",
    "sqlmodel.create_engine": "sqlalchemy.create_engine",
    "sqlalchemy.engine.create_engine": "sqlalchemy.create_engine",
    "sqlalchemy.engine.Result": _RESULT,
    "sqlalchemy.engine.Engine": "sqlalchemy.Engine",
    "sqlalchemy.engine.Connection": "sqlalchemy.Connection",
    "sqlalchemy.sql.Select": _SELECT,
    "sqlmodel.sql.expression.SelectOfScalar": _SELECT,
    "sqlalchemy.orm.query.Query": _QUERY_CLASS,
    "sqlmodel.Column": "sqlalchemy.Column",
    "sqlmodel.ForeignKey": "sqlalchemy.ForeignKey",
    "sqlalchemy.schema.Column": "sqlalchemy.Column",
    "sqlalchemy.orm.decl_api.DeclarativeBase": "sqlalchemy.orm.DeclarativeBase",
}

BASES = {
    "sqlmodel.Session": _SESSION,
    "sqlmodel.ext.asyncio.session.AsyncSession": _ASYNC,
    "sqlalchemy.orm.scoped_session": _SESSION,
    "sqlalchemy.ext.asyncio.async_scoped_session": _ASYNC,
    "sqlmodel.SQLModel": "pydantic.BaseModel",
}

_CHAIN = (
    "filter filter_by where order_by group_by having join outerjoin limit offset options distinct select_from "
    "with_for_update execution_options populate_existing correlate subquery cte add_columns with_entities union "
    "union_all slice enable_eagerloads yield_per with_only_columns returning values"
).split()

RETURNS = {
    "sqlalchemy.create_engine": "sqlalchemy.Engine",
    "sqlalchemy.ext.asyncio.create_async_engine": "sqlalchemy.ext.asyncio.AsyncEngine",
    "sqlalchemy.ext.asyncio.engine.create_async_engine": "sqlalchemy.ext.asyncio.AsyncEngine",
    "sqlalchemy.orm.sessionmaker": "sqlalchemy.orm.sessionmaker",
    "sqlalchemy.orm.sessionmaker.__call__": _SESSION,
    "sqlalchemy.orm.sessionmaker.begin": _SESSION,
    "sqlalchemy.ext.asyncio.async_sessionmaker": "sqlalchemy.ext.asyncio.async_sessionmaker",
    "sqlalchemy.ext.asyncio.async_sessionmaker.__call__": _ASYNC,
    "sqlalchemy.ext.asyncio.async_sessionmaker.begin": _ASYNC,
    "sqlalchemy.orm.scoped_session": "sqlalchemy.orm.scoped_session",
    "sqlalchemy.orm.scoped_session.__call__": _SESSION,
    "sqlalchemy.Engine.connect": "sqlalchemy.Connection",
    "sqlalchemy.Engine.begin": "sqlalchemy.Connection",
    "sqlalchemy.ext.asyncio.AsyncEngine.connect": "sqlalchemy.ext.asyncio.AsyncConnection",
    "sqlalchemy.ext.asyncio.AsyncEngine.begin": "sqlalchemy.ext.asyncio.AsyncConnection",
    "sqlalchemy.select": f"{_SELECT}[@0!]",
    f"{_SELECT}.__iter__": "$",
    **{f"{_SELECT}.{m}": "self" for m in _CHAIN},
    **{f"{_QUERY_CLASS}.{m}": "self" for m in _CHAIN},
    f"{_SESSION}.query": f"{_QUERY_CLASS}[@0!]",
    f"{_QUERY_CLASS}.all": "builtins.list[$]",
    f"{_QUERY_CLASS}.first": "?$",
    f"{_QUERY_CLASS}.one_or_none": "?$",
    f"{_QUERY_CLASS}.one": "$",
    f"{_QUERY_CLASS}.get": "?$",
    f"{_QUERY_CLASS}.count": "builtins.int",
    f"{_QUERY_CLASS}.scalar": "?sqlalchemy.Scalar",
    **{f"{c}.execute": f"{_RESULT}[@0!]" for c in (_SESSION, _ASYNC, "sqlalchemy.Connection")},
    "sqlalchemy.ext.asyncio.AsyncConnection.execute": f"{_RESULT}[@0!]",
    **{f"{c}.scalars": f"{_SCALARS}[@0!]" for c in (_SESSION, _ASYNC)},
    **{f"{c}.scalar": "?@0!" for c in (_SESSION, _ASYNC)},
    **{f"{c}.get": "?@0" for c in (_SESSION, _ASYNC)},
    **{f"{c}.get_one": "@0" for c in (_SESSION, _ASYNC)},
    "sqlmodel.Session.exec": f"{_SCALARS}[@0!]",
    "sqlmodel.ext.asyncio.session.AsyncSession.exec": f"{_SCALARS}[@0!]",
    f"{_RESULT}.scalars": f"{_SCALARS}[$]",
    f"{_RESULT}.unique": "self",
    f"{_RESULT}.scalar_one_or_none": "?$",
    f"{_RESULT}.scalar_one": "$",
    f"{_RESULT}.scalar": "?$",
    f"{_RESULT}.all": "builtins.list[sqlalchemy.Row]",
    f"{_RESULT}.fetchall": "builtins.list[sqlalchemy.Row]",
    f"{_RESULT}.first": "?sqlalchemy.Row",
    f"{_RESULT}.one_or_none": "?sqlalchemy.Row",
    f"{_RESULT}.one": "sqlalchemy.Row",
    f"{_RESULT}.fetchone": "?sqlalchemy.Row",
    f"{_SCALARS}.unique": "self",
    f"{_SCALARS}.all": "builtins.list[$]",
    f"{_SCALARS}.fetchall": "builtins.list[$]",
    f"{_SCALARS}.first": "?$",
    f"{_SCALARS}.one_or_none": "?$",
    f"{_SCALARS}.one": "$",
    f"{_SCALARS}.__iter__": "$",
    f"{_QUERY_CLASS}.__iter__": "$",
}

_READS = ("execute", "scalars", "scalar", "exec", "get", "get_one", "refresh", "stream", "stream_scalars")
_FLUSHES = ("flush", "merge", "bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings")

EFFECTS = {
    **{f"{_SESSION}.{m}": _SYNC_QUERY for m in _READS},
    **{f"{_ASYNC}.{m}": _QUERY for m in _READS},
    **{f"{_SESSION}.{m}": _SYNC_QUERY | _WRITE for m in _FLUSHES},
    **{f"{_ASYNC}.{m}": _QUERY | _WRITE for m in (*_FLUSHES, "delete")},
    f"{_SESSION}.commit": _SYNC_QUERY | _WRITE | {Effect.COMMIT},
    f"{_ASYNC}.commit": _QUERY | _WRITE | {Effect.COMMIT},
    **{f"{c}.{m}": _WRITE for c in (_SESSION, _ASYNC) for m in ("add", "add_all")},
    f"{_SESSION}.delete": _WRITE,
    **{
        f"{_QUERY_CLASS}.{m}": _SYNC_QUERY
        for m in ("all", "first", "one", "one_or_none", "scalar", "count", "get", "__iter__")
    },
    **{f"{_QUERY_CLASS}.{m}": _SYNC_QUERY | _WRITE for m in ("delete", "update")},
    "sqlalchemy.Connection.execute": _SYNC_QUERY,
    "sqlalchemy.Connection.scalar": _SYNC_QUERY,
    "sqlalchemy.Connection.commit": _SYNC_QUERY | _WRITE | {Effect.COMMIT},
    "sqlalchemy.Engine.execute": _SYNC_QUERY,
    "sqlalchemy.ext.asyncio.AsyncConnection.execute": _QUERY,
    "sqlalchemy.ext.asyncio.AsyncConnection.scalar": _QUERY,
    "sqlalchemy.ext.asyncio.AsyncConnection.commit": _QUERY | _WRITE | {Effect.COMMIT},
}
