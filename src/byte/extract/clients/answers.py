"""Which fields of an answer are read: its value followed through names, loops, models and functions of the project."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import msgspec

from byte.extract import symbols
from byte.extract.clients.frames import Source, Steps, arguments
from byte.extract.clients.shapes import fields
from byte.extract.linker import internal
from byte.model import facts as f
from byte.model import syntax as s
from byte.model.fields import ALL, Path

_DEEPEST: Final = 3
_LONGEST: Final = 8
_ROUNDS: Final = 3
_REFS_MOST: Final = 200
"""Parts of an answer that one name may hold: of more it is not told which are read."""

Kind = Literal["response", "text", "json", "entries", "held"]


class Ref(msgspec.Struct, frozen=True, order=True):
    """A value that comes out of an answer: the answer itself, its text, a part of its JSON (at `path`).

    "entries" are the pairs of an object; "held" is something that holds such parts by keys of its own.
    """

    kind: Kind
    path: Path = ()

    def below(self, name: str) -> "Ref":
        """A part of it by name; too far down it is all that is there."""
        return Ref("json", (*self.path, name)) if len(self.path) < _LONGEST else Ref("json", self.path)


Refs = frozenset[Ref]
Env = dict[str, Refs]
NONE: Final[Refs] = frozenset()
_SAME: Final = frozenset(
    f"builtins.{name}"
    for name in "list tuple sorted reversed iter next set enumerate filter zip dict frozenset".split()
) | {
    "copy.copy",
    "copy.deepcopy",
    "itertools.chain",
    "builtins.max",
    "builtins.min",
    "builtins.map",
    "typing.cast",
    "asyncio.gather",
}
"""Functions whose result holds what they were given."""
_PUTS: Final = frozenset({"append", "appendleft", "extend", "add", "insert"})
_LOADS: Final = frozenset({"json.loads", "orjson.loads", "ujson.loads", "msgspec.json.decode", "simplejson.loads"})
_HARMLESS: Final = ("builtins.", "logging.", "loguru.", "structlog.", "pprint.", "rich.", "typing.", "warnings.")
_LOGGERS: Final = frozenset({"logger", "log", "logging", "_logger", "LOGGER", "LOG", "_log", "console", "st", "click"})
_VALIDATES: Final = frozenset({"model_validate", "parse_obj", "model_construct", "validate_python", "from_orm"})
_VALIDATES_TEXT: Final = frozenset({"model_validate_json", "parse_raw", "validate_json"})
_FETCHES: Final = frozenset({"json", "get_json"})
_TEXTS: Final = frozenset(
    "text content read aread iter_content iter_lines iter_bytes iter_text aiter_lines aiter_bytes aiter_text aiter_raw "
    "iter_raw raw readany readline readexactly".split()
)
_ITSELF: Final = frozenset({"raise_for_status", "__enter__", "__aenter__"})


class Read(msgspec.Struct, frozen=True):
    """What a function does with values of an answer: which fields it reads, which parts go where nobody sees, and what
    it returns.
    """

    reads: frozenset[Path] = frozenset()
    escapes: frozenset[Path] = frozenset()
    returned: Refs = NONE

    def __or__(self, other: "Read") -> "Read":
        return Read(self.reads | other.reads, self.escapes | other.escapes, self.returned | other.returned)


class Answers:
    """Reads functions for what they do with an answer."""

    def __init__(self, source: Source, steps: Steps) -> None:
        self._source = source
        self.steps = steps
        self._calls: dict[str, dict[int, f.Call]] = {}
        self._known: dict[tuple[str, tuple[tuple[str, Refs], ...]], Read] = {}

    def of(self, function: f.Function, given: Mapping[int, Refs], bound: Mapping[str, Refs], depth: int = 0) -> Read:
        """What a function does with what some of its calls give (by the identity of their nodes), and its parameters."""
        walk = _Walk(self, self._source, function, given, depth)
        env = dict(bound)
        walk.block(function.node.body, env)
        walk.inner(env)
        return Read(frozenset(walk.reads), frozenset(walk.escapes), frozenset(walk.returned))

    def passed(self, function: f.Function, bound: Mapping[str, Refs], depth: int) -> Read:
        """What a function does with what it is given."""
        key = (function.key, tuple(sorted((name, refs) for name, refs in bound.items())))
        if key not in self._known:
            escaped = frozenset(ref.path for refs in bound.values() for ref in refs)
            # A function that comes back to itself may do anything with it.
            self._known[key] = Read(escapes=escaped)
            if depth < _DEEPEST:
                self._known[key] = self.of(function, {}, bound, depth + 1)
        return self._known[key]

    def call(self, function: f.Function, node: s.Call) -> f.Call | None:
        """The fact of a call."""
        if function.key not in self._calls:
            self._calls[function.key] = {id(call.node): call for call in self._source.calls(function)}
        return self._calls[function.key].get(id(node))


class _Walk:
    """Walks one body in the order of its statements, with what each name holds."""

    def __init__(
        self, answers: Answers, source: Source, function: f.Function, given: Mapping[int, Refs], depth: int
    ) -> None:
        self._answers = answers
        self._source = source
        self._function = function
        self._given = given
        self._depth = depth
        self.reads: set[Path] = set()
        self.escapes: set[Path] = set()
        self.returned: set[Ref] = set()
        self._inner: list[s.Function] = []
        self._lost = False

    # --- statements ----------------------------------------------------------------------------

    def block(self, body: Sequence[s.Stmt], env: Env) -> None:
        for stmt in body:
            self._stmt(stmt, env)

    def inner(self, env: Env) -> None:
        """What functions within the function do with what they know of it; nobody shows what becomes of what they return."""
        while self._inner:
            function = self._inner.pop()
            own = {param.name for param in function.params}
            before, self.returned = self.returned, set()
            self.block(function.body, {name: refs for name, refs in env.items() if name not in own})
            self._escape(frozenset(self.returned))
            self.returned = before

    def _stmt(self, stmt: s.Stmt, env: Env) -> None:
        if not self._answers.steps.take():
            if not self._lost:
                # Whatever it does with what it has got, or gets yet, does not show.
                self._escape(frozenset[Ref]().union(*env.values(), *self._given.values()))
            self._lost = True
            return
        match stmt:
            case s.Assign():
                self._assign(stmt, env)
            case s.Return():
                self.returned |= self._value(stmt.value, env)
            case s.For() | s.While():
                self._loop(stmt, env)
            case s.If():
                self._value(stmt.test, env)
                self._branches(env, stmt.body, stmt.orelse)
            case s.With():
                for context, target in stmt.items:
                    refs = self._value(context, env)
                    if target is not None:
                        self._bind(target, refs, env)
                self.block(stmt.body, env)
            case s.Function():
                env.pop(stmt.name, None)
                self._inner.append(stmt)
            case s.Class():
                env.pop(stmt.name, None)
            case s.Expression():
                self._value(stmt.value, env)
            case s.Raise():
                self._raised(stmt, env)
            case s.Try() | s.Match():
                if isinstance(stmt, s.Match):
                    self._escape(self._value(stmt.subject, env))
                for block, _ in symbols.nested(stmt):
                    self._branches(env, block)
            case _:
                for child in s.children(stmt):
                    self._value(child, env)

    def _raised(self, stmt: s.Raise, env: Env) -> None:
        """What an error says of an answer is for people."""
        before = set(self.escapes)
        self._value(stmt.exc, env)
        self.escapes = before

    def _loop(self, stmt: s.For | s.While, env: Env) -> None:
        """A loop, again while its end gives something to its beginning; what it still gives then may go anywhere."""
        before: Env = {}
        for _ in range(_ROUNDS):
            before = {name: refs for name, refs in env.items() if refs}
            if isinstance(stmt, s.For):
                self._bind(stmt.target, self._value(stmt.iter, env), env)
            else:
                self._value(stmt.test, env)
            self._branches(env, stmt.body, stmt.orelse)
            if before == {name: refs for name, refs in env.items() if refs}:
                return
        self._escape(frozenset(ref for name, refs in env.items() for ref in refs - before.get(name, NONE)))

    def _branches(self, env: Env, *blocks: Sequence[s.Stmt]) -> None:
        """After branches a name holds what any of them gave it, or what it held before."""
        after = [dict(env) for _ in blocks]
        for block, inner in zip(blocks, after, strict=True):
            self.block(block, inner)
        for inner in after:
            for name, refs in inner.items():
                env[name] = env.get(name, NONE) | refs

    def _assign(self, stmt: s.Assign, env: Env) -> None:
        value = stmt.value
        for target in stmt.targets:
            if (
                isinstance(target, s.Sequence)
                and isinstance(value, s.Sequence)
                and len(target.items) == len(value.items)
            ):
                for name, part in zip(target.items, value.items, strict=True):
                    self._bind(name, self._value(part, env), env)
                return
        refs = self._value(value, env)
        for target in stmt.targets:
            self._bind(target, refs, env)

    def _bind(self, target: s.Expr, refs: Refs, env: Env) -> None:
        match target:
            case s.Name():
                env[target.id] = refs
            case s.Sequence():
                self._unpack(target.items, refs, env)
            case s.Starred():
                self._bind(target.value, refs, env)
            case s.Subscript():
                self._value(target.value, env)
                self._value(target.index, env)
                held = frozenset(Ref("held", ref.path) if ref.kind == "json" else ref for ref in refs)
                self._keep(target.value, held, env)
            case _:
                self._escape(refs)

    def _keep(self, holder: s.Expr, refs: Refs, env: Env) -> None:
        """Something is put into what a name of the function holds, or into what others can see."""
        local = isinstance(holder, s.Name) and holder.id in env
        if isinstance(holder, s.Name) and local:
            env[holder.id] |= refs
        else:
            self._escape(refs)

    def _unpack(self, targets: Sequence[s.Expr], refs: Refs, env: Env) -> None:
        """`for name, value in data.items()`, `for i, item in enumerate(data)`; the rest holds what it is taken from."""
        values = frozenset(ref.below(ALL) if ref.kind == "entries" else ref for ref in refs)
        for target in targets[:-1]:
            self._bind(target, NONE if any(r.kind == "entries" for r in refs) else values, env)
        if targets:
            self._bind(targets[-1], values, env)

    # --- expressions ---------------------------------------------------------------------------

    def _value(self, expr: s.Node | None, env: Env) -> Refs:
        """What an expression holds; what it reads on the way is noted."""
        match expr:
            case None | s.Constant():
                return NONE
            case s.Name():
                return env.get(expr.id, NONE)
            case s.Await() | s.Starred():
                return self._value(expr.value, env)
            case s.Walrus():
                refs = self._value(expr.value, env)
                env[expr.target] = refs
                return refs
            case s.Yield():
                self.returned |= self._value(expr.value, env)
                return NONE
            case s.Subscript():
                return self._item(expr, env)
            case s.Attribute():
                return self._attribute(expr, env)
            case s.Call():
                return self._call(expr, env)
            case s.Conditional():
                self._value(expr.test, env)
                return self._value(expr.body, env) | self._value(expr.orelse, env)
            case s.Boolean():
                return self._value(expr.left, env) | self._value(expr.right, env)
            case s.Binary():
                both = self._value(expr.left, env) | self._value(expr.right, env)
                return both if expr.op in ("+", "|") else NONE
            case s.Compare():
                return self._compare(expr, env)
            case s.Comprehension():
                return self._comprehension(expr, env)
            case s.Mapping() | s.Sequence():
                return self._display(expr, env)
            case s.Lambda():
                own = {param.name for param in expr.params}
                self._escape(self._value(expr.body, {name: refs for name, refs in env.items() if name not in own}))
                return NONE
            case _:
                for child in s.children(expr):
                    self._value(child, env)
                return NONE

    def _item(self, expr: s.Subscript, env: Env) -> Refs:
        refs = self._value(expr.value, env)
        if not refs:
            self._value(expr.index, env)
            return NONE
        name = self._text(expr.index)
        number = isinstance(expr.index, (s.Slice, s.Unary)) or (
            isinstance(expr.index, s.Constant) and expr.index.kind == "int"
        )
        return self._parts(refs, name, number)

    def _parts(self, refs: Refs, name: str | None, number: bool = False) -> Refs:
        out: set[Ref] = set()
        for ref in refs:
            if ref.kind == "held":
                out.add(Ref("json", ref.path))
            elif ref.kind == "json" and number:
                out.add(ref)
            elif ref.kind == "json":
                out.add(ref.below(name if name is not None else ALL))
        if len(out) > _REFS_MOST:
            self._escape(refs)
            return NONE
        return self._seen(frozenset(out))

    def _seen(self, refs: Refs) -> Refs:
        self.reads |= {ref.path for ref in refs if ref.kind == "json" and ref.path}
        return refs

    def _text(self, expr: s.Expr) -> str | None:
        found = self._source.constants.value(self._function.path, expr, self._function)
        return found if isinstance(found, str) and "/" not in found and found else None

    def _attribute(self, expr: s.Attribute, env: Env) -> Refs:
        refs = self._value(expr.value, env)
        if expr.attr in _TEXTS and any(ref.kind == "response" for ref in refs):
            return frozenset({Ref("text")})
        return NONE

    def _compare(self, expr: s.Compare, env: Env) -> Refs:
        self._value(expr.left, env)
        for op, right in zip(expr.ops, expr.comparators, strict=False):
            refs = self._value(right, env)
            if op in ("in", "not in"):
                name = self._text(expr.left)
                if name is not None:
                    self._parts(frozenset(ref for ref in refs if ref.kind == "json" and _object(expr.left)), name)
        return NONE

    def _display(self, expr: s.Mapping | s.Sequence, env: Env) -> Refs:
        """A list holds what its items are; an object holds them by names of its own."""
        items = expr.items if isinstance(expr, s.Sequence) else [v for v in (*expr.keys, *expr.values) if v is not None]
        refs = frozenset[Ref]().union(*(self._value(item, env) for item in items))
        if isinstance(expr, s.Sequence):
            return refs
        return frozenset(Ref("held", ref.path) for ref in refs if ref.kind in ("json", "held"))

    def _comprehension(self, expr: s.Comprehension, env: Env) -> Refs:
        inner = dict(env)
        for generator in expr.generators:
            self._bind(generator.target, self._value(generator.iter, inner), inner)
            for condition in generator.conditions:
                self._value(condition, inner)
        if expr.key is not None:
            self._value(expr.key, inner)
        refs = self._value(expr.element, inner)
        if expr.kind != "dict":
            return refs
        return frozenset(Ref("held", ref.path) for ref in refs if ref.kind == "json")

    # --- calls ---------------------------------------------------------------------------------

    def _call(self, expr: s.Call, env: Env) -> Refs:
        own = self._given.get(id(expr))
        if own is not None:
            for value in (*expr.args, *(k.value for k in expr.keywords)):
                self._value(value, env)
            return own
        if isinstance(expr.func, s.Attribute):
            receiver = self._value(expr.func.value, env)
            if expr.func.attr in _PUTS:
                self._keep(expr.func.value, frozenset[Ref]().union(*(self._value(arg, env) for arg in expr.args)), env)
                return NONE
            if receiver:
                return self._method(expr, expr.func.attr, receiver, env)
        given = [(None, arg, self._value(arg, env)) for arg in expr.args]
        named = [(k.name, k.value, self._value(k.value, env)) for k in expr.keywords]
        if not any(refs for _, _, refs in (*given, *named)):
            self._lambdas(expr, NONE, env)
            return NONE
        return self._passed(expr, [*given, *named], env)

    def _method(self, expr: s.Call, name: str, refs: Refs, env: Env) -> Refs:
        arguments_ = [self._value(arg, env) for arg in (*expr.args, *(k.value for k in expr.keywords))]
        if any(ref.kind in ("response", "text") for ref in refs):
            return _of_answer(name, refs)
        if name in ("get", "pop", "setdefault") and expr.args:
            default = frozenset().union(*arguments_[1:])
            return self._parts(refs, self._text(expr.args[0]), _is_number(expr.args[0])) | default
        if name == "items":
            return frozenset(Ref("entries", ref.path) for ref in refs)
        if name == "values":
            return frozenset(Ref("json", ref.path) if ref.kind == "held" else ref.below(ALL) for ref in refs)
        return refs if name == "copy" else NONE

    def _passed(self, expr: s.Call, given: "list[tuple[str | None, s.Expr, Refs]]", env: Env) -> Refs:
        """What becomes of values that a call is given."""
        every = frozenset().union(*(refs for _, _, refs in given))
        target, _ = self._source.types.target(self._function, self._function.path, expr.func)
        self._lambdas(expr, every, env)
        if target in _LOADS:
            return frozenset(Ref("json") for ref in every if ref.kind == "text")
        if target in _SAME or (isinstance(expr.func, s.Attribute) and expr.func.attr == "join"):
            if _by_function(target, expr):
                self._escape(every)
            return every
        if self._validated(expr, target, given):
            return NONE
        if _harmless(target, expr):
            return NONE
        call = self._answers.call(self._function, expr)
        callee = self._source.function(call.callee if call is not None else None)
        if callee is not None:
            return self._into(callee, expr, given)
        self._escape(every)
        return NONE

    def _into(self, callee: f.Function, expr: s.Call, given: "list[tuple[str | None, s.Expr, Refs]]") -> Refs:
        """What a function of the project does with values that it is given."""
        held = {id(value): refs for _, value, refs in given if refs}
        bound = {name: held[id(value)] for name, value in arguments(callee, expr).items() if id(value) in held}
        names = {p.name for p in callee.node.params}
        spread = frozenset().union(*(refs for _, value, refs in given if _spreads(value, expr)))
        taken = {name: refs for name, refs in bound.items() if name in names}
        for name in sorted(names - {"self", "cls"}):
            if spread and name not in bound:
                taken[name] = self._parts(spread, name)
        if any(refs and name not in taken for name, refs in bound.items()):
            self._escape(frozenset().union(*bound.values()))
        made = self._answers.passed(callee, taken, self._depth)
        self.reads |= made.reads
        self.escapes |= made.escapes
        return made.returned

    def _validated(self, expr: s.Call, target: str | None, given: "list[tuple[str | None, s.Expr, Refs]]") -> bool:
        """Whether a call makes a model of what it is given: then the model's fields are read."""
        func = expr.func
        kind: f.Type | None = None
        text = False
        if isinstance(func, s.Attribute) and func.attr in _VALIDATES | _VALIDATES_TEXT:
            text = func.attr in _VALIDATES_TEXT
            kind = self._model_of(func.value)
        elif target is not None and internal(target) and self._source.model(target) is not None:
            if all(not _spreads(value, expr) for _, value, refs in given if refs):
                return False
            kind = f.Type(target)
        if kind is None:
            return False
        found = fields(self._source, kind, "read")
        if found is None:
            return False
        paths = [tuple(path.split("/")) for path in found]
        refs = frozenset().union(*(refs for _, _, refs in given))
        for ref in refs:
            start = ref.path if ref.kind == "json" else ()
            if ref.kind == "json" or text:
                self.reads |= {(*start, *path) for path in paths}
        return True

    def _model_of(self, owner: s.Expr) -> f.Type | None:
        """The type that validates: a class, or what is in `TypeAdapter(...)`."""
        if isinstance(owner, s.Call) and (s.dotted(owner.func) or "").endswith("TypeAdapter") and owner.args:
            return self._source.types.annotation(self._function.path, owner.args[0], self._function)
        if isinstance(owner, s.Name) and owner.id == "cls" and self._function.cls is not None:
            return f.Type(self._function.cls)
        target = self._source.types.resolve(self._function.path, owner, self._function)
        return f.Type(target) if target is not None and internal(target) else None

    def _lambdas(self, expr: s.Call, refs: Refs, env: Env) -> None:
        """What functions in a call, `key=lambda item: item["date"]`, do with what stands beside them."""
        for value in (*expr.args, *(k.value for k in expr.keywords)):
            if isinstance(value, s.Lambda):
                self._value(value.body, {**env, **{p.name: refs for p in value.params[:1]}})

    def _escape(self, refs: Refs) -> None:
        self.escapes |= {ref.path for ref in refs}


