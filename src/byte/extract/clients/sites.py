"""The calls of HTTP clients in a function: method, URL, what is sent, and what the client's base URL is."""

from collections.abc import Iterator
from typing import Final

import msgspec

from byte.extract.clients.frames import Frame, Source, Steps, callers
from byte.extract.clients.texts import Parts, Texts, assignments, at_top, begins, joined, shown, urljoined
from byte.extract.linker import internal, key, split
from byte.model import facts as f
from byte.model import syntax as s

MENTIONS: Final = ("httpx", "requests", "aiohttp")
_VERBS: Final = ("get", "post", "put", "patch", "delete", "head", "options")
_MODULES: Final = ("requests", "httpx")
_CLIENTS: Final = frozenset({"requests.Session", "httpx.Client", "httpx.AsyncClient", "aiohttp.ClientSession"})
_BASES: Final = frozenset({"httpx.Client", "httpx.AsyncClient", "aiohttp.ClientSession"})
_METHOD_FIRST: Final = frozenset({"request", "stream"})
BODIES: Final = ("json", "data", "params", "content", "files")
"""The arguments that name what is sent."""
_DEEPEST: Final = 4


class Site(msgspec.Struct, frozen=True, eq=False):
    """A call of a client: `method` "" where the call is given it (`method_expr`); `client` is the object, None for a
    function of the library itself.
    """

    node: s.Call
    library: str
    method: str
    method_expr: s.Expr | None
    url: s.Expr | None
    client: s.Expr | None

    def body(self) -> "Iterator[tuple[str, s.Expr]]":
        """What is sent, by the name of the argument."""
        for name in BODIES:
            value = s.keyword(self.node, name)
            if value is not None:
                yield name, value
        if self.library.startswith("requests.") and self.method in ("POST", "PUT", "PATCH") and len(self.node.args) > 1:
            yield from zip(("data", "json"), self.node.args[1:3], strict=False)
        elif self.library == "requests.get" and len(self.node.args) > 1:
            yield "params", self.node.args[1]

    def spread(self) -> "Iterator[s.Expr]":
        """`**kwargs` of the call."""
        yield from (k.value for k in self.node.keywords if k.name is None)


def sites(source: Source, function: f.Function) -> Iterator[Site]:
    """The calls of clients in a function's own body."""
    for call in source.calls(function):
        found = _site(call)
        if found is not None:
            yield found


def _site(call: f.Call) -> Site | None:
    owner, _, verb = (call.target or "").rpartition(".")
    if verb not in (*_VERBS, *_METHOD_FIRST) or owner not in (*_MODULES, *_CLIENTS):
        return None
    client = call.node.func.value if owner in _CLIENTS and isinstance(call.node.func, s.Attribute) else None
    if verb in _METHOD_FIRST:
        named = s.argument(call.node, 0, "method")
        return Site(call.node, call.target or "", "", named, s.argument(call.node, 1, "url"), client)
    return Site(call.node, call.target or "", verb.upper(), None, s.argument(call.node, 0, "url"), client)


