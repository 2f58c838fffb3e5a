"""Names across files: what a name in one module stands for, followed through imports and re-exports.

Everything is looked up on demand and remembered, so that the work grows with what is asked, not with the project.
"""

from collections.abc import Callable, Iterator

from byte.extract import knowledge
from byte.extract import symbols as definitions
from byte.extract.modules import Modules
from byte.model import syntax as s
from byte.model.facts import Class, Function

_MAX_HOPS = 32

_Seen = set[tuple[str, str]]

BUILTINS = frozenset(
    "abs all any bool bytes bytearray callable chr dict dir divmod enumerate eval exec filter float format frozenset "
    "getattr globals hasattr hash hex id input int isinstance issubclass iter len list locals map max min next object "
    "open ord pow print property range repr reversed round set setattr slice sorted staticmethod classmethod str sum "
    "super tuple type vars zip BaseException Exception ValueError KeyError TypeError RuntimeError OSError "
    "AttributeError IndexError LookupError NotImplementedError StopIteration AssertionError ImportError "
    "PermissionError FileNotFoundError TimeoutError ConnectionError ArithmeticError ZeroDivisionError "
    "UnicodeDecodeError KeyboardInterrupt SystemExit GeneratorExit StopAsyncIteration IOError aiter anext "
    "NameError UnboundLocalError RecursionError NotImplemented Ellipsis __name__ __file__".split()
)


def key(path: str, name: str = "") -> str:
    """The key of a definition; of the module itself without a name."""
    return f"{path}::{name}"


def split(target: str) -> tuple[str, str]:
    """Path and qualified name of a key."""
    path, _, name = target.rpartition("::")
    return path, name


def internal(target: str | None) -> bool:
    """Whether a target is defined in the project."""
    return target is not None and "::" in target


