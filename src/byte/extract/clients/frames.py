"""A function as it is called from somewhere: what its parameters stand for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

import msgspec

from byte.extract.constants import Constants
from byte.extract.linker import Linker
from byte.extract.types import Types
from byte.model import facts as f
from byte.model import syntax as s

CALLERS_MOST: Final = 60
_EACH: Final = 20_000
_ALL: Final = 2_000_000


class Steps:
    """How much is looked at: so many expressions and statements of one request, and of all of a project.

    Source that is made for it says very much with few lines (`b = a + a`, `c = b + b`, ...); what is left out of it does
    not show.
    """

    def __init__(self) -> None:
        self._left = _EACH
        self._rest = _ALL

    def begin(self) -> bool:
        """Whether another request is looked at."""
        self._left = min(_EACH, self._rest)
        return self._left > 0

    def take(self) -> bool:
        """Whether one more step is made."""
        self._left -= 1
        self._rest -= 1
        return self._left >= 0


class Source(Protocol):
    """What is asked of the facts of a project."""

    linker: Linker
    types: Types
    constants: Constants

    def mentioning(self, *names: str) -> list[str]: ...
    def functions(self, path: str) -> Sequence[f.Function]: ...
    def function(self, key: str | None) -> f.Function | None: ...
    def calls(self, function: f.Function) -> Sequence[f.Call]: ...
    def callers(self, function: f.Function) -> Sequence[tuple[f.Function, f.Call]]: ...
    def model(self, key: str | None) -> f.Model | None: ...
    def endpoint(self, function: str) -> f.Endpoint | None: ...


class Frame(msgspec.Struct, frozen=True, eq=False):
    """A function, and the call that leads to it where one is looked at: `caller` is the frame that holds that call."""

    function: f.Function
    call: s.Call | None = None
    caller: "Frame | None" = None

    @property
    def outermost(self) -> "Frame":
        """The frame that nothing leads to."""
        return self if self.caller is None else self.caller.outermost

    @property
    def depth(self) -> int:
        """How many calls lead here."""
        return 0 if self.caller is None else self.caller.depth + 1

    def bound(self, name: str) -> "tuple[Frame, s.Expr] | None":
        """What a parameter stands for, with the frame that it is to be read in; its default where nothing is given."""
        param = next((p for p in self.function.node.params if p.name == name), None)
        if param is None:
            return None
        if self.call is not None and self.caller is not None:
            given = arguments(self.function, self.call).get(name)
            if given is not None:
                return self.caller, given
            if any(k.name is None for k in self.call.keywords):
                return None
        return (self, param.default) if param.default is not None else None

    def extra(self, name: str) -> "Mapping[str, tuple[Frame, s.Expr]]":
        """The keyword arguments that a `**name` parameter takes up."""
        param = next((p for p in self.function.node.params if p.name == name and p.kind == "kwargs"), None)
        if param is None or self.call is None or self.caller is None:
            return {}
        own = {p.name for p in self.function.node.params}
        return {k.name: (self.caller, k.value) for k in self.call.keywords if k.name is not None and k.name not in own}

    def under(self, caller: "Frame", call: s.Call) -> "Frame":
        """The same, with one more call above the outermost frame."""
        if self.caller is None:
            return Frame(self.function, call, caller)
        return Frame(self.function, self.call, self.caller.under(caller, call))


def arguments(function: f.Function, call: s.Call) -> dict[str, s.Expr]:
    """The arguments of a call by the names of the parameters that take them."""
    params = [p for p in function.node.params if p.kind in ("positional", "normal")]
    if params and function.cls is not None and not any(s.dotted(d) == "staticmethod" for d in function.node.decorators):
        params = params[1:]
    out: dict[str, s.Expr] = {}
    for param, value in zip(params, call.args, strict=False):
        if isinstance(value, s.Starred):
            break
        out[param.name] = value
    out.update({k.name: k.value for k in call.keywords if k.name is not None})
    return out


def callers(source: Source, function: f.Function) -> Iterator[tuple[f.Function, s.Call]]:
    """All calls of a function, by place."""
    for number, (caller, _) in enumerate(source.callers(function)):
        if number >= CALLERS_MOST:
            return
        for call in source.calls(caller):
            if call.callee == function.key:
                yield caller, call.node
