"""Values that the source fixes: literals, module constants, f-strings of these, defaults of settings classes."""

from byte.extract.linker import internal, key, split
from byte.extract.types import Types
from byte.model import syntax as s
from byte.model.facts import Function

Value = str | int | float | bool | None

UNKNOWN = "{?}"
"""Stands in a path for a part that the source does not fix."""

_MAX_DEPTH = 16


class Constants:
    """Evaluates expressions without running anything; None also means unknown."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self.linker = types.linker

    def value(self, path: str, expr: s.Expr | None, function: Function | None = None, depth: int = 0) -> Value:
        """The value of an expression, None if it is not fixed (or is None)."""
        if expr is None or depth > _MAX_DEPTH:
            return None
        match expr:
            case s.Constant() if expr.kind in ("str", "int", "float", "bool"):
                return expr.value
            case s.FString():
                parts = [self.value(path, part, function, depth + 1) for part in expr.parts]
                return None if any(p is None for p in parts) else "".join(str(p) for p in parts)
            case s.Binary() if expr.op == "+":
                left = self.value(path, expr.left, function, depth + 1)
                right = self.value(path, expr.right, function, depth + 1)
                if isinstance(left, str) and isinstance(right, str):
                    return left + right
                return None
            case s.Unary() if expr.op == "-":
                inner = self.value(path, expr.operand, function, depth + 1)
                return -inner if isinstance(inner, (int, float)) else None
            case s.Name() | s.Attribute():
                return self._named(path, expr, function, depth)
            case _:
                return None

    def text(self, path: str, expr: s.Expr | None, function: Function | None = None) -> str:
        """The expression as a string with `{?}` where a part is not fixed; empty if there is no expression."""
        if expr is None or (isinstance(expr, s.Constant) and expr.kind == "none"):
            return ""
        if isinstance(expr, s.FString):
            return "".join(self.text(path, part, function) for part in expr.parts)
        if isinstance(expr, s.Binary) and expr.op == "+":
            return self.text(path, expr.left, function) + self.text(path, expr.right, function)
        found = self.value(path, expr, function)
        return str(found) if found is not None else UNKNOWN

    def _named(self, path: str, expr: s.Name | s.Attribute, function: Function | None, depth: int) -> Value:
        if isinstance(expr, s.Name) and function is not None:
            found = self.types.local(function, expr.id, expr.line)
            if found is not None:
                place, entry = found
                if entry.how == "is" and len(self.types.locals(place)[expr.id]) == 1:
                    return self.value(path, entry.expr, place, depth + 1)
                if entry.how != "import":
                    return None
        target = self.types.resolve(path, expr, function)
        if target is not None:
            return self._target(target, depth)
        if isinstance(expr, s.Attribute):
            owner = self.types.of(function, expr.value) if function else self.types.module_expr(path, expr.value)
            if owner is not None and internal(owner.name):
                return self._member(owner.name, expr.attr, depth)
        return None

    def _target(self, target: str, depth: int) -> Value:
        """A module constant or class attribute; an enum member's `.value` is its value."""
        if not internal(target):
            return None
        path, name = split(target)
        if path.endswith("/"):
            return None
        owner, dot, attr = name.rpartition(".")
        if dot:
            return self._member(key(path, owner), attr, depth)
        binding = self.linker.symbols(path).bindings.get(name)
        if binding is None or binding.kind != "value":
            return None
        return self.value(path, binding.expr, None, depth + 1)

    def _member(self, cls_key: str, name: str, depth: int) -> Value:
        for base in self.linker.mro(cls_key):
            cls = self.linker.cls(base)
            for stmt in cls.node.body if cls is not None else ():
                if cls is not None and isinstance(stmt, s.Assign) and any(s.dotted(t) == name for t in stmt.targets):
                    return self.value(cls.path, _default(stmt.value), None, depth + 1)
        return None


def _default(expr: s.Expr | None) -> s.Expr | None:
    """`Field("x")` and `Field(default="x")` stand for their default."""
    if isinstance(expr, s.Call) and (s.dotted(expr.func) or "").rpartition(".")[2] == "Field":
        return s.argument(expr, 0, "default")
    return expr