class Linker:
    """Resolves names over the modules of one snapshot. `load` gives a file's syntax."""

    def __init__(self, modules: Modules, load: Callable[[str], s.Module | None]) -> None:
        self.modules = modules
        self.load = load
        self._symbols: dict[str, definitions.Symbols] = {}
        self._names: dict[tuple[str, str], str | None] = {}
        self._hops = 0
        self._mro: dict[str, tuple[str, ...]] = {}
        self._classes: dict[str, Class | None] = {}
        self._functions: dict[str, Function | None] = {}

    def symbols(self, path: str) -> definitions.Symbols:
        """The definitions of one file, empty if it cannot be read."""
        found = self._symbols.get(path)
        if found is None:
            module = self.load(path)
            found = definitions.read(module if module is not None else s.Module((), 0))
            self._symbols[path] = found
        return found

    # --- names ---------------------------------------------------------------------------------

    def name(self, path: str, name: str) -> str | None:
        """The target of a module-level (or builtin) name."""
        place = (path, name)
        if place not in self._names:
            self._names[place] = None  # breaks import cycles
            self._names[place] = self._name(path, name, set())
        return self._names[place]

    def _name(self, path: str, name: str, seen: _Seen) -> str | None:
        # A place that was seen and gave nothing gives nothing again: files that star each other stay cheap.
        if (path, name) in seen or self._hops > _MAX_HOPS:
            return None
        seen.add((path, name))
        self._hops += 1
        try:
            return self._followed(path, name, seen)
        finally:
            self._hops -= 1

    def _followed(self, path: str, name: str, seen: _Seen) -> str | None:
        table = self.symbols(path)
        binding = table.bindings.get(name)
        if binding is not None:
            return self.bound(path, name, binding, seen)
        for module, level in table.stars:
            source = self.modules.find(path, module, level)
            if source is not None and not source.endswith("/") and self._exports(source, name):
                found = self._name(source, name, seen)
                if found is not None:
                    return found
        if name in BUILTINS:
            return f"builtins.{name}"
        return None

    def _exports(self, path: str, name: str) -> bool:
        public = self.symbols(path).public
        return name in public if public is not None else not name.startswith("_")

    def bound(self, path: str, name: str, binding: definitions.Binding, seen: _Seen | None = None) -> str | None:
        """What a binding found in this file leads to; `seen` are the names looked at on the way to it."""
        seen = seen if seen is not None else set()
        match binding.kind:
            case "def" | "class":
                return key(path, binding.name)
            case "import":
                return self.module_target(path, binding.module, 0)
            case "from":
                return self._imported(path, binding, seen)
            case _:
                alias = self._alias(path, name, binding, seen)
                return alias if alias is not None else key(path, name)

    def module_target(self, path: str, module: str, level: int) -> str:
        found = self.modules.find(path, module, level)
        return key(found) if found is not None else knowledge.canonical(module)

    def _imported(self, path: str, binding: definitions.Binding, seen: _Seen) -> str | None:
        source = self.modules.find(path, binding.module, binding.level)
        if source is None:
            if binding.level:
                return None
            return knowledge.canonical(f"{binding.module}.{binding.name}")
        if not source.endswith("/"):
            own = self.symbols(source)
            if binding.name in own.bindings or own.stars:
                found = self._name(source, binding.name, seen)
                if found is not None and not (found.startswith("builtins.") and binding.name not in own.bindings):
                    return found
        child = self.modules.submodule(source, binding.name)
        if child is not None:
            return key(child)
        if source.endswith("/") and not binding.level:
            return knowledge.canonical(f"{binding.module}.{binding.name}")
        return None

    def _alias(self, path: str, name: str, binding: definitions.Binding, seen: _Seen) -> str | None:
        """`Name = other` is the other, when that is a definition and not itself a variable."""
        if binding.annotation is not None or not isinstance(binding.expr, (s.Name, s.Attribute)):
            return None
        text = s.dotted(binding.expr)
        if text is None or text.split(".")[0] == name:
            return None
        first, *rest = text.split(".")
        found = self.follow(self._name(path, first, seen), rest)
        if found is None or found.startswith("builtins."):
            return None
        return found

    def dotted(self, path: str, text: str) -> str | None:
        """The target of a dotted name at module level."""
        first, *rest = text.split(".")
        return self.follow(self.name(path, first), rest)

    def follow(self, target: str | None, parts: list[str]) -> str | None:
        """`target.part.part...` as far as it is a definition."""
        for index, part in enumerate(parts):
            if target is None:
                return None
            if not internal(target):
                return knowledge.canonical(".".join([target, *parts[index:]]))
            target = self.member(target, part)
        return target

    def member(self, target: str, name: str) -> str | None:
        """`target.name` for a module or class of the project."""
        path, owner = split(target)
        if not owner:
            return self._module_member(path, name)
        if owner in self.symbols(path).classes:
            return self.class_member(target, name)
        return None

    def _module_member(self, path: str, name: str) -> str | None:
        if not path.endswith("/"):
            found = self.name(path, name)
            if found is not None and (not found.startswith("builtins.") or name in self.symbols(path).bindings):
                return found
        child = self.modules.submodule(path, name)
        if child is not None:
            return key(child)
        if path.endswith("/"):
            return knowledge.canonical(f"{path[:-1].rpartition('/')[2]}.{name}")
        return None

    # --- classes -------------------------------------------------------------------------------

    def cls(self, target: str | None) -> Class | None:
        """The class with this key."""
        if not internal(target) or target is None:
            return None
        if target not in self._classes:
            path, name = split(target)
            node = self.symbols(path).classes.get(name) if not path.endswith("/") else None
            self._classes[target] = None
            if node is not None:
                bases = tuple(self._base(path, base) for base in node.bases)
                self._classes[target] = Class(target, path, name, node, bases)
        return self._classes[target]

    def _base(self, path: str, expr: s.Expr) -> str | None:
        while isinstance(expr, s.Subscript):
            expr = expr.value
        if isinstance(expr, s.Call):
            # `class Base(declarative_base())`, `class X(create_model(...))`: the maker stands for its product.
            inner = self._base(path, expr.func)
            return f"{inner}()" if inner is not None else None
        text = s.dotted(expr)
        if text is None:
            return None
        target = self.dotted(path, text)
        return self._maker(target) if internal(target) and target is not None else target

    def _maker(self, target: str) -> str:
        """A variable that holds a made class (`Base = declarative_base()`) stands for the maker's product."""
        path, name = split(target)
        binding = self.symbols(path).bindings.get(name)
        if binding is not None and binding.kind == "value" and isinstance(binding.expr, s.Call):
            text = s.dotted(binding.expr.func)
            made = self.dotted(path, text) if text else None
            if made is not None:
                return f"{made}()"
        return target

    def mro(self, target: str) -> tuple[str, ...]:
        """The class and its ancestors (keys and dotted names), depth first, each once."""
        if target in self._mro:
            return self._mro[target]
        self._mro[target] = (target,)
        out: list[str] = [target]
        cls = self.cls(target)
        if cls is not None:
            for base in cls.bases:
                if base is not None:
                    out.extend(self.mro(base))
        elif not internal(target):
            out = knowledge.ancestors(target)
        self._mro[target] = tuple(dict.fromkeys(out))
        return self._mro[target]

    def is_subclass(self, target: str | None, ancestors: frozenset[str] | set[str]) -> bool:
        return target is not None and any(t in ancestors for t in self.mro(target))

    def class_member(self, target: str, name: str) -> str | None:
        """Where `name` is defined in a class or its project ancestors: a method, class or attribute key."""
        for base in self.mro(target):
            cls = self.cls(base)
            if cls is None:
                if internal(base):
                    continue
                known = f"{base}.{name}"
                if knowledge.effects(known) or knowledge.returns(known) is not None:
                    return known
                continue
            table = self.symbols(cls.path)
            qualname = f"{cls.qualname}.{name}"
            if qualname in table.functions or qualname in table.classes:
                return key(cls.path, qualname)
            if any(name in attribute_names(stmt) for stmt in cls.node.body):
                return key(cls.path, qualname)
        return None

    # --- functions -----------------------------------------------------------------------------

    def function(self, target: str | None) -> Function | None:
        """The function with this key."""
        if not internal(target) or target is None:
            return None
        if target not in self._functions:
            path, name = split(target)
            table = self.symbols(path) if not path.endswith("/") else None
            node = table.functions.get(name) if table is not None else None
            self._functions[target] = None
            if node is not None and table is not None:
                owner = table.owners.get(name)
                cls = key(path, owner) if owner is not None else None
                self._functions[target] = Function(target, path, name, node, cls)
        return self._functions[target]

    def functions(self, path: str) -> Iterator[Function]:
        """All functions of a file, in source order."""
        for name in self.symbols(path).functions:
            found = self.function(key(path, name))
            if found is not None:
                yield found


def attribute_names(stmt: s.Stmt) -> tuple[str, ...]:
    """Names that a statement of a class body binds as attributes."""
    if isinstance(stmt, s.Assign):
        return tuple(n for t in stmt.targets for n in s.bound_names(t))
    return ()