class Bases:
    """The base URLs of clients: what they were made with."""

    def __init__(self, source: Source, texts: Texts, steps: Steps) -> None:
        self._source = source
        self._steps = steps
        self._texts = texts

    def of(self, frame: Frame, client: s.Expr, depth: int = 0) -> Parts | None:
        """The base URL of a client; () where it has none, None where it does not show how it was made."""
        if depth > _DEEPEST or not self._steps.take():
            return None
        match client:
            case s.Call():
                return self._made(frame, client, depth)
            case s.Await():
                return self.of(frame, client.value, depth + 1)
            case s.Name():
                return self._name(frame, client, depth)
            case s.Attribute():
                return self._attribute(frame, client, depth)
            case _:
                return None

    def _made(self, frame: Frame, call: s.Call, depth: int) -> Parts | None:
        target, _ = self._source.types.target(frame.function, frame.function.path, call.func)
        if target in _CLIENTS or target == "requests.session":
            return self._given(frame, call, target or "")
        callee = self._source.function(target)
        if callee is not None:
            return self._returned(callee, Frame(callee, call, frame), depth)
        if target is not None and self._source.linker.cls(target) is not None:
            return self._of_class(target)
        return None

    def _given(self, frame: Frame, call: s.Call, target: str) -> Parts | None:
        if target not in _BASES:
            return ()
        value = s.keyword(call, "base_url")
        if value is None and target == "aiohttp.ClientSession" and call.args:
            value = call.args[0]
        if value is None:
            return None if any(k.name is None for k in call.keywords) else ()
        if isinstance(value, s.Constant) and value.kind == "none":
            return ()
        return self._texts.of(frame, value)

    def _returned(self, function: f.Function, frame: Frame, depth: int) -> Parts | None:
        """The client that a function returns, or yields."""
        for node in s.own(function.node):
            value = node.value if isinstance(node, (s.Return, s.Yield)) else None
            if value is not None and not (isinstance(value, s.Constant) and value.kind == "none"):
                return self.of(frame, value, depth + 1)
        return None

    def _of_class(self, target: str) -> Parts | None:
        """The base URL that a client of the project's own gives its ancestor."""
        for base in self._source.linker.mro(target):
            if not internal(base):
                return () if base in _CLIENTS else None
            init = self._source.function(f"{base}.__init__")
            for call in self._source.calls(init) if init is not None else ():
                if init is not None and _is_super(call.node):
                    return self._given(Frame(init), call.node, "httpx.Client")
        return None

    def _name(self, frame: Frame, client: s.Name, depth: int) -> Parts | None:
        found = self._source.types.local(frame.function, client.id, client.line)
        if found is not None and found[1].how != "import":
            place, entry = found
            if entry.how in ("is", "with") and entry.expr is not None:
                around = frame
                while around.function.key != place.key and around.caller is not None:
                    around = around.caller
                holder = around if around.function.key == place.key else Frame(place)
                return self.of(holder, entry.expr, depth + 1)
            if entry.how == "param":
                return self._parameter(frame, place, client.id, depth)
            return None
        target = self._source.types.resolve(frame.function.path, client, frame.function)
        return self._variable(target, depth) if target is not None else None

    def _parameter(self, frame: Frame, place: f.Function, name: str, depth: int) -> Parts | None:
        if place.node.params and place.node.params[0].name == name and place.cls is not None:
            return self._of_class(place.cls)
        given = frame.bound(name) if frame.function.key == place.key else None
        if given is not None and isinstance(given[1], s.Call):
            provider = self._source.types.dependency(place.path, given[1], place)
            made = self._source.function(provider)
            if made is not None:
                return self._returned(made, Frame(made), depth)
        if given is not None and given[0] is not frame:
            return self.of(*given, depth + 1)
        made_by = {self.of(Frame(caller), value, depth + 1) for caller, value in self._handed(place, name)}
        return made_by.pop() if len(made_by) == 1 else None

    def _handed(self, place: f.Function, name: str) -> Iterator[tuple[f.Function, s.Expr]]:
        """What callers hand in for a parameter."""
        for caller, call in callers(self._source, place):
            value = Frame(place, call, Frame(caller)).bound(name)
            if value is not None and value[0].function.key == caller.key:
                yield caller, value[1]

    def _variable(self, target: str, depth: int) -> Parts | None:
        """A client that a module keeps."""
        if not internal(target) or split(target)[0].endswith("/"):
            return None
        path, name = split(target)
        binding = self._source.linker.symbols(path).bindings.get(name)
        if binding is None or not isinstance(binding.expr, s.Call):
            return None
        call = binding.expr
        made = self._source.linker.dotted(path, s.dotted(call.func) or "")
        if made in _CLIENTS:
            return self._given(at_top(path), call, made or "")
        function = self._source.function(made)
        return self._returned(function, Frame(function), depth) if function is not None else None

    def _attribute(self, frame: Frame, client: s.Attribute, depth: int) -> Parts | None:
        target = self._source.types.resolve(frame.function.path, client, frame.function)
        if target is not None and internal(target):
            found = self._variable(target, depth)
            if found is not None:
                return found
        owner = self._source.types.of(frame.function, client.value)
        if owner is None or not internal(owner.name):
            return None
        for base in self._source.linker.mro(owner.name):
            cls = self._source.linker.cls(base)
            if cls is None:
                continue
            method = self._source.function(key(cls.path, f"{cls.qualname}.{client.attr}"))
            if method is not None:
                return self._returned(method, Frame(method), depth)
            made = {
                self.of(_in_init(self._source, fn), v, depth + 1)
                for fn, v in assignments(self._source, cls, client.attr)
            }
            if made:
                return made.pop() if len(made) == 1 else None
        return None


def _in_init(source: Source, function: f.Function) -> Frame:
    """The frame of a method; of `__init__` that of the only place where objects are made, if there is one."""
    if function.node.name != "__init__":
        return Frame(function)
    found = list(callers(source, function))
    return Frame(function, found[0][1], Frame(found[0][0])) if len(found) == 1 else Frame(function)


def _is_super(call: s.Call) -> bool:
    func = call.func
    inner = func.value if isinstance(func, s.Attribute) and func.attr == "__init__" else None
    return isinstance(inner, s.Call) and isinstance(inner.func, s.Name) and inner.func.id == "super"


def based(base: Parts, url: Parts, library: str) -> Parts:
    """The URL of a request below the base URL of its client: httpx puts it behind that, aiohttp resolves it."""
    absolute = begins(url, "http://") or begins(url, "https://")
    if absolute or not base:
        return url
    if not url or not shown(url):
        return base
    return urljoined(base, url) if library == "aiohttp" else joined(base, url)
