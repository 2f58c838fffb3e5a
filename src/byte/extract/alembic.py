"""Alembic revisions: identifiers and the operations of upgrade and downgrade."""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import Migration, MigrationOp
from byte.model.review import Location

MENTIONS = ("down_revision",)

_TABLE_OPS = frozenset(
    "create_table drop_table add_column drop_column alter_column create_index drop_index create_foreign_key "
    "create_unique_constraint create_check_constraint create_primary_key drop_constraint rename_table "
    "bulk_insert execute".split()
)


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
    raw = False
    for direction in ("upgrade", "downgrade"):
        function = functions.get(direction)
        if function is not None:
            ops.extend(_operations(path, function, functions, direction))
    raw = any(op.kind in ("execute", "bulk_insert") for op in ops) or _opaque(functions.get("upgrade"))
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
    path: str, function: s.Function, functions: dict[str, s.Function], direction: str
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
                        batches[s.text(target)] = s.string(s.argument(context, 0, "table_name"))
            if not isinstance(node, s.Call):
                continue
            if isinstance(node.func, s.Name) and node.func.id in functions and node.func.id not in seen:
                seen.add(node.func.id)
                stack.append(functions[node.func.id])
            elif isinstance(node.func, s.Attribute) and node.func.attr in _TABLE_OPS:
                owner = s.dotted(node.func.value)
                if owner == "op" or owner in batches:
                    yield _operation(path, node, node.func.attr, batches.get(owner or ""), owner in batches, direction)


def _operation(
    path: str, call: s.Call, kind: str, batch: str | None, in_batch: bool, direction: str
) -> MigrationOp:
    args = list(call.args)
    named = kind in ("create_index", "drop_index", "create_foreign_key", "create_unique_constraint",
                     "create_check_constraint", "create_primary_key", "drop_constraint")  # fmt: skip
    if in_batch:
        table = batch
        rest = args[1:] if named else args
    elif named:
        table = s.string(args[1]) if len(args) > 1 else s.string(s.keyword(call, "table_name"))
        rest = args[2:]
    else:
        table = s.string(args[0]) if args else s.string(s.keyword(call, "table_name"))
        rest = args[1:]
    columns = tuple(name for item in rest for name in _column_names(item))
    return MigrationOp(
        kind=kind,
        table=table,
        columns=columns,
        at=Location(path, call.line, call.end),
        call=call,
        direction="upgrade" if direction == "upgrade" else "downgrade",
    )


def _column_names(item: s.Expr) -> Iterator[str]:
    text = s.string(item)
    if text is not None:
        yield text
    elif isinstance(item, s.Call) and _name(item) == "Column":
        first = s.string(s.argument(item, 0, "name"))
        if first is not None:
            yield first
    elif isinstance(item, s.Sequence):
        for inner in item.items:
            yield from _column_names(inner)


def _name(call: s.Call) -> str:
    return (s.dotted(call.func) or "").rpartition(".")[2]


def _opaque(function: s.Function | None) -> bool:
    """Whether upgrade does things that cannot be read as operations (loops over tables, helpers of other files)."""
    if function is None:
        return False
    for node in s.walk(*function.body):
        if isinstance(node, (s.For, s.While)):
            return True
        if isinstance(node, s.Call) and _name(node) in ("create_all", "run_sync", "get_bind", "execute"):
            return True
    return False
