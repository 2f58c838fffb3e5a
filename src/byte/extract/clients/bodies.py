"""Which fields a request sends: of its body, and its query parameters, by name."""

from typing import Final

from byte.extract.clients.frames import Frame, Source, Steps
from byte.extract.clients.shapes import fields
from byte.extract.clients.texts import Texts, at_top, fixed
from byte.extract.linker import internal, split
from byte.model import facts as f
from byte.model import syntax as s
from byte.model.fields import ALL

_DEEPEST: Final = 12
_FIELDS_MOST: Final = 2_000
_DUMPS: Final = frozenset({"model_dump", "dict", "model_dump_json"})
_ENCODERS: Final = frozenset({"fastapi.encoders.jsonable_encoder", "json.dumps", "dataclasses.asdict", "orjson.dumps"})

Fields = tuple[str, ...]
_UNKNOWN: Final[Fields] = (ALL,)


class Bodies:
    """Evaluates expressions to the fields that they have, in the frame that they stand in."""

    def __init__(self, source: Source, texts: Texts, steps: Steps) -> None:
        self._source = source
        self._steps = steps
        self._texts = texts
        self._adds: dict[str, dict[str, list[s.Subscript | s.Call]]] = {}

    def of(self, frame: Frame, expr: s.Expr | None, depth: int = 0) -> Fields:
        """The fields of a value that is sent, `*` for those that do not show."""
        if expr is None or depth > _DEEPEST or not self._steps.take():
            return _UNKNOWN
        found = self._found(frame, expr, depth)
        return found if len(found) <= _FIELDS_MOST else _UNKNOWN

    def _found(self, frame: Frame, expr: s.Expr, depth: int) -> Fields:
        match expr:
            case s.Constant():
                return ()
            case s.Mapping():
                return self._mapping(frame, expr, depth)
            case s.Sequence():
                return tuple(dict.fromkeys(path for item in expr.items for path in self._item(frame, item, depth)))
            case s.Name():
                return self._name(frame, expr, depth)
            case s.Call():
                return self._call(frame, expr, depth)
            case s.Boolean() | s.Conditional():
                left, right = (expr.left, expr.right) if isinstance(expr, s.Boolean) else (expr.body, expr.orelse)
                return tuple(dict.fromkeys((*self.of(frame, left, depth + 1), *self.of(frame, right, depth + 1))))
            case s.Binary() if expr.op == "|":
                return (*self.of(frame, expr.left, depth + 1), *self.of(frame, expr.right, depth + 1))
            case s.Comprehension() if expr.kind == "list":
                return self._held(frame, expr.element, depth)
            case _:
                return _UNKNOWN

    def _held(self, frame: Frame, expr: s.Expr, depth: int) -> Fields:
        """The fields below a value: none of a plain one, `*` where that does not show."""
        if isinstance(expr, (s.Mapping, s.Sequence, s.Comprehension)):
            return self.of(frame, expr, depth + 1)
        if isinstance(expr, s.Call):
            found = self.of(frame, expr, depth + 1)
            return () if found == _UNKNOWN else found
        return ()

    def _item(self, frame: Frame, item: s.Expr, depth: int) -> Fields:
        if isinstance(item, s.Sequence) and item.kind == "tuple" and len(item.items) == 2:
            name = s.string(item.items[0])
            return (name,) if name is not None else _UNKNOWN
        return self._held(frame, item, depth)

    def _mapping(self, frame: Frame, expr: s.Mapping, depth: int) -> Fields:
        out: dict[str, None] = {}
        for name, value in zip(expr.keys, expr.values, strict=True):
            if name is None:
                out.update(dict.fromkeys(self.of(frame, value, depth + 1)))
                continue
            text = fixed(self._texts.of(frame, name))
            if text is None:
                out[ALL] = None
                continue
            below = self._held(frame, value, depth)
            out.update(dict.fromkeys(f"{text}/{path}" for path in below) if below else {text: None})
        return tuple(out)

    # --- names ---------------------------------------------------------------------------------

    def _name(self, frame: Frame, expr: s.Name, depth: int) -> Fields:
        found = self._source.types.local(frame.function, expr.id, expr.line)
        if found is None or found[1].how == "import":
            return self._constant(frame, expr, depth)
        if found[0].key != frame.function.key:
            return _UNKNOWN
        _, entry = found
        if entry.how == "param":
            return self._parameter(frame, expr, depth)
        out: dict[str, None] = {}
        for local in self._source.types.locals(frame.function)[expr.id]:
            if local.how != "is" or local.expr is None or local.line > expr.line:
                return _UNKNOWN if local.how != "augment" else tuple(out)
            out.update(dict.fromkeys(self.of(frame, local.expr, depth + 1)))
        return tuple(dict.fromkeys((*out, *self._added(frame, expr, depth))))

    def _constant(self, frame: Frame, expr: s.Name, depth: int) -> Fields:
        """The fields of what a module keeps."""
        target = self._source.types.resolve(frame.function.path, expr, frame.function)
        if target is None or not internal(target) or split(target)[0].endswith("/"):
            return _UNKNOWN
        path, name = split(target)
        binding = self._source.linker.symbols(path).bindings.get(name)
        found = binding.expr if binding is not None and binding.kind == "value" else None
        return self.of(at_top(path), found, depth + 1)

    def _parameter(self, frame: Frame, expr: s.Name, depth: int) -> Fields:
        extra = frame.extra(expr.id)
        if extra:
            return tuple(extra)
        given = frame.bound(expr.id)
        if given is not None and given[0] is not frame:
            return (*self.of(*given, depth + 1), *self._added(frame, expr, depth))
        kind = self._source.types.of(frame.function, expr)
        if given is not None and (kind is None or kind.name == "builtins.dict") and frame.caller is not None:
            return (*self.of(*given, depth + 1), *self._added(frame, expr, depth))
        return fields(self._source, kind, "names") or _UNKNOWN

    def _added(self, frame: Frame, expr: s.Name, depth: int) -> Fields:
        """What `name["x"] = ...` and `name.update(...)` add."""
        out: dict[str, None] = {}
        for node in self._additions(frame.function).get(expr.id, ()):
            if isinstance(node, s.Subscript):
                text = fixed(self._texts.of(frame, node.index))
                out[text if text is not None else ALL] = None
            else:
                given = [k.name if k.name is not None else ALL for k in node.keywords]
                out.update(dict.fromkeys(given))
                for value in node.args:
                    out.update(dict.fromkeys(self.of(frame, value, depth + 1)))
        return tuple(out)

    def _additions(self, function: f.Function) -> dict[str, list[s.Subscript | s.Call]]:
        """All `name[...]` that a function assigns to, and its calls `name.update(...)`, by name."""
        known = self._adds.get(function.key)
        if known is None:
            known = self._adds[function.key] = {}
            for node in s.own(function.node):
                for target in node.targets if isinstance(node, s.Assign) else ():
                    if isinstance(target, s.Subscript) and isinstance(target.value, s.Name):
                        known.setdefault(target.value.id, []).append(target)
                name, _, verb = ((s.dotted(node.func) or "") if isinstance(node, s.Call) else "").rpartition(".")
                if verb == "update" and isinstance(node, s.Call):
                    known.setdefault(name, []).append(node)
        return known

    # --- calls ---------------------------------------------------------------------------------

    def _call(self, frame: Frame, expr: s.Call, depth: int) -> Fields:
        target, _ = self._source.types.target(frame.function, frame.function.path, expr.func)
        if target == "builtins.dict":
            copied = [path for value in expr.args for path in self.of(frame, value, depth + 1)]
            return (*copied, *(k.name if k.name is not None else ALL for k in expr.keywords))
        if target in _ENCODERS and expr.args:
            return self._typed(frame, expr.args[0], expr, depth) or self.of(frame, expr.args[0], depth + 1)
        if isinstance(expr.func, s.Attribute) and expr.func.attr in _DUMPS:
            return self._dumped(frame, expr, expr.func.value, depth)
        if isinstance(expr.func, s.Attribute) and expr.func.attr == "copy" and not expr.args:
            return self.of(frame, expr.func.value, depth + 1)
        callee = self._source.function(target)
        if callee is not None and internal(target):
            returns = [n.value for n in s.own(callee.node) if isinstance(n, s.Return) and n.value is not None]
            if len(returns) == 1:
                return self.of(Frame(callee, expr, frame), returns[0], depth + 1)
        return _UNKNOWN

    def _dumped(self, frame: Frame, expr: s.Call, value: s.Expr, depth: int) -> Fields:
        found = self._typed(frame, value, expr, depth)
        if found is None:
            return _UNKNOWN
        only, without = (_listed(s.keyword(expr, name)) for name in ("include", "exclude"))
        if only is None or without is None:
            return _UNKNOWN
        heads = [(path, path.partition("/")[0]) for path in found]
        return tuple(path for path, head in heads if head not in without and (not only or head in only))

    def _typed(self, frame: Frame, value: s.Expr, dump: s.Call, depth: int) -> Fields | None:
        """The fields of a model that is sent: by aliases where that is asked for, or FastAPI's encoder does it."""
        kind = self._source.types.of(frame.function, value)
        by_alias = s.keyword(dump, "by_alias")
        usual = (s.dotted(dump.func) or "").rpartition(".")[2] == "jsonable_encoder"
        aliased = by_alias.value is True if isinstance(by_alias, s.Constant) else usual
        found = fields(self._source, kind, "write" if aliased else "names")
        if found is None and isinstance(value, s.Name) and depth < _DEEPEST:
            given = frame.bound(value.id)
            if given is not None and given[0] is not frame:
                return self._typed(*given, dump, depth + 1)
        return found


def _listed(expr: s.Expr | None) -> frozenset[str] | None:
    """The names in a set or list of texts, none where there is none; None where they do not show."""
    if expr is None:
        return frozenset()
    names = [s.string(item) for item in expr.items] if isinstance(expr, s.Sequence) else [None]
    known = frozenset(name for name in names if name is not None)
    return known if len(known) == len(names) else None


def pruned(paths: "tuple[str, ...] | list[str]") -> tuple[str, ...]:
    """The paths sorted, each once; what is above another of them says nothing more."""
    every = set(paths)
    above = {path[:at] for path in every for at, char in enumerate(path) if char == "/"}
    return tuple(sorted(every - above))


def of_query(text: str) -> tuple[str, Fields]:
    """A URL without its query, and the names of the parameters in that."""
    path, _, query = text.partition("?")
    names = [pair.partition("=")[0] for pair in query.split("&") if pair]
    known = [name for name in names if name and "{" not in name]
    unknown = [ALL] if len(known) < len(names) else []
    return path, (*known, *unknown)