def _of_answer(name: str, refs: Refs) -> Refs:
    """What a method of an answer, or of its text, gives."""
    if any(ref.kind == "text" for ref in refs):
        return refs
    if name in _FETCHES:
        return frozenset({Ref("json")})
    return frozenset({Ref("text")}) if name in _TEXTS else refs if name in _ITSELF else NONE


def paths(read: Read) -> tuple[str, ...]:
    """The fields that are read, as paths: what is above another one is left out, what may go anywhere ends in `*`."""
    every = {p for p in read.reads | read.escapes if p}
    out: set[Path] = {(ALL,)} if () in read.escapes else set()
    above = {path[:size] for path in every for size in range(1, len(path))}
    for path in every:
        if path not in above:
            out.add(path)
        elif path in read.escapes:
            out.add((*path, ALL))
    return tuple(sorted("/".join(path) for path in out))


def _harmless(target: str | None, expr: s.Call) -> bool:
    """Whether a call only shows or measures what it is given."""
    if target is not None and target.startswith(_HARMLESS):
        return target.count(".") == 1 or not target.startswith("builtins.")
    name = s.dotted(expr.func) or ""
    owner = name.rpartition(".")[0].rpartition(".")[2]
    return owner in _LOGGERS


def _by_function(target: str | None, call: s.Call) -> bool:
    """Whether a function that does not stand there looks at what is given: `map(read, data)`, `sorted(data, key=by)`."""
    first = call.args[:1] if target in ("builtins.map", "builtins.filter") else ()
    given = [*first, *(k.value for k in call.keywords if k.name == "key")]
    return any(not isinstance(one, (s.Lambda, s.Constant)) for one in given)


def _spreads(value: s.Expr, call: s.Call) -> bool:
    """Whether an argument is given as `**value`."""
    return any(k.name is None and k.value is value for k in call.keywords)


def _is_number(expr: s.Expr) -> bool:
    return isinstance(expr, s.Constant) and expr.kind == "int"


def _object(expr: s.Expr) -> bool:
    return isinstance(expr, (s.Constant, s.Name, s.Attribute))


def merged(reads: Iterable[Read]) -> Read:
    """All of it together."""
    out = Read()
    for one in reads:
        out |= one
    return out
