"""Alembic revisions: identifiers and the operations of upgrade and downgrade."""

from collections.abc import Iterator, Mapping

from byte.model import syntax as s
from byte.model.facts import Migration, MigrationOp
from byte.model.review import Location

MENTIONS = ("down_revision",)

_TABLE_OPS = frozenset(
    "create_table drop_table add_column drop_column alter_column create_index drop_index create_foreign_key "
    "create_unique_constraint create_check_constraint create_primary_key drop_constraint rename_table "
    "create_table_comment drop_table_comment bulk_insert execute".split()
)
_NAMED = frozenset(
    {
        "create_index", "drop_index", "create_foreign_key", "create_unique_constraint", "create_check_constraint",
        "create_primary_key", "drop_constraint",
    }
)  # fmt: skip
_HARMLESS = ("set ", "lock ", "analyze ", "vacuum ", "comment ")
"""Statements that change neither rows nor tables."""

_Values = Mapping[str, s.Expr | None]


def read(path: str, module: s.Module) -> Migration | None:
    """The revision that a file defines, None if it is no revision file."""
    values: dict[str, s.Expr | None] = {}
    lines: dict[str, int] = {}
    functions: dict[str, s.Function] = {}
    for stmt in module.body:
        if isinstance(stmt, s.Assign):
            for target in stmt.targets:
                if isinstance(target, s.Name):
                    values[target.id] = stmt.value
                    lines[target.id] = stmt.line
        elif isinstance(stmt, s.Function):
            functions[stmt.name] = stmt
    revision = s.string(values.get("revision"))
    if revision is None or "down_revision" not in values:
        return None
    ops: list[MigrationOp] = []
    for direction in ("upgrade", "downgrade"):
        function = functions.get(direction)
        if function is not None:
            ops.extend(_operations(path, function, functions, values, direction))
    raw = any(_unread(op) for op in ops) or _opaque(functions.get("upgrade"))
    line = lines.get("revision", 1)
    return Migration(
        path=path,
        at=Location(path, line, line),
        revision=revision,
        down=tuple(_revisions(values.get("down_revision"))),
        ops=tuple(ops),
        raw=raw,
    )


def _revisions(expr: s.Expr | None) -> Iterator[str]:
    for item in expr.items if isinstance(expr, s.Sequence) else (expr,):
        found = s.string(item)
        if found is not None:
            yield found


def _operations(
    path: str, function: s.Function, functions: dict[str, s.Function], values: _Values, direction: str
) -> Iterator[MigrationOp]:
    batches: dict[str, str | None] = {}
    seen = {function.name}
    stack: list[s.Function] = [function]
    while stack:
        current = stack.pop(0)
        for node in s.walk(*current.body):
            if isinstance(node, s.With):
                for context, target in node.items:
                    if isinstance(context, s.Call) and _name(context) == "batch_alter_table" and target is not None:
                        batches[s.text(target)] = _text(s.argument(context, 0, "table_name"), values)
            if not isinstance(node, s.Call):
                continue
            if isinstance(node.func, s.Name) and node.func.id in functions and node.func.id not in seen:
                seen.add(node.func.id)
                stack.append(functions[node.func.id])
            elif isinstance(node.func, s.Attribute) and node.func.attr in _TABLE_OPS:
                owner = s.dotted(node.func.value)
                if owner is not None and (owner.rpartition(".")[2] == "op" or owner in batches):
                    yield _operation(path, node, values, batches, owner, direction)


def _operation(
    path: str, call: s.Call, values: _Values, batches: Mapping[str, str | None], owner: str, direction: str
) -> MigrationOp:
    kind = call.func.attr if isinstance(call.func, s.Attribute) else ""
    args = list(call.args)
    if owner in batches:
        table = batches[owner]
        rest = args[1:] if kind in _NAMED else args
    else:
        at = {"create_foreign_key": 1}.get(kind, 1 if kind in _NAMED else 0)
        name = {"create_foreign_key": "source_table", "rename_table": "old_table_name"}.get(kind, "table_name")
        given = s.argument(call, at, name)
        table = _text(given, values)
        rest = args[at + 1 :] if given is None or given in args else args[at:]
    rest.extend(k.value for k in call.keywords if k.name in ("column", "column_name", "columns"))
    return MigrationOp(
        kind=kind,
        table=table,
        columns=tuple(name for item in rest for name in _column_names(item, values)),
        at=Location(path, call.line, call.end),
        call=call,
        direction="upgrade" if direction == "upgrade" else "downgrade",
    )


def _text(expr: s.Expr | None, values: _Values) -> str | None:
    """A literal, a constant of the file, or either inside `op.f(...)`."""
    if isinstance(expr, s.Call) and _name(expr) in ("f", "quoted_name") and expr.args:
        expr = expr.args[0]
    if isinstance(expr, s.Name):
        expr = values.get(expr.id)
    return s.string(expr)


def _column_names(item: s.Expr, values: _Values) -> Iterator[str]:
    text = _text(item, values)
    if text is not None:
        yield text
    elif isinstance(item, s.Call) and _name(item) == "Column":
        first = _text(s.argument(item, 0, "name"), values)
        if first is not None:
            yield first
    elif isinstance(item, s.Sequence):
        for inner in item.items:
            yield from _column_names(inner, values)


def _unread(op: MigrationOp) -> bool:
    """Whether the operation runs SQL that may change rows or tables."""
    if op.kind != "execute":
        return op.kind == "bulk_insert"
    given = op.call.args[0] if op.call.args else None
    if isinstance(given, s.Call) and _name(given) == "text" and given.args:
        given = given.args[0]
    text = s.string(given)
    return text is None or not text.strip().lower().startswith(_HARMLESS)


def _name(call: s.Call) -> str:
    return (s.dotted(call.func) or "").rpartition(".")[2]


def _opaque(function: s.Function | None) -> bool:
    """Whether upgrade does things that cannot be read as operations (loops over tables, helpers of other files)."""
    if function is None:
        return False
    for node in s.walk(*function.body):
        if isinstance(node, (s.For, s.While)):
            return True
        if isinstance(node, s.Call) and _name(node) in ("create_all", "run_sync", "get_bind"):
            return True
        if isinstance(node, s.Call) and _name(node) == "execute" and s.dotted(node.func) != "op.execute":
            return True
    return False
